"""Forecasts: the student's own written down, and both the article's and the student's held to the record."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Any

import ipywidgets as widgets

from samarkand import data
from samarkand.explore._engine import Explorer, Panel
from samarkand.explore._scores import Case, Row, cells, panel, per_cent, proof
from samarkand.ground import journal
from samarkand.ground.errors import CourseError, WrongType
from samarkand.ground.words import day, listed, tr, trn
from samarkand.jupyter import controls
from samarkand.page import markup
from samarkand.page.markup import element, escape
from samarkand.practice import forecasts

__all__ = ["forecasts_scored", "my_forecasts", "my_scores"]

#: What a tone may be worth, in per cent, and where its slider starts.
CHANCES = (0, 5, 10, 25, 40, 50, 60, 75, 90, 95, 100)
STARTS = {tone: round(100 * chance) for tone, chance in forecasts.SOUNDS.items()}
LABELS = {
    "flat": tr("Flatly, without a hedge"),
    "firm": tr("“Will”, “is set to”, “going to”"),
    "likely": tr("“Expected”, “I think”"),
    "maybe": tr("“Potentially”"),
}
#: Which forecasts count.
COUNTED = {
    "all": tr("all of them"),
    "open": tr("without what had been announced"),
    "clear": tr("only what a record can settle"),
    "both": tr("not announced, and a record can settle it"),
}
#: The forecast on which fair readers differ, and what a stricter one would give it.
DISPUTED, STRICT = "CL61", 0.5
#: How far a student's forecasts are moved away from one half, or towards it.
BOLDNESS = (
    (tr("always 50 %"), 0.0),
    (tr("half as bold"), 0.5),
    (tr("as I wrote them"), 1.0),
    (tr("twice as bold"), 2.0),
)
#: What a reader says to everything who stands in where there are no forecasts.
INVENTED = 0.7


# ------------------------------------------------------------------------------------ written down


class ForecastForm(controls.StillBox):
    """A line for each forecast question, a button that saves, and a reply.

    What is saved is read back into the fields, so that running the cell again loses nothing. The still and
    the sentence never show it: a stored notebook is the same for every student.
    """

    def __init__(self) -> None:
        self._chances: dict[str, controls.Field] = {}
        self._reasons: dict[str, controls.Field] = {}
        self._reply = controls.Reply()
        asked = forecasts.questions().values()
        title, run = (
            tr("My forecasts"),
            controls.invite(tr("To write down your forecasts")),
        )
        lines: list[widgets.Widget] = []
        for one in asked:
            question = f"{one.id}. {one.text}"
            chance = controls.Field(tr("Chance of yes, %"), question, placeholder=tr("0 to 100"))
            reason = controls.Field(tr("Because"), question, placeholder=tr("in a few words"), width="500px")
            self._chances[one.id], self._reasons[one.id] = chance, reason
            for field in (chance, reason):
                field.watch(lambda: self._reply.say(""))
            head = element("div", escape(question), class_="question")
            card = controls.html(element("div", head, escape(one.rule), class_="card"))
            row = controls.row({"chance": chance, "reason": reason})
            lines.append(widgets.VBox([card, row], layout=controls.layout()))
        button = controls.button(
            tr("Save my forecasts"), tr("Add these forecasts to your file; older ones are kept"), self.save
        )
        items = [f"{one.id}. {one.text}" for one in asked]
        super().__init__(
            [controls.heading(title), *lines, button, self._reply],
            still=controls.question_card(title, items, run),
            sentence=trn("{title}: {n} question. {run}", "{title}: {n} questions. {run}", len(items),
                         title=title, run=run),
        )  # fmt: skip
        self._read_back()

    def fill(self, question: str, chance: str, reason: str = "") -> None:
        """Fill in one line as a hand would, its probability in per cent."""
        name = forecasts.question(question).id
        self._chances[name].write(chance)
        self._reasons[name].write(reason)

    def save(self) -> str:
        """Save every line that can be read, and return what the student is told.

        What cannot be read is named at its field and stays there.
        """
        given: dict[str, tuple[float, str]] = {}
        bad = []
        for name, field in self._chances.items():
            field.complain("")
            reason = self._reasons[name].text
            if not field.text and not reason:
                continue
            try:
                if not field.text:
                    raise WrongType(tr("There is a reason, but no number from 0 to 100 yet."))
                given[name] = (forecasts.as_per_cent(field.text), reason)
            except CourseError as error:
                field.complain(str(error))
                bad.append(name)
        wrong = tr("Not saved yet, see what stands there: {keys}.", keys=listed(bad)) if bad else ""
        if not given:
            nothing = tr("Nothing to save yet: write a number from 0 to 100 for one question.")
            return self._reply.say(wrong or nothing, "wrong" if wrong else "open")
        try:
            added = forecasts.save(given)
        except CourseError as error:
            return self._reply.say(str(error), "wrong")
        left = len(self._chances) - len(given) - len(bad)
        told = [
            trn("Saved: {n} new or changed.", "Saved: {n} new or changed.", added)
            if added
            else tr("Nothing new: all of it was saved before."),
            wrong,
            trn("{n} still open.", "{n} still open.", left)
            if left
            else ("" if bad else tr("All questions have a forecast.")),
        ]
        return self._reply.say(" ".join(part for part in told if part), "wrong" if bad else "right")

    def _read_back(self) -> None:
        """Fill the form with the newest saved forecasts; what cannot be read is named and left alone."""
        saved, trouble = forecasts.latest(), forecasts.trouble()
        for name, entry in saved.items():
            self.fill(name, f"{entry.probability * 100:g}", entry.reason)
        back = tr("Read back from your file: forecasts on {keys}.", keys=", ".join(saved)) if saved else ""
        self._reply.say(f"{trouble} {back}".strip(), "wrong" if trouble else "open")


def my_forecasts() -> ForecastForm:
    """Return the form for the student's own forecasts.

    Returns
    -------
    ForecastForm
        A box of widgets; what it saves goes into ``my_work/forecasts.jsonl``, where older entries are kept.

    Examples
    --------
    >>> my_forecasts()  # doctest: +ELLIPSIS
    My forecasts: 8 questions....
    """
    return ForecastForm()


# --------------------------------------------------------------------------------- the article's


class ForecastScores(Explorer):
    """The explorer of the article's forecasts; its domain moves one slider at a time for each count."""

    def domain(self) -> Iterator[dict[str, Any]]:
        """Yield every way to count, as a fair and as a strict reader, and each stop of each slider for it."""
        for counted in COUNTED:
            start = self._defaults | {"counted": counted}
            yield start
            yield start | {"strict": True}
            for tone, first in STARTS.items():
                yield from (start | {tone: chance} for chance in CHANCES if chance != first)


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
        "counted": controls.choice(tr("Count"), COUNTED, "all"),
        "strict": controls.tick(
            tr("Strict reader: {claim} only half borne out", claim=DISPUTED),
            tooltip=tr("Whether every state stated its interests is not known"),
        ),
    }
    for tone, start in STARTS.items():
        handles[tone] = controls.stops(
            LABELS[tone],
            [(per_cent(c / 100), c) for c in CHANCES],
            start,
            tooltip=tr("How likely that sounds to you"),
        )

    def draw(counted: str, strict: bool, **chances: int) -> Panel:
        rows = [
            Row(one, chances[one.tone] / 100, STRICT if strict and one.key == DISPUTED else one.outcome)
            for one in cases
            if (one.clear or counted in ("all", "open"))
            and not (one.announced and counted in ("open", "both"))
        ]
        return panel(rows, {LABELS[tone]: [r for r in rows if r.case.tone == tone] for tone in STARTS})

    return ForecastScores(
        handles,
        draw,
        title=tr("What are words worth?"),
        source=tr("tables claims and announced; the probabilities are yours, the article has none"),
    )


