"""Forecasts against the record: the article's, with its words turned into numbers, and the student's own."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any, NamedTuple

from samarkand import cite, data, forecasts, measures
from samarkand.explore.engine import Explorer, Panel
from samarkand.ground.errors import CourseError
from samarkand.page import controls, markup, style

#: What a tone may be worth, in per cent, and where its slider starts.
CHANCES = (0, 5, 10, 25, 40, 50, 60, 75, 90, 95, 100)
STARTS = {"flat": 95, "firm": 90, "likely": 75, "maybe": 50}
LABELS = {
    "flat": "Flatly, without a hedge",
    "firm": "“Will”, “is set to”, “going to”",
    "likely": "“Expected”, “I think”",
    "maybe": "“Potentially”",
}
#: Which forecasts count.
COUNTED = {
    "all": "all of them",
    "open": "without what had been announced",
    "clear": "only what a record can settle",
    "both": "not announced, and a record can settle it",
}
#: The forecast on which fair readers differ, and what a stricter one would give it.
DISPUTED, STRICT = "CL61", 0.5
#: How far a student's forecasts are moved away from one half, or towards it.
BOLDNESS = {"always 50 %": 0.0, "half as bold": 0.5, "as I wrote them": 1.0, "twice as bold": 2.0}
NOBODY = (
    "No forecasts of yours were found, which is all right: those that you write down in lesson 01 (The trip, "
    "section 1) appear here."
)
#: What a reader says to everything who stands in where there are no forecasts, and how that is told.
INVENTED = 0.7
STAND_IN = f"Shown instead: an invented reader who says {INVENTED:.0%} to everything.".replace("%", " %")
BLUE, RED, INK, GREY = style.OKABE_ITO["blue"], style.OKABE_ITO["vermillion"], "#1a1a1a", "#8a8a8a"


@dataclass(frozen=True)
class Case:
    """Something that was forecast, and what the record says to it.

    Attributes
    ----------
    key, says, tone : str
        Its id, what it says, and how sure it sounds.
    outcome : float
        1 if it came true, 0 if not, 0.5 where the record is mixed or cannot decide.
    day : str
        When the record could be known.
    announced, clear : bool
        Whether it had been announced before, and whether a record can settle it.
    proof : str
        HTML: the record in words, with its sources.
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
    """A case with what was said of it, and what the record is worth to this reader; both from 0 to 1."""

    case: Case
    said: float
    came: float


class ForecastScores(Explorer):
    """The explorer of the article's forecasts; its domain moves one slider at a time for each count."""

    def domain(self) -> Iterator[dict[str, Any]]:
        """Yield every way to count, as a fair and as a strict reader, and each stop of each slider for it.

        Yields
        ------
        dict
            A value for each control; no setting comes twice.
        """
        for counted in COUNTED:
            start = self._defaults | {"counted": counted}
            yield start
            yield start | {"strict": True}
            for tone, first in STARTS.items():
                yield from (start | {tone: chance} for chance in CHANCES if chance != first)


class OwnScores(Explorer):
    """The explorer of the student's own forecasts; its still and its sentence never show them."""

    def __init__(self, own: Sequence[tuple[Case, float]], trouble: str) -> None:
        invented = [(case, INVENTED) for case in _questions()]
        told = "" if own else f"{trouble or NOBODY} {STAND_IN} "

        def draw(counted: str, boldness: float) -> Panel:
            panel = _own(own or invented, counted, boldness)
            return Panel(told + panel.sentence, panel.body)

        handles = {
            "counted": controls.choice("Count", [(COUNTED[k], k) for k in ("all", "open")], "all"),
            "boldness": controls.stops(
                "If I had been", list(BOLDNESS.items()), 1.0, tooltip="Moves each forecast from or to 50 %"
            ),
        }
        title, source = "My forecasts against the record", "table outcomes, and your file in my_work"
        super().__init__(handles, draw, title=title, source=source)
        nobody = _own(invented, "all", 1.0)
        sentence = f"{NOBODY} {STAND_IN} {nobody.sentence}"
        self._still = markup.still(markup.card(title, sentence, nobody.body + controls.invitation(), source))
        self._sentence = f'Explorer "{title}". {sentence} {controls.RUN}'


