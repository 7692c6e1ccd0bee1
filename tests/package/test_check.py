"""Checks: right answers by any way pass, known wrong ones get their reason, and nothing ever raises."""

import datetime as dt
import json
import math
import re
import sys
from collections.abc import Callable
from decimal import Decimal
from fractions import Fraction
from typing import Any

import numpy as np
import pandas as pd
import pytest

from samarkand.answers import decode, diagnose, kinds
from samarkand.common import home
from samarkand.common.errors import DamagedData
from samarkand.html import markup
from samarkand.lab import cells
from samarkand.practice.tasks import Reply, Task, check, collect_tasks, judge_answer
from samarkand.practice.tasks.article import Headline

FRAME = pd.DataFrame({"iso3": ["CHN", "IND", "RUS"], "people_pct": [17.8, 17.7, 1.8]})
SERIES = FRAME.set_index("iso3")["people_pct"]
TASKS = list(collect_tasks().values())
WAYS = [(one, way) for one in TASKS for way in one.mistakes]
each = pytest.mark.parametrize("one", TASKS, ids=lambda one: one.id)


def _broken() -> object:
    raise DamagedData("The file of the table is missing.", code="missing")


@pytest.fixture
def practice(monkeypatch: pytest.MonkeyPatch) -> None:
    """Add tasks of every kind to those of the lessons."""
    columns: dict[str, kinds.Kind] = {"iso3": kinds.Text(), "people_pct": kinds.Number(tolerance=0.05)}
    made: dict[str, tuple[kinds.Kind, Callable[[], object]]] = {
        "count": (kinds.Whole(), lambda: 12),
        "days": (kinds.Days(), lambda: 970),
        "share": (kinds.PerCent(0.1, 0, 100), lambda: 24.06),
        "truth": (kinds.Truth(), lambda: True),
        "name": (kinds.Text(), lambda: "Xinhua"),
        "ids": (kinds.Texts("ids"), lambda: {"CL07", "CL12", "CL37"}),
        "series": (kinds.ByKey(kinds.Number(tolerance=0.05)), lambda: SERIES),
        "frame": (kinds.Rows(columns), lambda: FRAME),
        "broken": (kinds.Whole(), _broken),
    }
    for name, (kind, solution) in made.items():
        monkeypatch.setitem(
            collect_tasks(),
            f"99.{name}",
            Task(f"99.{name}", kind, solution, "Well done.", "Read the table again."),
        )


@each
def test_every_task_takes_its_answer_and_leaves_an_open_one_open(one: Task) -> None:
    assert repr(check(one.id, ...)) == "Not answered yet." and check(one.id, ...).state == "open"
    reply = check(one.id, one.solution())
    assert reply and one.right and one.hint and reply.sentence == f"Right. {one.right}"


@pytest.mark.parametrize(("one", "way"), WAYS, ids=lambda part: getattr(part, "id", None) or part.reason[:40])
def test_every_known_wrong_way_gets_its_own_reason(one: Task, way: diagnose.Mistake) -> None:
    assert check(one.id, one.solution())  # a right answer begins the tries anew
    reply = check(one.id, way.wrong())
    others = {other.reason for other in one.mistakes} - {way.reason}
    shared = [other for other in others if other in reply.sentence]
    if shared:  # no line is at hand that would tell the two apart
        assert reply.state == "wrong" and "Two ways" in reply.sentence and way.reason in reply.sentence
    else:
        assert reply == Reply("wrong", f"Not yet. {way.reason}")


@each
def test_the_lesson_says_the_tolerance_and_no_known_wrong_way_is_within_it(one: Task) -> None:
    (path,) = (home.ROOT / "notebooks").glob(f"{one.lesson}_*.ipynb")
    cells = json.loads(path.read_text(encoding="utf-8"))["cells"]
    (asked,) = re.findall(rf"\*\*{one.id}\*\*(.+)", "\n".join("".join(cell["source"]) for cell in cells))
    tolerance = getattr(getattr(one.kind, "of", one.kind), "tolerance", None)
    said = re.findall(r"\b[Ww]ithin (\d+(?:\.\d+)?)", asked)
    assert [float(figure) for figure in said] == ([tolerance] if tolerance else [])
    if tolerance:  # an answer cannot be near the right one and near a wrong one at once
        assert (
            isinstance(one.kind, kinds.ByKey)
            or tolerance < min(abs(wrong - one.expected) for _, (wrong,) in one.wrong) / 2
        )


