"""The charts of lesson 09, counted a second time."""

from __future__ import annotations

import re
from collections import Counter, defaultdict

from counting import Says, table


def _ways(near: dict[str, set[str]], start: str) -> tuple[dict[str, int], Counter[str]]:
    """Return how far each actor is from one of them, and on how many shortest ways it is reached."""
    far, ways = {start: 0}, Counter({start: 1})
    queue = [start]
    for one in queue:
        for other in near[one]:
            if other not in far:
                far[other] = far[one] + 1
                queue.append(other)
            if far[other] == far[one] + 1:
                ways[other] += ways[one]
    return far, ways


def _between(near: dict[str, set[str]]) -> dict[str, float]:
    """Add up, for each actor, its shares of the shortest ways between all the others."""
    reached = {one: _ways(near, one) for one in near}
    return {
        middle: sum(
            reached[a][1][middle] * reached[middle][1][b] / reached[a][1][b]
            for a in near
            for b in reached[a][0]
            if middle in reached[a][0]
            and middle not in (a, b)
            and reached[a][0][middle] + reached[middle][0][b] == reached[a][0][b]
        )
        for middle in near
    }


def forty_chart() -> Says:
    """Count who is first: five sets of ties, persons apart or not, Central Asia in or out, two measures."""
    told = [row for row in table("ties") if row["in_article"] == "true"]
    second = {row["tie"]: row["sign"] for row in table("second_coding")}
    state = {row["id"]: row["iso3"] for row in table("entities") if row["type"] == "person" and row["iso3"]}
    kept = [
        told,
        [row for row in told if row["sign"] != "0"],
        [row for row in told if second[row["id"]] != "0"],
        [row for row in told if row["kind"] != "contact"],
        [row for row in told if not re.search("not certain|Implied", row["note"])],
    ]
    first: Counter[tuple[bool, str]] = Counter()
    for rows in kept:
        for apart in (True, False):
            for without in ("", "CENTRAL_ASIA"):
                near: dict[str, set[str]] = defaultdict(set)
                for row in rows:
                    a, b = (one if apart else state.get(one, one) for one in (row["actor"], row["target"]))
                    near[a], near[b] = near[a] | {b}, near[b] | {a}
                for one in near.pop(without, set()):
                    near[one].discard(without)
                degree = {one: len(others) for one, others in near.items()}
                for measure in (degree, _between(dict(near))):
                    first[apart, max(measure, key=measure.__getitem__)] += 1
    counts = [first[True, "RUS"], first[False, "CHN"], first[False, "RUS"]]
    return Says(
        "Persons apart, Russia is first in every coding",
        [str(n) for n in counts],
        first.total() == sum(counts) == 2 * first[True, "RUS"] == 40,
        "Who is first, in how many of 40 codings of the report",
    )
