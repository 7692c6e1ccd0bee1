"""A citation is one readable line; a list of sources is text and an accessible list."""

from html.parser import HTMLParser

import pytest

from samarkand import cite, data
from samarkand.ground.errors import DamagedData, UnknownName, WrongType


def test_every_source_reads_as_a_sentence():
    for key in data.load("sources")["key"]:
        text = str(cite[key])
        assert text.endswith(".") and ".." not in text.replace("...", "") and "  " not in text
        assert cite[key] is cite[key]
        assert repr(cite[key]) == f"[{key}] {text}"


def test_dates():
    assert "14 September 2022." in str(cite["XH0914"])
    assert " March 2022." in str(cite["TRADE02"])
    assert str(cite["KREMCIS"]).count(".") == 1


def test_via_and_note():
    source = cite["ART"]
    assert source.publisher == "DW" and source.published == "2022-09-12" and source.seen == "full text"
    assert " " not in source.url and "original publisher" in source.note


@pytest.mark.parametrize("wrong", ["XH914", "nothing", "", None, 3, "XH0914;ART"])
def test_unknown_keys(wrong):
    with pytest.raises(UnknownName, match="No source"):
        cite[wrong]
    if wrong != "XH0914;ART" and wrong not in (None, 3):
        with pytest.raises(UnknownName, match="No source"):
            cite.sources(wrong)


def test_hints():
    with pytest.raises(UnknownName, match='Did you mean "XH0914"'):
        cite["xh0914"]
    with pytest.raises(UnknownName, match=r"cite.sources\(cell\)"):
        cite["XH0914;ART"]
    with pytest.raises(WrongType, match="Name at least one source"):
        cite.sources()
    with pytest.raises(WrongType, match="named by its key in quotes"):
        cite.sources(3)


def test_source_list():
    listed = cite.sources("XH0914", "ART;XH0914", "UN1")
    assert [s.key for s in listed] == ["XH0914", "ART", "UN1"] and len(listed) == 3
    assert repr(listed).splitlines()[0] == "Sources"
    assert repr(listed).splitlines()[1].startswith("1. [XH0914] Xinhua: ")


class Tags(HTMLParser):
    def __init__(self):
        super().__init__()
        self.open, self.seen, self.text = [], [], ""

    def handle_starttag(self, tag, attrs):
        self.open.append(tag)
        self.seen.append((tag, dict(attrs)))

    def handle_endtag(self, tag):
        assert self.open.pop() == tag

    def handle_data(self, text):
        self.text += text


def test_html_is_a_named_list_of_links():
    keys = list(data.load("sources")["key"])
    tags = Tags()
    tags.feed(cite.sources(*keys)._repr_html_())
    assert not tags.open
    assert tags.seen[0] == ("ol", {"aria-label": "Sources"})
    links = [attrs for tag, attrs in tags.seen if tag == "a"]
    assert len(links) == len(keys) == sum(tag == "li" for tag, _ in tags.seen)
    assert all(a["href"].startswith("http") for a in links)
    assert {tag for tag, _ in tags.seen} == {"ol", "li", "a", "small"}
    for key in keys:
        assert f"{cite[key]} {key}" in tags.text


@pytest.mark.parametrize(("old", "new"), [(b"publisher", b"editor"), (b"key", b"\xffkey")])
def test_damage(copy, old, new):
    path = copy / "sources.csv"
    path.write_bytes(path.read_bytes().replace(old, new, 1))
    with pytest.raises(DamagedData, match=r"sources.csv is damaged"):
        cite["ART"]
    path.unlink()
    with pytest.raises(DamagedData, match=r"sources.csv is missing"):
        cite["ART"]
