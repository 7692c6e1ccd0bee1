"""What each chart's title and description say, counted a second time: from the tables as text, by other code.

The stored records would bless a wrong figure that is stored anew. Here each chart of the lessons has its
title and figures worked out in another way than the lesson's, in ``second_counts/``; a chart without fails.
"""

from __future__ import annotations

import re

import pytest
from counting import second_counts

from samarkand.course import drawn, lessons

COUNTS = second_counts()


#: Title, subtitle and description of each chart that is stored, by lesson and cell.
STORED = {
    (lesson.name, cell): (title["text"], title.get("subtitle", ""), spec["description"])
    for lesson in lessons.every()
    for cell, spec in lesson.outputs(drawn.VEGA_LITE)
    for title in (spec["vconcat"][0]["title"],)
}


def test_each_chart_of_the_lessons_is_counted_a_second_time() -> None:
    assert set(STORED) == set(COUNTS)


@pytest.mark.parametrize("chart", COUNTS, ids=" ".join)
def test_title_and_figures_are_those_of_the_tables(chart: tuple[str, str]) -> None:
    title, subtitle, description = STORED[chart]
    due = COUNTS[chart]()
    assert (title, subtitle) == (due.title, due.subtitle)
    assert due.holds, f"{title}: the tables no longer say so"
    figures = description.partition(" show")[2] or description  # points and counts are not introduced
    assert re.findall(r"\d+(?:,\d{3})*(?:\.\d+)?", figures) == due.figures