def _article() -> list[Case]:
    """Return the article's forecasts in the order in which the record settled them."""
    announced = data.all_keys(data.load("announced")["claims"])
    table = data.load("claims").query("type == 'forecast'").sort_values("verdict_day", kind="stable")
    tones = forecasts.tones()
    cases = []
    for row in cells(table):
        when = day(row.verdict_day, short=True)
        record = f"{row.verdict}. {row.known_then} {row.known_later}".strip()
        says = f"{row.paraphrase} (“{row.hedge}”)" if row.hedge else row.paraphrase
        clear, shown = row.verifiable == "yes", proof(row.id, when, record, row.source)
        worth = forecasts.WORTH[row.verdict]
        cases.append(Case(row.id, says, tones[row.hedge], worth, when, row.id in announced, clear, shown))
    return cases


# --------------------------------------------------------------------------------- the student's


class OwnScores(Explorer):
    """The explorer of the student's own forecasts; its still and its sentence never show them."""

    def __init__(self, own: Sequence[tuple[Case, float]], trouble: str) -> None:
        nobody = tr(
            "No forecasts of yours were found, which is all right: those that you write down in lesson 01 "
            "(The trip, section 1) appear here."
        )
        stand_in = tr(
            "Shown instead: an invented reader who says {share} to everything.", share=per_cent(INVENTED)
        )
        invented = [(case, INVENTED) for case in _questions()]
        told = "".join(f"{one} " for one in (trouble, *(() if own else (nobody, stand_in))) if one)

        def draw(counted: str, boldness: float) -> Panel:
            shown = _own(own or invented, counted, boldness)
            return Panel(told + shown.sentence, shown.body)

        handles = {
            "counted": controls.choice(tr("Count"), [(COUNTED[k], k) for k in ("all", "open")], "all"),
            "boldness": controls.stops(
                tr("If I had been"), BOLDNESS, 1.0, tooltip=tr("Moves each forecast from or to 50 %")
            ),
        }
        title, source = tr("My forecasts against the record"), tr("table outcomes, and your file in my_work")
        super().__init__(handles, draw, title=title, source=source)
        start = _own(invented, "all", 1.0)
        sentence = f"{nobody} {stand_in} {start.sentence}"
        self._still = markup.still(markup.card(title, sentence, start.body + controls.invitation(), source))
        self._sentence = controls.told(title, sentence)


