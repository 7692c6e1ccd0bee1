"""A briefing: faults are named, exports are self-contained, and our example pages are true."""

import dataclasses
import itertools
import re
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from samarkand import charts, data
from samarkand.common import home, journal
from samarkand.common.errors import CourseError, UnknownName
from samarkand.practice import article, briefing
from samarkand.practice.briefing import cited_items, sentences
from samarkand.practice.tasks import collect_tasks
from tools.author.rules_of_lessons import find_addresses

GOOD = briefing.example("good")
#: The words of the good page without its limits.
REST = int(GOOD.lines.query("part != 'limits'")["words"].sum())


def with_texts(**texts: str) -> briefing.Page:
    return dataclasses.replace(GOOD, texts=GOOD.texts | texts)


@pytest.mark.parametrize(
    ("texts", "said"),
    [
        (dict.fromkeys(GOOD.texts, ""), "The page is empty"),
        ({"title": "China and Central Asia"}, "is a label"),
        ({"title": "more " * 17}, "The title has 17 words"),
        ({"answer": "It is so."}, "How sure are you"),
        ({"answer": "It grew. I am 300 % sure."}, "How sure are you"),
        ({"answer": "It has 45 %. I am 70 % sure."}, "A figure without a source: “It has 45 %.”"),
        (
            {"answer": "I am 70 % sure that it has 45 per cent."},
            "A figure without a source: “I am 70 % sure that it has 45 per cent.”",
        ),
        ({"limits": ""}, "“What this cannot show” is empty."),
        ({"evidence": "It sold 13.8 billion. I know."}, "A figure without a source: “It sold 13.8 billion.”"),
        ({"evidence": "It sold 13.8 billion [NU999]."}, 'No source "NU999".'),
        ({"evidence": "It is 21.3 % [NU047]."}, "[NU047] was known on 2023-12-31, after the day"),
        ({"evidence": "It is 25 [TASS, 2022-09-15, http://tass.com/x]."}, "was known on 2022-09-15"),
        (
            {"evidence": "It is 25 [NU037] [Qazinform, 2022-09-13, https://x.kz].", "against": ""},
            "It all rests on Kazinform",
        ),
        ({"evidence": "It is 25 [TASS, 2022-31-12, http://tass.com/x]."}, "is not a day"),
        ({"change": "Time will tell."}, "needs a day and a chance"),
        ({"limits": "word " * (451 - REST)}, "451 words; 450 are allowed."),
    ],
)
def test_what_a_reader_would_stumble_over_is_said(texts: dict[str, str], said: str) -> None:
    assert any(said in fault for fault in with_texts(**texts).faults())
    assert not briefing.check(with_texts(**texts))


@pytest.mark.parametrize(
    "texts",
    [
        {"limits": "word " * (450 - REST)},
        {"evidence": "It is 25.0 billion. [NU037] Also 21.3 % [NU047], known later. In 2020 so [PL01]."},
        {"evidence": "It is 25 [TASS, 2022-09-14, http://tass.com/x], on the day of the page [NU037]."},
        {"against": ""},
        {"evidence": "On 14 September, at the G20 or the SCO-8, so [PL01] and [PL02] [NU037]."},
    ],
)
def test_what_is_in_order_passes(texts: dict[str, str]) -> None:
    assert list(with_texts(**texts).faults()) == []


def test_without_evidence_against_it_the_page_says_so(work: Path) -> None:
    mine = with_texts(against="")
    assert "and says so" in briefing.check(mine).sentence
    assert "names no evidence against its claim" in mine.body(1)


def test_of_our_pages_one_is_in_order_and_each_figure_is_in_the_rows_that_it_cites() -> None:
    faults = {name: len(list(briefing.example(name).faults())) for name in briefing.EXAMPLES}
    assert faults == {"good": 0, "middling": 3, "weak": 5}
    for name in briefing.EXAMPLES:
        for text in briefing.example(name).texts.values():
            for sentence in sentences.split_sentences(text):
                cells = [float(n) for ref in sentences.find_citations(sentence) for n in numbers(ref)]
                may = {round(n, 1) for n in cells} | {round(n / 1000, 1) for n in cells}
                figures = sentences.find_figures(sentence)
                assert not cells or may >= {float(one) for one in figures}, sentence
    assert [int(briefing.marks(name)["points"].sum()) for name in briefing.EXAMPLES] == [28, 15, 5]


def test_each_level_of_the_rubric_is_described_and_its_examples_are_on_something_else() -> None:
    rubric = briefing.rubric()
    most = rubric.groupby("row", sort=False)["points"].max().tolist()
    assert (most, sum(most)) == ([4, 4, 4, 4, 4, 4, 3, 1], 28)
    assert len(rubric) == sum(most) + len(most)
    assert rubric["level"].is_unique or rubric[rubric["level"].duplicated()]["points"].eq(0).all()
    own = " ".join(rubric["level"])
    for word in ("China", "Russia", "Kazakhstan", "trade", "backyard"):
        assert word not in own, word
    for words in ("Limits", "Wording", "Facts", "Length"):
        assert any(row.startswith(words) for row in rubric["row"]), words


