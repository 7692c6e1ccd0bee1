"""Sources in prose: keys for authors, numbers for readers, and nothing lost between the two."""

import re
from pathlib import Path

import pytest
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook

from samarkand import data
from samarkand.sources import cite
from tools.author import citations, normal_form
from tools.author.lessons import Lesson, read_notebook

NUMBERS = {"ART": 1, "XH0914": 2, "TRADEH1b": 3}
DW = '[1](#Sources "DW, about 12 September 2022 by the copy’s date, 4 October: ART")'
XINHUA = '[2](#Sources "Xinhua, 14 September 2022: XH0914")'


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("He landed [XH0914].", f"He landed<sup>{XINHUA}</sup>."),
        ("He ([XH0914]) landed", f"He (<sup>{XINHUA}</sup>) landed"),
        ("| x | [XH0914] |", f"| x |<sup>{XINHUA}</sup> |"),
        ("Seen [ART, XH0914].", f"Seen<sup>{DW}, {XINHUA}</sup>."),
    ],
)
def test_a_key_becomes_a_number_and_again_a_key(text: str, found: str) -> None:
    assert citations.to_numbers(text, NUMBERS) == found
    assert citations.to_keys(found) == text
    assert citations.to_numbers(found, NUMBERS) == found


@pytest.mark.parametrize(
    "text", ["`x[ART]`", "```python\ncite [ART]\n```", "[ART](a.ipynb)", "[the West]", "[NOSUCH22]", "[]"]
)
def test_what_is_no_key_of_the_list_stays(text: str) -> None:
    assert citations.to_numbers(text, NUMBERS) == text


def test_a_title_has_no_quotes_or_brackets_that_would_end_the_link() -> None:
    for key in data.load("sources")["key"]:
        stored_ = citations.to_numbers(f"x [{key}]", {key: 7})
        assert citations.STORED.search(stored_), key
        assert citations.to_keys(stored_) == f"x [{key}]"


def test_the_list_at_the_end_follows_the_text() -> None:
    def sources(list_of: str, *texts: str) -> list[str]:
        listed = new_code_cell(list_of, id="sources", execution_count=1)
        cells = [*(new_markdown_cell(text, id=f"t{n}") for n, text in enumerate(texts)), listed]
        notebook = normal_form.normalise_notebook(new_notebook(cells=cells))
        assert normal_form.normalise_notebook(notebook) == notebook
        return [str(cell.source) for cell in notebook.cells]

    text, listed = sources('cite.sources("ART", "XH0914")', "Seen [XH0914].")
    assert text == f"Seen<sup>{XINHUA.replace('2', '1', 1)}</sup>."
    assert listed == 'cite.sources("XH0914", "ART")'  # what no text cites stays, behind the rest
    both = 'cite.sources("ART", "XH0914", *more["source"])'
    assert sources(both, "`[XH0914]` [ART]", "[XH0914]")[-1] == both
    assert sources(both, "[XH0914, ART]")[-1] == 'cite.sources("XH0914", "ART", *more["source"])'
    assert sources('cite.sources("ART")', "Seen [XH0914].")[0] == "Seen [XH0914]."  # a rule names it

    around = 'x = 1\ncite.sources("ART", "XH0914")  # all'
    assert sources(around, "[XH0914]")[-1] == 'x = 1\ncite.sources("XH0914", "ART")  # all'

    keys = [*data.load("sources")["key"][:60]]
    long = sources(f"cite.sources({', '.join(map(repr, keys))})  # fmt: skip", f"[{keys[-1]}]")[-1]
    assert long.endswith('")  # fmt: skip') and max(map(len, long.splitlines())) <= 110
    assert citations.list_keys(new_notebook(cells=[new_code_cell(long)])) == [keys[-1], *keys[:-1]]


def test_a_lesson_cites_by_numbers_that_its_list_has(lesson_path: Path) -> None:
    notebook = read_notebook(lesson_path)
    keys = citations.list_keys(notebook)
    text = "\n".join(cell.source for cell in notebook.cells if cell.cell_type == "markdown")
    found = re.findall(r'\[(\d+)\]\(#Sources "([^"]*): (\w+)"\)', text)
    assert found, "it cites nothing"
    for number, who, key in found:
        assert keys[int(number) - 1] == key
        assert who.split(",")[0] in re.sub(r'["()]', "", str(cite[key]))
    assert not citations.WRITTEN.search(re.sub(r"`[^`]*`", "", text))
    assert all(not citations.STORED.search(cell.source) for cell in Lesson(lesson_path, notebook).prose)
