"""The charts of lesson 02, counted a second time."""

from __future__ import annotations

from collections import Counter

from counting import Says, table


def words_chart() -> Says:
    said: Counter[str] = Counter()
    for row in table("blocks"):
        if row["quoted_speaker"]:
            said[row["quoted_speaker"]] += int(row["quoted_words"])
    (first, most), *_ = said.most_common()
    holds = first == "Niva Yau" and 2 * most > said.total()  # the researcher, and more than half
    return Says("One researcher has most of the quoted words", [str(n) for _, n in said.most_common()], holds)


def types_chart() -> Says:
    kinds = Counter(row["type"] for row in table("claims"))
    return Says(
        f"Only {kinds['fact']} of {kinds.total()} statements can be checked as facts",
        [str(n) for _, n in kinds.most_common()],
        2 * kinds["fact"] < kinds.total(),
    )
