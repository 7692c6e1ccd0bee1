"""How big the SCO is: its share of the world, by measure, year, and with whom."""

from __future__ import annotations

from samarkand import data
from samarkand.explore.engine import Explorer, Panel
from samarkand.page import controls, markup, style

#: Measures that can be summed over states: label, and the indicator that holds each state's amount.
MEASURES = {"people": "People", "nominal": "GDP at exchange rates", "ppp": "GDP at purchasing power parity"}
#: A yardstick from the debate: what was said of the members' share, in per cent, by measure.
SAID = {"people": 40.0, "nominal": 30.0, "ppp": 30.0}
GIANTS = ("CHN", "IND")
YEAR = 2021


def _amounts(measure: str) -> dict[str, float]:
    """Return each state's amount in 2021, and the world's under ``WLD``."""
    table = data.load("indicators").query("year == @YEAR")
    wide = table.pivot(index="iso3", columns="indicator", values="value")
    if measure == "people":
        column = wide["population_persons"]
    elif measure == "nominal":
        column = wide["gdp_current_usd"]
    else:
        # The world's total is published; a state's is its head count times its GDP a head.
        column = (wide["gdp_per_head_ppp"] * wide["population_persons"]).fillna(wide["gdp_ppp"])
    return {str(iso3): float(value) for iso3, value in column.dropna().items()}


def _bar(y: float, share: float, colour: str, label: str, name: str) -> str:
    width = 5.4 * share
    return (
        f'<text x="0" y="{y + 17:g}" font-size="14">{markup.escape(name)}</text>'
        f'<rect x="210" y="{y:g}" width="{width:.1f}" height="24" fill="{colour}"/>'
        f'<text x="{216 + width:.1f}" y="{y + 17:g}" font-size="14" font-weight="bold">'
        f"{markup.escape(label)}</text>"
    )


def share_of_world() -> Explorer:
    """Return an explorer of the members' share of the world in 2021.

    Controls: the measure, the day that decides who is a member, and whether China and India are counted.

    Returns
    -------
    Explorer

    Examples
    --------
    >>> "Without China and India" in share_of_world().set(measure="people", giants=False)
    True
    """
    amounts = {measure: _amounts(measure) for measure in MEASURES}

    def draw(measure: str, day: str, giants: bool) -> Panel:
        members = data.members(day)
        names = dict(zip(members["iso3"], members["country"], strict=True))
        counted = [iso3 for iso3 in names if giants or iso3 not in GIANTS]
        world = amounts[measure]["WLD"]
        shares = {iso3: 100 * amounts[measure][iso3] / world for iso3 in counted}
        total = sum(shares.values())
        who = "All members" if giants else "Without China and India: the other members"
        sentence = (
            f"{who} of {int(day[8:])} {MONTHS[day[5:7]]} {day[:4]} ({len(counted)} states): {total:.1f} % of "
            f"the world's {MEASURES[measure].replace('People', 'people')} in {YEAR}."
        )
        bars = _bar(6, total, style.OKABE_ITO["blue"], f"{total:.1f} %", f"{len(counted)} members together")
        said = SAID[measure]
        x = 210 + 5.4 * said
        bars += (
            f'<path d="M{x:g} 0V40" stroke="#1a1a1a" stroke-width="2" stroke-dasharray="4 3"/>'
            f'<text x="{x + 6:g}" y="52" font-size="12">said at the summit: {said:g} %</text>'
        )
        alt = f"{sentence} The line marks the {said:g} % that was said at the summit."
        ranked = sorted(shares.items(), key=lambda item: -item[1])
        rows = [(names[iso3], f"{share:.2f}") for iso3, share in ranked]
        table = markup.table(
            f"Share of the world's {MEASURES[measure].replace('People', 'people')}, {YEAR}",
            ["Member", "Share, %"],
            rows,
            numbers=["Share, %"],
        )
        return Panel(sentence, markup.picture(bars, alt, 780, 60) + table)

    return Explorer(
        {
            "measure": controls.choice(
                "Measure",
                [(label, key) for key, label in MEASURES.items()],
                "people",
                tooltip="What is counted",
            ),
            "day": controls.choice(
                "Members on", list(DAYS), "2022-09-15", tooltip="The day that decides who is a member"
            ),
            "giants": controls.tick("Count China and India", True),
        },
        draw,
        title="How big is the SCO?",
        source="World Bank [WDIPOP, WDIGDP, WDIPPP, ICP21]; "
        "40 % and 30 %: Narendra Modi, 16 September 2022 [MODI0916]",
    )


#: Days on which a reader may want to know who was a member; the label says why.
DAYS = (
    ("15 June 2001, the founding", "2001-06-15"),
    ("9 June 2017, India and Pakistan", "2017-06-09"),
    ("15 September 2022, Samarkand", "2022-09-15"),
    ("4 July 2023, Iran", "2023-07-04"),
    ("4 July 2024, Belarus", "2024-07-04"),
)
MONTHS = {"06": "June", "07": "July", "09": "September"}
