"""Sources in prose: keys for authors, one mark a block for readers, and nothing lost between the two."""

import re
from pathlib import Path
from typing import Any

import mistune
import pytest
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook

from samarkand import data
from samarkand.common.home import ROOT
from samarkand.lab import copies
from samarkand.sources import cite
from tools.author import citations, normal_form, rules_of_lessons
from tools.author.lessons import Lesson, read_notebook

NUMBERS = {"ART": 1, "XH0914": 2, "TRADEH1b": 3, "MT2501": 4}
DW = "DW via islamkhabar.com, about 12 September 2022 by the copy’s date, 4 October"
AGENCY = "Xinhua via China Military Online"
XINHUA = f"{AGENCY}, 14 September 2022"
ONE = f'<sup>[2](#Sources "{XINHUA}: XH0914")</sup>'
TWO = f'<sup>[1, 2](#Sources "{DW}; {XINHUA}: ART, XH0914")</sup>'
GREY = f'\n\n<small class="sources">1\u00a0{DW}; 2\u00a0{XINHUA}</small>'
TABLE = "| a | b |\n|---|---|\n| x [ART] | y [XH0914] |\n| z | [XH0914] |"


def stored(text: str, **metadata: Any) -> Any:
    """Return a cell of text as the build stores it."""
    cell = new_markdown_cell(text, id="text", metadata=metadata)
    citations.mark_blocks(cell, NUMBERS)
    return cell


def marks_of(text: str) -> list[str]:
    return re.findall(r'<sup>\[([^]]*)\]\(#Sources "[^"]*"\)</sup>', text)


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("He landed [XH0914].", f"He landed{ONE}."),
        ("He landed [XH0914]. He left.", f"He landed{ONE}. He left."),
        ("He landed [ART]. He left [XH0914].", f"He landed. He left{TWO}.{GREY}"),
        ("He landed [XH0914]. He left [XH0914].", f"He landed. He left{ONE}."),
        ("Seen [ART, XH0914].\n\nAnd?", f"Seen{TWO}.{GREY}\n\nAnd?"),
        (
            "- one [ART]\n- two\n  lines [XH0914]\n\nAnd?",
            f'- one<sup>[1](#Sources "{DW}: ART")</sup>\n- two\n  lines{ONE}{GREY}\n\nAnd?',
        ),
        (
            "On 14 September, writes Xinhua [XH0914], he landed.",
            f"On 14 September, writes Xinhua{ONE}, he landed.",
        ),
        (
            "On 14 September, writes Xinhua via China Military Online [XH0914], he landed.",
            "On 14 September, writes Xinhua via China Military Online, he landed.",
        ),
        (
            "Xinhua writes. On 14 September [XH0914] he landed.",
            f"Xinhua writes. On 14 September{ONE} he landed.",
        ),
        ("| a | b |\n|---|---|\n| x [XH0914] | y |", f"| a | b |\n|---|---|\n| x{ONE} | y |"),
        (
            TABLE,
            '| a | b | <small class="sources">source</small> |\n|---|---|---|\n'
            f'| x | y | <small class="sources">DW via islamkhabar.com; {AGENCY}</small>{TWO} |\n'
            f'| z | | <small class="sources">{AGENCY}</small>{ONE} |',
        ),
        (
            "| a | source |\n|---|---|\n| x | [XH0914] |",
            f'| a | source |\n|---|---|\n| x | <small class="sources">{AGENCY}</small>{ONE} |',
        ),
    ],
)
def test_each_block_has_one_mark_and_keys_come_back(text: str, found: str) -> None:
    cell = stored(text)
    assert cell.source == found
    assert citations.restore_keys(cell) == text
    again = stored(cell.source, **cell.metadata)
    assert again == cell
    assert "[" not in citations.remove_citations(found) and "<" not in citations.remove_citations(found)