@each
def test_no_reason_gives_the_answer_away(one: Task) -> None:
    answer, told = one.solution(), [one.hint, *(way.reason for way in one.mistakes)]
    shown = {answer} if isinstance(answer, str) else set()
    if isinstance(answer, int | float | np.number) and answer > 20:
        shown = {f"{float(answer):.0f}", f"{float(answer):.1f}", f"{float(answer):,.0f}"}
    assert not any(part in sentence for part in shown for sentence in told)


def test_no_hint_is_a_line_of_code_and_a_recipe_comes_after_it() -> None:
    conditions = re.compile(r"\] ?(==|>=|<=|!=)")
    for one in TASKS:
        assert not conditions.search(one.hint), one.id
        assert not one.recipe or one.taught, one.id
        if one.taught:
            assert one.taught in one.help_after(0) and one.help_after(1) == one.hint
            assert one.help_after(2) == (one.recipe or one.hint)


def test_a_forecast_is_settled_by_a_day_to_come_and_a_rule() -> None:
    rule = "China's customs report less trade with Russia"
    assert check("10.1", ("2023-12-31", rule))
    for pair, said in {
        ("2022-09-12", rule): "After which day",
        ("2023-12-31", "by events"): "Who would have",
    }.items():
        assert said in check("10.1", pair).sentence
    assert "a day and a rule" in check("10.1", "2023-12-31").sentence


ODD = [
    *(None, math.nan, math.inf, pd.NA, pd.NaT, "", "maybe", [], {}, set(), FRAME, FRAME["iso3"]),
    *(len, int, object(), 1j, True, dt.date(2022, 9, 15), np.array([]), np.zeros((2, 2)), -1, 1e30, b"x"),
    *(FRAME.head(0), [None], {"a": 1}, (1, 2), range(3), Exception("x")),
]  # fmt: skip


@pytest.mark.parametrize("one", {type(one.kind): one for one in TASKS}.values(), ids=lambda one: one.id)
@pytest.mark.parametrize("value", ODD, ids=lambda value: type(value).__name__)
def test_nothing_a_student_can_hand_in_raises(one: Task, value: Any) -> None:
    reply = check(one.id, value)
    assert reply.state == "wrong" and len(reply.sentence) > 15 and reply.sentence.endswith((".", "?"))


class Nosy:
    def __getattr__(self, name: str) -> object:
        raise AssertionError(f"the answer was asked for its {name}")

    __iter__ = __len__ = __float__ = __str__ = __repr__ = __eq__ = __hash__ = None  # type: ignore[assignment]


def test_no_method_of_an_answer_runs() -> None:
    ran = []
    steps = (ran.append(n) for n in range(3))
    assert (
        "This is something of the type Nosy; expected was a whole number (spells)."
        in check("03.1", Nosy()).sentence
    )
    assert "of the type generator" in check("02.2", steps).sentence
    assert check("03.1", lambda: ran.append(45)).state == "wrong"
    assert ran == []


def test_a_reply_is_a_sentence_and_a_notice_that_is_read_out() -> None:
    assert check("03.1", ...)._repr_html_() == markup.make_status("Not answered yet.", "open")
    assert not check("03.1", ...)
    assert "&lt;b&gt;" in Reply("wrong", "<b>")._repr_html_()
    assert 'No task "03.0". Did you mean "03.' in check("03.0", 1).sentence
    for name in (3.1, None):
        assert check(name, 1).state == "open"  # type: ignore[arg-type]


