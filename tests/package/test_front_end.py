"""Where no controls are shown, each form says so after it has run, and is answered by code, as by mouse."""

import ast
import json
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from samarkand import explore
from samarkand.common import home, journal
from samarkand.common.errors import UnknownName
from samarkand.lab import front_end
from samarkand.practice import article, forecasts, note, predict, progress, quiz, recall
from samarkand.practice.briefing import own
from samarkand.widgets import controls

#: Forms and displays of all kinds, the line that answers a form, and words of its run-time text.
BOXES: dict[str, tuple[Callable[[], Any], str]] = {
    "a prediction": (lambda: predict.ask("03.members"), 'predict.answer("03.members", guess, low, high)'),
    "a choice": (lambda: predict.ask("04.oil"), 'predict.answer("04.oil", 1)'),
    "a quiz": (lambda: quiz.ask("03.gdp"), 'quiz.answer("03.gdp", 2)'),
    "a note": (lambda: note("05.sides"), 'note("05.sides", "...")'),
    "forecasts": (lambda: explore.my_forecasts("F1"), 'forecasts.answer("F1", 50, "because ...")'),
    "an explorer": (explore.share_of_world, "e.set(measure="),
    "a result": (lambda: predict.see("03.members"), "The result is 8 members."),
    "a note of before": (lambda: recall("05.sides"), "You did not write anything here."),
    "progress": (lambda: progress.lesson("03"), "03"),
    "scores": (predict.scores, "You have not saved a prediction"),
    "own words": (own, "You may cite"),
}


class Kernel:
    """A kernel's table of what it does with each message."""

    def __init__(self) -> None:
        self.got: list[tuple[Any, ...]] = []
        self.shell_handlers = {
            name: lambda *message: self.got.append(message)
            for name in ("comm_info_request", "comm_open", "comm_msg", "execute_request")
        }


class Shell:
    """A shell with a kernel."""

    def __init__(self) -> None:
        self.kernel = Kernel()


@pytest.fixture
def shell(monkeypatch: pytest.MonkeyPatch) -> Iterator[Shell]:
    """Return a shell whose notebook somebody has opened, in a program of which nothing is known yet."""
    monkeypatch.setattr(front_end, "HEARD", [])
    monkeypatch.setenv("JPY_SESSION_NAME", "lessons/03_the_sco.ipynb")
    made = Shell()
    front_end.listen_for_widgets(made)
    yield made


def bundle(made: Any) -> dict[str, Any]:
    return dict(made._repr_mimebundle_()[0])


@pytest.mark.parametrize("name", BOXES)
def test_what_has_run_without_controls_does_not_ask_to_be_run(shell: Shell, name: str) -> None:
    make, said = BOXES[name]
    html, text = bundle(make())["text/html"], bundle(make())["text/plain"]
    assert said in text
    for asks in ("Run this cell", "Run All Above Selected Cell"):
        assert asks not in text and asks not in html


@pytest.mark.parametrize("name", BOXES)
def test_where_controls_are_shown_the_still_is_as_it_is_stored(shell: Shell, name: str) -> None:
    make, _ = BOXES[name]
    shell.kernel.shell_handlers["comm_info_request"]("stream", b"identity", {"content": {}})
    assert shell.kernel.got, "the kernel answers, too"
    live = bundle(make())
    assert controls.NO_CONTROLS not in live["text/plain"]
    front_end.HEARD.clear()  # as in a build or a test, whose kernel no notebook has opened
    assert bundle(make())["text/html"] == live["text/html"]