@pytest.mark.parametrize(
    "text", ["`x[ART]`", "```python\ncite [ART]\n```", "[ART](a.ipynb)", "[the West]", "[NOSUCH22]", "[]"]
)
def test_what_is_no_key_of_the_list_stays(text: str) -> None:
    cell = stored(text)
    assert cell.source == text and cell.metadata == {}


def test_a_mark_is_written_and_read_for_every_source() -> None:
    for key in data.load("sources")["key"]:
        cell = new_markdown_cell(f"x [{key}]", id="text")
        citations.mark_blocks(cell, {key: 7})
        assert marks_of(cell.source) == ["7"], key
        assert citations.restore_keys(cell) == f"x [{key}]"


def test_words_that_change_lose_their_source_aloud() -> None:
    cell = stored("Xi landed on time [XH0914]. He left soon after [ART].")
    cell.source = cell.source.replace("landed on time", "came late")
    (words,) = citations.find_lost(cell)
    assert words == "on time"
    lesson = Lesson(Path("03_x.ipynb"), new_notebook(cells=[cell]))
    (fault,) = rules_of_lessons.each_key_has_its_words(lesson)
    assert "[XH0914]" in fault and '"on time"' in fault
    citations.mark_blocks(cell, NUMBERS)
    assert [*citations.find_lost(cell)] == ["on time"], "a build forgets nothing"
    cell.source = cell.source.replace("came late", "came late [XH0914]")
    citations.mark_blocks(cell, NUMBERS)
    assert citations.find_lost(cell) == {}
    assert citations.restore_keys(cell) == "Xi came late [XH0914]. He left soon after [ART]."
    assert cell.source == f"Xi came late. He left soon after{TWO}.{GREY}"


def test_words_may_be_wrapped_and_paragraphs_moved() -> None:
    cell = stored("Xi landed on time [XH0914].\n\nHe left soon after [ART].")
    first, second = cell.source.replace("on time", "on\ntime").split("\n\n")
    cell.source = f"{second}\n\n{first}"
    assert citations.restore_keys(cell) == "He left soon after [ART].\n\nXi landed on\ntime [XH0914]."


def test_a_mark_from_another_cell_brings_its_keys() -> None:
    """So does one of the form before, which had a mark at each sentence and links side by side."""
    pasted = stored("Seen on the way [ART, XH0914].").source
    assert citations.restore_keys(new_markdown_cell(pasted)) == "Seen on the way [ART, XH0914]."
    row = stored(TABLE).source
    assert "[ART, XH0914] |" in citations.restore_keys(new_markdown_cell(row))
    old = f'Seen<sup>[1](#Sources "{DW}: ART"), [2](#Sources "{XINHUA}: XH0914")</sup>. Left{ONE}.'
    assert citations.restore_keys(new_markdown_cell(old)) == "Seen [ART, XH0914]. Left [XH0914]."


def test_the_list_at_the_end_follows_the_text() -> None:
    def sources(list_of: str, *texts: str) -> list[str]:
        listed = new_code_cell(list_of, id="sources", execution_count=1)
        cells = [*(new_markdown_cell(text, id=f"t{n}") for n, text in enumerate(texts)), listed]
        notebook = normal_form.normalise_notebook(new_notebook(cells=cells))
        assert normal_form.normalise_notebook(notebook) == notebook
        return [str(cell.source) for cell in notebook.cells]

    text, listed = sources('cite.sources("ART", "XH0914")', "Seen [XH0914].")
    assert text == f"Seen{ONE.replace('2', '1', 1)}."
    assert listed == 'cite.sources("XH0914", "ART")'  # what no text cites stays, behind the rest
    both = 'cite.sources("ART", "XH0914", *more["source"])'
    assert sources(both, "`[XH0914]` [ART]", "[XH0914]")[-1] == both
    assert sources(both, "[XH0914, ART]")[-1] == 'cite.sources("XH0914", "ART", *more["source"])'
    assert sources('cite.sources("ART")', "Seen [XH0914].")[0] == "Seen [XH0914]."  # a rule names it

    around = 'x = 1\ncite.sources("ART", "XH0914")  # all'
    assert sources(around, "[XH0914]")[-1] == 'x = 1\ncite.sources("XH0914", "ART")  # all'

    keys = [*data.load("sources")["key"][:60]]
    long = sources(f"cite.sources({', '.join(map(repr, keys))})", f"[{keys[-1]}]")[-1]
    assert long.startswith(f'cite.sources(\n    "{keys[-1]};{keys[0]};') and long.endswith('",\n)')
    assert max(map(len, long.splitlines())) <= 110
    assert sources(long, f"[{keys[-1]}]")[-1] == long
    assert citations.list_keys(new_notebook(cells=[new_code_cell(long)])) == [keys[-1], *keys[:-1]]


