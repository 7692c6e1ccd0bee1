"""Predict, then see, then be scored: a student's predictions, saved and compared with the tables.

``ask`` is the form, ``see`` is shown beside the result, ``scores`` is for the end of the course. The
questions are in ``questions/``; the results are computed in the module of the subject.
"""

import lazy_loader

__getattr__, __dir__, __all__ = lazy_loader.attach_stub(__name__, __file__)
