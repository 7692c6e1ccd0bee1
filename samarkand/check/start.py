"""Practice of lesson 00: two first answers, to see how checks speak."""

import pandas as pd

from samarkand import data
from samarkand.answers import kinds
from samarkand.answers.diagnose import Diagnosis
from samarkand.check._engine import Task
from samarkand.ground.words import tr
from samarkand.sources import cite


def _rows(day: str) -> int:
    return int((data.load("trip")["day"] == pd.Timestamp(day)).sum())


TASKS = (
    Task(
        "00.1",
        tr("How many rows of the table trip took place on 16 September 2022?"),
        kinds.Whole(tr("rows")),
        lambda: _rows("2022-09-16"),
        right=tr("Each of them is one meeting, session, flight, or something that did not take place."),
        hint=tr('trip["day"] == "2022-09-16" is the condition; len(...) counts the rows that are left.'),
        diagnoses=(
            Diagnosis(
                tr("That is the whole table. Which rows are of that one day?"), lambda: len(data.load("trip"))
            ),
            Diagnosis(tr("That is the day before."), lambda: _rows("2022-09-15")),
            Diagnosis(
                tr("That is the number of columns. Rows run from top to bottom."),
                lambda: data.load("trip").shape[1],
            ),
        ),
    ),
    Task(
        "00.2",
        tr("Who published the source with the key XH0914? Give the publisher's name as text."),
        kinds.Text(),
        lambda: cite["XH0914"].publisher,
        right=tr(
            "It is the news agency of the Chinese state: good evidence of what that state wished to be known."
        ),
        hint=tr('A source has parts: cite["XH0914"].title, .publisher, .published.'),
        diagnoses=(
            Diagnosis(tr("That is the title. Who published it?"), lambda: cite["XH0914"].title),
            Diagnosis(
                tr("That is the page where the text was read. Whose text is it?"), lambda: cite["XH0914"].via
            ),
            Diagnosis(tr("That is the key itself. Ask cite what it stands for."), lambda: "XH0914"),
        ),
    ),
)
