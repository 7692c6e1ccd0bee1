"""A short news text of the course's own, for whoever has no other at hand: it is in the package, and free."""

from dataclasses import dataclass
from functools import cache
from pathlib import Path

from samarkand.common import reading
from samarkand.common.words import dated, listed, tr
from samarkand.html.markup import element, escape
from samarkand.sources import cite


@dataclass(frozen=True)
class Paragraph:
    """A paragraph of the text: its number, such as ``P01``, its words, and the keys of its sources."""

    id: str
    text: str
    sources: tuple[str, ...] = ()


@dataclass(frozen=True)
class Text:
    """A text to read: what is known of its publication, by column of ``article.csv``, and its paragraphs."""

    about: dict[str, str]
    licence: str
    paragraphs: tuple[Paragraph, ...]

    @property
    def words(self) -> int:
        """The number of words of all paragraphs."""
        return sum(len(one.text.split()) for one in self.paragraphs)

    def __repr__(self) -> str:
        lines = [f"T1   {self.about['title']}", f"     {self._foot()}"]
        lines += [f"{one.id}  {one.text}" for one in self.paragraphs]
        return "\n".join([*lines, self._sources()])

    def _repr_html_(self) -> str:
        rows = [
            element("p", element("strong", escape(self.about["title"]))),
            element("p", escape(self._foot())),
        ]
        for one in self.paragraphs:
            number = element("code", escape(one.id))
            rows.append(element("p", f"{number} {escape(one.text)}"))
        rows.append(element("p", escape(self._sources()), class_="note"))
        return element("div", *rows, class_="card")

    def _foot(self) -> str:
        day = dated(self.about["published"])
        return tr("{outlet}, {day}; {licence}", outlet=self.about["outlet"], day=day, licence=self.licence)

    def _sources(self) -> str:
        """Return the line below the text: where each paragraph's figures are from."""
        parts = []
        for one in self.paragraphs:
            if one.sources:
                names = [source.publisher for source in cite.sources(*one.sources)]
                parts.append(f"{one.id} {listed(list(dict.fromkeys(names)))}")
        return tr("Figures: {parts}.", parts="; ".join(parts))


@cache
def read_ours() -> Text:
    """Return the text of the package."""
    whole = reading.toml(Path(__file__).with_name("our_text.toml"))
    paragraphs = []
    for number, one in enumerate(whole["paragraph"], 1):
        paragraphs.append(Paragraph(f"P{number:02}", one["text"], tuple(one.get("sources", ()))))
    about = {key: whole[key] for key in ("link", "title", "outlet", "published", "paid_by", "paid_by_link")}
    return Text(about, whole["licence"], tuple(paragraphs))
