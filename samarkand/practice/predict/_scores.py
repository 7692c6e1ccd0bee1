"""The share of ranges that held, and the kinds of surprises: for the end of the course."""

from collections import Counter
from collections.abc import Sequence
from typing import NamedTuple

from samarkand.common.errors import CourseError
from samarkand.common.words import tr, trn
from samarkand.html import markup, pictures
from samarkand.html.markup import escape_html
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


class Row(NamedTuple):
    """A prediction that counts: the question, what was expected, the result, and how they compare."""

    asked: Prediction
    expected: Expected
    result: float | str
    how: str


class Scores(controls.StillBox):
    """The student's predictions against the results; the still and the sentence never show them."""

    def __init__(self) -> None:
        self.sentence, body = _sum_up_scores()
        title = tr("Your predictions, and the results")
        asked = Counter(one.about for one in questions.read_questions("predict").values())
        number = tr("Questions")
        table = markup.make_table(
            tr("What the lessons ask you to predict"),
            [tr("The question asks"), number],
            [(words, asked[about]) for about, words in KINDS.items()],
            numbers=[number],
        )
        told = tr("Run this cell to see your predictions from all lessons.")
        super().__init__(
            [controls.make_html(markup.make_card(title, self.sentence, body))],
            still=markup.make_card(title, told, table),
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
    records = ledger.read_records()
    asked = questions.read_questions("predict")
    trouble = next(iter(records.values())).trouble
    rows = []
    try:
        for id, record in records.items():
            if record.counted:
                result = ledger.compute_result(id)
                rows.append(
                    Row(asked[id], record.counted, result, ledger.compare_with_result(record.counted, result))
                )
    except CourseError as error:
        return str(error), ""
    if not rows:
        nobody = tr("You have not saved a prediction before seeing its result. That is fine.")
        return f"{trouble} {nobody}".strip(), ""
    ranges = [row for row in rows if not row.asked.options]
    choices = [row for row in rows if row.asked.options]
    sentences = [trouble, _count_ranges(ranges), _count_choices(choices), _name_surprise(rows)]
    tables = _tabulate_kinds(rows) + _tabulate_each(rows)
    return " ".join(filter(None, sentences)), _draw_picture(ranges) + tables


def _count_ranges(rows: Sequence[Row]) -> str:
    """Return a sentence with the number of ranges that held, and whether they were too narrow or too wide."""
    if not rows:
        return ""
    held = _count_results(rows, "held")
    n = len(rows)
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


def _count_choices(rows: Sequence[Row]) -> str:
    """Return a sentence with the number of choices that were right."""
    if not rows:
        return ""
    right = _count_results(rows, "held")
    one = "You were right in {right} of {n} choice."
    many = "You were right in {right} of {n} choices."
    return trn(one, many, len(rows), right=right)


def _name_surprise(rows: Sequence[Row]) -> str:
    """Return a sentence on the most frequent kind of surprise, or "" if there is no single one."""
    counts = Counter(row.asked.about for row in rows if row.how != "held")
    most = [kind for kind, count in counts.items() if count == max(counts.values())]
    if len(most) != 1:
        return ""
    return tr("Most often you were surprised by {kind}.", kind=KINDS[most[0]])


def _count_results(rows: Sequence[Row], how: str) -> int:
    """Return how many results compare in one way, which is a key of `HOW`, with their prediction."""
    return sum(row.how == how for row in rows)


def _tabulate_kinds(rows: Sequence[Row]) -> str:
    """Return the table of surprises by kind."""
    columns = list(HOW.values())
    lines = []
    for about, words in KINDS.items():
        of_kind = [row for row in rows if row.asked.about == about]
        if of_kind:
            counts = [_count_results(of_kind, how) for how in HOW]
            lines.append((words, *[count or "" for count in counts]))
    return markup.make_table(tr("The results"), [tr("The question asked"), *columns], lines, numbers=columns)


def _tabulate_each(rows: Sequence[Row]) -> str:
    """Return the folded table of all predictions."""
    lines = []
    for row in rows:
        expected = ledger.in_words(row.asked, row.expected)
        result = ledger.in_words(row.asked, row.result)
        lines.append((row.asked.id, row.asked.text, expected, result, HOW[row.how], row.expected.reason))
    heads = [tr("Question"), "", tr("You expected"), tr("Result"), "", tr("Because")]
    table = markup.make_table(tr("Each prediction"), heads, lines)
    return markup.fold_markup(escape_html(tr("Each of them, with your reasons")), table)


def _draw_picture(rows: Sequence[Row]) -> str:
    """Draw the position of each result relative to its range, with all ranges scaled to the same width."""
    if not rows:
        return ""
    low, high = RANGE
    drawn = [pictures.draw_bar(low, high, TOP, FOOT - TOP, "#cfe3f1")]
    drawn += [pictures.draw_line(x, TOP, x, FOOT) for x in RANGE]
    piles: Counter[int] = Counter()
    for row in rows:
        expected = row.expected
        place = (float(row.result) - expected.low) / ((expected.high - expected.low) or 1.0)
        column = round((low + (high - low) * place) * COLUMNS)
        column = max(1, min(COLUMNS - 1, column))
        y = FOOT - 8 - 11 * min(piles[column], 5)
        colour = pictures.PLAIN if row.how == "held" else pictures.HIGHLIGHT
        drawn.append(pictures.draw_dot(column / COLUMNS, y, colour))
        piles[column] += 1
    drawn.append(pictures.draw_text(low / 2, FOOT + 18, tr("less"), anchor="middle"))
    drawn.append(pictures.draw_text(0.5, FOOT + 18, tr("your range"), anchor="middle"))
    drawn.append(pictures.draw_text((1 + high) / 2, FOOT + 18, tr("more"), anchor="middle"))
    alt = tr(
        "Each result, by where it fell: {less} below the range, {held} within it, {more} above it.",
        less=_count_results(rows, "less"),
        held=_count_results(rows, "held"),
        more=_count_results(rows, "more"),
    )
    return pictures.make_picture(*drawn, alt=alt, height=FOOT + 26)
