"""A citation is one readable line; a list of sources is text and an accessible list."""

import pytest

from samarkand import cite, data
from samarkand.ground.errors import UnknownName, WrongType


def test_every_source_reads_as_a_sentence():
    for key in data.load("sources")["key"]:
        text = str(cite[key])
        assert text.endswith(".") and ".." not in text.replace("...", "") and "  " not in text
        assert cite[key] is cite[key]
        assert repr(cite[key]) == f"[{key}] {text}"


def test_what_is_no_key_gets_a_sentence():
    for wrong in ("nothing", "", None, 3):
        with pytest.raises(UnknownName, match="No source"):
            cite[wrong]
    with pytest.raises(UnknownName, match='Did you mean "XH0914"'):
        cite["xh0914"]
    with pytest.raises(UnknownName, match=r"cite.sources\(cell\)"):
        cite["XH0914;ART"]
    with pytest.raises(WrongType, match="Name at least one source"):
        cite.sources()
    with pytest.raises(WrongType, match="named by its key in quotes"):
        cite.sources(3)
