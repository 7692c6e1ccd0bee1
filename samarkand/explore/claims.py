"""The claim browser: the article's 95 claims, filtered and searched, each with its record and its sources."""

from __future__ import annotations

import datetime as dt
import itertools
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from samarkand import cite, data
from samarkand.explore.engine import Explorer, Panel
from samarkand.ground.errors import WrongType, unknown
from samarkand.page import controls, markup

#: The eve of the summit's sessions: the last day of what the course calls "known then".
EVE = dt.date(2022, 9, 15)
ALL = "all"
#: A verdict that rests on a later record, seen from the day itself.
UNKNOWN_YET = "not known yet"
HEDGES = (ALL, "with a hedge", "without a hedge")
KNOWN = {
    ALL: "everything",
    "then": "only what was known on 15 September 2022",
    "later": "claims on which more became known later",
}
#: Up to so many claims are shown with their records unfolded.
UNFOLDED = 7
#: Searches that tests try: none, one with hits, one in capitals, one without a hit, one of several words.
SEARCHES = ("", "Tokayev", "XINHUA", "zebra", "russia energy")
CLOSED, OPEN = '<details class="record">', '<details class="record" open>'


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
    html: str


class ClaimBrowser(Explorer):
    """The explorer of the claims; its domain is every setting of every two controls.

    All settings of six controls together would be many thousands; a control that disturbs another one shows
    in a pair of them.
    """

    def domain(self) -> Iterator[dict[str, Any]]:
        """Yield the start, and every setting of every two controls with the others as at the start.

        Yields
        ------
        dict
            A value for each control; no setting comes twice.
        """
        ranges = {name: self._range(name, handle) for name, handle in self._handles.items()}
        seen = set()
        for one, other in itertools.combinations(ranges, 2):
            for pair in itertools.product(ranges[one], ranges[other]):
                values = self._defaults | dict(zip((one, other), pair, strict=True))
                if (key := tuple(values.values())) not in seen:
                    seen.add(key)
                    yield values


def claim_browser(
    *,
    kind: str = ALL,
    speaker: str = ALL,
    hedge: str = ALL,
    verdict: str = ALL,
    known: str = ALL,
) -> ClaimBrowser:
    """Return an explorer of the article's claims: paraphrase, speaker, verdict, record, sources.

    Parameters
    ----------
    kind, speaker, verdict : str, default "all"
        What is chosen at the start: a value of the columns ``type``, ``speaker`` and ``verdict`` of the table
        ``claims``; `verdict` may also be ``"not known yet"``.
    hedge : {"all", "with a hedge", "without a hedge"}
        Whether a word weakens the claim.
    known : {"all", "then", "later"}
        ``then`` hides what became known after 15 September 2022, verdicts included; ``later`` keeps the
        claims on which something did.

    Returns
    -------
    ClaimBrowser
        Five lists to choose from and a line to search in, above the claims that fit.

    Raises
    ------
    UnknownName
        If a list has no such choice; it names the nearest one.

    Examples
    --------
    >>> browser = claim_browser(kind="quotation")
    >>> "7 of 95 claims fit: 3 borne out, 3 partly, 1 contested." in repr(browser)
    True
    >>> "No claim has" in browser.render(search="zebra")
    True
    """
    whole, then = _claims(later=True), _claims(later=False)
    speakers = [name for name, _ in Counter(c.speaker for c in whole).most_common()]
    lists = {
        "kind": ("Type", [ALL, *sorted({c.kind for c in whole})], kind),
        "speaker": ("Speaker", [ALL, *speakers], speaker),
        "hedge": ("Hedge", list(HEDGES), hedge),
        "verdict": ("Verdict", [ALL, *sorted({c.verdict for c in whole}), UNKNOWN_YET], verdict),
        "known": ("Known", list(KNOWN), known),
    }
    for name, (_, options, start) in lists.items():
        if start not in options:
            raise unknown(name, start, options)
    handles = {
        name: controls.choice(label, [(KNOWN[o], o) if name == "known" else (o, o) for o in options], start)
        for name, (label, options, start) in lists.items()
    }
    handles["search"] = controls.words(
        "Search",
        placeholder="a name, a word, a source key",
        tooltip="Search in paraphrases, records and source keys",
    )

    def draw(*, known: str, **choices: str) -> Panel:
        found = then if known == "then" else [c for c in whole if known == ALL or c.later]
        return _panel(found, choices, known)

    return ClaimBrowser(
        handles,
        draw,
        title="Claim browser",
        source="table claims; paraphrases and verdicts are the course’s, keys in brackets its sources",
        samples={"search": SEARCHES},
    )


