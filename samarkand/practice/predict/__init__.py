"""Predict, then see, then be scored: what a student expects of a result, kept, and held against the tables.

``ask`` is the form, ``see`` stands beside the result, ``scores`` is for the end of the course. What is asked
stands in ``questions/``; what came out is computed in the module of the subject.
"""

from __future__ import annotations

from samarkand.ground import rooms

__getattr__, __dir__ = rooms.lazy(__name__)
