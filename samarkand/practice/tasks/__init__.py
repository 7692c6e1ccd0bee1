"""Practice answers, checked at once: a wrong one gets a reason, and never the answer.

A module of this room holds one subject: its tasks in ``TASKS``, and in ``RESULTS`` what its predictions come
to. It needs no line anywhere else.

>>> check("01.1", ...)
Not answered yet.
"""

from samarkand.practice.answers.reply import Reply
from samarkand.practice.tasks._engine import Task, check, subjects, tasks

__all__ = ["Reply", "Task", "check", "subjects", "tasks"]
