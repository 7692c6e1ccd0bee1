"""Citations in prose: authors write a key at the sentence, readers see one mark a block.

    Xi landed on 14 September [XH0914]. Tokayev met him [KZ0914].

is written, and read by rules, ties and the record of what was checked. Stored is

    Xi landed on 14 September. Tokayev met him<sup>[3, 4](#Sources "...: XH0914, KZ0914")</sup>.

    <small class="sources">3 Xinhua, 14 September 2022; 4 ...</small>

A paragraph, a list item and a row of a table have one mark, at the last place that has a source. Under a
paragraph or list with several sources a grey line names them. In a table they are a column. A source whose
publisher, day and copy the sentence names has no mark. The numbers are those of the list that the lesson
makes with ``cite.sources``, in the order of the text.

Where each key belongs is in the metadata of the cell, by the words before it:

    {"samarkand": {"cited": {"on 14 September": ["XH0914"], "met him": ["KZ0914"]}}}

So either form can be made from the other.
"""

import ast
import itertools
import re
import textwrap
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from nbformat import NotebookNode

from samarkand.common.errors import CourseError
from samarkand.sources import KEY, Source, cite
from tools.author import terms

#: Where the metadata of a cell have its keys.
CITED = "cited"
#: The most letters in a line of the list at the end: with its indent and quotation marks it fits into 110.
KEYS_IN_A_LINE = 100
#: The separator of two keys in one place, which are written ``[A, B]`` or ``[A] [B]``.
_BETWEEN = r"(?:[,;] ?|\] ?\[)"
#: Keys in square brackets that are not a link, with the white space before them.
WRITTEN = re.compile(rf"(?P<blank>[ \t]*\n?[ \t]*)\[(?P<keys>{KEY}(?:{_BETWEEN}{KEY})*)\](?![(\[])")
_NUMBERS = r"\d+(?:[,–] ?\d+)*"
_LINK = rf'\[{_NUMBERS}\]\(#Sources "[^"]*: {KEY}(?:, {KEY})*"\)'
#: The mark of a block: a link whose title has publishers, days and keys; in a pasted text perhaps several.
MARK = re.compile(rf"(?:<sup>)+{_LINK}(?:, {_LINK})*(?:</sup>)+")
_KEYS_OF_LINK = re.compile(rf': (?P<keys>{KEY}(?:, {KEY})*)"\)')
#: What names the sources: the beginning of a grey line, and of the words in a table.
GREY = '<small class="sources">'
GREY_LINE = re.compile(rf"\n\n *{re.escape(GREY)}[^\n]*</small>")
_GREY_WORDS = re.compile(rf" ?{re.escape(GREY)}[^\n|]*?</small>")
#: The head of the column that the build adds to a table, and the one that an author may have written.
_HEAD, HEAD_WRITTEN = f"{GREY}source</small>", "source"
#: Between the numbers of a source in a grey line and its name.
UNBROKEN = "\u00a0"
_CODE = re.compile(r"(```.*?```|`[^`\n]*`)", re.DOTALL)
#: What a line begins, by the first pattern that it matches; else a paragraph.
_KINDS = {
    "blank": re.compile(r"\s*$"),
    "code": re.compile(r"\s*```"),
    "rule": re.compile(r"\s*\|[\s:|-]+\|\s*$"),
    "row": re.compile(r"\s*\|"),
    "heading": re.compile(r"\s*#{1,6}\s"),
    "html": re.compile(r"\s*</?(?:details|summary)\b"),
    "item": re.compile(r"\s*(?:[-*+]|\d+[.)])\s"),
}
_SENTENCE_END = re.compile(r"[.!?][\"')*]*\s")
#: The fewest words that say where a key belongs; more if they are in the cell twice.
FEWEST_WORDS = 2


@dataclass(frozen=True)
class Place:
    """A place in a text without keys, and the keys that belong there."""

    at: int
    keys: tuple[str, ...]


@dataclass(frozen=True)
class Block:
    """A paragraph, list item, or row of a table: its kind, and where it is in the text."""

    kind: str
    start: int
    end: int