@pytest.mark.usefixtures("practice")
@pytest.mark.parametrize(
    ("name", "values"),
    [
        ("count", [12, 12.0, np.int8(12), np.float32(12), np.array([12]), np.array(12), pd.Series([12]), [12],
                   (12,), {12}, pd.DataFrame({"n": [12]}), pd.Index([12]), Decimal(12), Fraction(12), [[12]],
                   pd.Series([12], dtype="Int64"), np.array([[12]])]),
        ("days", [970, dt.timedelta(days=970), pd.Timedelta(days=970), np.timedelta64(970, "D"),
                  pd.Series([pd.Timedelta(970, "D")])]),
        ("share", [24.16, 23.96]),
        ("truth", [True, np.True_, pd.Series([True]), [True]]),
        ("name", ["Xinhua", " xinhua ", pd.Series(["Xinhua"]), ["XINHUA"], np.array(["Xinhua"])]),
        ("ids", [{"CL07", "CL12", "CL37"}, ["CL37", "CL07", "CL12", "CL12"], ("cl07 ", "cl12", "cl37"),
                 pd.Series(["CL07", "CL12", "CL37"], index=[7, 12, 37]), pd.Index(["CL07", "CL12", "CL37"]),
                 pd.Series(["CL07", "CL12", "CL37"], dtype="category"), {"CL07": 1, "CL12": 2, "CL37": 3},
                 pd.DataFrame({"id": ["CL07", "CL12", "CL37"]}), ["CL07", "CL12", "CL37", None, math.nan]]),
        ("series", [SERIES.iloc[::-1], SERIES.to_frame(), FRAME, SERIES.to_dict(), SERIES + 0.04]),
        ("frame", [FRAME.iloc[::-1], FRAME[["people_pct", "iso3"]], FRAME.set_index("iso3"),
                   FRAME.assign(people_pct=FRAME["people_pct"] - 0.04, more=1)]),
    ],
)  # fmt: skip
def test_any_form_of_the_right_answer_passes(name: str, values: list[Any]) -> None:
    for value in values:
        assert check(f"99.{name}", value), value


@pytest.mark.usefixtures("practice")
@pytest.mark.parametrize(
    ("name", "value", "reason"),
    [
        ("count", "12", "This is a text; expected was a whole number. Take the quotes away"),
        ("count", None, "This is a missing value; expected was a whole number. Was it only printed"),
        ("count", math.nan, "This is nan, an empty cell"),
        ("count", True, "This is True or False; expected was a whole number."),
        ("count", [1, 2], "This is a list of 2; expected was a whole number. Count them"),
        ("count", np.array([1, 2, 3]), "This is a list of 3"),
        ("count", FRAME, "This is a table of 3 rows and 2 columns"),
        ("count", FRAME.head(0), "a table of 0 rows and 2 columns; expected was a whole number. Look at"),
        ("count", len, "This is something that was not called; expected was a whole number. Did you leave"),
        ("count", dt.timedelta(days=12), "This is a span of time"),
        ("count", 12.01, "This has a fraction"),
        ("count", 10**13, "No answer to this can lie outside"),
        ("share", 0.2406, "look at the unit. The answer is wanted in per cent."),
        ("share", 24.17, "Close, but not close enough"),
        ("share", 100.05, "Not yet. Read the table again."),
        ("share", 75.94, "the rest up to 100 per cent"),
        ("share", 1 / 24.06 + 5e-5, "upside down"),
        ("days", -970, "Look at the sign"),
        ("days", 971, "off by one"),
        ("truth", 1, "This is a number; expected was True or False. Write True or False"),
        ("name", 7, "This is a number; expected was a text."),
        ("ids", {"CL07", "CL12"}, "one is still missing. Read the table again."),
        ("ids", {"CL07", "CL40"}, "2 are missing. One does not belong there."),
        ("ids", "CL07 CL12 CL37", "This is a text; expected was a set or list of ids. Put each in quotes"),
        ("ids", 3, "Which ones are they, not how many?"),
        ("ids", {1, 2}, "Not all of these are texts; expected was a set or list of ids."),
        ("ids", pd.Series([1, 2], index=["CL07", "CL12"]), "The labels at the left do not count."),
        ("ids", frozenset(), "a condition keeps no row"),
        ("series", {"CHN": 17.8, "IND": 17.7}, "1 missing, 0 too many"),
        ("series", {"CHN": 17.8, "IND": 1.0, "RUS": 1.8}, "1 of 3 values are not"),
        ("series", {"CHN": 17.8, "IND": math.nan, "RUS": 1.8}, "IND: This is nan, an empty cell"),
        ("series", pd.Series([1, 2], index=["CHN", "CHN"]), "A label is in it more than once"),
        ("series", [17.8, 17.7, 1.8], "a list of 3; expected was a column with country codes"),
        ("frame", FRAME.head(2), "fewer rows"),
        ("frame", FRAME.assign(people_pct=1.0), "some values are not"),
        ("frame", [1], "expected was a table with the columns iso3, people_pct"),
    ],
)  # fmt: skip
def test_a_wrong_answer_gets_a_reason(name: str, value: Any, reason: str) -> None:
    reply = check(f"99.{name}", value)
    assert reply.state == "wrong" and reason in reply.sentence


