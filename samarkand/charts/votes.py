"""Votes: a grid with each state's vote on each question, in words."""

from collections.abc import Sequence
from typing import Unpack

import altair as alt
import pandas as pd

from samarkand import data
from samarkand.charts._look import WIDTH, Caption, Said, say_and_finish
from samarkand.charts._tables import copy_columns, list_distinct, texts_of_column
from samarkand.common.errors import make_unknown_name
from samarkand.common.words import join_in_words, tr, write_day
from samarkand.html import style

__all__ = ["roll_call"]

#: Height of a row, in px.
_ROW = 30


def roll_call(
    frame: pd.DataFrame, name: str, votes: Sequence[str], **caption: Unpack[Caption]
) -> alt.VConcatChart:
    """Draw a grid with a row per state and a column per vote; each cell has the answer in words.

    Parameters
    ----------
    frame : pandas.DataFrame
        One row a state, in the order in which they are to be drawn; answers as in the table ``un_votes``.
    name : str
        Column that names the states.
    votes : sequence of str
        Columns with the answers, votes of the table ``resolutions``.
    **caption : str
        ``title``, ``source`` and ``subtitle``: see `finish`; the description is made from the rows.

    Raises
    ------
    UnknownName
        If a column or a vote is missing, or a field does not hold an answer.
    CourseError
        If the table has no rows.

    Examples
    --------
    >>> two = pd.DataFrame({"state": ["China", "Russia"], "es_11_1": ["abstain", "no"]})
    >>> roll_call(two, "state", ["es_11_1"], title="A vote", source="UN").description
    '2 March, the invasion: 1 voted no (Russia), 1 abstained (China).'
    """
    table = copy_columns(frame, name, *votes)
    table[name] = texts_of_column(table[name])
    held = data.load("resolutions").set_index("vote")
    strange = [one for one in votes if one not in held.index]
    if strange:
        raise make_unknown_name(tr("vote"), strange[0], [str(one) for one in held.index])
    about = held.loc[list(votes)]
    days = [write_day(one, year=False) for one in about["day"]]
    names = [str(one).partition(" (")[0] for one in about["short"]]  # without its number
    heads = [f"{when}\n{what}" for when, what in zip(days, names, strict=True)]

    fields = _mark_fields(table.set_axis([name, *heads], axis="columns"), name)
    above = alt.Axis(
        ticks=False,
        domain=False,
        labelPadding=21,
        orient="top",
        labelAngle=0,
        labelExpr="split(datum.label, '\\n')",
    )
    beside = alt.Axis(ticks=False, domain=False, labelPadding=8)
    base = alt.Chart(fields).encode(
        x=alt.X(field="vote", type="nominal", sort=heads, title=None, axis=above),
        y=alt.Y(field=name, type="nominal", sort=list_distinct(table[name]), title=None, axis=beside),
    )
    fill = alt.Color(field="fill", type="nominal", scale=None)
    ink = alt.Color(field="ink", type="nominal", scale=None)
    chart = alt.layer(
        base.mark_rect(stroke="#ffffff", strokeWidth=2).encode(color=fill),
        base.mark_text().encode(color=ink, text=alt.Text(field="said", type="nominal")),
    ).properties(width=WIDTH, height=_ROW * len(table))
    sentences = []
    for when, what, vote in zip(days, names, votes, strict=True):
        answers = _describe_tally(table, name, vote)
        sentences.append(tr("{day}, {vote}: {answers}.", day=when, vote=what, answers=answers))
    figures = {"number": str(len(table))}
    for answer in style.VOTES:
        for vote in votes:
            figures[f"{answer} {vote}"] = str(int((table[vote] == answer).sum()))
    said = Said(" ".join(sentences), figures=figures)
    labels = {answer: mark.label for answer, mark in style.VOTES.items()}
    columns = [name, *[head.replace("\n", ", ") for head in heads]]
    behind = table.replace(dict.fromkeys(votes, labels)).set_axis(columns, axis="columns")
    return say_and_finish(chart, said, caption, behind)


def _mark_fields(wide: pd.DataFrame, name: str) -> pd.DataFrame:
    """Return a row for each field of the grid: state, vote, what is written there, its colours.

    `wide` has a row a state, the column `name`, and a column for each vote. `UnknownName` if it holds
    something that is no answer.
    """
    fields = wide.melt(name, var_name="vote", value_name="said")
    strange = sorted(set(fields["said"].map(str)) - set(style.VOTES))
    if strange:
        raise make_unknown_name(tr("answer"), strange[0], style.VOTES)
    marks = [style.VOTES[answer] for answer in fields["said"]]
    fields["said"] = [mark.label for mark in marks]
    fields["fill"] = [mark.colour for mark in marks]
    fields["ink"] = [mark.ink for mark in marks]
    return fields


def _describe_tally(table: pd.DataFrame, name: str, vote: str) -> str:
    """Describe each answer's count and its states, the most frequent answer first."""
    states = {}
    for answer in style.VOTES:
        states[answer] = list(table.loc[table[vote] == answer, name])
    parts = []
    for answer in sorted(states, key=lambda one: len(states[one]), reverse=True):
        who = states[answer]
        if who:
            counted = style.in_words(answer, len(who))
            parts.append(tr("{counted} ({who})", counted=counted, who=join_in_words(who)))
    return ", ".join(parts)
