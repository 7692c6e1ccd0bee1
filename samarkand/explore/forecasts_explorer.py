"""Forecasts: a form for the student's own, and scores of the student's and the article's."""

from collections.abc import Sequence

from samarkand import data
from samarkand.common import journal
from samarkand.common.words import join_in_words, tr, write_day
from samarkand.explore._engine import Explorer, Panel, Words
from samarkand.explore._scores import Case, Row, cells, panel, per_cent, proof
from samarkand.html.markup import escape_html, make_element
from samarkand.practice import forecasts
from samarkand.practice.forecast_form import ForecastForm

__all__ = ["forecasts_scored", "my_forecasts", "my_scores"]

_ARTICLE = Words("forecasts")
#: Probabilities that a tone may mean, in per cent, and the initial one.
CHANCES = (0, 5, 10, 25, 40, 50, 60, 75, 90, 95, 100)
STARTS = {tone: round(100 * chance) for tone, chance in forecasts.SOUNDS.items()}
#: The forecast on which fair readers differ, and its outcome for a stricter one.
DISPUTED, STRICT = "CL61", 0.5
#: Options: factors that move a student's forecasts away from one half, or towards it.
BOLDNESS = (
    (tr("always 50 %"), 0.0),
    (tr("half as bold"), 0.5),
    (tr("as I wrote them"), 1.0),
    (tr("twice as bold"), 2.0),
)
#: The probability that an invented reader gives everything, where there are no forecasts.
INVENTED = 0.7
_WORDS = Words("my_scores")


def my_forecasts(*questions: str) -> ForecastForm:
    """Return the form for the student's own forecasts.

    Parameters
    ----------
    *questions : str
        Their ids, such as ``"F1"``; without any, all of them.

    Returns
    -------
    ForecastForm
        A box of widgets; it saves to ``my_work/forecasts.jsonl``, where older entries are kept.

    Examples
    --------
    >>> my_forecasts("F1", "F2")  # doctest: +ELLIPSIS
    My forecasts: 2 questions....
    """
    return ForecastForm(questions)


def forecasts_scored() -> Explorer:
    """Return an explorer that scores the article's forecasts, with words turned into numbers by the reader.

    Controls: the forecasts to score, the strictness of the reader, and a probability for each tone.

    Its card shows every miss, the score beside those of three simple rules, and a calibration picture.

    Examples
    --------
    >>> "4 forecasts: Brier score" in forecasts_scored().render(counted="both")
    True
    """
    cases = _read_article()
    labels = {tone: _ARTICLE.found["controls"][tone]["label"] for tone in STARTS}

    def draw(counted: str, strict: bool, **chances: int) -> Panel:
        """Score the cases that are `counted`; `chances` has a probability in per cent for each tone."""
        rows = []
        by_tone: dict[str, list[Row]] = {label: [] for label in labels.values()}
        for case in cases:
            if not _is_counted(case, counted):
                continue
            came = STRICT if strict and case.key == DISPUTED else case.outcome
            row = Row(case, chances[case.tone] / 100, came)
            rows.append(row)
            by_tone[labels[case.tone]].append(row)
        return panel(rows, by_tone)

    chances = [(per_cent(chance / 100), chance) for chance in CHANCES]
    return _ARTICLE.explorer(draw, dict.fromkeys(STARTS, chances), start=STARTS, claim=DISPUTED)


def _is_counted(case: Case, counted: str) -> bool:
    """Return whether a forecast is among those that the reader wants to count.

    ``"all"`` counts each, ``"clear"`` those that a record can settle, ``"open"`` those that had not been
    announced, and ``"both"`` those of which both are true.
    """
    only_clear = counted not in ("all", "open")
    only_open = counted in ("open", "both")
    if only_clear and not case.clear:
        return False
    return not (only_open and case.announced)


