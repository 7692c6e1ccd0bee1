"""Units, by the suffix of a column's name."""

from samarkand.common.words import tr

#: The unit in the description of a table, and the short form on the axis of a chart, if charts name it.
UNITS = {
    "_usd_bn": ("billion US dollars", tr("USD bn")),
    "_usd_mn": ("million US dollars", tr("USD mn")),
    "_usd": ("US dollars", tr("USD")),
    "_pct": ("percent", tr("%")),
    "_km": ("km", tr("km")),
    "_mt": ("million tonnes", tr("million tonnes")),
    "_persons": ("persons", tr("persons")),
    "_days": ("days", tr("days")),
    "_words": ("words", ""),
    "_share": ("share, 0 to 1", ""),
    "_offset_h": ("hours", ""),
}
