"""Samarkand 2022: reading a summit with data.

Three wings, one for each of the people who use the package; none imports another:

- the **lesson** wing, what a student imports: `data`, `maps`, `charts`, `explore`, `cite`, `quiz`, ...
- the **course** wing, what a maintainer runs: normal form of the notebooks, records of what they show
- the **grading** wing, what an instructor runs

Importing the package loads nothing heavy; `from samarkand import data, maps` costs little more than pandas.
"""

from samarkand.sources import cite as cite

__version__ = "0.1.0"
