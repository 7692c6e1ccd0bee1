"""The claim browser: the article's 95 claims, each with its record and its sources."""

import datetime as dt
from collections import Counter
from collections.abc import Collection
from typing import Any, NamedTuple

from samarkand import data
from samarkand.common.errors import WrongType
from samarkand.common.words import day, tr
from samarkand.explore._engine import Explorer, Panel, Words
from samarkand.explore._scores import cells, list_sources
from samarkand.html import markup, pictures
from samarkand.html.markup import element, escape
from samarkand.sources import cite

__all__ = ["claim_browser"]

#: The eve of the summit's sessions: the last day for "known then".
EVE = dt.date(2022, 9, 15)
ALL = "all"
#: Shown on the day itself in place of a verdict that rests on a later record.
UNKNOWN_YET = "not known yet"
#: Shown in place of a verdict that a later lesson asks for.
ASKED_LATER = "asked later"
#: Maximum number of claims that are shown with their records unfolded.
UNFOLDED = 7
#: Maximum number of typed letters that a reply repeats.
LETTERS = 60
_WORDS = Words("claims")


class Claim(NamedTuple):
    """A claim as the browser shows it, as known on the day or now."""

    id: str
    kind: str
    speaker: str
    hedge: str
    verdict: str
    later: bool
    #: The text to search, and the claim as HTML: folded, and unfolded.
    words: str
    html: tuple[str, str]


def claim_browser(*, kind: str = ALL, withhold: str = "") -> Explorer:
    """Return an explorer of the article's claims: paraphrase, speaker, verdict, record, sources.

    Controls: five lists to choose from and a line to search in.

    Parameters
    ----------
    kind : str, default "all"
        The type of claims chosen at the start, a value of the column ``type`` of the table ``claims``.
    withhold : str, optional
        A type of claims, such as ``"forecast"``, whose verdicts and evidence are not shown, since a later
        lesson asks for them.

    Raises
    ------
    UnknownName
        If there is no such type; it names the nearest one.

    Examples
    --------
    >>> browser = claim_browser(kind="quotation")
    >>> "7 of 95 claims fit: 3 borne out, 3 partly, 1 contested." in repr(browser)
    True
    >>> "No claim has" in browser.render(search="zebra")
    True
    """
    whole, then = _claims(withhold, later=True), _claims(withhold, later=False)
    labels, marks = _WORDS.found["labels"], _WORDS.found["marks"]
    lists = {
        "kind": sorted({c.kind for c in whole}),
        "speaker": [name for name, _ in Counter(c.speaker for c in whole).most_common()],
        "hedge": ["with", "without"],
        "verdict": [*sorted({c.verdict for c in whole}), UNKNOWN_YET],
    }
    # What is in a table is its own label; the other choices have one in the file.
    options = {name: {one: labels.get(one, one) for one in (ALL, *values)} for name, values in lists.items()}
    known_on = {"then": _WORDS("then", day=day(EVE)), "later": _WORDS("later")}
    options["known"] = {ALL: tr("everything"), **known_on}

    def draw(*, search: str, **choices: str) -> Panel:
        known = choices["known"]
        found = then if known == "then" else [c for c in whole if known == ALL or c.later]
        wanted = _words(search)
        hits = [c for c in found if all(word in c.words for word in wanted)]
        fit = [c for c in hits if all(choices[name] in (ALL, getattr(c, name)) for name in lists)]
        if fit:
            counts = Counter(c.verdict for c in fit).most_common()
            verdicts = ", ".join(f"{n} {labels.get(one, one)}" for one, n in counts)
            sentence = _WORDS("fit", n=len(fit), total=len(whole), listed=verdicts)
            key = pictures.key(*(("", f"{marks[one]} {labels.get(one, one)}") for one, _ in counts))
            rows = "".join(c.html[len(fit) <= UNFOLDED] for c in fit)
            return Panel(sentence, key + markup.framed(rows, tr("Claims that fit")))
        typed = search.strip()[:LETTERS]
        if wanted and not hits:
            return Panel(_WORDS("no_word", text=typed), "")
        titles = {name: how["label"].lower() for name, how in _WORDS.found["controls"].items()}
        chosen = [f"{titles[name]} “{options[name][one]}”" for name, one in choices.items() if one != ALL]
        chosen += [tr("search “{value}”", value=typed)] if typed else []
        return Panel(_WORDS("no_fit", settings=", ".join(chosen)), "")

    return _WORDS.explorer(draw, options, start={"kind": kind})


def _claims(withhold: str, *, later: bool) -> list[Claim]:
    """Return every claim with its record as known now (`later`) or on the eve of the summit's sessions."""
    known = data.all_keys(data.load("claims", known_on=EVE)["source"])
    return [_claim(row, later, bool(row.type == withhold), known) for row in cells(data.load("claims"))]


def _claim(row: Any, later: bool, withheld: bool, known: Collection[str]) -> Claim:
    # A verdict without a day rests on no record ("opinion"), so that it held on every day.
    verdict = row.verdict if later or not row.verdict_day or row.verdict_day.date() <= EVE else UNKNOWN_YET
    if withheld:
        verdict, later = ASKED_LATER, False
    hedge = tr("hedge “{word}”", word=row.hedge) if row.hedge else tr("no hedge")
    marks = [row.id, row.block, row.type, row.speaker, hedge]
    told = _WORDS.found["labels"].get(verdict, verdict)
    lines = [(tr("Known on {day}", day=day(EVE)), row.known_then)]
    if later and row.known_later:
        lines.append((tr("Known later, by {day}", day=day(row.later_day)), row.known_later))
    sources = list_sources(s for s in cite.sources(row.source) if later or s.key in known)
    if sources or not withheld:
        lines.append((tr("Sources"), sources or _WORDS("not_out")))
    proof = element("br").join(
        element("b", escape(tr("{head}:", head=head))) + f" {escape(text)}" for head, text in lines
    )
    small = escape(" · ".join(marks)) + " · " + tr("verdict: {verdict}", verdict=element("b", escape(told)))
    mark = element("span", _WORDS.found["marks"][verdict], class_="verdict", aria_hidden="true")
    summary = f"{mark}{escape(row.paraphrase)} " + element("span", small, class_="marks")
    body = element("div", proof, class_="proof")
    searched = [*marks, verdict, row.affiliation, row.paraphrase, *(text for _, text in lines)]
    return Claim(
        row.id,
        row.type,
        row.speaker,
        "with" if row.hedge else "without",
        verdict,
        bool(row.known_later) and not withheld,
        " ".join(_words(" ".join(searched))),
        (markup.folded(summary, body), markup.folded(summary, body, unfolded=True)),
    )


def _words(text: object) -> list[str]:
    """Split a text into words to search for, in lower case and with straight apostrophes.

    >>> _words(" Russia’s  ENERGY ")
    ["russia's", 'energy']
    """
    if not isinstance(text, str):
        raise WrongType(f"A search is a text, not {text!r}.")
    return text.replace("’", "'").casefold().split()
