"""The student's side of exercise sets: own numbers, and feedback on the form of each answer."""

from samarkand.practice.sets.desk import Desk, find_student, sign_in

__all__ = ["Desk", "find_student", "sign_in"]
