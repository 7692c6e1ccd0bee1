"""Quizzes, predictions, notes, forecasts: kept as left, named for everybody, the same in every still."""

import contextlib
import itertools
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple

import ipywidgets as widgets
import numpy as np
import pandas as pd
import pytest

from samarkand import explore
from samarkand.common import journal
from samarkand.common.errors import CourseError, UnknownName
from samarkand.practice import article, forecasts, notes, predict, progress, questions, quiz
from samarkand.practice.form import Form
from samarkand.practice.questions import Option, Quiz
from samarkand.practice.reply import Reply

QUIZZES, PREDICTIONS, NOTES = (questions.read_questions(kind) for kind in ("quiz", "predict", "note"))


class Kind(NamedTuple):
    """A kind of form: functions that open it and fill it in for the n-th time."""

    open: Callable[[], Form]
    fill: Callable[[Any, int], object]


KINDS = {
    "notes": Kind(
        lambda: notes.note("07.line"),
        lambda form, n: form.fill(f"Line {n}\nsecond 中 “line” \\ <b>"),
    ),
    "predictions": Kind(
        lambda: predict.ask("03.members"),
        lambda form, n: form.fill(str(n), "0", "9", f"Text {n}"),
    ),
    "choices": Kind(
        lambda: predict.ask("04.oil"),
        lambda form, n: form.fill(["IND", "CHN", "USA"][n]),
    ),
    "forecasts": Kind(
        explore.my_forecasts,
        lambda form, n: [form.fill(f"F{q}", str(10 * q + n), f"Text {n}") for q in (1, 2)],
    ),
}
every_kind = pytest.mark.parametrize("kind", KINDS.values(), ids=KINDS)


@every_kind
def test_a_form_opened_again_shows_what_was_saved_last(kind: Kind, work: Path) -> None:
    seen = set()
    for n in range(3):
        form = kind.open()
        kind.fill(form, n)
        form.save()
        assert form.said.startswith("Saved") and "Saved" in form.line.value
        again = kind.open()
        assert again.filled == form.filled and "Saved earlier" in again.said
        kind.fill(again, n - 1)
        assert again.said == "", "a change takes the word away"
        seen.add(str(form.filled))
    (file,) = work.iterdir()
    assert len(seen) == 3 and len(file.read_bytes().splitlines()) in (3, 6), "older ones stay"


@every_kind
def test_what_cannot_be_saved_is_told_and_stays_in_the_fields(kind: Kind, work: Path) -> None:
    form = kind.open()
    assert form.save().state == "open" and not work.exists()
    work.write_text("not a folder", encoding="utf-8")
    kind.fill(form, 1)
    before = form.filled
    assert "could not be saved" in form.save().sentence and form.state == "wrong"
    assert form.filled == before


@every_kind
def test_a_damaged_journal_is_told_and_left_and_the_rest_is_read_back(kind: Kind, work: Path) -> None:
    form = kind.open()
    kind.fill(form, 1)
    form.save()
    (file,) = work.iterdir()
    damage = b'{"half\n{"at": "x", "id": "07.line", "text": 7}\n{"at": "x", "id": "04.oil", "guess": "TUR"}\n'
    damage += b'{"at": "x", "id": "03.members", "guess": "much", "low": 1}\n'
    damage += b'{"at": "x", "id": "F2", "probability": 7}\n'
    file.write_bytes(damage + file.read_bytes())
    again = kind.open()
    assert "One line of" in again.said and again.filled == form.filled
    kind.fill(again, 2)
    assert again.save().state == "right" and file.read_bytes().startswith(damage)


def test_in_a_browsers_python_everything_is_saved() -> None:
    """Its module ``fcntl`` is there, and has no ``flock``."""
    code = (
        "import sys, types; sys.platform = 'emscripten'; sys.modules['fcntl'] = types.ModuleType('fcntl')\n"
        "from samarkand.practice import notes; paper = notes.note('07.line')\n"
        "paper.fill('Mine.'); paper.save(); print(notes.note('07.line').filled['text'])"
    )
    assert subprocess.check_output([sys.executable, "-c", code], text=True) == "Mine.\n"


