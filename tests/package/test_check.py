"""Checks: right answers by any way pass, known wrong ones get their reason, and nothing ever raises."""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Iterator
from decimal import Decimal
from fractions import Fraction
from typing import Any

import numpy as np
import pandas as pd
import pytest

from samarkand import data
from samarkand.check import TASKS, Task, Verdict, check
from samarkand.check.tasks import task
from samarkand.ground.errors import DamagedData
from samarkand.page import markup

FRAME = pd.DataFrame({"iso3": ["CHN", "IND", "RUS"], "people_pct": [17.8, 17.7, 1.8]})


@pytest.fixture
def practice() -> Iterator[None]:
    """Tasks of every kind, beside those of the lessons."""
    common = {"right": "Well done.", "hint": "Read the table again.", "wrong": {}}
    task("99.count", "How many?", lambda: 12, **common)
    task("99.days", "How many days?", lambda: 970, unit="days", **common)
    task("99.share", "What share?", lambda: 24.06, unit="per cent", tolerance=0.1, **common)
    task("99.truth", "Is it so?", lambda: True, **common)
    task("99.name", "Who?", lambda: "Xinhua", **common)
    task("99.states", "Which?", lambda: frozenset({"CHN", "IND", "RUS"}), **common)
    task(
        "99.series", "How much each?", lambda: FRAME.set_index("iso3")["people_pct"], tolerance=0.05, **common
    )
    task("99.frame", "Which table?", lambda: FRAME, tolerance=0.05, **common)
    task("99.broken", "What?", _broken, **common)
    yield
    for name in [name for name in TASKS if name.startswith("99.")]:
        del TASKS[name]


def _broken() -> object:
    raise DamagedData("The file of the table is missing.")


def lessons() -> list[Task]:
    return [one for name, one in TASKS.items() if not name.startswith("99.")]


@pytest.mark.parametrize("one", lessons(), ids=lambda one: one.id)
def test_every_task_takes_its_answer_and_leaves_an_open_one_open(one: Task) -> None:
    assert one.question.endswith((".", "?")) and one.right and one.hint
    assert check(one.id, ...).state == "open"
    assert repr(check(one.id, ...)) == "Not answered yet."
    verdict = check(one.id, one.reference())
    assert verdict and verdict.sentence == f"Right. {one.right}"


WAYS = [(one, sentence) for one in lessons() for sentence in one.wrong]


@pytest.mark.parametrize(("one", "sentence"), WAYS, ids=lambda part: getattr(part, "id", None) or part[:40])
def test_every_known_wrong_way_gets_its_own_reason(one: Task, sentence: str) -> None:
    verdict = check(one.id, one.wrong[sentence]())
    assert verdict.state == "wrong"
    assert verdict.sentence == f"Not yet. {sentence}"


@pytest.mark.parametrize("one", lessons(), ids=lambda one: one.id)
def test_no_reason_gives_the_answer_away(one: Task) -> None:
    answer = one.reference()
    told = [one.hint, *one.wrong]
    if isinstance(answer, str):
        assert not any(answer in sentence for sentence in told)
    elif isinstance(answer, (int, float, np.number)) and not isinstance(answer, bool) and float(answer) > 20:
        shown = {f"{float(answer):.0f}", f"{float(answer):.1f}", f"{float(answer):,.0f}"}
        assert not any(number in sentence for number in shown for sentence in told)


@pytest.mark.parametrize("one", lessons(), ids=lambda one: one.id)
@pytest.mark.parametrize(
    "value",
    [
        None,
        math.nan,
        math.inf,
        pd.NA,
        pd.NaT,
        "",
        "maybe",
        [],
        {},
        set(),
        FRAME,
        FRAME["iso3"],
        FRAME.head(0),
        len,
        int,
        object(),
        1j,
        True,
        dt.date(2022, 9, 15),
        np.array([]),
        np.zeros((2, 2)),
        -1,
        1e30,
        b"x",
        [None],
        {"a": 1},
        (1, 2),
        range(3),
        Exception("x"),
    ],
    ids=lambda value: type(value).__name__,
)
def test_nothing_a_student_can_hand_in_raises(one: Task, value: Any) -> None:
    verdict = check(one.id, value)
    assert isinstance(verdict, Verdict)
    assert verdict.state in ("wrong", "open") and len(verdict.sentence) > 15
    assert "Traceback" not in verdict.sentence


def test_a_verdict_is_a_sentence_and_a_notice_that_is_read_out() -> None:
    one = next(iter(TASKS))
    assert check(one, ...)._repr_html_() == markup.status("Not answered yet.", "open")
    assert not check(one, ...)
    assert 'role="status"' in check(one, -5)._repr_html_()
    assert "&lt;b&gt;" in Verdict("x", "wrong", "<b>")._repr_html_()


