"""What is to be translated is found: each text a constant, each gap filled, all of it in one template."""

from __future__ import annotations

from pathlib import Path

import pytest

from samarkand import cli
from samarkand.course import messages


def test_every_text_of_the_package_can_stand_in_a_catalogue() -> None:
    found = list(messages.faults())
    assert not found, "\n".join(found)


@pytest.mark.parametrize(
    ("source", "says"),
    [
        ('tr(f"{n} states", n=n)', "f'{n} states' is no constant"),
        ("tr(text)", "text is no constant"),
        ('trn("{n} state", plural, n)', "plural is no constant"),
        ('tr("{n} of {total}", n=1)', "the gap {total} of '{n} of {total}' is not filled"),
        ('tr("{} of them", n=1)', "the gap {} of '{} of them' is not filled"),
        ('tr("{two words}", n=1)', "the gap {two words}"),
        ('tr("{n} states", n=1, of=2)', "of is given to '{n} states', which has no such gap"),
        ('tr("{n} states", n=1)', ""),
        ('tr("a" "{n:.1f} b", n=1)', ""),
        ('trn("one state", "{n} states", n)', ""),
        ('tr("no gap at all: {}")', ""),
        ('tr("{name}", **values)', ""),
    ],
)
def test_a_text_that_no_catalogue_can_hold_is_told(source: str, says: str, tmp_path: Path) -> None:
    (tmp_path / "a.py").write_text(f"\n{source}\n", encoding="utf-8")
    found = list(messages.faults(tmp_path))
    if says:
        assert found[0].startswith("a.py, line 2: ") and says in found[0]
    else:
        assert found == []


def test_babel_finds_single_texts_and_plural_forms(tmp_path: Path) -> None:
    pofile = pytest.importorskip("babel.messages.pofile")
    package = tmp_path / "package"
    package.mkdir()
    (package / "a.py").write_text(
        'tr("A label")\ntrn("{n} state", "{n} states", n)\ntr(\n    "In two "\n    "lines: {n}.", n=n)\n'
        'tr("A label")\nother("not this")\n',
        encoding="utf-8",
    )
    assert messages.store(tmp_path / "a.pot", package) == 3
    catalogue = pofile.read_po((tmp_path / "a.pot").open("rb"))
    assert [m.id for m in catalogue if m.id] == ["A label", ("{n} state", "{n} states"), "In two lines: {n}."]
    assert catalogue["A label"].locations == [("a.py", 1), ("a.py", 6)]


def test_the_command_writes_the_template_of_the_package(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    pytest.importorskip("babel")
    monkeypatch.setattr(messages, "TEMPLATE", messages.ROOT / "build" / "samarkand.pot")
    assert cli.main(["messages"]) == 0
    assert "messages in build/samarkand.pot" in capsys.readouterr().out
    template = messages.TEMPLATE.read_text(encoding="utf-8")
    assert template.count("\nmsgid ") > 500
    assert 'msgid "Not answered yet."' in template
    assert 'msgid_plural "{n} states"' in template or "msgid_plural" in template