def _read_article() -> list[Case]:
    """Return the article's forecasts in the order in which the record settled them."""
    announced = data.all_keys(data.load("announced")["claims"])
    table = data.load("claims").query("type == 'forecast'").sort_values("verdict_day", kind="stable")
    tones = forecasts.tones()
    cases = []
    for row in cells(table):
        when = write_day(row.verdict_day, short=True)
        record = f"{row.verdict}. {row.known_then} {row.known_later}".strip()
        says = f"{row.paraphrase} (“{row.hedge}”)" if row.hedge else row.paraphrase
        clear = row.verifiable == "yes"
        shown = proof(row.id, when, record, row.source)
        worth = forecasts.WORTH[row.verdict]
        cases.append(
            Case(
                key=row.id,
                says=says,
                tone=tones[row.hedge],
                outcome=worth,
                day=when,
                announced=row.id in announced,
                clear=clear,
                proof=shown,
            )
        )
    return cases


def my_scores() -> Explorer:
    """Return an explorer of the student's own forecasts, read back from the file and scored.

    Controls: the forecasts to score, and a factor for their boldness. Without forecasts, those of an
    invented reader are shown; unreadable entries are named, and the file is never changed. A notebook stores
    the invented reader only.

    Examples
    --------
    >>> my_scores().values()
    {'counted': 'all', 'boldness': 1.0}
    """
    nobody = _WORDS("nobody", share=per_cent(INVENTED))
    own = forecasts.read_latest()
    trouble = forecasts.describe_damage()
    invented, mine = [], []
    for case in _read_questions():
        invented.append((case, INVENTED))
        if case.key in own:
            with_reason = case._replace(proof=case.proof + _show_reason(own[case.key]))
            mine.append((with_reason, own[case.key].probability))
    head = f"{trouble} " if trouble else ""
    if not mine:
        head += f"{nobody} "

    def draw(counted: str, boldness: float) -> Panel:
        shown = _score(mine or invented, counted, boldness)
        return Panel(head + shown.sentence, shown.body)

    start = _score(invented, "all", 1.0)
    stored = Panel(f"{nobody} {start.sentence}", start.body)
    return _WORDS.explorer(draw, {"boldness": BOLDNESS}, stored=stored)


def _show_reason(entry: forecasts.Forecast) -> str:
    because = f"“{entry.reason}”" if entry.reason else tr("no reason")
    share = f"{100 * entry.probability:g} %"
    told = _WORDS("reason", day=journal.day_of(entry.written), share=share, because=because)
    return make_element("div", escape_html(told), class_="proof")


def _score(cases: Sequence[tuple[Case, float]], counted: str, boldness: float) -> Panel:
    """Return the scores of forecasts moved away from one half (boldness above 1) or towards it."""
    rows = []
    by_fifth: dict[int, list[Row]] = {low: [] for low in range(0, 100, 20)}
    for case, said in cases:
        if counted != "all" and case.announced:
            continue
        moved = 0.5 + boldness * (said - 0.5)
        row = Row(case, round(min(1.0, max(0.0, moved)), 6), case.outcome)
        rows.append(row)
        by_fifth[_find_fifth(row.said)].append(row)
    if not rows:
        return Panel(_WORDS("announced", keys=join_in_words([case.key for case, _ in cases])), "")
    named = {tr("{low} to {high} %", low=low, high=low + 20): fifth for low, fifth in by_fifth.items()}
    return panel(rows, named)


def _find_fifth(probability: float) -> int:
    """Return the lower end, in per cent, of the fifth that a probability lies in; 1 is in the last one.

    >>> _find_fifth(0.0), _find_fifth(0.2), _find_fifth(0.39), _find_fifth(1.0)
    (0, 20, 20, 80)
    """
    return min(80, int(100 * probability // 20 * 20))


def _read_questions() -> list[Case]:
    """Return the course's questions in their order, each with its outcome."""
    cases = []
    for row in cells(forecasts.read_outcomes()):
        when = write_day(row.day, short=True)
        shown = proof(row.question, when, row.record, row.source)
        cases.append(
            Case(
                key=row.question,
                says=row.text,
                tone="",
                outcome=row.outcome,
                day=when,
                announced=row.announced,
                clear=True,
                proof=shown,
            )
        )
    return cases