def find_keys(written: str) -> list[str]:
    """Return the keys that a text cites in square brackets, in order; code cites nothing."""
    prose = _CODE.sub("", written)
    return re.findall(KEY, " ".join(found["keys"] for found in WRITTEN.finditer(prose)))


def remove_citations(text: str) -> str:
    """Return a text, stored or as it was written, without keys, marks and the names of sources."""
    parts = _CODE.split(GREY_LINE.sub("", _remove_columns(text)))
    for place in range(0, len(parts), 2):  # the others are code
        parts[place] = WRITTEN.sub("", MARK.sub("", _GREY_WORDS.sub("", parts[place])))
    return "".join(parts)


# From what is stored to what the author wrote.


def restore_keys(cell: NotebookNode) -> str:
    """Return the text of a cell as its author wrote it: with the keys at their sentences, without marks."""
    if cell.cell_type != "markdown":
        return str(cell.source)
    bare, pasted = _remove_marks(cell)
    found = list(pasted)
    for words, keys in _read_metadata(cell).items():
        places = _find_words(bare, words)
        if len(places) == 1:
            found.append(Place(places[0], tuple(keys)))
    for place in sorted(found, key=lambda one: one.at, reverse=True):
        before = bare[: place.at]
        blank = "" if before[-1:] in ("", "(", "\n", " ") else " "
        bare = f"{before}{blank}[{', '.join(place.keys)}]{bare[place.at :]}"
    return bare


def find_lost(cell: NotebookNode) -> dict[str, list[str]]:
    """Return the keys of a cell whose words are not in it once, by these words.

    Keys that the author has written anew are not lost.
    """
    bare, _ = _remove_marks(cell)
    again = find_keys(bare)
    found = {}
    for words, keys in _read_metadata(cell).items():
        if len(_find_words(bare, words)) != 1 and not {*keys} <= {*again}:
            found[words] = list(keys)
    return found


def _read_metadata(cell: NotebookNode) -> Mapping[str, Sequence[str]]:
    own = cell.metadata.get("samarkand", {})
    found: Mapping[str, Sequence[str]] = own.get(CITED, {}) if isinstance(own, Mapping) else {}
    return found


def _find_words(text: str, words: str) -> list[int]:
    """Return the places in a text where these words end; any white space may be between them."""
    pattern = r"\s+".join(re.escape(word) for word in words.split())
    return [found.end() for found in re.finditer(rf"(?<!\S){pattern}", text)]


def _remove_marks(cell: NotebookNode) -> tuple[str, list[Place]]:
    """Return a stored text without what the build has added, and the places of keys not in the metadata.

    Such keys are those of a mark that was pasted from another cell.
    """
    known = set(itertools.chain.from_iterable(_read_metadata(cell).values()))
    plain = terms.remove_links(cell.source)
    marked = _GREY_WORDS.sub("", _remove_columns(GREY_LINE.sub("", plain)))
    bare, last, pasted = "", 0, []
    for mark in MARK.finditer(marked):
        bare += marked[last : mark.start()]
        last = mark.end()
        titled = ", ".join(link["keys"] for link in _KEYS_OF_LINK.finditer(mark[0]))
        keys = tuple(key for key in titled.split(", ") if key not in known)
        if keys:
            pasted.append(Place(len(bare), keys))
    return bare + marked[last:], pasted


def _remove_columns(source: str) -> str:
    """Return a text without the columns of sources that the build has added; a mark in one stays behind."""
    lines = source.split("\n")
    inside = False
    for number, line in enumerate(lines):
        if not line.startswith("|"):
            inside = False
        elif _HEAD in line:
            inside = True
        if inside:
            rest, _, cell = line.removesuffix("|").rpartition("|")
            mark = MARK.search(cell)
            lines[number] = f"{rest.removesuffix(' ')}{mark[0]} |" if mark else f"{rest}|"
    return "\n".join(lines)


# From what the author wrote to what is stored.


