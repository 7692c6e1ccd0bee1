"""The claim browser: the article's 95 claims, filtered and searched, each with its record and its sources."""

from __future__ import annotations

import datetime as dt
import itertools
from collections import Counter
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from typing import Any

from samarkand import data
from samarkand.explore._engine import Explorer, Panel
from samarkand.explore._scores import named
from samarkand.ground.errors import WrongType
from samarkand.ground.words import day, tr, trn
from samarkand.jupyter import controls
from samarkand.page import markup, pictures
from samarkand.page.markup import element, escape
from samarkand.sources import cite

__all__ = ["claim_browser"]

#: The eve of the summit's sessions: the last day of what the course calls "known then".
EVE = dt.date(2022, 9, 15)
ALL = "all"
#: A verdict that rests on a later record, seen from the day itself.
UNKNOWN_YET = "not known yet"
#: A verdict that a later lesson asks for.
ASKED_LATER = "asked later"
#: What these two are called.
UNSETTLED = {UNKNOWN_YET: tr("not known yet"), ASKED_LATER: tr("asked in a later lesson")}
#: A mark for each verdict, for whoever runs down the list; its word stands in every line as well.
MARKS = {
    "borne out": "✓",
    "partly": "½",
    "contested": "≠",
    "opinion": "○",
    "not-a-claim": "–",
    UNKNOWN_YET: "?",
    ASKED_LATER: "?",
}
#: Whether a word weakens the claim, and what a reader may have known: keys, and how a list calls them.
HEDGES = {"with": tr("with a hedge"), "without": tr("without a hedge")}
KNOWN = {
    "then": tr("only what was known on {day}", day=day(EVE)),
    "later": tr("claims on which more became known later"),
}
#: Up to so many claims are shown with their records unfolded.
UNFOLDED = 7
#: What is typed is repeated up to so many letters.
LETTERS = 60
#: Searches that tests try: none, one with hits, one in capitals, one without a hit, one of several words.
SEARCHES = ("", "Tokayev", "XINHUA", "zebra", "russia energy")


@dataclass(frozen=True)
class Claim:
    """A claim as the browser needs it, on the day or with what came later."""

    id: str
    kind: str
    speaker: str
    hedged: bool
    verdict: str
    later: bool
    words: str
    #: Folded, and unfolded.
    html: tuple[str, str]


class ClaimBrowser(Explorer):
    """The explorer of the claims; its domain is every setting of every two controls.

    All settings of six controls together would be many thousands; a control that disturbs another one shows
    in a pair of them.
    """

    def domain(self) -> Iterator[dict[str, Any]]:
        """Yield the start, and every setting of every two controls with the others as at the start."""
        ranges = {name: self._range(name, handle) for name, handle in self._handles.items()}
        seen = set()
        for one, other in itertools.combinations(ranges, 2):
            for pair in itertools.product(ranges[one], ranges[other]):
                values = self._defaults | dict(zip((one, other), pair, strict=True))
                if (key := tuple(values.values())) not in seen:
                    seen.add(key)
                    yield values


