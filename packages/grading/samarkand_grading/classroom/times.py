"""Days and times as instructors type them, with a zone, and as they read them again."""

import datetime as dt
import re
import zoneinfo


def parse_utc(text: str) -> dt.datetime:
    """Parse a time with `parse_time` and return it in UTC, naive; a time without a zone is UTC.

    Examples
    --------
    >>> parse_utc("2022-09-14 16:00 Europe/Berlin"), parse_utc("2022-09-14T16:00:00 +02:00")
    (datetime.datetime(2022, 9, 14, 14, 0), datetime.datetime(2022, 9, 14, 14, 0))
    """
    moment = parse_time(text)
    return moment.astimezone(dt.UTC).replace(tzinfo=None) if moment.tzinfo else moment


def is_later(one: str, other: str) -> bool:
    """Return whether the first time is later than the second; not if either is none.

    Examples
    --------
    >>> end = "2026-12-01 17:10:00 UTC"
    >>> is_later("2026-12-02 09:10:00 UTC", end), is_later("soon", end)
    (True, False)
    """
    try:
        return parse_utc(one) > parse_utc(other)
    except (ValueError, KeyError, OverflowError, OSError):
        return False


def parse_time(text: str) -> dt.datetime:
    """Parse a time with an offset, a zone name, or neither; raise `ValueError` or `KeyError`."""
    zones = r"[+-]\d\d:?(?:\d\d)?|[A-Za-z_]+(?:/[\w+-]+)*"
    found = re.fullmatch(rf"(\S+(?: \d\S+)?)(?: ?({zones}))?", text.strip())
    if found is None:
        raise ValueError(text)
    day = found[1]
    zone = found[2] or ""
    if zone[:1] in ("+", "-", ""):
        return dt.datetime.fromisoformat(day + zone)
    return dt.datetime.fromisoformat(day).replace(tzinfo=zoneinfo.ZoneInfo(zone))


def read_zone(text: str) -> str:
    """Return the zone of a time that `parse_time` takes, as it was typed; empty if it has none.

    Examples
    --------
    >>> read_zone("2026-12-01 18:00 +05:00"), read_zone("2026-12-01 18:00 Asia/Tashkent")
    ('+05:00', 'Asia/Tashkent')
    """
    found = re.search(r"(?:(?<=\d)Z|[+-]\d\d:?(?:\d\d)?(?!.)|[A-Za-z_]+(?:/[\w+-]+)*)$", text.strip())
    return found[0] if found and parse_time(text).tzinfo else ""


def read_place(zone: str) -> dt.tzinfo | None:
    """Return the clock of a zone, as it was typed."""
    return parse_time(f"2000-01-01 00:00 {zone}").tzinfo


def describe_moment(moment: dt.datetime, zone: str = "") -> str:
    """Return a moment of UTC, which has no zone, as it is in a zone that was typed; UTC in brackets.

    Examples
    --------
    >>> describe_moment(dt.datetime(2026, 12, 1, 13), "+05:00"), describe_moment(dt.datetime(2026, 12, 1, 13))
    ('2026-12-01 18:00 +05:00 (13:00 UTC)', '2026-12-01 13:00 UTC')
    >>> describe_moment(dt.datetime(2026, 12, 1, 21), "Asia/Tashkent")
    '2026-12-02 02:00 Asia/Tashkent (2026-12-01 21:00 UTC)'
    """
    if zone in ("", "Z", "UTC"):
        return f"{moment:%Y-%m-%d %H:%M} UTC"
    there = moment.replace(tzinfo=dt.UTC).astimezone(read_place(zone))
    day = "" if there.date() == moment.date() else f"{moment:%Y-%m-%d} "
    return f"{there:%Y-%m-%d %H:%M} {zone} ({day}{moment:%H:%M} UTC)"


def name_zone_here() -> str:
    """Return the offset of this machine's clock from UTC, such as ``+05:00``."""
    offset = dt.datetime.now().astimezone().strftime("%z")
    return f"{offset[:3]}:{offset[3:5]}"


def describe_here(moment: dt.datetime) -> str:
    """Return a moment of UTC as it is on this machine's clock; UTC in brackets."""
    offset = moment.replace(tzinfo=dt.UTC).astimezone().strftime("%z")
    return describe_moment(moment, "" if offset == "+0000" else f"{offset[:3]}:{offset[3:]}")


def format_lateness(seconds: float) -> str:
    """Return lateness as text, such as ``"2 h 10"`` or ``"3 d 4 h"``; empty if not late."""
    minutes = -int(-seconds // 60)
    if minutes >= 24 * 60:
        return f"{minutes // 1440} d {minutes % 1440 // 60} h"
    return f"{minutes // 60} h {minutes % 60:02}" if minutes else ""