def blocks_of(source: str) -> list[str]:
    """Return the HTML of each paragraph, list item and row, by a parser that the build does not use."""
    page = str(mistune.create_markdown(escape=False, plugins=["table"])(source))
    return re.findall(r"<(?:p|li|tr)>(?:(?!<(?:p|li|tr)>).)*", page, re.DOTALL)


def test_no_block_of_a_lesson_has_two_marks_and_no_key_is_lost(lesson_path: Path) -> None:
    notebook = read_notebook(lesson_path)
    texts = [cell for cell in notebook.cells if cell.cell_type == "markdown"]
    assert any(marks_of(cell.source) for cell in texts), "it cites nothing"
    for cell in texts:
        assert [block for block in blocks_of(cell.source) if block.count('href="#Sources"') > 1] == []
        assert not citations.WRITTEN.search(re.sub(r"`[^`]*`", "", cell.source))
        written = citations.restore_keys(cell)
        cited = cell.metadata.get("samarkand", {}).get("cited", {})
        assert sorted({*citations.find_keys(written)}) == sorted(
            {key for keys in cited.values() for key in keys}
        )
    assert all(not citations.MARK.search(cell.source) for cell in Lesson(lesson_path, notebook).prose)


def test_each_mark_leads_to_an_entry_in_a_copy_that_was_never_run(lesson_path: Path) -> None:
    original = copies.Original(lesson_path, Path("lessons", lesson_path.name))
    copy = copies.empty_notebook(original, [original])
    keys = citations.list_keys(read_notebook(lesson_path))
    lists = [
        "".join(output["data"]["text/html"])
        for cell in copy["cells"]
        for output in cell.get("outputs", [])
        if "".join(output["data"].get("text/html", "")).startswith("<ol aria-label")
    ]
    entries = re.findall(r"<li>(.*?)</li>", lists[-1])
    text = "\n".join("".join(cell["source"]) for cell in copy["cells"] if cell["cell_type"] == "markdown")
    assert re.search(r"^## Sources$", text, re.MULTILINE)  # where it leads without the course's extension
    for mark in citations.MARK.finditer(text):
        numbers = []
        for part in re.search(r"\[([^]]*)\]", mark[0])[1].split(", "):
            first, _, last = part.partition("–")
            numbers += range(int(first), int(last or first) + 1)
        titled = re.search(r': ([\w-]+(?:, [\w-]+)*)"\)', mark[0])[1].split(", ")
        assert [keys[number - 1] for number in numbers] == titled
        for number, key in zip(numbers, titled, strict=True):
            assert f"<small>{key}</small>" in entries[number - 1]
            assert 'href="http' in entries[number - 1] and cite[key].publisher


def test_long_lessons_cite_once_a_block() -> None:
    most = {"04_china_and_russia": 32, "08_borders": 45}
    for name, count in most.items():
        notebook = read_notebook(ROOT / "notebooks" / f"{name}.ipynb")
        text = "\n".join(cell.source for cell in notebook.cells if cell.cell_type == "markdown")
        assert 0 < len(marks_of(text.partition("\n## Further")[0])) <= count