def _panel(claims: list[Claim], choices: dict[str, str], known: str) -> Panel:
    """Return what fits the choices, or a sentence on why nothing does."""
    wanted = _words(choices["search"])
    hits = [c for c in claims if all(word in c.words for word in wanted)]
    found = [c for c in hits if _fits(c, choices)]
    if found:
        counts = Counter(c.verdict for c in found).most_common()
        fit = "claim fits" if len(found) == 1 else "claims fit"
        listed = ", ".join(f"{number} {verdict}" for verdict, number in counts)
        return Panel(f"{len(found)} of {_total()} {fit}: {listed}.", _list(found))
    if wanted and not hits:
        return Panel(
            f"No claim has “{choices['search'].strip()[:60]}” in its paraphrase, record or source keys. "
            "Try one word, or a part of it: Tokayev, sanction, NW0914.",
            "",
        )
    set_to = [f"{name} “{value}”" for name, value in _named(choices, known) if value != ALL]
    return Panel(f"No claim fits all of this: {', '.join(set_to)}. Set one of them back to “all”.", "")


def _named(choices: dict[str, str], known: str) -> Iterator[tuple[str, str]]:
    labels = {"kind": "type", "speaker": "speaker", "hedge": "hedge", "verdict": "verdict"}
    yield from ((label, choices[name]) for name, label in labels.items())
    yield "known", ALL if known == ALL else KNOWN[known]
    yield "search", choices["search"].strip()[:60] or ALL


def _fits(claim: Claim, choices: dict[str, str]) -> bool:
    return (
        choices["kind"] in (ALL, claim.kind)
        and choices["speaker"] in (ALL, claim.speaker)
        and choices["verdict"] in (ALL, claim.verdict)
        and choices["hedge"] in (ALL, HEDGES[1 if claim.hedged else 2])
    )


def _list(claims: list[Claim]) -> str:
    """Return the claims one below the other; the frame takes the focus, so that arrow keys scroll it."""
    rows = "".join(c.html for c in claims)
    if len(claims) <= UNFOLDED:
        rows = rows.replace(markup.styled(CLOSED), markup.styled(OPEN))
    return markup.styled(
        f'<div class="records" tabindex="0" role="region" aria-label="Claims that fit">{rows}</div>'
    )


def _total() -> int:
    return len(data.load("claims"))


def _claims(*, later: bool) -> list[Claim]:
    """Return every claim with what was known by now, or only by the eve of the summit's sessions."""
    table = data.load("claims").astype(object)
    return [_claim(row, later) for row in table.where(table.notna(), "").itertuples()]


def _claim(row: Any, later: bool) -> Claim:
    # A verdict without a day rests on no record ("opinion"), so that it held on every day.
    verdict = row.verdict if later or not row.verdict_day or row.verdict_day.date() <= EVE else UNKNOWN_YET
    marks = [row.id, row.block, row.type, row.speaker, f"hedge “{row.hedge}”" if row.hedge else "no hedge"]
    lines = [("Known on 15 September 2022", row.known_then)]
    if later and row.known_later:
        lines.append((f"Known later, by {data.in_words(row.later_day)}", row.known_later))
    sources = [cite[key.strip()] for key in row.source.split(";")]
    if not later:
        sources = [s for s in sources if s.published <= EVE.isoformat()]
    named = "; ".join(f"{s.publisher}, {s.published} [{s.key}]" for s in sources)
    lines.append(("Sources", named or "those of the course came out later."))
    proof = "<br>".join(f"<b>{markup.escape(head)}:</b> {markup.escape(text)}" for head, text in lines)
    small = f"{markup.escape(' · '.join(marks))} · verdict: <b>{markup.escape(verdict)}</b>"
    shown = markup.styled(
        f'{CLOSED}<summary class="said">{markup.escape(row.paraphrase)} '
        f'<span class="marks">{small}</span></summary><div class="proof">{proof}</div></details>'
    )
    searched = [*marks, verdict, row.affiliation, row.paraphrase, *(text for _, text in lines)]
    return Claim(
        row.id,
        row.type,
        row.speaker,
        bool(row.hedge),
        verdict,
        bool(row.known_later),
        " ".join(_words(" ".join(searched))),
        shown,
    )


def _words(text: object) -> list[str]:
    """Return the words of a search or of what is searched, in small letters and with straight apostrophes.

    >>> _words(" Russia’s  ENERGY ")
    ["russia's", 'energy']
    """
    if not isinstance(text, str):
        raise WrongType(f"A search is a text, not {text!r}.")
    return text.replace("’", "'").casefold().split()
