"""Scores of forecasts as HTML: every miss, simple rules to compare with, and the calibration."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, NamedTuple

from samarkand import measures
from samarkand.common.words import tr
from samarkand.explore._engine import Panel, Words
from samarkand.html import markup, pictures
from samarkand.html.markup import escape_html, make_element
from samarkand.sources import Source, cite

#: With fewer forecasts than this, luck and skill are hard to tell apart.
FEW = 10
#: The side of the calibration picture, in pixels, and the least distance of two circles.
SIDE, APART = 250.0, 24.0
_WORDS = Words("scores")


class Case(NamedTuple):
    """A forecast: its words, how sure they sound, and the record.

    The outcome is 1 if it came true, 0 if not, 0.5 where the record is mixed or cannot decide; `day` is when
    the record could be known, in words. `announced` marks what had been announced before, `clear` what a
    record can settle; `proof` is HTML: the record in words, with its sources.
    """

    key: str
    says: str
    tone: str
    outcome: float
    day: str
    announced: bool
    clear: bool
    proof: str


class Row(NamedTuple):
    """A forecast with its stated probability and its outcome, both from 0 to 1."""

    case: Case
    said: float
    came: float

    @property
    def cost(self) -> float:
        """The squared miss."""
        return (self.said - self.came) ** 2


def per_cent(share: float) -> str:
    """Return a share in whole per cent."""
    return f"{100 * share:.0f} %"


def cells(table: Any) -> Iterator[Any]:
    """Yield the rows of a table with "" in place of empty cells."""
    yield from table.astype(object).where(table.notna(), "").itertuples()


def list_sources(found: Iterable[Source]) -> str:
    """Return sources as text: name, day and key of each."""
    return "; ".join(f"{s.name}, {s.published or tr('undated')} [{s.key}]" for s in found)


def proof(key: str, when: str, record: str, source: str) -> str:
    """Return the record of a forecast as HTML: key, day, words and sources."""
    head = make_element("b", escape_html(tr("{key}, {day}:", key=key, day=when)))
    sources = make_element("span", escape_html(list_sources(cite.sources(source))), class_="marks")
    return make_element("div", f"{head} {escape_html(record)} ", sources, class_="proof")


def panel(rows: Sequence[Row], groups: Mapping[str, Sequence[Row]]) -> Panel:
    """Return the panel: the score in a sentence; pictures of the misses, of simple rules and of calibration.

    `rows` is not empty; `groups` has the same rows in at most five named groups.
    """
    came = [row.came for row in rows]
    base = sum(came) / len(came)
    score = measures.brier([row.said for row in rows], came)
    coin = measures.brier([0.5] * len(rows), came)
    known = measures.brier([base] * len(rows), came)
    sure = measures.brier([1.0] * len(rows), came)
    worst = max(rows, key=lambda row: row.cost)
    gaps = {"coin": coin, "known": known, "worst": worst.case.key, "cost": worst.cost}
    sentence = _WORDS("sentence", n=len(rows), score=score, **gaps)
    if len(rows) < FEW:
        sentence += " " + _WORDS("few")
    rules = {
        tr("These probabilities"): score,
        tr("Always 50 %"): coin,
        tr("Always {share}, the base rate", share=per_cent(base)): known,
        tr("Always 100 %"): sure,
    }
    plain, faint = pictures.PLAIN, pictures.GREY
    bars = [(rule, one, f"{one:.3f}", faint if i else plain) for i, (rule, one) in enumerate(rules.items())]
    alt = _WORDS("bars", scores=", ".join(f"{rule} {one:.3f}" for rule, one in rules.items()))
    ladder = pictures.draw_bars(bars, alt, most=max(0.25, *rules.values()))
    below = pictures.place_beside(
        pictures.make_half(tr("Brier score: the shorter, the better"), ladder),
        pictures.make_half(
            tr("Said, and come true"), _calibration({name: r for name, r in groups.items() if r})
        ),
    )
    proofs = "".join(row.case.proof for row in rows)
    folded = markup.fold_markup(escape_html(tr("What the record says of each, with sources")), proofs)
    return Panel(sentence, _misses(rows) + below + folded)


def _misses(rows: Sequence[Row]) -> str:
    """Return, for each forecast, its words and a strip with its probability, its outcome and the miss."""
    key = pictures.draw_legend(
        (pictures.draw_dot(0.5, 7, pictures.PLAIN), tr("what was said")),
        (_diamond(0.5, 7, half=False), tr("what the record says")),
        (_diamond(0.5, 7, half=True), tr("mixed or undecided: counts half")),
    )
    at = pictures.Axis(0, 1, 0.03, 0.97)
    soft: Any = {"fill": pictures.SOFT}
    ends = pictures.draw_text(0, 13, tr("no, 0 %"), **soft)
    ends += pictures.draw_text(at(0.5), 13, "50 %", anchor="middle", **soft)
    ends += pictures.draw_text(1, 13, tr("yes, 100 %"), anchor="end", **soft)
    out = key + pictures.wide_and_aside(pictures.make_picture(ends, alt=_WORDS("scale"), height=16), "")
    for row in rows:
        said = at(row.said)
        came = at(row.came)
        on = pictures.GREY
        drawn = pictures.draw_line(at(0), 11, at(1), 11, on)
        drawn += "".join(pictures.draw_line(at(share), 7, at(share), 15, on) for share in (0, 0.5, 1))
        drawn += pictures.draw_line(said, 11, came, 11, pictures.HIGHLIGHT, stroke_width=4)
        drawn += _diamond(came, 11, half=row.came == 0.5) + pictures.draw_dot(said, 11, pictures.PLAIN)
        # Without a text of its own JupyterLab would call each of them "Image".
        alt = _WORDS("miss_alt", said=per_cent(row.said), came=per_cent(row.came))
        strip = pictures.make_picture(drawn, alt=alt, height=22)
        figures = _WORDS("miss", said=per_cent(row.said), day=row.case.day, cost=row.cost)
        words = make_element("b", escape_html(row.case.key)) + f" {escape_html(row.case.says)}"
        out += make_element("div", words, class_="line") + pictures.wide_and_aside(
            strip, escape_html(figures)
        )
    return out


def _diamond(x: float, y: float, *, half: bool) -> str:
    return pictures.draw_diamond(x, y, "#ffffff" if half else pictures.INK, pictures.INK, 7)


def _calibration(groups: Mapping[str, Sequence[Row]]) -> str:
    """Return the calibration plot: stated probability on x, share that came true on y, a circle per group."""
    right = pictures.Axis(0, 1, 44 / SIDE, 1 - 22 / SIDE)
    up = pictures.Axis(0, 1, SIDE - 44, 22)
    out = pictures.draw_line(right(0), up(0), right(1), up(1), pictures.GREY, stroke_dasharray="5 4")
    out += pictures.draw_line(right(0), up(0), right(1), up(0)) + pictures.draw_line(
        right(0), up(0), right(0), up(1)
    )
    for share in (0, 0.5, 1):
        out += pictures.draw_text(right(share), up(0) + 17, per_cent(share), anchor="middle")
        out += pictures.draw_text(right(0), up(share) + 4, per_cent(share), anchor="end", dx=-6)
    out += pictures.draw_text(right(0.5), SIDE - 8, tr("said"), anchor="middle")
    drawn: list[tuple[float, float]] = []
    told = ""
    for letter, (name, rows) in zip("ABCDE", groups.items(), strict=False):
        said = sum(row.said for row in rows) / len(rows)
        came = sum(row.came for row in rows) / len(rows)
        x, y = right(said), up(came)
        # Groups of which the same was said, and of which as much came true, stand side by side.
        while any(abs(x - a) * SIDE < APART and abs(y - b) < APART for a, b in drawn):
            x -= APART / SIDE
        drawn.append((x, y))
        size = 7 + 1.6 * len(rows) ** 0.5
        out += pictures.draw_dot(x, y, "#ffffff", size, stroke=pictures.PLAIN, stroke_width=2.5)
        out += pictures.draw_text(x, y + 4.5, letter, anchor="middle", bold=True)
        figures = _WORDS("group", said=per_cent(said), came=per_cent(came), n=len(rows))
        words = (
            make_element("b", escape_html(f"{letter}  {name}")) + make_element("br") + escape_html(figures)
        )
        told += make_element("div", words, class_="line")
    return pictures.make_picture(out, alt=_WORDS("circles"), height=SIDE, width=SIDE) + told
