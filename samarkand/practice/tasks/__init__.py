"""Practice answers, checked at once: a wrong one gets a reason, and never the answer.

A module of this package has one subject: its tasks are in ``TASKS``, the results of its predictions in
``RESULTS``. It needs no line anywhere else.

>>> check("01.1", ...)
Not answered yet.
"""

from samarkand.practice.reply import Reply
from samarkand.practice.tasks._engine import Task, check, collect_tasks, import_subjects, judge_answer

__all__ = ["Reply", "Task", "check", "collect_tasks", "import_subjects", "judge_answer"]
