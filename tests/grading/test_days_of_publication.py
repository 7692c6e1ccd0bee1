"""Each day that set 04 draws is held to the days on which China's customs published, listed by hand."""

import pandas as pd
import pytest
import workshop

from samarkand.common import home

#: Last day of a period since January, and the day on which the customs gave its total: their timetables, or a
#: report of that day. Nine months of 2022 were due on 14 October and held back until the 24th.
PUBLISHED = {
    "2021-03-31": "2021-04-13", "2021-06-30": "2021-07-13", "2021-09-30": "2021-10-13",
    "2021-10-31": "2021-11-07", "2021-12-31": "2022-01-14", "2022-02-28": "2022-03-07",
    "2022-03-31": "2022-04-13", "2022-04-30": "2022-05-09", "2022-05-31": "2022-06-09",
    "2022-06-30": "2022-07-13", "2022-07-31": "2022-08-07", "2022-08-31": "2022-09-07",
    "2022-09-30": "2022-10-24", "2022-10-31": "2022-11-07", "2022-11-30": "2022-12-07",
    "2022-12-31": "2023-01-13", "2023-02-28": "2023-03-07", "2023-06-30": "2023-07-13",
    "2023-07-31": "2023-08-08", "2023-08-31": "2023-09-07", "2023-09-30": "2023-10-13",
    "2023-10-31": "2023-11-07", "2023-11-30": "2023-12-07", "2023-12-31": "2024-01-12",
    "2024-02-29": "2024-03-07", "2024-07-31": "2024-08-07", "2024-08-31": "2024-09-10",
    "2024-12-31": "2025-01-13", "2025-06-30": "2025-07-14", "2025-07-31": "2025-08-07",
    "2025-08-31": "2025-09-08", "2025-09-30": "2025-10-13", "2025-10-31": "2025-11-07",
    "2025-12-31": "2026-01-14",
}  # fmt: skip
SET = workshop.course_set("ex04_china_and_russia")


@pytest.mark.parametrize("day", SET.options["day"])
def test_what_is_right_was_known_on_the_day(day):
    assert day not in PUBLISHED.values(), "on the day itself the hour decides"
    known = [end for end, published in PUBLISHED.items() if published < day]
    end, _ = SET.get_question("q3").solution({"day": day})
    assert end == pd.Timestamp(max(known))


@pytest.mark.parametrize("day", SET.options["day"])
def test_the_office_had_given_nothing_newer_than_the_answer(day):
    """The total after the right one came later than the day, and is listed: no month is left out between."""
    end, _ = SET.get_question("q3").solution({"day": day})
    months_later = 2 if end.month == 12 else 1  # January alone has no total
    following = end + pd.offsets.MonthEnd(months_later)
    assert PUBLISHED[str(following.date())] > day


def test_a_day_is_drawn_between_two_proved_days_alone():
    """The office's day of each row that lies within the days drawn is known, and the table has the same."""
    table = pd.read_csv(home.ROOT / "course_data" / "trade_cn_ru_cumulative.csv")
    assert dict(zip(table["period_end"], table["published"], strict=True)) == PUBLISHED
    assert len(SET.options["day"]) > 30