@pytest.mark.usefixtures("practice")
def test_a_damaged_table_is_not_the_students_fault() -> None:
    assert check("99.broken", 1) == Reply("open", "The file of the table is missing.")


def test_two_tasks_with_one_id_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    sco = sys.modules["samarkand.practice.tasks.sco"]
    monkeypatch.setattr(sco, "TASKS", (*sco.TASKS, sco.TASKS[0]))
    collect_tasks.cache_clear()
    with pytest.raises(DamagedData) as error:
        collect_tasks()
    assert (error.value.code, error.value.fields["id"]) == ("twice", "03.1")
    collect_tasks.cache_clear()


def test_no_two_tasks_of_a_lesson_have_one_hint() -> None:
    hints = [(one.lesson, one.hint) for one in collect_tasks().values()]
    assert len(set(hints)) == len(hints)


def test_a_table_is_judged_by_its_columns_and_rows(monkeypatch: pytest.MonkeyPatch) -> None:
    one = Task("99.shown", kinds.Shown(), lambda: FRAME.head(2), "Well done.", "Read.", given=lambda: FRAME)
    monkeypatch.setitem(collect_tasks(), one.id, one)
    assert check(one.id, FRAME[["people_pct", "iso3"]].head(2))
    assert check(one.id, FRAME).sentence.startswith("Not answered yet. Change the line")
    assert "has the columns iso3" in check(one.id, FRAME[["iso3"]].head(2)).sentence
    assert "The right columns, and 1 row." in check(one.id, FRAME.head(1)).sentence
    assert "the right number of rows" in check(one.id, FRAME.tail(2)).sentence
    assert "is each word spelt" in check(one.id, FRAME.head(0)).sentence.lower()
    assert "two pairs of square brackets" in check(one.id, FRAME["iso3"]).sentence


def test_where_any_answer_is_right_it_still_has_a_form(monkeypatch: pytest.MonkeyPatch) -> None:
    kind = kinds.Together((kinds.Choice(options=("fact", "opinion")),) * 2)
    one = Task("99.free", kind, lambda: ["fact", "fact"], "We say so.", "Choose.", free=True)
    monkeypatch.setitem(collect_tasks(), one.id, one)
    assert check(one.id, ["opinion", "Fact "])
    assert check(one.id, ["fact", ...]).state == "open"
    assert '"facts" is none of them: fact or opinion.' in check(one.id, ["fact", "facts"]).sentence


@pytest.mark.parametrize("asks", ["Tokayev", "Kassym-Jomart Tokayev", "Kazakhstan"])
@pytest.mark.parametrize("sign", [1, 0, -1])
def test_a_sentence_is_written_as_a_tie_with_any_sign(asks: str, sign: int) -> None:
    assert check("09.1", [asks, "Russia", sign]).state == "right"
    assert "other way round" in check("09.1", ["Russia", asks, sign]).sentence
    assert check("09.1", [asks, "China", sign]).state == "wrong"


