"""How far two people who marked the same answers agree, for each row of a rubric."""

from collections.abc import Mapping

from samarkand.common.errors import CourseError

#: The fewest answers of which anything can be said.
FEWEST = 5
#: Points of one marker: by student, question and digest of the text, then by row of the rubric.
Points = Mapping[tuple[str, str, str], Mapping[str, int]]


class TooFew(CourseError):
    """Fewer than `FEWEST` answers have points of both markers in a row: `found` are they."""

    def __init__(self, row: str, found: int) -> None:
        where = f"In {row} {found}" if row else "No"
        super().__init__(
            f"{where} answers have points of both markers; {FEWEST} are the fewest. The second marker's are "
            "read with samarkand mark SET --read CSV --second.",
            code="too few",
        )
        self.row, self.found = row, found


def pair_points(points: Mapping[str, Points], first: str, second: str) -> dict[str, list[tuple[int, int]]]:
    """Return what two markers gave the same texts, by row of the rubric."""
    pairs: dict[str, list[tuple[int, int]]] = {}
    ours, theirs = points.get(first, {}), points.get(second, {})
    for answer in sorted(ours.keys() & theirs.keys()):
        for row, given in ours[answer].items():
            if row in theirs[answer]:
                pairs.setdefault(row, []).append((given, theirs[answer][row]))
    return pairs


def weigh_kappa(pairs: list[tuple[int, int]]) -> float | None:
    """Return Cohen's kappa with quadratic weights: 1 is full agreement, 0 that by chance.

    None where both gave everybody the same points.

    Examples
    --------
    >>> weigh_kappa([(0, 0), (2, 2), (4, 4)]), weigh_kappa([(0, 4), (4, 0)])
    (1.0, -1.0)
    """
    apart = sum((one - other) ** 2 for one, other in pairs) / len(pairs)
    by_chance = 0.0
    for one, _ in pairs:
        for _, other in pairs:
            by_chance += (one - other) ** 2
    by_chance /= len(pairs) ** 2
    return 1 - apart / by_chance if by_chance else None


def describe_agreement(pairs: Mapping[str, list[tuple[int, int]]]) -> str:
    """Return the agreement in each row as a table; `TooFew` if too few answers have both markers' points."""
    if not pairs:
        raise TooFew("", 0)
    lines = ["answers  same  within 1  kappa  row"]
    for row, both in pairs.items():
        if len(both) < FEWEST:
            raise TooFew(row, len(both))
        same = sum(one == other for one, other in both) / len(both)
        near = sum(abs(one - other) <= 1 for one, other in both) / len(both)
        kappa = weigh_kappa(both)
        shown = "    -" if kappa is None else f"{kappa:5.2f}"
        lines.append(f"{len(both):7}  {same:4.0%}  {near:8.0%}  {shown}  {row}")
    return "\n".join(lines)
