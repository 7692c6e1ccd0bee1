"""Texts to read where no link opens: a short news text of the course's own, and the ready articles retold.

All of them are in the package, in words of our own, and free.
"""

from dataclasses import dataclass
from functools import cache
from pathlib import Path

from samarkand.common import reading
from samarkand.common.words import join_in_words, tr, write_date
from samarkand.html.markup import escape_html, make_element
from samarkand.sources import cite


@dataclass(frozen=True)
class Paragraph:
    """A paragraph of a text.

    Attributes
    ----------
    id : str
        Its number, such as ``P01``.
    text : str
        Its words.
    sources : tuple of str
        The keys of its sources.
    who : str
        Who speaks in it, in its own words, or ``newsroom``; "" in our own text. It is not shown: a
        reader finds it out.
    """

    id: str
    text: str
    sources: tuple[str, ...] = ()
    who: str = ""


@dataclass(frozen=True)
class Text:
    """A text to read.

    Attributes
    ----------
    about : dict
        What is known of its publication, by column of ``article.csv``.
    licence : str
        That of the words which are shown.
    paragraphs : tuple of Paragraph
        In their order.
    note : str
        What a reader has to know before: that it is retold, and how much of it was read.
    """

    about: dict[str, str]
    licence: str
    paragraphs: tuple[Paragraph, ...]
    note: str = ""

    @property
    def words(self) -> int:
        """The number of words of all paragraphs."""
        return sum(len(one.text.split()) for one in self.paragraphs)

    def __repr__(self) -> str:
        lines = [f"T1   {self.about['title']}", f"     {self._foot()}"]
        if self.note:
            lines.append(self.note)
        for one in self.paragraphs:
            lines.append(f"{one.id}  {one.text}")
        return "\n".join(filter(None, [*lines, self._sources()]))

    def _repr_html_(self) -> str:
        rows = [
            make_element("p", make_element("strong", escape_html(self.about["title"]))),
            make_element("p", escape_html(self._foot())),
        ]
        if self.note:
            rows.append(make_element("p", make_element("em", escape_html(self.note))))
        for one in self.paragraphs:
            number = make_element("code", escape_html(one.id))
            rows.append(make_element("p", f"{number} {escape_html(one.text)}"))
        if self._sources():
            rows.append(make_element("p", escape_html(self._sources()), class_="note"))
        return make_element("div", *rows, class_="card")

    def _foot(self) -> str:
        day = write_date(self.about["published"])
        return tr("{outlet}, {day}; {licence}", outlet=self.about["outlet"], day=day, licence=self.licence)

    def _sources(self) -> str:
        """Return the line below the text: where each paragraph's figures are from."""
        parts = []
        for one in self.paragraphs:
            if one.sources:
                names = [source.name for source in cite.sources(*one.sources)]
                parts.append(f"{one.id} {join_in_words(list(dict.fromkeys(names)))}")
        if not parts:
            return ""
        return tr("Figures: {parts}.", parts="; ".join(parts))


@cache
def read_ours() -> Text:
    """Return the text of the package."""
    whole = reading.read_toml(Path(__file__).with_name("our_text.toml"))
    paragraphs = []
    for number, one in enumerate(whole["paragraph"], 1):
        paragraphs.append(Paragraph(f"P{number:02}", one["text"], tuple(one.get("sources", ()))))
    about = {key: whole[key] for key in ("link", "title", "outlet", "published", "paid_by", "paid_by_link")}
    return Text(about, whole["licence"], tuple(paragraphs))


@cache
def read_retold() -> tuple[Text, ...]:
    """Return the ready articles as we retell them, in the order of ``ready.csv``."""
    folder = Path(__file__).parent
    texts = []
    told = reading.read_toml(folder / "retold.toml")["article"]
    for about, one in zip(reading.read_rows(folder / "ready.csv"), told, strict=True):
        paragraphs = []
        for number, part in enumerate(one["paragraph"], 1):
            sources = tuple(part.get("sources", ()))
            paragraphs.append(Paragraph(f"P{number:02}", part["text"], sources, part["who"]))
        texts.append(Text(about, one["licence"], tuple(paragraphs), one["note"]))
    return tuple(texts)