def test_the_answer_of_the_task_is_what_we_gave() -> None:
    assert [points for points, _ in collect_tasks()["11.5"].solution()] == list(
        briefing.marks("middling")["points"]
    )


def numbers(ref: str) -> list[float]:
    """Return the figures of a cited row, and the sums of two of them."""
    row = cited_items.find_row(ref)
    cells = [n for n in data.load(row.table).loc[row.number].dropna() if isinstance(n, float)] if row else []
    return [*cells, *map(sum, itertools.combinations(cells, 2))]


def test_an_exported_page_stands_alone_and_prints_its_chart(work: Path) -> None:
    bars: Any = charts.bars(pd.Series({"China": 5.2, "Russia": 4.8}), title="Two investors of 2021")
    reply = briefing.export(dataclasses.replace(GOOD, chart=bars, by="Zoë <b>/..\\ \ud800"))
    assert reply, reply.sentence
    (file,) = (work / "briefing").iterdir()
    text = file.read_text(encoding="utf-8")
    assert file.name == "briefing_zoë-b.html"
    assert find_addresses(text) == [] and "<script" not in text and "Zoë &lt;b&gt;" in text
    assert "<svg" in text and text.count("<h1") == 1 and "@page" in text
    assert len(re.findall(r"<li>", text)) == len(GOOD.items)


def test_a_page_that_is_not_in_order_is_written_and_an_empty_one_is_not(work: Path) -> None:
    reply = briefing.export(briefing.example("weak"))
    assert reply.state == "wrong" and "is a label" in reply.sentence
    assert briefing.export(briefing.page("2022-09-14")).state == "open"
    assert [file.name for file in (work / "briefing").iterdir()] == ["briefing.html"]


def test_a_folder_that_cannot_be_written_gets_a_sentence(work: Path) -> None:
    work.mkdir(exist_ok=True)
    (work / "briefing").write_text("in the way", encoding="utf-8")
    assert "briefing.html cannot be written" in briefing.export(GOOD).sentence
    assert not briefing.sheet()


def test_a_page_is_made_of_notes_and_cites_ones_own_work(work: Path) -> None:
    article.begin()
    journal.add_entry(
        "notes", "11.evidence", text="Six [figures.csv], [A03], [F5], [02.own] and [ways.csv:0]."
    )
    journal.add_entry("notes", "02.own", text="Mine.")
    journal.add_entry("forecasts", "F5", probability=0.7, reason="")
    journal.add_entry("predictions", "00.conflicts", seen=True)
    assert briefing.own().sentence == "You may cite 2 things of your own."
    mine = briefing.page("2022-09-14", to="a minister")
    assert "<table" in mine.body(1) and "For a minister." in mine.body(1)
    # Who counted a figure of hers has published it, at its link.
    assert mine.sources["publisher"].tolist() == ["the course's table sco_membership", "TASS"]
    body = mine.body(1)
    assert "About “SCO summit kicks off in Astana” (TASS, 9 June 2017)." in body
    assert "One figure, and who counted it" in body and "what was measured" in body
    assert "figures.csv" not in body.partition("Sources")[0] and "first_choice" not in body
    assert [one.what for one in mine.items.values() if "wrote" in one.what][1] == "I wrote: “Mine.”"
    journal.add_entry("notes", "11.evidence", text="Six [figures.csv:9].")
    lost = briefing.page("2022-09-14")
    assert (
        "figures.csv has no row 9. Its rows are counted from 0, as Python does" in lost._repr_html_()
        and not briefing.export(lost)
    )
    for day in ("14 September", "2022-13-45"):
        with pytest.raises(CourseError) as no_day:
            briefing.page(day)
        assert (no_day.value.code, no_day.value.fields["given"]) == ("not a day", day)
    with pytest.raises(CourseError) as no_chart:
        briefing.page("2022-09-14", chart="a picture")
    assert no_chart.value.code == "no chart"
    with pytest.raises(UnknownName) as unknown:
        briefing.example("god")
    assert unknown.value.fields["near"] == "good"


def test_the_sheet_has_the_rubric(work: Path) -> None:
    assert briefing.sheet()
    text = (work / "briefing" / "reading_sheet.html").read_text(encoding="utf-8")
    assert find_addresses(text) == [] and all(row in text for row in briefing.rubric()["row"])


def test_the_teachers_page_has_the_points_that_we_gave_to_the_page_in_the_middle() -> None:
    points = ", ".join(str(one) for one in briefing.marks("middling")["points"])
    text = (home.ROOT / "docs" / "teaching" / "11.md").read_text(encoding="utf-8")
    assert f"then with ours: {points} |" in text
