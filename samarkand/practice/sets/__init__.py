"""A set of exercises as the student meets it: own numbers, and a word on the form of each answer."""

from samarkand.practice.sets.desk import Desk, sign_in, who

__all__ = ["Desk", "sign_in", "who"]