def claim_browser(*, kind: str = ALL, withhold: str = "") -> ClaimBrowser:
    """Return an explorer of the article's claims: paraphrase, speaker, verdict, record, sources.

    Parameters
    ----------
    kind : str, default "all"
        The type of claims chosen at the start, a value of the column ``type`` of the table ``claims``.
    withhold : str, optional
        A type of claims, such as ``"forecast"``, whose verdicts a later lesson asks for: neither they nor
        what they rest on is shown.

    Returns
    -------
    ClaimBrowser
        Five lists to choose from and a line to search in, above the claims that fit.

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
    speakers = [name for name, _ in Counter(c.speaker for c in whole).most_common()]
    # What stands in a table is its own label; the other choices have one here.
    labels = {ALL: tr("all"), **UNSETTLED, **HEDGES}
    lists = {
        "kind": (tr("Type"), [ALL, *sorted({c.kind for c in whole})]),
        "speaker": (tr("Speaker"), [ALL, *speakers]),
        "hedge": (tr("Hedge"), [ALL, *HEDGES]),
        "verdict": (tr("Verdict"), [ALL, *sorted({c.verdict for c in whole}), UNKNOWN_YET]),
        "known": (tr("Known"), [ALL, *KNOWN]),
    }
    said = {name: {one: labels.get(one, one) for one in options} for name, (_, options) in lists.items()}
    said["known"] = {ALL: tr("everything"), **KNOWN}
    handles = {
        name: controls.choice(label, said[name], kind if name == "kind" else ALL)
        for name, (label, _) in lists.items()
    }
    handles["search"] = controls.words(
        tr("Search"),
        placeholder=tr("a name, a word, a source key"),
        tooltip=tr("Search in paraphrases, records and source keys"),
    )

    def draw(*, known: str, **choices: str) -> Panel:
        found = then if known == "then" else [c for c in whole if known == ALL or c.later]
        wanted = _words(choices["search"])
        hits = [c for c in found if all(word in c.words for word in wanted)]
        fit = [c for c in hits if _fits(c, choices)]
        if fit:
            counts = Counter(c.verdict for c in fit).most_common()
            listed = ", ".join(f"{n} {labels.get(verdict, verdict)}" for verdict, n in counts)
            key = pictures.key(*(("", f"{MARKS[one]} {labels.get(one, one)}") for one, _ in counts))
            sentence = trn(
                "{n} of {total} claim fits: {listed}.",
                "{n} of {total} claims fit: {listed}.",
                len(fit),
                total=len(whole),
                listed=listed,
            )
            return Panel(sentence, key + _list(fit))
        typed = choices["search"].strip()[:LETTERS]
        if wanted and not hits:
            return Panel(
                tr(
                    "No claim has “{text}” in its paraphrase, record or source keys. Try one word, or a part "
                    "of it: Tokayev, sanction, NW0914.",
                    text=typed,
                ),
                "",
            )
        chosen = {name: said[name][value] for name, value in {**choices, "known": known}.items()
                  if name != "search" and value != ALL} | ({"search": typed} if typed else {})  # fmt: skip
        return Panel(
            tr(
                "No claim fits all of this: {settings}. Set one of them back to “all”.",
                settings=", ".join(_settings(chosen)),
            ),
            "",
        )

    return ClaimBrowser(
        handles,
        draw,
        title=tr("Claim browser"),
        source=tr("table claims; paraphrases and verdicts are the course’s, keys in brackets its sources"),
        samples={"search": SEARCHES},
    )


def _settings(chosen: dict[str, str]) -> Iterator[str]:
    """Say what is set, control by control."""
    for name, value in chosen.items():
        yield {
            "kind": tr("type “{value}”", value=value),
            "speaker": tr("speaker “{value}”", value=value),
            "hedge": tr("hedge “{value}”", value=value),
            "verdict": tr("verdict “{value}”", value=value),
            "known": tr("known “{value}”", value=value),
            "search": tr("search “{value}”", value=value),
        }[name]


def _fits(claim: Claim, choices: dict[str, str]) -> bool:
    return (
        choices["kind"] in (ALL, claim.kind)
        and choices["speaker"] in (ALL, claim.speaker)
        and choices["verdict"] in (ALL, claim.verdict)
        and choices["hedge"] in (ALL, "with" if claim.hedged else "without")
    )


def _list(claims: list[Claim]) -> str:
    """Return the claims one below the other, in a frame."""
    unfolded = len(claims) <= UNFOLDED
    rows = "".join(c.html[unfolded] for c in claims)
    return markup.framed(rows, tr("Claims that fit"))


def _claims(withhold: str, *, later: bool) -> list[Claim]:
    """Return every claim with what was known by now, or only by the eve of the summit's sessions."""
    table = data.load("claims").astype(object)
    known = data.all_keys(data.load("claims", known_on=EVE)["source"])
    return [
        _claim(row, later, bool(row.type == withhold), known)
        for row in table.where(table.notna(), "").itertuples()
    ]


def _claim(row: Any, later: bool, withheld: bool, known: Collection[str]) -> Claim:
    # A verdict without a day rests on no record ("opinion"), so that it held on every day.
    verdict = row.verdict if later or not row.verdict_day or row.verdict_day.date() <= EVE else UNKNOWN_YET
    if withheld:
        verdict, later = ASKED_LATER, False
    hedge = tr("hedge “{word}”", word=row.hedge) if row.hedge else tr("no hedge")
    marks = [row.id, row.block, row.type, row.speaker, hedge]
    told = UNSETTLED.get(verdict, verdict)
    lines = [(tr("Known on {day}", day=day(EVE)), row.known_then)]
    if later and row.known_later:
        lines.append((tr("Known later, by {day}", day=day(row.later_day)), row.known_later))
    sources = named(s for s in cite.sources(row.source) if later or s.key in known)
    if sources or not withheld:
        lines.append((tr("Sources"), sources or tr("none that is known to have been out by then.")))
    proof = element("br").join(
        element("b", escape(tr("{head}:", head=head))) + f" {escape(text)}" for head, text in lines
    )
    small = escape(" · ".join(marks)) + " · " + tr("verdict: {verdict}", verdict=element("b", escape(told)))
    mark = element("span", MARKS[verdict], class_="verdict", aria_hidden="true")
    summary = f"{mark}{escape(row.paraphrase)} " + element("span", small, class_="marks")
    body = element("div", proof, class_="proof")
    searched = [*marks, verdict, row.affiliation, row.paraphrase, *(text for _, text in lines)]
    return Claim(
        row.id,
        row.type,
        row.speaker,
        bool(row.hedge),
        verdict,
        bool(row.known_later) and not withheld,
        " ".join(_words(" ".join(searched))),
        (markup.folded(summary, body), markup.folded(summary, body, unfolded=True)),
    )


def _words(text: object) -> list[str]:
    """Return the words of a search or of what is searched, in small letters and with straight apostrophes.

    >>> _words(" Russia’s  ENERGY ")
    ["russia's", 'energy']
    """
    if not isinstance(text, str):
        raise WrongType(f"A search is a text, not {text!r}.")
    return text.replace("’", "'").casefold().split()
