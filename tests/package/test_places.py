"""Names of states are found in any script, and a citation is one readable line."""

import re

import pytest

from samarkand import cite, data, places
from samarkand.common.errors import CourseError, DamagedData, UnknownName, WrongType


def test_every_place_has_all_its_names():
    assert len(places.all()) >= 45
    for place in places.all():
        assert len(place.iso3) == 3 and place.capital and place.lat is not None
        for language in places.LANGUAGES:
            found = places.name(place.iso3, language)
            assert found and places.find(found) == place.iso3
        assert re.fullmatch(r"[\u4e00-\u9fff]+", place.name_zh)
        assert re.fullmatch(r"[\u0400-\u04ff ()-]*", place.name_ru + place.name_kk)
        assert re.fullmatch(r"[\x00-\x7fʻʼ‘’]*", place.name_uz)
        assert places.get(place.iso3) is place
        assert places.find(place.name_local or place.name) == place.iso3


@pytest.mark.parametrize(
    ("text", "iso3"),
    [
        *((text, "KAZ") for text in ("kazakhstan", " Kazakhstan ", "Qozog'iston", "Qozogʻiston")),
        *(("Türkiye", "TUR"), ("Brazil", "BRA"), ("united  states", "USA"), ("Côte d'Ivoire", "CIV")),
    ],
)
def test_find(text, iso3):
    assert places.find(text) == iso3


@pytest.mark.parametrize(
    ("ask", "given", "error", "code", "fields"),
    [
        (places.find, ("Kazakhstn",), UnknownName, "unknown name", {"kind": "place", "near": "Kazakhstan"}),
        (places.get, ("Kazakhstan",), UnknownName, "unknown name", {"kind": "code", "near": "KAZ"}),
        (places.name, ("XYZ",), UnknownName, "unknown name", {"kind": "code", "name": "XYZ"}),
        (places.name, ("KAZ", "fr"), UnknownName, "unknown name", {"kind": "language", "name": "fr"}),
        (places.name, ("BRA", "ru"), UnknownName, "no such name", {"iso3": "BRA", "language": "ru"}),
        *((places.find, (v,), WrongType, "not a text", {"given": v}) for v in (None, 7, ["KAZ"])),
        *((places.get, (v,), UnknownName, "unknown name", {"name": v}) for v in (None, 7, ["KAZ"])),
        *(
            (cite.__getitem__, (v,), UnknownName, "unknown name", {"name": v})
            for v in ("nothing", "", None, 3)
        ),
        (cite.__getitem__, ("xh0914",), UnknownName, "unknown name", {"kind": "source", "near": "XH0914"}),
        (cite.__getitem__, ("XH0914;ART",), UnknownName, "unknown name", {"name": "XH0914;ART"}),
        (cite.sources, (), WrongType, "no source", {}),
        (cite.sources, (3,), WrongType, "not a text", {"given": 3}),
    ],
)
def test_what_is_no_name_and_no_key_is_refused(ask, given, error, code, fields):
    with pytest.raises(error) as raised:
        ask(*given)
    assert raised.value.code == code and fields.items() <= raised.value.fields.items()


def test_the_sentences_on_names_and_keys_read_well(snapshot):
    asked = {
        "a misspelt place": lambda: places.find("Kazakhstn"),
        "a name for a code": lambda: places.get("Kazakhstan"),
        "no Russian name": lambda: places.name("BRA", "ru"),
        "no text": lambda: places.find(7),
        "small letters": lambda: cite["xh0914"],
        "several keys": lambda: cite["XH0914;ART"],
        "no source": cite.sources,
        "a number for a source": lambda: cite.sources(3),
    }
    said = {}
    for name, ask in asked.items():
        with pytest.raises(CourseError) as raised:
            ask()
        said[name] = str(raised.value)
    assert said == snapshot


@pytest.mark.parametrize(("old", "new"), [(",71.4704,", ",471.4704,"), ("name_kk", "kazakh")])
def test_damage(copy, old, new):
    path = copy / "places.csv"
    path.write_text(path.read_text(encoding="utf-8").replace(old, new, 1), encoding="utf-8")
    with pytest.raises(DamagedData) as error:
        places.find("KAZ")
    assert (error.value.code, error.value.fields["file"]) == ("damaged", copy / "places.csv")


def test_every_source_reads_as_a_sentence():
    for key in data.load("sources")["key"]:
        text = str(cite[key])
        assert text.endswith(".") and ".." not in text.replace("...", "") and "  " not in text
        assert cite[key] is cite[key]
        assert repr(cite[key]) == f"[{key}] {text}"
