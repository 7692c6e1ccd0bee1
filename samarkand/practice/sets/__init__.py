"""The student's side of exercise sets: own numbers, and feedback on the form of each answer."""

from samarkand.practice.sets.desk import Desk, sign_in, who

__all__ = ["Desk", "sign_in", "who"]
