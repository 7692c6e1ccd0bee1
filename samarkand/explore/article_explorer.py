"""The claim browser: the article's 95 claims, each with its record and its sources."""

import datetime as dt
from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from samarkand import data
from samarkand.common.errors import WrongType
from samarkand.common.words import tr, write_day, write_minus_signs
from samarkand.explore._engine import Explorer, Panel, Words
from samarkand.explore._scores import cells, list_sources
from samarkand.html import markup, pictures
from samarkand.html.markup import escape_html, make_element
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


@dataclass(frozen=True)
class Claim:
    """A claim as the browser shows it, as known on the day or now."""

    id: str
    kind: str
    speaker: str
    #: ``"with"`` or ``"without"``.
    hedge: str
    verdict: str
    #: Whether something became known later.
    later: bool
    #: The text to search in.
    words: str
    #: The claim as HTML: a line that unfolds, and the same unfolded.
    folded: str
    unfolded: str

    def fits(self, choices: Mapping[str, str]) -> bool:
        """Return whether the claim has what was chosen in each of the lists."""
        return all(chosen in (ALL, getattr(self, name)) for name, chosen in choices.items())

    def has(self, words: Sequence[str]) -> bool:
        """Return whether each of the words is in the claim's text."""
        return all(word in self.words for word in words)


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
    >>> "7 of 95 claims fit: 4 partly, 2 borne out, 1 contested." in repr(browser)
    True
    >>> "No claim has" in browser.render(search="zebra")
    True
    """
    whole = _read_claims(withhold, later=True)
    then = _read_claims(withhold, later=False)
    labels = _WORDS.found["labels"]
    lists = {
        "kind": sorted({claim.kind for claim in whole}),
        "speaker": _list_speakers(whole),
        "hedge": ["with", "without"],
        "verdict": [*sorted({claim.verdict for claim in whole}), UNKNOWN_YET],
    }
    # What is in a table is its own label; the other choices have one in the file.
    options = {}
    for name, values in lists.items():
        options[name] = {value: labels.get(value, value) for value in (ALL, *values)}
    options["known"] = {
        ALL: tr("everything"),
        "then": _WORDS("then", day=write_day(EVE)),
        "later": _WORDS("later"),
    }

    def draw(*, search: str, known: str, **choices: str) -> Panel:
        if known == "then":
            claims = then
        elif known == "later":
            claims = [claim for claim in whole if claim.later]
        else:
            claims = whole
        wanted = _split_words(search)
        with_words = [claim for claim in claims if claim.has(wanted)]
        fit = [claim for claim in with_words if claim.fits(choices)]
        if fit:
            return _show_claims(fit, total=len(whole))
        typed = search.strip()[:LETTERS]
        if wanted and not with_words:
            return Panel(_WORDS("no_word", text=typed), "")
        settings = _name_settings({"known": known, **choices}, options, typed)
        return Panel(_WORDS("no_fit", settings=settings), "")

    return _WORDS.explorer(draw, options, start={"kind": kind})


def _list_speakers(claims: Sequence[Claim]) -> list[str]:
    """Return the speakers of claims, the one with the most claims first."""
    counts = Counter(claim.speaker for claim in claims)
    return [speaker for speaker, _ in counts.most_common()]


def _show_claims(claims: Sequence[Claim], total: int) -> Panel:
    """Return a panel with some claims, a key to their verdicts and a sentence that counts them."""
    labels, marks = _WORDS.found["labels"], _WORDS.found["marks"]
    verdicts, entries = [], []
    for verdict, n in Counter(claim.verdict for claim in claims).most_common():
        label = labels.get(verdict, verdict)
        verdicts.append(f"{n} {label}")
        entries.append(("", f"{marks[verdict]} {label}"))
    few = len(claims) <= UNFOLDED
    rows = "".join(claim.unfolded if few else claim.folded for claim in claims)
    sentence = _WORDS("fit", n=len(claims), total=total, listed=", ".join(verdicts))
    return Panel(sentence, pictures.draw_legend(*entries) + markup.frame_markup(rows, tr("Claims that fit")))


def _name_settings(choices: Mapping[str, str], options: Mapping[str, Mapping[str, str]], typed: str) -> str:
    """Return what was chosen and typed, in words, in the order of the controls."""
    named = []
    for name, control in _WORDS.found["controls"].items():
        chosen = choices.get(name, ALL)
        if chosen != ALL:
            named.append(f"{control['label'].lower()} “{options[name][chosen]}”")
    if typed:
        named.append(tr("search “{value}”", value=typed))
    return ", ".join(named)


def _read_claims(withhold: str, *, later: bool) -> list[Claim]:
    """Return every claim with its record as known now (`later`) or on the eve of the summit's sessions."""
    known = data.all_keys(data.load("claims", known_on=EVE)["source"])
    claims = []
    for row in cells(data.load("claims")):
        withheld = bool(row.type == withhold)
        claims.append(_make_claim(row, later=later and not withheld, withheld=withheld, known=known))
    return claims


