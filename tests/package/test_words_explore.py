"""Nothing that an explorer says escapes the catalogue: in the made-up language every text bears its marks."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from said import Said

from samarkand import data, explore, geo
from samarkand.ground import journal, rooms, words

#: Two or more English words that stand side by side.
RUN = re.compile(r"[A-Za-z]{2,}(?: [A-Za-z]{2,})+")
INNERMOST = re.compile(f"{words.OPENING}[^{words.OPENING}{words.CLOSING}]*{words.CLOSING}")


def shown(box: Any) -> list[str]:
    """Return the texts of an explorer and of all its controls."""
    texts = [repr(box), *Said(box._repr_mimebundle_()[0]["text/html"]).parts]
    todo = [box]
    for one in todo:
        todo += getattr(one, "children", ())
        texts += [getattr(one, name, None) or "" for name in ("description", "tooltip", "placeholder")]
        texts += [label for label, _ in getattr(one, "options", ())]
        texts += Said(one.value).parts if type(one).__name__ == "HTML" else []
    return texts


def gather() -> dict[str, list[str]]:
    """Return what explorers say in settings all over their domains, and what a wrong forecast is told."""
    said = {}
    for name in rooms.offers("samarkand.explore"):
        if not name.islower():
            continue
        made = getattr(explore, name)()
        said[name] = shown(made)
        if hasattr(made, "domain"):
            settings = list(made.domain())
            for values in settings[:: max(1, len(settings) // 25)]:
                said[name] += Said(made.render(**values)).parts
    form = explore.my_forecasts()
    said["form"] = [form.save()]
    for filled in ({"F1": "maybe"}, {"F1": "130"}, {"F1": "0.7"}, {"F1": "60"}, {"F1": "60"}):
        for question, chance in filled.items():
            form.fill(question, chance)
        said["form"].append(form.save())
    said["form"] += shown(explore.my_forecasts()) + Said(explore.my_scores().render()).parts
    journal.path("forecasts").write_text("{ half")
    said["damaged"] = shown(explore.my_forecasts()) + Said(explore.my_scores().render()).parts
    form = explore.my_forecasts()
    form.fill("F2", "40")
    said["damaged"].append(form.save())
    return said


@pytest.fixture(scope="module")
def said(spoken: Callable[..., str]) -> dict[str, list[str]]:
    """Return all texts by explorer, spoken in the made-up language."""
    return dict(json.loads(spoken("test_words_explore")))


@pytest.fixture(scope="module")
def cells() -> str:
    """Return every cell of every table, and the names in the geometry: what is data and not wrapped."""
    frames = [data.load(name) for name in data.tables()["name"]]
    told = [cell for frame in frames for column in frame for cell in map(str, frame[column])]
    told += [shape["properties"].get("name", "") for shape in geo.load("region")["features"]]
    return "\n".join(told)


def bare(text: str) -> list[str]:
    """Return the English that stands outside the marks of a text."""
    while (inner := INNERMOST.sub("\n", text)) != text:
        text = inner
    return RUN.findall(text)


def test_every_explorer_of_the_room_speaks(said: dict[str, list[str]]) -> None:
    assert {name for name in rooms.offers("samarkand.explore") if name.islower()} <= set(said)
    for name, texts in said.items():
        marked = [text for text in texts if words.OPENING in text]
        assert len(marked) > (1 if name in ("form", "damaged") else 10), name


def test_no_english_stands_outside_the_marks(said: dict[str, list[str]], cells: str) -> None:
    known = cells + "\n" + "\n".join(words.capitalised(cell) for cell in cells.splitlines())
    found = {(name, run) for name, texts in said.items() for text in texts for run in bare(text)}
    escaped = {(name, run) for name, run in found if run not in known}
    assert not escaped


def test_an_escaped_sentence_would_be_seen(cells: str) -> None:
    assert bare("⟦Möre⟧ than meets ⟦the ⟦éye⟧ höle⟧ here") == ["than meets"]
    assert "than meets the eye" not in cells


@pytest.mark.parametrize(
    "module", sorted(rooms.modules("samarkand.explore").values()), ids=lambda path: path.stem
)
def test_no_explorer_writes_markup_by_hand(module: Path) -> None:
    """Elements are written by `markup.element` alone."""
    source = re.sub(r'""".*?"""', "", module.read_text(encoding="utf-8"), flags=re.DOTALL)
    assert not re.search(r"</?[a-z]+[ >]", source)


if __name__ == "__main__":
    print(json.dumps(gather()))