@pytest.mark.parametrize("value", [["Tokayev", "Russia"], ["Tokayev", "Russia", 2], [1, "Russia", "Tokayev"]])
def test_a_tie_has_two_ends_and_a_sign(value: list[object]) -> None:
    assert check("09.1", value).state == "wrong"


def test_what_rests_on_the_students_own_file_is_computed_anew(monkeypatch: pytest.MonkeyPatch) -> None:
    counts = iter(["fact 10, forecast 10", "fact 3, forecast 17", "fact 3, forecast 17"])
    one = Task("99.own", Headline(), lambda: next(counts), "Good.", "A label.", own=True)
    monkeypatch.setitem(collect_tasks(), one.id, one)
    assert check(one.id, "Of my claims 10 are facts")
    assert "No bar has 10. A label." in check(one.id, "Of my claims 10 are facts").sentence
    assert check(one.id, "Kinds of my claims").sentence == "Not yet. No number of the bars is in it. A label."


BARS = "forecast 14, opinion 8, quotation 7, not-a-claim 4"


@pytest.mark.parametrize(
    "title",
    [
        *("My claims, mostly opinion (8 claims)", "My claims, mostly “14 claims”", "My claims are ~7 or so"),
        *("My article is mostly analysis 14.", "My article is mostly analysis 14-33"),
        "Of my 33 claims 14 are forecasts",
        "Forecasts lead: 14 forecasts, 8 opinions",
        "Fourteen claims, of which 4 are none: not-a-claim",
        "Forecasts and opinions together make 22 of 33",
        "42 % of the claims are forecasts",
        "Opinions are 24.2 per cent of all claims",
        "Of 33 claims 19 are not forecasts",
        "Four kinds of claim, 33 claims in all",
        "In 2022 I found 14 forecasts on 14 September",
        "The G20 paper has 14 forecasts",
        "Forecasts, 14, outnumber 8 of another kind",
    ],
)
def test_a_title_with_right_figures_is_right_however_they_are_written(title: str) -> None:
    assert Headline().same(Headline().read(title), Headline().read(BARS))


@pytest.mark.parametrize(
    ("title", "wrong"),
    [
        ("Of my 34 claims 14 are forecasts", "34"),
        ("14 forecasts and 9 opinions in all", "9"),
        ("14 of the claims, or 50 %, are forecasts", "50"),
        ("14 % of the claims are forecasts", "14"),
        ("Twelve claims of 33 are forecasts", "12"),
        ("My claims by kind, 14-20", "20"),
        ("Of 33 claims 8 are forecasts", "8"),
        ("Many of my claims are 14,5 forecasts", "14.5"),
        ("My claims are 7 of 20", "20"),
    ],
)
def test_one_right_figure_does_not_make_a_title_right(title: str, wrong: str) -> None:
    answer, expected = Headline().read(title), Headline().read(BARS)
    assert not Headline().same(answer, expected)
    assert wrong in Headline().clue(answer, expected)


def test_a_title_needs_a_figure_that_counts_something() -> None:
    for title in ("Most of my claims are forecasts", "My claims of 14 September 2022", "14 forecasts"):
        assert not Headline().same(Headline().read(title), Headline().read(BARS))


def test_points_that_differ_from_ours_are_right_and_named() -> None:
    ours = collect_tasks()["11.5"].solution()
    assert check("11.5", ours).sentence == f"Right. {collect_tasks()['11.5'].right}"
    points, reason = ours[0]
    others = check("11.5", [(4, reason), *ours[1:]])
    assert others and f"Claim by {4 - points}" in others.sentence and "Wording" not in others.sentence


def test_a_small_number_is_told_a_known_way_only_where_the_line_shows_it() -> None:
    one = collect_tasks()["00.5"]
    columns = 14
    assert "number of columns" in one.reason(columns, source="answer = events.shape[1]")
    assert "number of columns" not in one.reason(
        columns, source='answer = len(events[events["day"] > "2022-06-01"])'
    )


