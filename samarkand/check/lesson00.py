"""Practice of lesson 00: a first answer, to see how checks speak."""

from samarkand import data
from samarkand.check.tasks import task

task(
    "00.1",
    "How many rows does the table trip have?",
    lambda: len(data.load("trip")),
    right="Each row is one stop, meeting, document or flight.",
    hint="len(trip) counts the rows of a table called trip.",
    wrong={
        "That is the number of columns. Rows run from top to bottom.": lambda: data.load("trip").shape[1],
        "That is the number of cells: rows times columns.": lambda: data.load("trip").size,
    },
)
