"""Samarkand 2022: reading a summit with data.

Three wings, one for each of the people who use the package; none imports another:

- the **lesson** wing, what a student imports: `data`, `maps`, `charts`, `explore`, `quiz`, `check`, ...
- the **course** wing, what a maintainer runs: normal form of the notebooks, records of what they show
- the **grading** wing, what an instructor runs

Importing the package loads nothing heavy; `from samarkand import data, maps` costs little more than pandas.
"""

__version__ = "0.1.0"

TYPE_CHECKING = False
if TYPE_CHECKING:  # that the module `cite` answers cite["XH0914"] is more than a type checker sees
    from samarkand.cite import CiteModule

    cite: CiteModule
