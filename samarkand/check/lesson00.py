"""Practice of lesson 00: two first answers, to see how checks speak."""

import pandas as pd

from samarkand import cite, data
from samarkand.check.tasks import task


def _rows(day: str) -> int:
    return int((data.load("trip")["day"] == pd.Timestamp(day)).sum())


task(
    "00.1",
    "How many rows of the table trip took place on 16 September 2022?",
    lambda: _rows("2022-09-16"),
    unit="rows",
    right="Each of them is one meeting, session, flight, or something that did not take place.",
    hint='trip["day"] == "2022-09-16" is the condition; len(...) counts the rows that are left.',
    wrong={
        "That is the whole table. Which rows are of that one day?": lambda: len(data.load("trip")),
        "That is the day before.": lambda: _rows("2022-09-15"),
        "That is the number of columns. Rows run from top to bottom.": lambda: data.load("trip").shape[1],
    },
)

task(
    "00.2",
    "Who published the source with the key XH0914? Give the publisher's name as text.",
    lambda: cite["XH0914"].publisher,
    right="It is the news agency of the Chinese state: good evidence of what that state wished to be known.",
    hint='A source has parts: cite["XH0914"].title, .publisher, .published.',
    wrong={
        "That is the title. Who published it?": lambda: cite["XH0914"].title,
        "That is the page where the text was read. Whose text is it?": lambda: cite["XH0914"].via,
        "That is the key itself. Ask cite what it stands for.": lambda: "XH0914",
    },
)
