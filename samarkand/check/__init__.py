"""Practice answers, checked at once: a wrong one gets a reason, and never the answer.

>>> check("01.1", ...)
Not answered yet.
"""

from samarkand.check import (
    lesson00,
    lesson01,
    lesson02,
    lesson03,
    lesson04,
    lesson05,
    lesson10,
)
from samarkand.check.engine import Verdict, check
from samarkand.check.tasks import TASKS, Task

__all__ = [
    "TASKS",
    "Task",
    "Verdict",
    "check",
    "lesson00",
    "lesson01",
    "lesson02",
    "lesson03",
    "lesson04",
    "lesson05",
    "lesson10",
]