def number_sources(notebook: NotebookNode) -> None:
    """Sort the list of sources by first citation, and make marks and links to the glossary, in place.

    Without a list nothing changes. Sources that no text cites come last.
    """
    calls = [_find_call(cell) for cell in notebook.cells]
    texts = [cell for cell in notebook.cells if cell.cell_type == "markdown"]
    if not any(calls):
        return
    cited = find_keys("\n".join(restore_keys(cell) for cell in texts))
    for cell, call in zip(notebook.cells, calls, strict=True):
        if call is None:
            continue
        keys = _list_keys_of_call(call)
        in_order = sorted(keys, key=lambda key: (*cited, key).index(key))
        cell.source = _write_list(cell.source, call, in_order)
    numbers = {key: n for n, key in enumerate(dict.fromkeys(list_keys(notebook)), 1)}
    for cell in texts:
        mark_blocks(cell, numbers)
    terms.link_first_uses(texts)


def mark_blocks(cell: NotebookNode, numbers: Mapping[str, int]) -> None:
    """Replace the keys in a text by marks, and note in the metadata where they belong, in place.

    A key without a number stays as it is written, and breaks a rule.
    """
    lost = find_lost(cell)
    bare, places = _take_out_keys(restore_keys(cell), numbers)
    words = {_words_before(bare, place.at): list(place.keys) for place in places}
    own = {key: value for key, value in cell.metadata.get("samarkand", {}).items() if key != CITED}
    if lost or words:
        own[CITED] = {**lost, **words}
    if own or "samarkand" in cell.metadata:
        cell.metadata["samarkand"] = NotebookNode(own)
        if not own:
            del cell.metadata["samarkand"]
    cell.source = _MarkedText(bare, places, numbers).write()


def _take_out_keys(written: str, numbers: Mapping[str, int]) -> tuple[str, list[Place]]:
    """Return a text without its keys, and the places of the keys."""
    bare, places = "", []
    for part in _CODE.split(written):
        last = 0
        for found in () if part.startswith("`") else WRITTEN.finditer(part):
            keys = tuple(re.findall(KEY, found["keys"]))
            if all(key in numbers for key in keys):
                bare += part[last : found.start()]
                last = found.end()
                places.append(Place(len(bare), keys))
        bare += part[last:]
    return bare, places


def _words_before(bare: str, at: int) -> str:
    """Return the fewest words before a place that are in the text once, at least `FEWEST_WORDS`."""
    words = bare[:at].split()
    for count in range(FEWEST_WORDS, len(words) + 1):
        phrase = " ".join(words[-count:])
        if _find_words(bare, phrase) == [at]:
            return phrase
    return " ".join(words)


def find_blocks(text: str) -> list[Block]:
    """Return the blocks of Markdown in order, with headings, code and the rules of tables.

    The kinds are ``paragraph``, ``item``, ``row``, ``rule``, ``heading``, ``html`` and ``code``.
    """
    found: list[Block] = []
    at, is_open, fenced = 0, False, False
    for line in text.split("\n"):
        end = at + len(line)
        kind = _kind_of_line(line)
        if fenced or kind == "code":
            found.append(Block("code", at, end))
            fenced = fenced != (kind == "code")
            is_open = False
        elif kind == "blank":
            is_open = False
        elif kind == "paragraph" and is_open:
            found[-1] = Block(found[-1].kind, found[-1].start, end)
        else:
            found.append(Block(kind, at, end))
            is_open = kind in ("paragraph", "item")
        at = end + 1
    return found


def _kind_of_line(line: str) -> str:
    """Return the kind of block that a line begins, ``blank`` for an empty one."""
    return next((kind for kind, pattern in _KINDS.items() if pattern.match(line)), "paragraph")


