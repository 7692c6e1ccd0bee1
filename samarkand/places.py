"""Names and codes of states in five languages, with capitals.

Forty-odd states of the region and beyond have names in Chinese, Russian, Kazakh and Uzbek (``places.csv``);
every other member of the United Nations has its code and its English name (``states.csv``). Both files are
read with the standard library alone, so that looking up a name imports nothing heavy.
"""

import unicodedata
from dataclasses import dataclass
from pathlib import Path

from samarkand.common.errors import UnknownName, WrongType, make_unknown_name
from samarkand.common.home import course_data
from samarkand.common.reading import cache_reader, read_rows
from samarkand.common.words import tr

#: The languages of names, by the codes that `name` takes.
LANGUAGES = {
    "en": tr("English"),
    "zh": tr("Chinese"),
    "ru": tr("Russian"),
    "kk": tr("Kazakh"),
    "uz": tr("Uzbek"),
}

#: The five states of Central Asia.
CENTRAL_ASIA = ("KAZ", "KGZ", "TJK", "TKM", "UZB")

_APOSTROPHES = str.maketrans(dict.fromkeys("ʻʼ‘’`´", "'"))


@dataclass(frozen=True)
class Place:
    """A state or other area that has a code.

    Attributes
    ----------
    iso3 : str
        ISO 3166-1 alpha-3 code; ``CA5`` and ``WLD`` stand for groups of states and are not ISO codes.
    name, name_zh, name_ru, name_kk, name_uz : str
        Common names in English, Chinese, Russian, Kazakh and Uzbek; empty where the course has none.
    name_local : str
        The name in the state's own first official language.
    pronunciation_en : str
        How an English speaker may pronounce the English name; the stressed syllable in capitals.
    capital : str
        Name of the capital in English; empty where the course has none.
    capital_2022 : str
        The capital's name in September 2022, if it was different.
    lat, lon : float or None
        Coordinates of the capital in degrees, WGS 84.
    note : str
        Other remarks on the name or the capital.
    """

    iso3: str
    name: str
    name_zh: str = ""
    name_ru: str = ""
    name_kk: str = ""
    name_uz: str = ""
    name_local: str = ""
    pronunciation_en: str = ""
    capital: str = ""
    capital_2022: str = ""
    lat: float | None = None
    lon: float | None = None
    note: str = ""

    def names(self) -> tuple[str, ...]:
        """Return all names of the place, English first."""
        all_names = (self.name, self.name_zh, self.name_ru, self.name_kk, self.name_uz, self.name_local)
        return tuple(dict.fromkeys(n for n in all_names if n))


def all() -> tuple[Place, ...]:
    """Return the states that have names in all five languages, sorted by code.

    Examples
    --------
    >>> all()[0].name
    'Afghanistan'
    """
    return tuple(p for p in _load_table().values() if p.capital)


def get(iso3: str) -> Place:
    """Return the place with a code.

    Parameters
    ----------
    iso3 : str
        ISO 3166-1 alpha-3 code, in capitals.

    Raises
    ------
    UnknownName
        If there is no such code.

    Examples
    --------
    >>> get("KAZ").name_kk
    'Қазақстан'
    """
    table = _load_table()
    if isinstance(iso3, str) and iso3 in table:
        return table[iso3]
    raise _unknown_place(iso3, tr("code"))


def name(iso3: str, language: str = "en") -> str:
    """Return the name of a place in one language.

    Parameters
    ----------
    iso3 : str
        ISO 3166-1 alpha-3 code, in capitals.
    language : {"en", "zh", "ru", "kk", "uz"}
        English, Chinese (simplified), Russian, Kazakh (Cyrillic script) or Uzbek (Latin script).

    Raises
    ------
    UnknownName
        If there is no such code or language, or no name in that language.

    Examples
    --------
    >>> name("UZB", language="ru")
    'Узбекистан'
    """
    if language not in LANGUAGES:
        raise make_unknown_name(
            tr("language"), language, LANGUAGES, hint=tr("Languages are named by two letters.")
        )
    place = get(iso3)
    found = place.name if language == "en" else str(getattr(place, f"name_{language}"))
    if not found:
        text = tr(
            "The course has no {language} name for {place} ({iso3}).",
            language=LANGUAGES[language],
            place=place.name,
            iso3=iso3,
        )
        raise UnknownName(text, code="no such name", iso3=iso3, language=language)
    return found


