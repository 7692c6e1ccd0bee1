"""The share of ranges that held, and the kinds of surprises: for the end of the course."""

from collections import Counter
from collections.abc import Sequence

from samarkand.common.errors import CourseError
from samarkand.common.words import tr, trn
from samarkand.html import markup, pictures
from samarkand.html.markup import escape
from samarkand.practice import questions
from samarkand.practice.predict import ledger
from samarkand.practice.predict.ledger import Expected
from samarkand.practice.questions import Prediction
from samarkand.widgets import controls

__all__ = ["scores"]

#: Kinds of questions, in words.
KINDS = {
    "count": tr("how many there are"),
    "share": tr("how large a part is"),
    "change": tr("how much something grew or fell"),
    "likeness": tr("how alike two are"),
    "who": tr("who or which it is"),
}
#: Column titles by comparison of a prediction with the result.
HOW = {"held": tr("As expected"), "more": tr("More"), "less": tr("Less"), "other": tr("Something else")}
#: Minimum number of ranges for a verdict.
FEW = 10
#: The picture: ends of the range as shares of the width, number of columns, top and foot in px.
RANGE, COLUMNS, TOP, FOOT = (0.35, 0.65), 40, 8.0, 78.0

Row = tuple[Prediction, Expected, float | str, str]


class Scores(controls.StillBox):
    """The student's predictions against the results; the still and the sentence never show them."""

    def __init__(self) -> None:
        self.sentence, body = _sum_up_scores()
        title = tr("Your predictions, and the results")
        asked = Counter(one.about for one in questions.every("predict").values())
        number = tr("Questions")
        table = markup.table(
            tr("What the lessons ask you to predict"),
            [tr("The question asks"), number],
            [(words, asked[about]) for about, words in KINDS.items()],
            numbers=[number],
        )
        told = tr("Run this cell to see your predictions from all lessons.")
        super().__init__(
            [controls.html(markup.card(title, self.sentence, body))],
            still=markup.card(title, told, table),
            sentence=tr("{title}: {told}", title=title, told=told),
        )


def scores() -> Scores:
    """Return the share of the student's ranges that held, and their surprises by kind.

    Returns
    -------
    Scores
        Without any prediction, a sentence that says so; a damaged file is named and left as it is.
    """
    return Scores()


def _sum_up_scores() -> tuple[str, str]:
    """Return the sentence and the HTML below it."""
    records, asked = ledger.records(), questions.every("predict")
    trouble = next(iter(records.values())).trouble
    try:
        counted = [(asked[id], one.counted, ledger.result(id)) for id, one in records.items() if one.counted]
    except CourseError as error:
        return str(error), ""
    rows: list[Row] = [(*one, ledger.compare(one[1], one[2])) for one in counted]
    if not rows:
        nobody = tr("You have not saved a prediction before seeing its result. That is fine.")
        return f"{trouble} {nobody}".strip(), ""
    ranges, choices = ([row for row in rows if bool(row[0].options) is chosen] for chosen in (False, True))
    parts = [trouble, _of_ranges(ranges), _of_choices(choices), _of_surprises(rows)]
    return " ".join(filter(None, parts)), _draw_picture(ranges) + _tabulate_kinds(rows) + _tabulate_each(rows)


def _of_ranges(rows: Sequence[Row]) -> str:
    """Return a sentence with the number of ranges that held, and whether they were too narrow or too wide."""
    if not rows:
        return ""
    held, n = sum(row[3] == "held" for row in rows), len(rows)
    counted = trn(
        "{held} of your {n} range contained the result.",
        "{held} of your {n} ranges contained the result.",
        n,
        held=held,
    )
    meant = tr("The aim was {meant} of 10.", meant=ledger.MEANT)
    share = 10 * held / n
    if n < FEW:
        verdict = tr("That is too few to say much.")
    elif share < ledger.MEANT - 1:
        verdict = tr("Yours were too narrow: you knew less than you thought.")
    elif share > ledger.MEANT + 1:
        verdict = tr("Yours were too wide: you knew more than you thought.")
    else:
        verdict = tr("That is what it should be.")
    return f"{counted} {meant} {verdict}"


def _of_choices(rows: Sequence[Row]) -> str:
    right = sum(row[3] == "held" for row in rows)
    one, many = "You were right in {right} of {n} choice.", "You were right in {right} of {n} choices."
    return trn(one, many, len(rows), right=right) if rows else ""


def _of_surprises(rows: Sequence[Row]) -> str:
    """Return a sentence on the most frequent kind of surprise, or "" if there is no single one."""
    first = Counter(row[0].about for row in rows if row[3] != "held").most_common(2)
    if not first or (len(first) > 1 and first[0][1] == first[1][1]):
        return ""
    return tr("Most often you were surprised by {kind}.", kind=KINDS[first[0][0]])


def _tabulate_kinds(rows: Sequence[Row]) -> str:
    """Return the table of surprises by kind."""
    columns, lines = list(HOW.values()), []
    for about, words in KINDS.items():
        found = Counter(row[3] for row in rows if row[0].about == about)
        if found:
            lines.append((words, *(found[how] or "" for how in HOW)))
    return markup.table(tr("The results"), [tr("The question asked"), *columns], lines, numbers=columns)


def _tabulate_each(rows: Sequence[Row]) -> str:
    """Return the folded table of all predictions."""
    lines = [
        (
            one.id,
            one.text,
            ledger.in_words(one, expected),
            ledger.in_words(one, result),
            HOW[how],
            expected.reason,
        )
        for one, expected, result, how in rows
    ]
    heads = [tr("Question"), "", tr("You expected"), tr("Result"), "", tr("Because")]
    table = markup.table(tr("Each prediction"), heads, lines)
    return markup.folded(escape(tr("Each of them, with your reasons")), table)


def _draw_picture(rows: Sequence[Row]) -> str:
    """Draw the position of each result relative to its range, with all ranges scaled to the same width."""
    if not rows:
        return ""
    low, high = RANGE
    drawn = [pictures.bar(low, high, TOP, FOOT - TOP, "#cfe3f1")]
    drawn += [pictures.line(x, TOP, x, FOOT) for x in RANGE]
    piles: Counter[int] = Counter()
    for _, expected, result, how in rows:
        place = (float(result) - expected.low) / ((expected.high - expected.low) or 1.0)
        column = max(1, min(COLUMNS - 1, round((low + (high - low) * place) * COLUMNS)))
        y = FOOT - 8 - 11 * min(piles[column], 5)
        drawn.append(
            pictures.dot(column / COLUMNS, y, pictures.PLAIN if how == "held" else pictures.HIGHLIGHT)
        )
        piles[column] += 1
    for x, words in ((low / 2, tr("less")), (0.5, tr("your range")), ((1 + high) / 2, tr("more"))):
        drawn.append(pictures.text(x, FOOT + 18, words, anchor="middle"))
    alt = tr(
        "Each result, by where it fell: {less} below the range, {held} within it, {more} above it.",
        **{how: sum(row[3] == how for row in rows) for how in ("less", "held", "more")},
    )
    return pictures.picture(*drawn, alt=alt, height=FOOT + 26)