def test_a_task_that_is_not_there_gets_the_nearest_name() -> None:
    assert 'No task "03.9". Did you mean "03.' in check("03.9", 1).sentence
    assert check(3.1, 1).state == "open"  # type: ignore[arg-type]
    assert 'No task "None"' in check(None, 1).sentence  # type: ignore[arg-type]


@pytest.mark.usefixtures("practice")
class TestNumbers:
    @pytest.mark.parametrize(
        "value",
        [
            12,
            12.0,
            np.int8(12),
            np.float32(12),
            np.array([12]),
            np.array(12),
            pd.Series([12]),
            [12],
            (12,),
            {12},
            pd.DataFrame({"n": [12]}),
            pd.Index([12]),
            Decimal(12),
            Fraction(12),
            pd.Series([12], dtype="Int64"),
            [[12]],
            np.array([[12]]),
        ],
        ids=lambda value: type(value).__name__,
    )
    def test_any_form_of_the_right_number_passes(self, value: Any) -> None:
        assert check("99.count", value)

    @pytest.mark.parametrize(
        "value",
        [
            dt.timedelta(days=970),
            pd.Timedelta(days=970),
            np.timedelta64(970, "D"),
            pd.Series([pd.Timedelta(970, "D")]),
        ],
    )
    def test_a_stretch_of_time_counts_where_days_are_asked(self, value: Any) -> None:
        assert check("99.days", value)
        assert "a day or a stretch of time" in check("99.count", value).sentence

    def test_the_edge_of_the_tolerance_is_within(self) -> None:
        assert check("99.share", 24.16) and check("99.share", 23.96)
        assert not check("99.share", 24.17)

    @pytest.mark.parametrize(
        ("value", "reason"),
        [
            ("12", "Yours is a text: '12'"),
            (None, "Your answer is None"),
            (math.nan, "NaN, a missing value"),
            (pd.NA, "a missing value"),
            (math.inf, "divided by zero"),
            (True, "the outcome of a comparison"),
            (np.True_, "the outcome of a comparison"),
            ([1, 2], "Yours holds 2. Count them"),
            ({"a": 1, "b": 2}, "Yours holds 2"),
            (np.array([1, 2, 3]), "Yours holds 3"),
            (FRAME, "Yours holds 6"),
            (FRAME.head(0), "an empty table"),
            (len, "not called: did you leave out the brackets"),
            (dt.date(2022, 9, 15), "a day or a stretch of time"),
            (1j, "of type complex"),
            (object(), "of type object"),
            (b"12", "Yours is a text"),
        ],
    )
    def test_the_wrong_kind_is_named(self, value: Any, reason: str) -> None:
        assert reason in check("99.count", value).sentence

    @pytest.mark.parametrize(
        ("name", "value", "reason"),
        [
            ("99.share", 0.2406, "look at the unit. The answer is wanted in per cent."),
            ("99.share", 2406.0, "look at the unit"),
            ("99.days", 970000, "look at the unit. The answer is wanted in days."),
            ("99.days", -970, "Look at the sign"),
            ("99.days", 971, "off by one"),
            ("99.days", 969, "off by one"),
            ("99.days", 970.5, "a whole number"),
            ("99.share", 24.5, "Close, but not close enough"),
            ("99.share", 75.94, "the rest up to 100 per cent"),
            ("99.share", 1 / 24.06 + 5e-5, "upside down"),
            ("99.share", 55.0, "Read the table again."),
            ("99.count", 5, "Read the table again."),
        ],
    )
    def test_unforeseen_numbers_get_a_reason(self, name: str, value: float, reason: str) -> None:
        verdict = check(name, value)
        assert verdict.state == "wrong" and reason in verdict.sentence