def find(text: str) -> str:
    """Return the code of a place from its code or one of its names, whatever the script or case.

    Parameters
    ----------
    text : str
        A code or a name in any of the five languages or the local one.

    Returns
    -------
    str
        ISO 3166-1 alpha-3 code.

    Raises
    ------
    UnknownName
        If no place has that name; the error names the most similar one.
    WrongType
        If `text` is not text.

    Examples
    --------
    >>> find("Казахстан"), find("哈萨克斯坦"), find("kaz")
    ('KAZ', 'KAZ', 'KAZ')
    """
    if not isinstance(text, str):
        raise WrongType(
            tr("A place is found by a name or code in quotes, not by {given!r}.", given=text),
            code="not a text",
            given=text,
        )
    found = _list_normalised(*_find_files()).get(_normalise_name(text))
    if found is None:
        raise _unknown_place(text, tr("place"))
    return found


def _unknown_place(text: object, kind: str) -> UnknownName:
    """Return the error for an unknown place, with the nearest name or code."""
    code = None
    if isinstance(text, str):
        code = _list_normalised(*_find_files()).get(_normalise_name(text))
    if code:
        named = _load_table()[code].name
        said = tr('No code "{given}". The code of {place} is "{code}".', given=text, place=named, code=code)
        return UnknownName(said, code="unknown name", kind=kind, name=text, near=code)
    names = []
    for place in _load_table().values():
        names += [place.iso3, *place.names()]
    return make_unknown_name(kind, text, names, hint=tr('For example: places.find("Kazakhstan") is "KAZ".'))


def _normalise_name(text: str) -> str:
    """Normalise a name: case-folded, one form of each letter and apostrophe, single spaces."""
    plain = unicodedata.normalize("NFC", text).translate(_APOSTROPHES).casefold()
    return " ".join(plain.split())


def _find_files() -> tuple[Path, Path]:
    folder = course_data()
    return folder / "places.csv", folder / "states.csv"


def _load_table() -> dict[str, Place]:
    return _read_places(*_find_files())


@cache_reader
def _list_normalised(places: Path, states: Path) -> dict[str, str]:
    """Return {normalised name: code}; codes take precedence over names, and English names over others."""
    table = _read_places(places, states)
    codes = {}
    for place in reversed(table.values()):  # the first place, and its first name, overwrite later ones
        for name in reversed(place.names()):
            codes[_normalise_name(name)] = place.iso3
    for code in table:
        codes[_normalise_name(code)] = code
    return codes


@cache_reader
def _read_places(places: Path, states: Path) -> dict[str, Place]:
    """Read both files; for a state in both, ``places.csv`` takes precedence over ``states.csv``."""
    table = {row["iso3"]: Place(row["iso3"], row["name"]) for row in read_rows(states, "iso3", "name")}
    texts = [name for name in Place.__dataclass_fields__ if name not in ("lat", "lon")]
    for row in read_rows(places, *texts, "capital_lat", "capital_lon"):
        lat, lon = float(row["capital_lat"]), float(row["capital_lon"])
        if not (abs(lat) <= 90 and abs(lon) <= 180):
            raise ValueError(f"No point on Earth has latitude {lat:g} and longitude {lon:g}.")
        table[row["iso3"]] = Place(**{name: row[name] for name in texts}, lat=lat, lon=lon)
    return dict(sorted(table.items()))