class _MarkedText:
    """A text without keys, and what is inserted into it for the places of its keys."""

    def __init__(self, bare: str, places: Sequence[Place], numbers: Mapping[str, int]) -> None:
        self.bare, self.numbers = bare, numbers
        self.shown = [Place(one.at, _list_unnamed(bare, one)) for one in places]
        self.shown = [one for one in self.shown if one.keys]
        self.insertions: list[tuple[int, str]] = []

    def write(self) -> str:
        """Return the text with a mark for each block, grey lines, and columns of sources."""
        blocks = find_blocks(self.bare)
        for kind, group in itertools.groupby(blocks, _kind_of_group):
            together = list(group)
            if kind == "table":
                self._mark_table(together)
            elif kind == "list":
                self._mark_text(together)
            else:
                for block in together:
                    self._mark_text([block])
        text = self.bare
        in_order = sorted(self.insertions, key=lambda one: one[0])
        for at, inserted in reversed(in_order):  # of two at one place, the first stays before the second
            text = text[:at] + inserted + text[at:]
        return text

    def _list_places(self, block: Block) -> list[Place]:
        """Return the places in a block at which sources are cited, in the order of the text."""
        return [one for one in self.shown if block.start <= one.at <= block.end]

    def _mark_text(self, blocks: Sequence[Block]) -> None:
        """Mark a paragraph, or each item of a list; with several sources a grey line follows."""
        keys: list[str] = []
        for block in blocks:
            places = self._list_places(block)
            if places:
                own = _list_keys(places)
                self.insertions.append((places[-1].at, self._mark(own)))
                keys += own
        in_order = sorted({*keys}, key=self.numbers.__getitem__)
        if len(in_order) > 1:
            named: dict[str, list[str]] = {}
            for key in in_order:
                named.setdefault(_name_source(key), []).append(str(self.numbers[key]))
            names = "; ".join(f"{', '.join(numbers)}{UNBROKEN}{name}" for name, numbers in named.items())
            first = self.bare[blocks[0].start : blocks[0].end]
            indent = first[: len(first) - len(first.lstrip())]
            self.insertions.append((blocks[-1].end, f"\n\n{indent}{GREY}{names}</small>"))

    def _mark_table(self, lines: Sequence[Block]) -> None:
        """Mark the rows of a table, in its column of sources if it has one, else in a new one."""
        head, *rows = [line for line in lines if line.kind == "row"]
        marked = [row for row in rows if self._list_places(row)]
        written = self.bare[head.start : head.end].rstrip(" |").rpartition("|")[2].strip() == HEAD_WRITTEN
        if len(marked) < 2 and not written:
            for row in marked:
                places = self._list_places(row)
                self.insertions.append((places[-1].at, self._mark(_list_keys(places))))
            return
        for line in lines if marked and not written else ():
            cell = {head: f" {_HEAD} |"}.get(line, "---|" if line.kind == "rule" else " |")
            if line not in marked:
                self.insertions.append((line.end, cell))
        for row in marked:
            places = self._list_places(row)
            keys = sorted(_list_keys(places), key=self.numbers.__getitem__)
            names = "; ".join(dict.fromkeys(_name_without_day(key) for key in keys))
            words = f" {GREY}{names}</small>{self._mark(keys)}"
            self.insertions.append((places[-1].at, words) if written else (row.end, f"{words} |"))

    def _mark(self, keys: Sequence[str]) -> str:
        """Return the mark of these sources."""
        in_order = sorted(keys, key=self.numbers.__getitem__)
        names = "; ".join(_name_source(key) for key in in_order)
        numbers = shorten_numbers([self.numbers[key] for key in in_order])
        return f'<sup>[{numbers}](#Sources "{names}: {", ".join(in_order)}")</sup>'


def _kind_of_group(block: Block) -> str:
    """Return what a block is part of: neighbouring rows are a table, neighbouring items a list."""
    return {"row": "table", "rule": "table", "item": "list"}.get(block.kind, block.kind)


def shorten_numbers(numbers: Sequence[int]) -> str:
    """Return numbers in ascending order as readers see them, three neighbours or more as a range.

    Examples
    --------
    >>> shorten_numbers([2, 16, 17, 18, 20])
    '2, 16–18, 20'
    """
    found: list[list[int]] = []
    for number in numbers:
        if found and number == found[-1][-1] + 1:
            found[-1].append(number)
        else:
            found.append([number])
    parts = []
    for run in found:
        parts += [f"{run[0]}–{run[-1]}"] if len(run) > 2 else [str(number) for number in run]
    return ", ".join(parts)