def my_scores() -> OwnScores:
    """Return an explorer of the student's own forecasts, read back from the file and scored.

    Controls: which forecasts count, and how bold they are taken to have been.

    Returns
    -------
    OwnScores
        Without forecasts, a sentence that says so above those of an invented reader; what cannot be read is
        named, and the file is never changed.

    Examples
    --------
    >>> my_scores().values()
    {'counted': 'all', 'boldness': 1.0}
    """
    own = forecasts.latest()
    cases = [
        (replace(case, proof=case.proof + _reason(own[case.key])), own[case.key].probability)
        for case in _questions()
        if case.key in own
    ]
    return OwnScores(cases, forecasts.trouble())


def _reason(entry: forecasts.Forecast) -> str:
    told = tr(
        "You wrote on {day}: {share}, {because}.",
        day=journal.day_of(entry.written),
        share=f"{100 * entry.probability:g} %",
        because=f"“{entry.reason}”" if entry.reason else tr("no reason"),
    )
    return element("div", escape(told), class_="proof")


def _own(cases: Sequence[tuple[Case, float]], counted: str, boldness: float) -> Panel:
    """Return what somebody forecast, moved away from one half or towards it."""
    rows = [
        Row(case, round(min(1.0, max(0.0, 0.5 + boldness * (said - 0.5))), 6), case.outcome)
        for case, said in cases
        if counted == "all" or not case.announced
    ]
    if not rows:
        told = tr(
            "All that you forecast had been announced before: {keys}. Count all of them.",
            keys=listed([case.key for case, _ in cases]),
        )
        return Panel(told, "")
    fifths = {
        tr("{low} to {high} %", low=low, high=low + 20): [
            row for row in rows if min(80, 100 * row.said // 20 * 20) == low
        ]
        for low in range(0, 100, 20)
    }
    return panel(rows, fifths)


def _questions() -> list[Case]:
    """Return the course's questions in their order, each with its outcome."""
    cases = []
    for row in cells(forecasts.outcomes()):
        when = day(row.day, short=True)
        shown = proof(row.question, when, row.record, row.source)
        cases.append(Case(row.question, row.text, "", row.outcome, when, row.announced, True, shown))
    return cases
