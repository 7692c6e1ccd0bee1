"""A briefing: one page for a minister, checked in words and exported as one self-contained HTML file.

The words are the student's notes of lesson 11, or those of an example; square brackets hold a citation, see
`cited_items`. A check reports faults of form; it never judges whether the claim is right.
"""

import datetime as dt
import html
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from string import Template
from typing import Any

import pandas as pd

from samarkand.common import files, home, journal, reading
from samarkand.common.errors import CourseError, OutOfRange, WrongType, make_unknown_name
from samarkand.common.words import join_in_words, tr, trn, write_date
from samarkand.html import markup, pictures, style
from samarkand.html.markup import escape_html, make_element
from samarkand.practice import article, drawn
from samarkand.practice.briefing import cited_items, own_chart
from samarkand.practice.briefing.cited_items import Item
from samarkand.practice.briefing.sentences import (
    CITED,
    DAY,
    find_citations,
    find_figures,
    find_per_cents,
    split_sentences,
    without_citations,
)
from samarkand.practice.reply import Reply
from samarkand.widgets import controls

__all__ = ["check", "example", "export", "marks", "own", "page", "rubric", "sheet"]

#: Maximum number of words of a page, and minimum and maximum of its title.
WORDS, TITLE = 450, (5, 16)
#: The parts of a page below its title, each with its heading.
PARTS: dict[str, str] = {part: tr(heading) for part, heading in cited_items.WORDS["parts"].items()}
EXAMPLES = ("good", "middling", "weak")
_SURE = re.compile(r"\b(?:sure|certain|confident|chance|likely|probabl\w+)\b", re.IGNORECASE)


