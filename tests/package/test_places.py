"""Names of states are found in any script, and a citation is one readable line."""

import re

import pytest

from samarkand import cite, data, places
from samarkand.common.errors import DamagedData, UnknownName, WrongType


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
    ("ask", "given", "error", "sentence"),
    [
        (places.find, ("Kazakhstn",), UnknownName, r'No place "Kazakhstn"\. Did you mean "Kazakhstan"'),
        (places.get, ("Kazakhstan",), UnknownName, 'The code of Kazakhstan is "KAZ"'),
        (places.name, ("XYZ",), UnknownName, 'No code "XYZ"'),
        (places.name, ("KAZ", "fr"), UnknownName, 'No language "fr"'),
        (places.name, ("BRA", "ru"), UnknownName, "no Russian name for Brazil"),
        *(
            (places.find, (wrong,), WrongType, "by a name or code in quotes, not by")
            for wrong in (None, 7, ["KAZ"])
        ),
        *((places.get, (wrong,), UnknownName, "No code") for wrong in (None, 7, ["KAZ"])),
        *((cite.__getitem__, (wrong,), UnknownName, "No source") for wrong in ("nothing", "", None, 3)),
        (cite.__getitem__, ("xh0914",), UnknownName, 'Did you mean "XH0914"'),
        (cite.__getitem__, ("XH0914;ART",), UnknownName, r"cite.sources\(cell\)"),
        (cite.sources, (), WrongType, "Name at least one source"),
        (cite.sources, (3,), WrongType, "named by its key in quotes"),
    ],
)
def test_what_is_no_name_and_no_key_gets_a_sentence(ask, given, error, sentence):
    with pytest.raises(error, match=sentence):
        ask(*given)


@pytest.mark.parametrize(("old", "new"), [(",71.4704,", ",471.4704,"), ("name_kk", "kazakh")])
def test_damage(copy, old, new):
    path = copy / "places.csv"
    path.write_text(path.read_text(encoding="utf-8").replace(old, new, 1), encoding="utf-8")
    with pytest.raises(DamagedData, match=r"The file places.csv is damaged"):
        places.find("KAZ")


def test_every_source_reads_as_a_sentence():
    for key in data.load("sources")["key"]:
        text = str(cite[key])
        assert text.endswith(".") and ".." not in text.replace("...", "") and "  " not in text
        assert cite[key] is cite[key]
        assert repr(cite[key]) == f"[{key}] {text}"
