"""Predict, then see, then be scored: a student's predictions, saved and compared with the tables.

``ask`` is the form, ``see`` is shown beside the result, ``scores`` is for the end of the course. The
questions are in ``questions/``; the results are computed in the module of the subject.
"""

from samarkand.common import exports

__getattr__, __dir__ = exports.lazy(__name__)