@dataclass(frozen=True)
class Page:
    """A briefing: title and parts, the day for which it is written, reader and author, and a chart.

    `no_chart` says why there is none although one was saved.
    """

    texts: dict[str, str]
    day: str
    to: str = ""
    by: str = ""
    chart: Any = field(default=None, repr=False)
    no_chart: str = ""

    @cached_property
    def lines(self) -> pd.DataFrame:
        """One row a sentence: ``part``, ``text``, ``words``, ``figures``, ``citations``."""
        rows = []
        for part, text in self.texts.items():
            for sentence in split_sentences(text):
                plain = without_citations(sentence)
                figures, citations = find_figures(sentence), find_citations(sentence)
                rows.append((part, plain, len(plain.split()), len(figures), len(citations)))
        return pd.DataFrame(rows, columns=["part", "text", "words", "figures", "citations"])

    @cached_property
    def items(self) -> dict[str, Item]:
        """The items cited, in order; `CourseError` if one cannot be found."""
        cited = find_citations(" ".join(self.texts.values()))
        return {ref: cited_items.find_item(ref) for ref in dict.fromkeys(cited)}

    @cached_property
    def sources(self) -> pd.DataFrame:
        """One row for each citation and publisher: ``ref``, ``what``, ``publisher``, ``state``, ``known``."""
        state = cited_items.collect_publishers()
        rows = []
        for one in self.items.values():
            for publisher in one.publishers:
                _, owner = state.get(publisher, ("", ""))
                rows.append((one.ref, one.what, publisher, owner, one.known))
        return pd.DataFrame(rows, columns=["ref", "what", "publisher", "state", "known"])

    def __repr__(self) -> str:
        heads = {"title": "", **PARTS}
        said = [f"{heads[part]}: {text}".removeprefix(": ") for part, text in self.texts.items() if text]
        return "\n".join(said) or tr("The page is empty.")

    def _repr_html_(self) -> str:
        try:
            return make_element("div", markup.make_still(self.body(3)), class_="card")
        except CourseError as error:
            return markup.make_status(str(error), "wrong")

    def body(self, level: int) -> str:
        """Return the page as HTML, its title a heading of a level; `CourseError` if a source is unknown."""
        numbers = {ref: n for n, ref in enumerate(self.items, 1)}
        head, part_head = f"h{level}", f"h{level + 1}"
        to = ("", tr("For {whom}.", whom=self.to))[bool(self.to)]
        by = ("", f"{self.by}.")[bool(self.by)]
        known = tr("As known on {day}.", day=write_date(self.day))
        out = make_element(head, escape_html(self.texts["title"] or tr("No title yet")))
        about = self._about_article()
        out += make_element("p", escape_html(" ".join(filter(None, [to, by, about, known]))))
        for part, heading in PARTS.items():
            nothing = tr("This page names no evidence against its claim.") if part == "against" else ""
            text = self.texts[part] or nothing
            if text:
                out += make_element(part_head, escape_html(heading)) + _write_paragraphs(text, numbers)
                for ref in dict.fromkeys(find_citations(text)):
                    out += _table_html(self.items[ref])
            if part == "evidence" and self.chart is not None:
                out += _chart_html(self.chart)
        notes = [make_element("li", self._source(one)) for one in self.items.values()]
        return out + (
            make_element(part_head, escape_html(tr("Sources"))) + make_element("ol", *notes) if notes else ""
        )

    def _about_article(self) -> str:
        """Return on which article the page is, if it cites the student's own; else ""."""
        own = [ref for ref in self.items if re.fullmatch(r"A\d\d|\w+\.csv(:\d+)?", ref)]
        if not own:
            return ""
        paper = article.read_saved_rows(article.path("article"))[0]
        return tr(
            "About “{title}” ({outlet}, {day}).",
            title=paper["title"],
            outlet=paper["outlet"],
            day=write_date(paper["published"]),
        )

    def _source(self, one: Item) -> str:
        """Return the entry of a cited item in the list of sources, as HTML."""
        linked = zip(one.named, one.links, strict=True)
        made = [
            make_element("a", escape_html(name), href=link if link.startswith("http") else None)
            for name, link in linked
        ]
        late = tr("known later") if one.after(self.day) else ""
        told = ", ".join(filter(None, [*made, escape_html(write_date(one.known)) if one.known else "", late]))
        return " ".join(
            filter(
                None,
                [escape_html(f"{one.what.rstrip('.')}."), told and f"{told}.", f"[{escape_html(one.ref)}]"],
            )
        )

    def faults(self) -> Iterator[str]:
        """Yield a sentence for each fault of the page."""
        if not any(self.texts.values()):
            yield tr("The page is empty: begin with the title and the answer.")
            return
        yield from self._of_form()
        if self.no_chart:
            yield self.no_chart
        if isinstance(self.chart, own_chart.OwnChart) and self.chart.fault:
            yield self.chart.fault
        try:
            yield from self._of_sources()
        except CourseError as error:
            yield str(error)

    def _of_form(self) -> Iterator[str]:
        texts = self.texts
        title = len(self.texts["title"].split())
        words = int(self.lines["words"].sum())
        if title < TITLE[0]:
            yield tr("“{title}” is a label. A title says what you found.", title=texts["title"])
        if title > TITLE[1]:
            yield tr("The title has {n} words; {most} are enough.", n=title, most=TITLE[1])
        for part in ("answer", "evidence", "limits"):
            if not texts[part]:
                yield tr("“{part}” is empty.", part=PARTS[part])
        if not _list_chances(texts["answer"]):
            yield tr("How sure are you of the answer? Write it in per cent.")
        if not (DAY.search(texts["change"]) and _list_chances(texts["change"])):
            yield tr("What would change your mind? That needs a day and a chance in per cent.")
        if words > WORDS:
            yield tr("{n} words; {most} are allowed.", n=words, most=WORDS)

    def _of_sources(self) -> Iterator[str]:
        publishers = self.sources["publisher"].unique().tolist()
        sure = _find_how_sure(self.lines.loc[self.lines["part"] == "answer", "text"].tolist())
        for part, text, _, figures, cited in self.lines.itertuples(index=False, name=None):
            own = 1 if part == "answer" and text == sure else 0
            if part != "change" and figures > own and not cited:
                yield tr("A figure without a source: “{text}”", text=text)
        sentences: list[str] = []
        for text in self.texts.values():
            sentences += split_sentences(text)
        for one in self.items.values():
            told = next(sentence for sentence in sentences if one.ref in find_citations(sentence))
            if one.after(self.day) and tr("known later") not in told:
                yield tr(
                    "[{ref}] was known on {known}, after the day of the page. Leave it out, or write “known "
                    "later” into its sentence.",
                    ref=one.ref,
                    known=one.known,
                )
        if len(publishers) < 2:
            yield tr(
                "It all rests on {publisher}. Find a second publisher.",
                publisher=join_in_words(publishers) or tr("nobody"),
            )