def forecasts_scored() -> ForecastScores:
    """Return an explorer that scores the article's forecasts, with words turned into numbers by the reader.

    Controls: which forecasts count, how strict the reader is, and for each tone a probability.

    Returns
    -------
    ForecastScores
        A picture of every miss, the score beside those of three simple rules, and a calibration picture.

    Examples
    --------
    >>> "4 forecasts: Brier score" in forecasts_scored().render(counted="both")
    True
    """
    cases = _article()
    handles = {
        "counted": controls.choice("Count", [(label, key) for key, label in COUNTED.items()], "all"),
        "strict": controls.tick(
            f"Strict reader: {DISPUTED} only half borne out",
            tooltip="Whether every state stated its interests is not known",
        ),
    }
    for tone, start in STARTS.items():
        handles[tone] = controls.stops(
            LABELS[tone], [(f"{c} %", c) for c in CHANCES], start, tooltip="How likely that sounds to you"
        )

    def draw(counted: str, strict: bool, **chances: int) -> Panel:
        rows = [
            Row(one, chances[one.tone] / 100, STRICT if strict and one.key == DISPUTED else one.outcome)
            for one in cases
            if (one.clear or counted in ("all", "open"))
            and not (one.announced and counted in ("open", "both"))
        ]
        return _panel(rows, {LABELS[tone]: [r for r in rows if r.case.tone == tone] for tone in STARTS})

    return ForecastScores(
        handles,
        draw,
        title="What are words worth?",
        source="tables claims and announced; the probabilities are yours, the article has none",
    )


def my_scores() -> OwnScores:
    """Return an explorer of the student's own forecasts, read back from the file and scored.

    Controls: which forecasts count, and how bold they are taken to have been.

    Returns
    -------
    OwnScores
        Without a file, and with a damaged one, a sentence that says so above the forecasts of an invented
        reader; the file is never changed.

    Examples
    --------
    >>> my_scores().values()
    {'counted': 'all', 'boldness': 1.0}
    """
    own, trouble = {}, ""
    try:
        own = forecasts.latest()
    except forecasts.NewerFile as error:
        trouble = str(error)
    except CourseError as error:
        trouble = f"{error} Nothing was changed; saving again in lesson 01 keeps it under another name."
    cases = [
        (replace(case, proof=case.proof + _reason(own[case.key])), own[case.key].probability)
        for case in _questions()
        if case.key in own
    ]
    return OwnScores(cases, trouble)


def _reason(entry: forecasts.Forecast) -> str:
    because = f"“{entry.reason}”" if entry.reason else "no reason"
    return (
        f'<div class="proof">You wrote on {markup.escape(entry.written[:10])}: '
        f"{_per_cent(entry.probability)}, {markup.escape(because)}.</div>"
    )