def _find_verdict(row: Any, *, later: bool, withheld: bool) -> str:
    if withheld:
        return ASKED_LATER
    # A verdict without a day rests on no record ("opinion"), so that it held on every day.
    if later or not row.verdict_day or row.verdict_day.date() <= EVE:
        return str(row.verdict)
    return UNKNOWN_YET


def _make_claim(row: Any, *, later: bool, withheld: bool, known: Collection[str]) -> Claim:
    """Return a row of the table as a claim; `known` are the sources that were out on the eve."""
    verdict = _find_verdict(row, later=later, withheld=withheld)
    hedge = tr("hedge “{word}”", word=row.hedge) if row.hedge else tr("no hedge")
    labels = _WORDS.found["labels"]
    marks = [row.id, row.block, labels.get(row.type, row.type), row.speaker, hedge]
    record = _list_record(row, later=later, withheld=withheld, known=known)
    lines = []
    for heading, text in record:
        shown = escape_html(write_minus_signs(text))
        lines.append(make_element("b", escape_html(tr("{head}:", head=heading))) + f" {shown}")
    label = labels.get(verdict, verdict)
    told = tr("verdict: {verdict}", verdict=make_element("b", escape_html(label)))
    mark = make_element("span", _WORDS.found["marks"][verdict], class_="verdict", aria_hidden="true")
    small = make_element("span", escape_html(" · ".join(marks)) + " · " + told, class_="marks")
    summary = f"{mark}{escape_html(write_minus_signs(row.paraphrase))} {small}"
    body = make_element("div", make_element("br").join(lines), class_="proof")
    searched = [*marks, row.type, verdict, row.affiliation, row.paraphrase, *(text for _, text in record)]
    return Claim(
        id=row.id,
        kind=row.type,
        speaker=row.speaker,
        hedge="with" if row.hedge else "without",
        verdict=verdict,
        later=bool(row.known_later) and not withheld,
        words=" ".join(_split_words(" ".join(searched))),
        folded=markup.fold_markup(summary, body),
        unfolded=markup.fold_markup(summary, body, unfolded=True),
    )


def _list_record(row: Any, *, later: bool, withheld: bool, known: Collection[str]) -> list[tuple[str, str]]:
    """Return (heading, text) of what was known on the eve, what became known later, and the sources."""
    lines = [(tr("Known on {day}", day=write_day(EVE)), row.known_then)]
    if later and row.known_later:
        lines.append((tr("Known later, by {day}", day=write_day(row.later_day)), row.known_later))
    sources = list_sources(source for source in cite.sources(row.source) if later or source.key in known)
    if sources or not withheld:
        lines.append((tr("Sources"), sources or _WORDS("not_out")))
    return lines


def _split_words(text: object) -> list[str]:
    """Split a text into words to search for, in lower case and with straight apostrophes.

    >>> _split_words(" Russia’s  ENERGY ")
    ["russia's", 'energy']
    """
    if not isinstance(text, str):
        raise WrongType(f"A search is a text, not {text!r}.", code="not a text", given=text)
    return text.replace("’", "'").casefold().split()