def page(day: str, *, to: str = "", by: str = "", chart: Any = None) -> Page:
    """Return the page made from your notes of lesson 11.

    Parameters
    ----------
    day : str
        The day for which it is written, such as ``"2022-09-14"``: nothing on it was known later.
    to, by : str, optional
        For whom it is, and your name.
    chart : optional
        A chart made with `samarkand.charts` or Altair. Without one the page takes the chart that is saved as
        ``chart.json`` in your folder ``article``, if there is one.

    Raises
    ------
    OutOfRange, WrongType
        If the day is none, or the chart is none.

    Examples
    --------
    >>> page("2022-09-14").day
    '2022-09-14'
    """
    try:
        dt.date.fromisoformat(str(day))
    except ValueError:
        text = tr('"{day}" is not a day. Write it like this: 2022-09-14.', day=day)
        raise OutOfRange(text, code="not a day", given=day) from None
    no_chart = ""
    try:
        if chart is None:
            chart = own_chart.find_chart(article.find_folder())
        elif drawn.is_chart(chart):
            chart = own_chart.read_chart(chart.to_dict())
    except CourseError as error:
        no_chart = str(error)
    is_drawn = isinstance(chart, own_chart.OwnChart) or getattr(chart, "table", None) is not None
    if chart is not None and not is_drawn and not no_chart:
        text = tr(
            "A page takes a chart made with charts or Altair. One that you saved as chart.json in your "
            "folder article it finds by itself."
        )
        raise WrongType(text, code="no chart", given=chart)
    notes = journal.read_latest("notes")
    texts = {part: str(notes.get(f"11.{part}", {}).get("text", "")).strip() for part in ("title", *PARTS)}
    return Page(texts=texts, day=str(day), to=to, by=by, chart=None if no_chart else chart, no_chart=no_chart)


def example(name: str) -> Page:
    """Return one of three pages that we wrote and marked: ``good``, ``middling`` or ``weak``.

    Examples
    --------
    >>> example("weak").texts["title"]
    'China and Central Asia'
    """
    told = _read_example(name)
    return Page({part: told[part].strip() for part in ("title", *PARTS)}, told["day"], told["to"])


def marks(name: str) -> pd.DataFrame:
    """Return our marks of an example, in the order of the rubric: ``row``, ``points``, ``reason``."""
    given = zip(cited_items.WORDS["rows"], _read_example(name)["marks"], strict=True)
    return pd.DataFrame([(row, *told) for row, told in given], columns=["row", "points", "reason"])


def rubric() -> pd.DataFrame:
    """Return the rubric of a page: ``row``, ``points`` and ``level``, what earns so many.

    The rows on facts and length have fewer than 4 points, and make 4 together.
    """
    lines = []
    for row, levels in cited_items.WORDS["rows"].items():
        lines += [(row, points, level) for points, level in enumerate(levels)]
    return pd.DataFrame(lines, columns=["row", "points", "level"])


def check(mine: Page) -> Reply:
    """Return a reply with the first fault of a page, or with its words and sources if there is none.

    Examples
    --------
    >>> check(example("weak")).sentence
    '“China and Central Asia” is a label. A title says what you found.'
    """
    for fault in mine.faults():
        return Reply("wrong" if any(mine.texts.values()) else "open", fault)
    words = mine.lines["words"].sum()
    publishers = join_in_words(mine.sources["publisher"].unique().tolist())
    said = tr(
        "In order: {n} words, {all} sources. Publishers: {publishers}.",
        n=words,
        all=len(mine.items),
        publishers=publishers,
    )
    against = "" if mine.texts["against"] else tr("It names no evidence against its claim, and says so.")
    shown = ""
    if isinstance(mine.chart, own_chart.OwnChart):
        shown = tr("Your chart is on it: “{title}”.", title=mine.chart.title)
    return Reply("right", " ".join(filter(None, [said, against, shown])))


def own() -> controls.Notice:
    """Return your writings from earlier lessons, each with the reference that cites it."""
    refs: list[str] = []
    for name in ("notes", "predictions", "forecasts"):
        refs += [entry["id"] for entry in journal.read_journal(name).entries]
    found = [cited_items.find_own(ref) for ref in dict.fromkeys(refs) if not ref.startswith("11.")]
    items = [one for one in found if one]  # a prediction whose result was only seen is none
    heads = [tr("Cite as"), tr("You wrote")]
    table = markup.make_table(tr("Your own words"), heads, [(f"[{one.ref}]", one.what) for one in items])
    said = trn("You may cite {n} thing of your own.", "You may cite {n} things of your own.", len(items))
    still = tr(
        "What you wrote in earlier lessons stands here, with how to cite it, once you have run this cell."
    )
    return controls.Notice(said, "open", *([controls.make_html(table)] if items else []), still=still)


def export(mine: Page) -> Reply:
    """Write a page into ``my_work/briefing`` as one HTML file, which opens offline and prints on one sheet.

    A page that is not in order is written too, and the reply says what is wrong; an empty one is not.
    """
    checked = check(mine)
    if checked.state == "open":
        return checked
    name = re.sub(r"\W+", "-", mine.by.lower()).strip("-")
    try:
        body = mine.body(1)
    except CourseError as error:
        return Reply("wrong", str(error))
    written = _write_page("_".join(filter(None, ["briefing", name])), mine.texts["title"], body)
    return Reply("wrong", f"{written.sentence} {checked.sentence}") if written and not checked else written


