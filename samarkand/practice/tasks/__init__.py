"""Practice answers, checked at once: a wrong one gets a reason, and never the answer.

A module of this room holds the tasks of one subject in ``TASKS``, and needs no line anywhere else.

>>> check("01.1", ...)
Not answered yet.
"""

from samarkand.practice.tasks._engine import Reply, Task, check, tasks

__all__ = ["Reply", "Task", "check", "tasks"]