#: Of each kind some: what a still holds does not depend on the question.
SOME = {kind: list(asked)[::5] for kind, asked in (("quiz", QUIZZES), ("ask", PREDICTIONS), ("note", NOTES))}
SHOWN = {
    **{f"quiz {id}": lambda id=id: quiz.ask(id) for id in SOME["quiz"]},
    **{
        f"{call.__name__} {id}": lambda id=id, call=call: call(id)
        for id in SOME["ask"]
        for call in (predict.ask, predict.see)
    },
    **{
        f"{call.__name__} {id}": lambda id=id, call=call: call(id)
        for id in SOME["note"]
        for call in (notes.note, notes.recall)
    },
    **{"forecasts": explore.my_forecasts, "their scores": explore.my_scores, "scores": predict.scores},
    **{"course": progress.course, "lesson": lambda: progress.lesson("03")},
}


def stored() -> dict[str, list[str]]:
    bundles = {name: shown()._repr_mimebundle_()[0] for name, shown in SHOWN.items()}
    return {name: [bundle[kind] for kind in ("text/html", "text/plain")] for name, bundle in bundles.items()}


def test_a_still_is_the_same_for_everybody_and_needs_no_script() -> None:
    before = stored()
    for id in SOME["ask"]:
        form, asked = predict.ask(id), PREDICTIONS[id]
        form.fill(next(iter(asked.options), f"{asked.low:g}"), *[f"{asked.low:g}"] * 2, "Mine alone.")
        assert form.save().sentence.startswith("Saved")
    for id in SOME["note"]:
        paper = notes.note(id)
        paper.fill("Mine alone.")
        paper.save()
    for id in SOME["quiz"]:
        quiz.ask(id).answer(0)
    forecasts.save_forecasts({"F1": (0.97, "Mine alone."), "F3": (0.12, "Mine alone.")})
    assert stored() == before
    assert not any(part in str(before) for part in ("<script", "class=", "Mine alone"))
    for name, told in before.items():
        if name.split(" ")[0] in SOME:
            assert all("choose Run → Run All Above Selected Cell" in text for text in told), name


@pytest.mark.parametrize("call", [quiz.ask, predict.ask, predict.see, notes.note, notes.recall])
@pytest.mark.parametrize("id", ["03.gpd", 3, ["03.gdp"]])
def test_a_question_that_is_not_there_is_named(call: Callable[[Any], Any], id: object) -> None:
    with pytest.raises(UnknownName) as error:
        call(id)
    assert (error.value.fields["kind"], error.value.fields["name"]) == ("question", id)


def test_each_control_is_named_by_its_question() -> None:
    for name, asked in (QUIZZES | PREDICTIONS | NOTES).items():
        call = quiz.ask if name in QUIZZES else notes.note if name in NOTES else predict.ask
        within = [call(name)]
        for one in within:
            within += getattr(one, "children", ())
        kinds = (widgets.RadioButtons, widgets.Checkbox, widgets.Button, widgets.Text, widgets.Textarea)
        named = [one.tooltip for one in within if isinstance(one, kinds)]
        assert len(set(named)) == len(named) >= 2 and all(asked.text in tooltip for tooltip in named)


def choice(*hints: str) -> quiz.Choice:
    """Return a quiz with three options; those without a hint are right."""
    options = tuple(map(Option, ("Astana", "<script>Samarkand", "Tashkent"), hints))
    return quiz.Choice(Quiz("01.met", "Where did <b> it meet?", options, "On 15 September."))


def test_each_set_of_answers_gets_its_reply() -> None:
    question = choice("In Kazakhstan.", "", "")
    for chosen in (c for n in range(4) for c in itertools.combinations(range(3), n)):
        right = "Choose" if not chosen else "Right so far" if len(chosen) < 2 else "Yes."
        reply = question.answer(*chosen)
        assert reply.sentence.startswith("Not yet. In Kaz" if 0 in chosen else right)


@pytest.mark.parametrize("hints", [("One.", "", "Two."), ("One.", "", "")], ids=["one", "many"])
def test_the_button_answers_with_what_is_chosen_and_a_new_choice_clears_the_reply(
    hints: tuple[str, ...],
) -> None:
    question = choice(*hints)
    (button,) = (one for one in question.children if isinstance(one, widgets.Button))
    right = [n for n, hint in enumerate(hints) if not hint]
    question.fill(*right)
    button.click()
    assert "Yes. On 15 September." in question.line.value and 'role="status"' in question.line.value
    question.fill(2 if len(right) == 1 else 1)
    assert "Yes." not in question.line.value
    html = question._repr_mimebundle_()[0]["text/html"]
    assert "Where did &lt;b&gt; it meet?" in html and "<script" not in html