def sheet() -> Reply:
    """Write the sheet for a reader of your page into ``my_work/briefing``."""
    told = cited_items.WORDS
    heads = ["", *map(str, range(5)), tr("Points")]
    box = markup.Markup(
        make_element("div", contenteditable=True, role="textbox", aria_label=tr("Write here"))
    )
    rows = []
    for row, levels in told["rows"].items():
        rows.append((row, *levels, *[""] * (5 - len(levels)), box))
    body = make_element("h1", escape_html(told["sheet"])) + make_element("p", escape_html(told["how"]))
    body += markup.remove_styles(markup.make_table(told["title"], heads, rows))
    body += "".join(make_element("h2", escape_html(question)) + box for question in told["questions"])
    return _write_page("reading_sheet", told["sheet"], body)


def _write_page(name: str, title: str, body: str) -> Reply:
    """Write a body as a page of its own; the reply says where it is, or why it cannot be written."""
    file = home.my_work() / "briefing" / f"{name}.html"
    whole = Template((home.ASSETS / "briefing.html").read_text(encoding="utf-8"))
    text = whole.substitute(title=escape_html(title), font=style.FONT, body=body)
    try:
        files.write_whole(file, text.encode("utf-8", "replace"))
    except OSError as error:
        why = error.strerror or str(error)
        text = tr(
            "briefing/{name} cannot be written: {why}. Close it in other programs, look whether the disk is "
            "full, and run this cell again.",
            name=file.name,
            why=why,
        )
        return Reply("wrong", text)
    return Reply("right", tr("Written: briefing/{name}, in your folder my_work.", name=file.name))


def _read_example(name: str) -> dict[str, Any]:
    if name not in EXAMPLES:
        raise make_unknown_name(tr("page"), name, EXAMPLES)
    return reading.read_toml(Path(__file__).with_name(f"{name}.toml"))


def _list_chances(text: str) -> list[str]:
    """Return the figures in per cent that may be a chance: none is above 100."""
    chances: list[str] = []
    for written in find_per_cents(text):
        whole, *decimals = re.split("[.,]", written)
        if float(f"{whole}.{''.join(decimals) or 0}") <= 100:
            chances.append(written)
    return chances


def _find_how_sure(answer: list[str]) -> str:
    """Return the one sentence of the answer that says how sure its writer is; empty if none does."""
    with_chance = [text for text in answer if _list_chances(text)]
    named = [text for text in with_chance if _SURE.search(text)]
    return (named or with_chance or [""])[-1]


def _write_paragraphs(text: str, numbers: dict[str, int]) -> str:
    """Return a text as HTML, with small numbers in place of its citations."""

    def noted(found: re.Match[str]) -> str:
        refs = find_citations(html.unescape(found[0]))
        return make_element("sup", ", ".join(str(numbers[ref]) for ref in refs))

    parts = [" ".join(part.split()) for part in re.split(r"\n\s*\n", text)]
    return "".join(
        make_element("p", re.sub(rf"(?:{CITED.pattern})+", noted, escape_html(part))) for part in parts
    )


def _table_html(one: Item) -> str:
    """Return a student's table as HTML, without its empty columns; "" if the item is not a table."""
    if not one.rows:
        return ""
    shown = [key for key in one.rows[0] if key not in cited_items.HIDDEN]
    columns = [key for key in shown if not _is_empty(one, key)]
    names = cited_items.WORDS["columns"]
    heads = [tr(names.get(column, column.replace("_", " "))) for column in columns]
    caption = tr(cited_items.WORDS["captions"].get(one.ref.removesuffix(".csv"), one.ref))
    cells = []
    for row in one.rows:
        cells.append([row[column] for column in columns])
    return markup.make_table(caption, heads, cells)


def _is_empty(table: Item, column: str) -> bool:
    """Return whether no row of a student's table has anything in a column."""
    return not any(row[column] for row in table.rows)


def _chart_html(chart: Any) -> str:
    """Return a chart of names and numbers as bars (HTML), and any other chart as its table."""
    if isinstance(chart, own_chart.OwnChart):
        return chart.html()
    table, title = chart.table, chart.vconcat[0].title.text
    rows = [tuple(map(str, row)) for row in table.head(12).to_numpy()]
    drawn = markup.make_table(title, list(map(str, table.columns)), rows)
    if len(rows[0]) == 2 and pd.api.types.is_numeric_dtype(table.iloc[:, 1]):
        bars = [(name, float(n), n, pictures.PLAIN) for name, n in rows]
        told = join_in_words([" ".join(row) for row in rows])
        drawn = make_element("p", make_element("b", escape_html(title))) + pictures.draw_bars(
            bars, told, most=max(n for _, n, _, _ in bars)
        )
    return drawn + make_element("p", escape_html(chart.title.text))