def _own(cases: Sequence[tuple[Case, float]], counted: str, boldness: float) -> Panel:
    """Return what somebody forecast, moved away from one half or towards it."""
    rows = [
        Row(case, min(1.0, max(0.0, 0.5 + boldness * (said - 0.5))), case.outcome)
        for case, said in cases
        if counted == "all" or not case.announced
    ]
    if not rows:
        names = " and ".join(case.key for case, _ in cases)
        return Panel(f"All that you forecast had been announced before: {names}. Count all of them.", "")
    fifths = {
        f"{low} to {low + 20} %": [r for r in rows if min(80, 100 * r.said // 20 * 20) == low]
        for low in range(0, 100, 20)
    }
    return _panel(rows, fifths)


def _article() -> list[Case]:
    """Return the article's forecasts in the order in which the record settled them."""
    announced = set(";".join(data.load("announced")["claims"]).split(";"))
    table = data.load("claims").query("type == 'forecast'").sort_values("verdict_day", kind="stable")
    cases = []
    for row in _cells(table):
        record = f"{row.verdict}. {row.known_then} {row.known_later}".strip()
        tone, worth = forecasts.TONES[row.hedge], forecasts.WORTH[row.verdict]
        clear = row.verifiable == "yes"
        proof = _proof(row.id, row.verdict_day, record, row.source)
        says = f"{row.paraphrase} (“{row.hedge}”)" if row.hedge else row.paraphrase
        cases.append(
            Case(row.id, says, tone, worth, _say(row.verdict_day), row.id in announced, clear, proof)
        )
    return cases


def _questions() -> list[Case]:
    """Return the course's questions in their order, each with its outcome."""
    return [
        Case(
            row.question,
            row.text,
            "",
            row.outcome,
            _say(row.day),
            row.announced,
            True,
            _proof(row.question, row.day, row.record, row.source),
        )
        for row in _cells(forecasts.outcomes())
    ]


def _cells(table: Any) -> Iterator[Any]:
    """Yield the rows of a table, an empty text where a cell is empty."""
    yield from table.astype(object).where(table.notna(), "").itertuples()


def _proof(key: str, day: dt.date, record: str, source: str) -> str:
    named = "; ".join(f"{s.publisher}, {s.published or 'undated'} [{s.key}]" for s in cite.sources(source))
    return (
        f'<div class="proof"><b>{key}, {_say(day)}:</b> {markup.escape(record)} '
        f'<span class="marks">{markup.escape(named)}</span></div>'
    )


def _panel(rows: Sequence[Row], groups: dict[str, list[Row]]) -> Panel:
    """Return the score in a sentence, every miss, simple rules to compare with, and the calibration."""
    came = [row.came for row in rows]
    base = sum(came) / len(came)
    rules = {
        "These probabilities": measures.brier([row.said for row in rows], came),
        "Always 50 %": measures.brier([0.5] * len(rows), came),
        f"Always {_per_cent(base)}, the base rate": measures.brier([base] * len(rows), came),
        "Always 100 %": measures.brier([1.0] * len(rows), came),
    }
    score, coin, known, _ = rules.values()
    worst = max(rows, key=_cost)
    many = f"{len(rows)} forecasts" if len(rows) > 1 else "1 forecast"
    sentence = (
        f"{many}: Brier score {score:.3f}. Always 50 % would score {coin:.3f}, the base rate {known:.3f}. "
        f"Costliest miss: {worst.case.key}, {_cost(worst):.3f}."
    )
    if len(rows) < 10:
        sentence += " So few cases tell luck from skill badly."
    proofs = "".join(row.case.proof for row in rows)
    folded = (
        '<details class="record"><summary class="said">What the record says of each, with sources</summary>'
        f"{proofs}</details>"
    )
    misses = markup.picture(_misses(rows), f"A line for each forecast. {sentence}", 800, 36 * len(rows) + 52)
    below = markup.picture(
        _ladder(rules) + _calibration(groups),
        f"Bars of Brier scores: {_listed(rules)}. Beside them {_points(groups)}",
        800,
        290,
    )
    return Panel(sentence, misses + below + markup.styled(folded))


def _cost(row: Row) -> float:
    return (row.said - row.came) ** 2


def _listed(rules: dict[str, float]) -> str:
    return ", ".join(f"{rule} {score:.3f}" for rule, score in rules.items())


def _misses(rows: Sequence[Row]) -> str:
    """Return a line a forecast: what was said as a dot, the record as a diamond, the miss between them."""
    left, wide = 10.0, 540.0

    def at(share: float) -> float:
        return left + wide * share

    out = _dot(left + 5, 10) + _text(left + 16, 15, "what was said")
    out += _diamond(left + 140, 10, half=False) + _text(left + 154, 15, "what the record says")
    out += _diamond(left + 315, 10, half=True) + _text(left + 329, 15, "mixed or undecided: counts half")
    for share, name, anchor in ((0, "no, 0 %", "start"), (0.5, "50 %", "middle"), (1, "yes, 100 %", "end")):
        out += _text(at(share), 38, name, anchor)
    for end, name in ((615, "said"), (715, "record"), (796, "costs")):
        out += _text(end, 38, name, "end")
    for i, row in enumerate(rows):
        low, x, y = 73.0 + 36 * i, at(row.said), at(row.came)
        out += _text(left, low - 11, f"{row.case.key}  {row.case.says}")
        out += f'<path d="M{left} {low}H{left + wide}M{left} {low - 3}v6M{at(0.5)} {low - 3}v6'
        out += f'M{left + wide} {low - 3}v6" stroke="#bdbdbd"/>'
        out += f'<path d="M{x:.1f} {low}H{y:.1f}" stroke="{RED}" stroke-width="4"/>'
        out += _diamond(y, low, half=row.came == 0.5) + _dot(x, low)
        out += _text(615, low + 4, _per_cent(row.said), "end")
        out += _text(715, low + 4, row.case.day, "end")
        out += _text(796, low + 4, f"{_cost(row):.3f}", "end", bold=True)
    return out


def _dot(x: float, y: float) -> str:
    return f'<circle cx="{x:.1f}" cy="{y:.1f}" r="5" fill="{BLUE}" stroke="#ffffff" stroke-width="1.5"/>'


def _diamond(x: float, y: float, *, half: bool) -> str:
    fill = "#ffffff" if half else INK
    return f'<path d="M{x:.1f} {y - 8:.1f}l8 8l-8 8l-8 -8z" fill="{fill}" stroke="{INK}" stroke-width="1.5"/>'


def _ladder(rules: dict[str, float]) -> str:
    """Return a bar for each rule; the shorter, the better."""
    scale = 190 / max(0.25, *rules.values())
    out = _text(8, 18, "Brier score: the shorter, the better", bold=True)
    for i, (rule, score) in enumerate(rules.items()):
        top = 34.0 + 50 * i
        out += _text(8, top + 12, rule)
        width = max(1.0, scale * score)
        out += f'<rect x="8" y="{top + 18}" width="{width:.1f}" height="16" fill="{GREY if i else BLUE}"/>'
        out += _text(14 + width, top + 31, f"{score:.3f}", bold=True)
    return out


def _points(groups: dict[str, list[Row]]) -> str:
    told = [
        f"{name}: {_per_cent(_mean(r.said for r in rows))}, {_per_cent(_mean(r.came for r in rows))}"
        for name, rows in groups.items()
        if rows
    ]
    return f"said against come true: {'; '.join(told)}."


def _calibration(groups: dict[str, list[Row]]) -> str:
    """Return a square: what was said to the right, how much came true upwards, a circle for each group."""
    left, top, side = 340.0, 32.0, 215.0

    def at(said: float, came: float) -> tuple[float, float]:
        return left + side * said, top + side * (1 - came)

    out = _text(left - 40, 18, "Said, and come true", bold=True)
    out += f'<path d="M{left} {top}V{top + side}H{left + side}" fill="none" stroke="{INK}"/>'
    out += f'<path d="M{left} {top + side}L{left + side} {top}" stroke="{GREY}" stroke-dasharray="5 4"/>'
    for share in (0, 0.5, 1):
        out += _text(at(share, 0)[0], top + side + 17, _per_cent(share), "middle")
        out += _text(left - 5, at(0, share)[1] + 4, _per_cent(share), "end")
    out += _text(left + side / 2, top + side + 34, "said", "middle")
    listed = [(name, rows) for name, rows in groups.items() if rows]
    for i, (name, rows) in enumerate(listed):
        said, came = _mean(r.said for r in rows), _mean(r.came for r in rows)
        x, y = at(said, came)
        radius = 7 + 1.6 * len(rows) ** 0.5
        letter = "ABCDE"[i]
        out += f'<circle cx="{x:.1f}" cy="{y:.1f}" r="{radius:.1f}" fill="#ffffff" stroke="{BLUE}" '
        out += f'stroke-width="2.5"/>{_text(x, y + 4.5, letter, "middle", bold=True)}'
        line = top + 10 + 42 * i
        out += _text(left + side + 24, line, f"{letter}  {name}", bold=True)
        out += _text(
            left + side + 24, line + 16, f"said {_per_cent(said)}, came true {_per_cent(came)} ({len(rows)})"
        )
    return out


def _text(x: float, y: float, words: str, anchor: str = "start", *, bold: bool = False) -> str:
    weight = ' font-weight="bold"' if bold else ""
    return (
        f'<text x="{x:.1f}" y="{y:.1f}" font-size="13" text-anchor="{anchor}"{weight}>'
        f"{markup.escape(words)}</text>"
    )


def _per_cent(share: float) -> str:
    return f"{100 * share:.0f} %"


def _mean(values: Iterator[float]) -> float:
    found = list(values)
    return sum(found) / len(found)


def _say(day: dt.date) -> str:
    return f"{day.day} {day:%b %Y}"