def test_a_kernel_without_a_notebook_is_not_listened_to(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(front_end, "HEARD", [])
    monkeypatch.delenv("JPY_SESSION_NAME", raising=False)
    front_end.listen_for_widgets(Shell())
    assert front_end.shows_controls()


def entries(name: str) -> list[dict[str, Any]]:
    """Return what a journal holds, but for the times."""
    return [
        {key: value for key, value in one.items() if key != "at"}
        for one in journal.read_journal(name).entries
    ]


def by_mouse(what: str) -> str:
    """Fill a form as by mouse; return its reply."""
    if what == "number":
        form = predict.ask("03.members")
        form.fill("8", "6", "10", "I read it")
        return form.save().sentence
    if what == "choice":
        form = predict.ask("04.oil")
        form.fill("IND")
        return form.save().sentence
    if what == "quiz":
        return quiz.ask("03.gdp").answer(0).sentence
    if what == "note":
        paper = note("05.sides")
        paper.fill("It sends arms.")
        return paper.save().sentence
    rows = explore.my_forecasts("F1")
    rows.fill("F1", "70", "it was said")
    return rows.save().sentence


def by_code(what: str) -> str:
    """Give the same answer by code; return the reply."""
    if what == "number":
        return predict.answer("03.members", 8, 6, 10, "I read it").sentence
    if what == "choice":
        return predict.answer("04.oil", "India").sentence
    if what == "quiz":
        return quiz.answer("03.gdp", 1).sentence
    if what == "note":
        return note("05.sides", "It sends arms.").reply.sentence
    return forecasts.answer("F1", 70, "it was said").sentence


@pytest.mark.parametrize("what", ["number", "choice", "quiz", "note", "forecast"])
def test_an_answer_by_code_is_kept_as_one_by_mouse(
    what: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    name = {"number": "predictions", "choice": "predictions", "quiz": "log", "note": "notes"}.get(
        what, "forecasts"
    )
    kept, said = [], []
    for way in (by_mouse, by_code):
        monkeypatch.setenv("SAMARKAND_WORK", str(tmp_path / way.__name__))
        said.append(way(what))
        kept.append(entries(name))
    assert kept[0] == kept[1] and len(kept[0]) == 1
    if what == "forecast":  # the form also says how many of its rows are open
        assert said[0].startswith(said[1])
    else:
        assert said[0] == said[1]


def test_what_cannot_be_an_answer_is_said_and_not_kept() -> None:
    assert "The range is the wrong way round" in predict.answer("03.members", 8, 9, 7).sentence
    assert "is not a number" in predict.answer("03.members", "many").sentence
    assert predict.answer("03.members", "8", "6", "10").state == "right"
    for wrong in (0, 9, "Xi", 1.5):
        with pytest.raises(UnknownName):
            predict.answer("04.oil", wrong)
        with pytest.raises(UnknownName):
            quiz.answer("03.gdp", wrong)  # type: ignore[arg-type]
    for nothing in (None, [8], True, float("nan")):
        reply = predict.answer("03.members", nothing)  # type: ignore[arg-type]
        assert reply.state == "wrong" and reply.sentence.count(" number") == 1
        with pytest.raises(UnknownName):
            quiz.answer("03.gdp", nothing)  # type: ignore[arg-type]
    assert quiz.answer("03.gdp", "1") == quiz.answer("03.gdp", 1)
    assert quiz.answer("03.gdp").state == "open"
    assert forecasts.answer("F1", 170).state == "wrong" and forecasts.answer("F1", 170)._repr_html_()
    assert len(entries("predictions")) == 1 and entries("forecasts") == []


def test_rows_of_her_article_are_added_by_code(work: Path) -> None:
    row = {"id": "A01", "block": "P05", "paraphrase": "Six states are observers, it says", "type": "fact",
           "speaker": "newsroom", "role": "newsroom", "verifiable": "yes"}  # fmt: skip
    assert article.add("claims", **row).sentence == "1 of 10 rows, and all of them in order. 9 more to write."
    again = article.add("claims", **{**row, "id": "A02", "type": "forcast"})
    assert again.state == "wrong" and "forcast" in again.sentence
    assert pd.read_csv(work / "article" / "claims.csv")["id"].tolist() == ["A01", "A02"]
    with pytest.raises(UnknownName):
        article.add("claims", colour="red")
    before = (work / "article" / "claims.csv").read_bytes()
    (work / "article" / "claims.csv").write_bytes(before + b"A03,P05,one,two,three,4,5,6,7,8,9,10,11,12\n")
    assert article.add("claims", **row).state == "wrong"
    assert (work / "article" / "claims.csv").read_bytes().startswith(before)
    assert json.dumps(article.check("claims").state) == '"wrong"'


def list_outside_imports(source: str) -> set[str]:
    """Return the modules that a cell imports and Python itself, or Jupyter's kernel, does not have."""
    names = set()
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import):
            names |= {alias.name.partition(".")[0] for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            names.add(str(node.module).partition(".")[0])
    return names - set(sys.stdlib_module_names) - {"IPython"}


def test_the_page_names_each_module_that_the_first_cell_may_miss_in_another_kernel() -> None:
    page = (home.ROOT / "docs" / "without_installing.md").read_text(encoding="utf-8")
    for path in [*home.LESSONS.glob("*.ipynb"), *home.SETS.glob("*/*.ipynb")]:
        cells = json.loads(path.read_text(encoding="utf-8"))["cells"]
        first = next("".join(cell["source"]) for cell in cells if cell["cell_type"] == "code")
        missing = list_outside_imports(first)
        assert missing, path.name
        for name in missing:
            assert f"No module named '{name}'" in page, path.name