@each
def test_a_result_to_which_many_ways_lead_says_how_its_line_shows_it(one: Task) -> None:
    """Where a number is typed, no line shows anything, and the number is all there is."""
    for way, (_, (result,)) in zip(one.mistakes, one.wrong, strict=True):
        if diagnose.is_easily_hit(result) and not one.typed:
            assert way.seen_in or way.not_in, f"{one.id}: {way.reason}"


@pytest.mark.parametrize(
    ("task", "result", "line", "cause"),
    [
        ("03.1", 27, '(spells["from"] > day).sum()', "had not begun"),
        ("03.1", 27, 'spells["to"].isna().sum()', "no end at all"),
        ("11.1", 7, 'len(rows[rows["citations"] == 0])', "Which of them have a figure"),
        ("11.1", 7, 'len(rows[rows["figures"] > 0])', "second condition"),
        ("09.3", 5, 'told[told["actor"]=="Kazakhstan"]["target"].nunique()', "that start in Kazakhstan"),
        ("09.3", 5, 'len(both_ways[both_ways["kind"] == "aid"])', ""),
        ("01.4", 76, '(pd.Timestamp("2022-09-15") - pd.Timestamp("2022-07-01")).days', ""),
        ("08.4", 8, "len(council)  # not members", ""),
        ("05.5", 1, '(coded.loc["IND"] - coded.loc["USA"]).abs().mean()', "mean of the three"),
        ("00.1", 2042, "founded + 41", ""),
    ],
)
def test_a_cause_is_named_only_where_the_line_shows_it(task: str, result: int, line: str, cause: str) -> None:
    one = collect_tasks()[task]
    said = one.reason(result, source=f"answer = {line}")
    if cause:
        assert cause in said
    else:
        assert said not in [way.reason for way in one.mistakes]


LUCKY = {
    "05.2 es_11_4": (
        '(votes.loc[members, "es_11_4"] == "abstain").sum()',
        'votes.loc[members, "es_11_1"].isin(["abstain", "did not vote"]).sum()',
    ),
    "05.5 signs": (
        'abs(coded.loc["IND"].sum() - coded.loc["USA"].sum())',
        'abs(coded.loc["IND"] - coded.loc["USA"]).sum()',
    ),
    "01.5": ('meetings["day"].value_counts().max()', 'len(meetings[meetings["day"] == "2022-09-15"])'),
    "05.2": ('(march != "no").sum()', '((march == "abstain") | (march == "did not vote")).sum()'),
    "05.5": (
        '(coded.loc["IND"] - coded.loc["RUS"]).abs().sum()',
        '(coded.loc["USA"] - coded.loc["IND"]).abs().sum()',
    ),
}


@pytest.mark.parametrize("name", LUCKY)
def test_a_line_that_is_right_by_chance_is_told_so(name: str) -> None:
    assert {one.id for one in TASKS if one.lucky} == {task.split()[0] for task in LUCKY}
    one = collect_tasks()[name.split(maxsplit=1)[0]]
    lucky, right = (f"answer = {line}" for line in LUCKY[name])
    for way in one.lucky:
        assert one.kind.same(one.kind.read(way.wrong()), one.expected)
        assert way.seen_in or way.not_in
    said = judge_answer(one, decode.make_plain(one.solution()), cells.Look(source=lucky))
    assert said.state == "wrong" and "fits" in said.sentence
    assert judge_answer(one, decode.make_plain(one.solution()), cells.Look(source=right))


def test_of_two_columns_of_numbers_none_is_the_labels() -> None:
    words = pd.DataFrame({"words": [33, 4], "quoted_words": [0, 1]}, index=["caption", "credit"])
    with pytest.raises(kinds.WrongForm) as problem:
        kinds.ByKey(kinds.Whole()).read(decode.make_plain(words))
    assert problem.value.code == "of another kind"


def test_the_numbers_of_rows_are_no_column_that_is_missing() -> None:
    shares = kinds.Rows({"country": kinds.Text(), "ppp_pct": kinds.PerCent(0.1)})
    with pytest.raises(kinds.WrongForm) as problem:
        shares.read(decode.make_plain(pd.DataFrame({"country": ["China", "India"]})))
    assert problem.value.fields["columns"] == ["ppp_pct"]