def _list_keys(places: Sequence[Place]) -> list[str]:
    """Return the keys of sources that are cited at these places, each once, in the order of the text."""
    keys: list[str] = []
    for place in places:
        for key in place.keys:
            if key not in keys:
                keys.append(key)
    return keys


def _list_unnamed(bare: str, place: Place) -> tuple[str, ...]:
    """Return the keys of a place whose publisher and day its sentence does not name."""
    starts = [found.end() for found in _SENTENCE_END.finditer(bare, 0, place.at)]
    end = _SENTENCE_END.search(bare, place.at)
    sentence = bare[max(starts, default=0) : end.start() if end else len(bare)]
    return tuple(key for key in place.keys if not _is_named(key, " ".join(sentence.split())))


def _is_named(key: str, sentence: str) -> bool:
    """Return whether a sentence names the publisher of a source and its day, or month if no day is known.

    Where a copy was read, it has to say whose: "Reuters via CNA, 7 December 2022".
    """
    source = _find_source(key)
    if source is None or not source.published or source.day_words:
        return False
    day = source.when
    is_day = source.published.count("-") == 2
    day = day.rpartition(" ")[0] if is_day else day  # the year may be said before
    publisher = source.publisher.removeprefix("The ")
    names = [publisher, day]
    if source.via:
        names.append(source.via)
    return all(re.search(rf"(?<!\w){re.escape(words)}(?!\w)", sentence) for words in names)


def _name_without_day(key: str) -> str:
    """Return the name of a source, as the cell of a table may have it; the key if unknown."""
    source = _find_source(key)
    return re.sub(r"[|<>]", "", source.name) if source else key


def _name_source(key: str) -> str:
    """Return publisher and day of a source, as the title of a link may have them; the key if unknown."""
    source = _find_source(key)
    return re.sub(r'["()<>]', "", source.who_and_when) if source else key


def _find_source(key: str) -> Source | None:
    """Return a source, or None: a rule says that there is no such source."""
    try:
        return cite[key]
    except CourseError:
        return None


def list_keys(notebook: NotebookNode) -> list[str]:
    """Return the keys in a notebook's list of sources (the arguments of ``cite.sources``), in order."""
    found = []
    for cell in notebook.cells:
        call = _find_call(cell)
        if call is not None:
            found += _list_keys_of_call(call)
    return found


def _find_call(cell: NotebookNode) -> ast.Call | None:
    """Return a cell's call of ``cite.sources``; None if there is none or the cell is not valid Python."""
    if cell.cell_type != "code" or "cite.sources" not in cell.source:
        return None
    try:
        nodes = ast.walk(ast.parse(cell.source))
    except SyntaxError:
        return None
    calls = (node for node in nodes if isinstance(node, ast.Call))
    return next((call for call in calls if ast.unparse(call.func) == "cite.sources"), None)


def _list_keys_of_call(call: ast.Call) -> list[str]:
    """Return the keys in a call's texts, each with one key or several, with ``;`` between."""
    keys = []
    for arg in call.args:
        if isinstance(arg, ast.Constant):
            keys += str(arg.value).split(";")
    return keys


def _write_list(source: str, call: ast.Call, keys: list[str]) -> str:
    """Return a cell's source with the call's keys replaced by `keys`, before its other arguments.

    A list too long for a line has a text with several keys, ``;`` between them, in each of its lines: so no
    formatter gives each key a line of its own.
    """
    written = ast.get_source_segment(source, call) or ""
    others = []
    for arg in call.args:
        if not isinstance(arg, ast.Constant):
            others.append(ast.get_source_segment(source, arg) or "")
    before, _, after = source.partition(written)
    args = ", ".join([*(f'"{key}"' for key in keys), *others])
    if len(args) < 90:
        return f"{before}cite.sources({args}){after}"
    # A text of keys has no blanks of its own.
    texts = [line.replace(" ", ";") for line in textwrap.wrap(" ".join(keys), KEYS_IN_A_LINE)]
    lines = [*(f'    "{text}",' for text in texts), *(f"    {other}," for other in others)]
    return "\n".join([f"{before}cite.sources(", *lines, f"){after}"])