@pytest.mark.usefixtures("practice")
class TestOtherKinds:
    @pytest.mark.parametrize("value", [True, np.True_, pd.Series([True]), [True]])
    def test_truth(self, value: Any) -> None:
        assert check("99.truth", value)

    def test_truth_missed(self) -> None:
        assert check("99.truth", False).sentence == "Not yet. Read the table again."
        assert "True or False" in check("99.truth", 1).sentence

    @pytest.mark.parametrize(
        "value", ["Xinhua", " xinhua ", pd.Series(["Xinhua"]), ["XINHUA"], np.array(["Xinhua"])]
    )
    def test_texts(self, value: Any) -> None:
        assert check("99.name", value)

    def test_texts_missed(self) -> None:
        assert check("99.name", "TASS").sentence == "Not yet. Read the table again."
        assert "a text in quotes" in check("99.name", 7).sentence

    @pytest.mark.parametrize(
        "value",
        [
            {"CHN", "IND", "RUS"},
            ["RUS", "CHN", "IND", "IND"],
            ("China", "Индия", "俄罗斯"),
            FRAME,
            FRAME["iso3"],
            FRAME.set_index("iso3"),
            FRAME.set_index("iso3")["people_pct"],
            FRAME.set_index("iso3").index,
            FRAME[["iso3"]].rename(columns={"iso3": "anything"}),
            FRAME["iso3"].to_numpy(),
            {"CHN": 1, "IND": 2, "RUS": 3},
            ["CHN", "IND", "RUS", None, math.nan],
            (c for c in ["CHN", "IND", "RUS"]),
        ],
        ids=lambda value: type(value).__name__,
    )
    def test_sets_of_states_in_any_form_and_language(self, value: Any) -> None:
        assert check("99.states", value)

    @pytest.mark.parametrize(
        ("value", "reason"),
        [
            ({"CHN", "IND"}, "one is still missing"),
            ({"CHN"}, "2 are still missing"),
            ({"CHN", "IND", "RUS", "KAZ"}, "one is that should not be"),
            ({"CHN", "KAZ"}, "2 are missing, and one is too many"),
            ("CHN IND RUS", "Yours is one text"),
            (3, "Yours is a number"),
            ({1, 2}, "holds something of type int"),
            (FRAME.rename(columns={"iso3": "code"}), "choose the one with the codes"),
            (frozenset(), "3 are still missing"),
        ],
    )
    def test_sets_missed(self, value: Any, reason: str) -> None:
        verdict = check("99.states", value)
        assert verdict.state == "wrong" and reason in verdict.sentence

    @pytest.mark.parametrize(
        "value",
        [
            FRAME.set_index("iso3")["people_pct"].iloc[::-1],
            FRAME.set_index("iso3"),
            FRAME,
            {"CHN": 17.8, "IND": 17.7, "RUS": 1.8},
            FRAME.set_index("iso3")["people_pct"] + 0.04,
        ],
    )
    def test_series(self, value: Any) -> None:
        assert check("99.series", value)

    @pytest.mark.parametrize(
        ("value", "reason"),
        [
            ({"CHN": 17.8, "IND": 17.7}, "1 missing, 0 too many"),
            ({"CHN": 17.8, "IND": 1.0, "RUS": 1.8}, "1 of 3 values are not, that of IND"),
            ({"CHN": 17.8, "IND": math.nan, "RUS": 1.8}, "1 of 3 values are not, that of IND"),
            (pd.Series([1, 2], index=["CHN", "CHN"]), "some labels stand more than once"),
            (FRAME.assign(more=1), "Your table has 3 columns"),
            ([17.8, 17.7, 1.8], "one value for each label"),
        ],
    )
    def test_series_missed(self, value: Any, reason: str) -> None:
        assert reason in check("99.series", value).sentence

    @pytest.mark.parametrize(
        "value",
        [
            FRAME.iloc[::-1],
            FRAME[["people_pct", "iso3"]],
            FRAME.set_index("iso3"),
            FRAME.set_index("iso3")["people_pct"],
            FRAME.assign(people_pct=FRAME["people_pct"] - 0.04),
        ],
    )
    def test_frames(self, value: Any) -> None:
        assert check("99.frame", value)

    @pytest.mark.parametrize(
        ("value", "reason"),
        [
            (FRAME[["iso3"]], "no column people_pct"),
            (FRAME.assign(more=1), "not asked for: more"),
            (FRAME.head(2), "fewer rows"),
            (pd.concat([FRAME, FRAME]), "more rows"),
            (FRAME.assign(people_pct=1.0), "some values are not"),
            ([1], "The answer is a DataFrame. Yours is of type list"),
            (FRAME.assign(people_pct="x"), "some values are not"),
        ],
    )
    def test_frames_missed(self, value: Any, reason: str) -> None:
        assert reason in check("99.frame", value).sentence

    def test_a_damaged_table_is_not_the_students_fault(self) -> None:
        assert check("99.broken", 1) == Verdict("99.broken", "open", "The file of the table is missing.")


def test_answers_come_from_the_tables() -> None:
    assert TASKS["03.1"].reference() == len(data.members("2016-03-14", "dialogue partner")) == 4
    assert round(float(TASKS["03.2"].reference()), 1) == 32.0  # type: ignore[arg-type]
    assert round(float(TASKS["03.3"].reference()), 1) == 5.7  # type: ignore[arg-type]