def test_what_others_hold_unfolds_after_ones_own() -> None:
    paper = notes.note("07.line")
    for text in ("", "   "):
        paper.fill(text)
        assert paper.save() == Reply("open", "Nothing to save yet: the field is empty.")
        assert paper.unfolded == ""
    paper.fill("Mine.")
    assert paper.save() == paper.save() == Reply("right", "Saved: 1 word.")
    assert "<b>No.</b>" in paper.unfolded and "(bne magazine, July 2022)" in paper.unfolded
    assert "<b>Yes.</b>" in notes.note("07.line").unfolded
    assert len(journal.read_journal("notes").entries) == 1, "saving twice adds nothing"


def test_a_note_is_shown_again_where_it_is_needed() -> None:
    assert notes.recall("05.sides").sentence == "You did not write anything here. That is fine."
    paper = notes.note("05.sides")
    for words in ("It sends nothing.", "It sends <b>arms</b>."):
        paper.fill(words)
        paper.save()
    shown = notes.recall("05.sides")
    assert shown.sentence == "You wrote: “It sends <b>arms</b>.”"
    assert "&lt;b&gt;arms" in shown.children[0].value


class Hostile:
    """A value that fails whatever is done with it."""

    def __eq__(self, other: object) -> bool:
        raise RuntimeError("compared")

    def __hash__(self) -> int:
        raise RuntimeError("hashed")

    def __str__(self) -> str:
        raise RuntimeError("written")

    __repr__ = __str__


#: What a student's code may give where a form has a field: of each kind that she meets, and worse.
GIVEN = [
    *(
        None,
        ...,
        True,
        -1,
        1.5,
        float("nan"),
        float("inf"),
        10**400,
        10**5000,
        1j,
        b"1",
        "",
        "zwei",
        "x" * 9_999,
    ),
    *([1], (1,), {"a": 1}, {1}, np.int64(1), np.float64("nan"), np.bool_(True), np.array([1, 2])),
    *(pd.Series([1, 2]), pd.DataFrame({"a": [1]}), pd.NA, pd.NaT, pd.Timestamp("2022-09-14"), object(), int),
    Hostile(),
]
#: Each way to answer by code, with a value in place of one thing that it takes.
BY_CODE: dict[str, Callable[[Any], Any]] = {
    "quiz": lambda given: quiz.answer("03.gdp", given),
    "quiz id": lambda given: quiz.answer(given, 1),
    "guess": lambda given: predict.answer("03.members", given),
    "low": lambda given: predict.answer("03.members", 8, given, 9),
    "high": lambda given: predict.answer("03.members", 8, 7, given),
    "because": lambda given: predict.answer("03.members", 8, 7, 9, given),
    "option": lambda given: predict.answer("04.oil", given),
    "because of an option": lambda given: predict.answer("04.oil", "IND", because=given),
    "predict id": lambda given: predict.answer(given, 8),
    "chance": lambda given: forecasts.answer("F2", given),
    "because of a chance": lambda given: forecasts.answer("F2", 50, given),
    "forecast id": lambda given: forecasts.answer(given, 50),
    "note": lambda given: notes.note("05.sides", given),
    "note id": lambda given: notes.note(given, "It sends arms."),
    "cell": lambda given: article.add("figures", measure=given),
    "table": lambda given: article.add(given, measure="trade"),
    "edited table": article.edit,
    "checked table": article.check,
}


@pytest.mark.parametrize("way", BY_CODE)
def test_whatever_code_gives_a_form_is_answered_with_a_sentence(way: str, work: Path) -> None:
    """Either the form replies, or an error of the course says what is wrong: nothing else is raised."""
    for given in GIVEN:
        with contextlib.suppress(CourseError):
            reply = BY_CODE[way](given)
            assert (reply if isinstance(reply, Reply) else reply.reply).state in (
                "right",
                "wrong",
                "open",
                "say",
            )


@pytest.mark.parametrize("given", [[8], {"a": 1}, np.array([1, 2]), pd.NA, object, Hostile()])
def test_what_is_no_text_and_no_number_is_kept_nowhere(given: Any, work: Path) -> None:
    for way in ("guess", "because", "chance", "because of a chance", "note"):
        reply = BY_CODE[way](given)
        assert (reply if isinstance(reply, Reply) else reply.reply).state == "wrong", way
    assert not list(work.glob("*.jsonl"))
