"""The student's own article: tables are read as spreadsheets save them, and each fault is named."""

import errno
import os
import re
from pathlib import Path

import pandas as pd
import pytest

from samarkand import data
from samarkand.common import files
from samarkand.common.errors import OutOfRange
from samarkand.practice import article

HEAD = "id,block,paraphrase,type,hedge,speaker,role,speaker_country,verifiable,figure,unit"
CLAIM = "A01,P05,Six states are observers of it,fact,,newsroom,newsroom,Russia,yes,6,states"


@pytest.fixture
def own(work: Path) -> Path:
    """Return the student's folder, with the templates in it."""
    assert article.begin().sentence.startswith("Your folder article has article.csv, claims.csv")
    return work / "article"


def test_templates_are_an_example_that_is_in_order_but_for_its_length(own: Path) -> None:
    for name in article.TABLES:
        assert article.check(name).state == "open"
        assert list(article.find_faults_of_table(name, article.read_saved_rows(article.path(name)))) == []
    assert len(pd.read_csv(article.path("claims"))) == 3


@pytest.mark.parametrize("ready", [1, 2, 3])
def test_an_article_that_is_ready_takes_the_place_of_the_example_and_of_nothing_else(
    own: Path, ready: int
) -> None:
    assert f"article.begin({ready}) takes" in article.begin().sentence
    taken = article.begin(ready)
    assert taken and "Taken: https://" in taken.sentence
    assert article.check("article").sentence.startswith("Row 1: read_on is empty")
    assert not article.begin(4 - ready if ready != 2 else 1)
    assert not article.begin(4)


def test_what_is_there_stays(own: Path) -> None:
    (own / "claims.csv").write_text("mine", encoding="utf-8")
    assert article.begin()
    assert (own / "claims.csv").read_text(encoding="utf-8") == "mine"


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp1252"])
def test_a_spreadsheets_own_form_is_read_and_kept(own: Path, encoding: str) -> None:
    claim = CLAIM.replace("newsroom,newsroom", "Müller,expert").replace(",", ";").replace(";6;", ";1,306,5;")
    written = f"{HEAD.replace(',', ';')}\r\n{claim}"
    (own / "claims.csv").write_bytes(written.encode(encoding))
    said = article.check("claims").sentence
    assert said.startswith("1 of 10 rows, and all of them in order. 9 more to write.")
    assert ("look whether all letters are right" in said) is (encoding == "cp1252")
    assert "letters" not in article.check("claims").sentence  # it is UTF-8 now
    (row,) = pd.read_csv(own / "claims.csv").to_dict("records")
    assert (row["figure"], row["speaker"]) == (1306.5, "Müller")
    assert (own / "claims.as_it_came.csv").read_bytes().startswith(written[:2].encode(encoding)[:2])


#: (table, text of its example, slip, expected message), one per line of the file.
SLIPS = Path(__file__).with_name("article_slips.txt").read_text(encoding="utf-8").splitlines()


@pytest.mark.parametrize(("table", "was", "now", "said"), [line.split(" ~ ") for line in SLIPS])
def test_a_slip_is_named(own: Path, table: str, was: str, now: str, said: str) -> None:
    file = own / f"{table}.csv"
    text = file.read_text(encoding="utf-8")
    assert was in text
    file.write_text(text.replace(was, now), encoding="utf-8")
    reply = article.check(table)
    assert reply.state == "wrong"
    assert said in reply.sentence


@pytest.mark.parametrize("name", article.TABLES)
def test_a_table_has_the_same_reply_with_the_example_and_before_it(name: str, work: Path) -> None:
    """Lessons store the reply: it must not depend on which other lesson ran before, in the same folder."""
    before = article.check(name)
    article.begin()
    assert article.check(name) == before and before.state == "open"


def test_before_there_is_one_the_example_is_read(work: Path) -> None:
    assert article.check("claims").state == "open"
    assert article.path("claims").parent.name == "article" and article.path("claims").is_file()


@pytest.mark.parametrize(("table", "was", "now", "said"), [line.split(" ~ ") for line in SLIPS[-6:]])
def test_a_file_from_which_something_would_be_lost_stays_as_it_is(
    own: Path, table: str, was: str, now: str, said: str
) -> None:
    file = own / f"{table}.csv"
    file.write_text(file.read_text(encoding="utf-8").replace(was, now), encoding="utf-8")
    before = {path.name: path.read_bytes() for path in own.iterdir()}
    assert article.check(table).state == "wrong" and said
    assert {path.name: path.read_bytes() for path in own.iterdir()} == before


@pytest.mark.parametrize(
    ("text", "encoding"),
    [
        ("Лидеры ЕС в Самарканде", "cp1251"),
        ("ЛИДЕРЫ ЕС В САМАРКАНДЕ", "cp1251"),
        ("Лидеры ЕС в Самарканде", "koi8_r"),
        ("Лідери ЄС і їхній саміт у Самарканді", "koi8_u"),
        ("Die Größe des États-Raums", "cp1252"),
    ],
)
def test_letters_of_an_older_spreadsheet_are_read_by_the_words_they_make(
    own: Path, text: str, encoding: str
) -> None:
    claim = CLAIM.replace("Six states are observers of it", text)
    (own / "claims.csv").write_bytes(f"{HEAD}\n{claim}\n".encode(encoding))
    article.check("claims")
    assert pd.read_csv(own / "claims.csv")["paraphrase"].tolist() == [text]


def test_an_encoding_that_is_none_of_those_is_a_sentence_and_no_loss(own: Path) -> None:
    strange = f"{HEAD}\n{CLAIM}".encode() + b"\x98\xc3("
    (own / "claims.csv").write_bytes(strange)
    reply = article.check("claims")
    assert reply.state == "wrong" and "save it as CSV UTF-8" in reply.sentence
    assert (own / "claims.csv").read_bytes() == strange


def test_a_column_of_her_own_is_kept(own: Path) -> None:
    (own / "claims.csv").write_text(f"{HEAD},my notes\n{CLAIM},ask Aigul\n", encoding="utf-8")
    assert article.check("claims").state == "open"
    assert pd.read_csv(own / "claims.csv")["my_notes"].tolist() == ["ask Aigul"]


@pytest.mark.parametrize(("written", "read"), [("ИСТИНА", True), ("ЛОЖЬ", False), ("true", True)])
def test_true_and_false_of_a_spreadsheet_in_another_language_are_read(
    own: Path, written: str, read: bool
) -> None:
    file = own / "ways.csv"
    text = file.read_text(encoding="utf-8").replace("status in force,True", f"status in force,{written}")
    file.write_text(text, encoding="utf-8")
    assert article.check("ways").state in ("open", "right")
    assert pd.read_csv(file)["holds"].tolist()[0] is read


@pytest.mark.parametrize("name", ["claims.xlsx", "claims (1).csv", "Claims.ods", "claims.csv.txt"])
def test_a_table_saved_under_another_name_is_named(own: Path, name: str) -> None:
    assert name not in article.check("claims").sentence
    (own / name).write_bytes(b"PK")
    for begun in (True, False):
        reply = article.check("claims")
        assert reply.state == "open" and f"Beside it is {name}, which is not read." in reply.sentence
        if begun:
            (own / "claims.csv").unlink()


def test_a_text_of_our_own_can_be_read_and_taken_without_the_internet(own: Path) -> None:
    ours = article.read()
    assert 250 <= ours.words <= 300 and len(ours.paragraphs) == 9
    shown = ours._repr_html_()
    for paragraph in ours.paragraphs:
        assert paragraph.id in shown and all(
            key in set(data.load("sources")["key"]) for key in paragraph.sources
        )
        assert paragraph.sources or not re.search(r"\d+[.]\d|billion dollars", paragraph.text)
    assert article.begin("ours")
    (row,) = pd.read_csv(article.path("article")).to_dict("records")
    assert row["title"] == ours.about["title"] and row["link"].startswith("https://")
    assert not article.begin(2)


def test_the_figures_of_our_text_are_those_of_the_tables() -> None:
    counted = data.load("who_counted").set_index("id")
    text = " ".join(paragraph.text for paragraph in article.read().paragraphs)
    for id in ("WC047", "WC048", "WC049", "WC050", "WC051", "WC052"):
        assert f"{counted.loc[id, 'value']:g}" in text, id
        assert not set(counted.loc[id, "source"].split(";")) - {
            key for paragraph in article.read().paragraphs for key in paragraph.sources
        }


@pytest.mark.parametrize("ready", [1, 2, 3])
def test_a_ready_article_can_be_read_without_its_link(own: Path, ready: int) -> None:
    retold = article.read(ready)
    for shown in (repr(retold), retold._repr_html_()):
        assert "could not read" in shown and "own words" in shown
        for paragraph in retold.paragraphs:
            assert paragraph.id in shown
        assert "Who speaks" not in shown, "the speaker is hers to find"
    # Enough for ten claims, with more than one who speaks.
    assert len(retold.paragraphs) >= 10 and len({one.who for one in retold.paragraphs}) >= 3
    keys = set(data.load("sources")["key"])
    assert all(key in keys for one in retold.paragraphs for key in one.sources)
    # What is not told from the page itself has its sources, and says whose page it is not.
    assert bool(retold.paragraphs[0].sources) == ("are not Mehr’s" in retold.note)
    begun = article.begin(ready).sentence
    assert f"article.read({ready}) retells it" in begun and retold.about["link"] in begun


@pytest.mark.parametrize("ready", [1, 2, 3])
def test_each_paragraph_says_in_its_own_words_who_speaks(ready: int) -> None:
    for paragraph in article.read(ready).paragraphs:
        if paragraph.who != "newsroom":
            assert paragraph.who in paragraph.text, paragraph.id


@pytest.mark.parametrize("ready", [0, 4, -1, "1", 1.5, True, None, "theirs"])
def test_there_is_no_other_text_to_read(ready: object) -> None:
    with pytest.raises(OutOfRange) as refused:
        article.read(ready)  # type: ignore[arg-type]
    assert (refused.value.code, refused.value.fields["given"]) == ("no such article", ready)


def test_members_and_observers_in_what_is_retold_are_those_of_the_day() -> None:
    spells = data.load("sco_membership")
    for ready, paragraph, states in [(1, "P03", {"member", "observer"}), (2, "P03", {"member"})]:
        retold = article.read(ready)
        day = retold.about["published"]
        there = spells[(spells["from"] <= day) & ~(spells["to"] <= day) & spells["status"].isin(states)]
        (told,) = [one.text for one in retold.paragraphs if one.id == paragraph]
        assert all(country in told for country in there["country"])
        named = [country for country in spells["country"].unique() if country in told]
        assert sorted(named) == sorted(there["country"])


def test_once_there_is_an_article_it_is_named_and_no_other_offered(own: Path) -> None:
    assert "Or take one of three" in article.begin().sentence
    article.begin("ours")
    assert article.begin().sentence == (
        "Your article: “Two presidents at one table, and two sums” (Samarkand 2022, the course), 0 claims."
    )
    (own / "claims.csv").write_text(f"{HEAD}\n{CLAIM}", encoding="utf-8")
    assert article.begin().sentence.endswith("1 claim.")


ROW = dict(zip(HEAD.split(","), CLAIM.split(","), strict=True))


def test_a_form_fills_a_table_a_row_at_a_time(own: Path) -> None:
    form = article.edit("claims")
    assert form.row["id"] == "A01" and "No row of yours yet." in form.listed
    form.fill(**ROW)
    assert form.save().sentence.startswith("Saved. 1 of 10 rows")
    assert pd.read_csv(own / "claims.csv").to_dict("records")[0]["speaker"] == "newsroom"
    assert form.row["id"] == "A02" and form.row["paraphrase"] == ""
    form.fill(**ROW | {"id": "A02", "figure": "54,5", "unit": "billion euros"})
    assert form.save().sentence.startswith("Saved. 2 of 10 rows")
    form.choose(0)
    assert form.row["paraphrase"] == ROW["paraphrase"]
    form.fill(unit="members")
    form.save()
    table = pd.read_csv(own / "claims.csv")
    assert table["unit"].tolist() == ["members", "billion euros"] and table["figure"].tolist() == [6, 54.5]
    again = article.edit("claims")
    again.choose(1)
    assert again.row["figure"] == "54.5"
    again.remove()
    again.choose(0)
    assert again.remove().sentence == "Taken away."
    example = article.read_saved_rows(article.TEMPLATES / "claims.csv")
    assert article.check("claims").state == "open" and article.read_saved_rows(own / "claims.csv") == example


def test_a_row_with_a_fault_is_not_saved_and_stays_in_the_form(own: Path) -> None:
    form = article.edit("claims")
    before = (own / "claims.csv").read_bytes()
    for cells, said in (
        ({"paraphrase": "Too short"}, "has 4 to 30 words"),
        ({"figure": "1,306"}, "can be read in two ways"),
        ({"speaker": ""}, "whose claim is it?"),
    ):
        form.fill(**ROW | cells)
        assert said in form.save().sentence and form.state == "wrong"
        assert form.row["id"] == "A01"
    assert (own / "claims.csv").read_bytes() == before
    article.edit("forecasts").fill(text="", chance="")
    assert article.edit("ways").save().sentence == "Nothing to save yet: the fields are empty."


def test_columns_of_ones_own_keep_their_cells_when_a_form_changes_a_row(own: Path) -> None:
    (own / "claims.csv").write_text(
        f"{HEAD},mine\n{CLAIM},yes\n{CLAIM.replace('A01', 'A02')},no", encoding="utf-8"
    )
    form = article.edit("claims")
    form.choose(0)
    form.fill(unit="members")
    form.save()
    form.fill(**ROW | {"id": "A03"})
    form.save()
    table = pd.read_csv(own / "claims.csv", keep_default_na=False)
    assert table["mine"].tolist() == ["yes", "no", ""] and table["unit"][0] == "members"


@pytest.mark.parametrize("name", article.TABLES)
def test_each_table_has_a_form_whose_closed_columns_are_lists(own: Path, name: str) -> None:
    form = article.edit(name)
    assert set(form.row) == set(article.read_saved_rows(article.path(name))[0])
    labels = [getattr(child, "description", "") for child in form.children]
    assert any("Row" in label for label in labels) and form.without_controls()[1].count("article.add(")


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("0,500", 0.5), ("0,125", 0.125), ("1306,500", 1306.5), ("-0,750", -0.75), ("1,306,500", 1306500),
        ("1 306,5", 1306.5), ("1,306,5", 1306.5), ("1,234,567.5", 1234567.5),
    ],
)  # fmt: skip
def test_a_decimal_comma_is_never_taken_for_one_of_thousands(own: Path, written: str, read: float) -> None:
    (own / "claims.csv").write_text(f"{HEAD}\n{CLAIM}".replace(",", ";").replace(";6;", f";{written};"))
    article.check("claims")
    assert pd.read_csv(own / "claims.csv")["figure"].tolist() == [read]


@pytest.mark.parametrize("written", ["14.09.22", "9/14/22", "22-09-14", "14-9-022"])
def test_a_day_without_its_century_is_asked_for(own: Path, written: str) -> None:
    file = own / "article.csv"
    (row,) = article.read_saved_rows(file)
    before = file.read_text(encoding="utf-8").replace(row["published"], written)
    file.write_text(before, encoding="utf-8")
    reply = article.check("article")
    assert reply.state == "wrong" and written in reply.sentence and "2022-09-14" in reply.sentence
    assert file.read_text(encoding="utf-8") == before


def test_two_marks_that_are_missing_swallow_no_row(own: Path) -> None:
    """Each row lacks one quotation mark, and both together are one row of the right length."""
    one, other = CLAIM.replace("Six", '"Six'), CLAIM.replace("A01", "A02").replace("of it", 'of it"')
    (own / "claims.csv").write_text(f"{HEAD}\n{one}\n{other}\n")
    before = (own / "claims.csv").read_bytes()
    reply = article.check("claims")
    assert reply.state == "wrong" and "A quotation mark may be missing" in reply.sentence
    assert (own / "claims.csv").read_bytes() == before
    broken = CLAIM.replace("Six states are observers of it", '"Six states,\nand all observers of it"')
    (own / "claims.csv").write_text(f"{HEAD}\n{broken}\n")
    assert article.check("claims").sentence.startswith("1 of 10 rows")


@pytest.mark.parametrize("ending", ["\r", "\r\n", "\n\n", "\r\r\n"])
def test_lines_end_as_any_program_ends_them(own: Path, ending: str) -> None:
    (own / "claims.csv").write_bytes(ending.join([HEAD, CLAIM, CLAIM.replace("A01", "A02")]).encode())
    assert article.check("claims").sentence.startswith("2 of 10 rows")
    assert pd.read_csv(own / "claims.csv")["id"].tolist() == ["A01", "A02"]


@pytest.mark.parametrize(
    "body", [f"{HEAD}\n{CLAIM}".encode("utf-16-le"), f"{HEAD}\n{CLAIM}\n".encode() + bytes(99)]
)
def test_what_a_full_disk_or_an_old_program_leaves_is_no_text(own: Path, body: bytes) -> None:
    (own / "claims.csv").write_bytes(body)
    reply = article.check("claims")
    assert reply.state == "wrong" and "save it as CSV UTF-8" in reply.sentence
    assert (own / "claims.csv").read_bytes() == body


def test_a_newer_file_beside_it_is_still_named_when_the_table_was_cleaned(own: Path) -> None:
    (own / "claims.csv").write_bytes(f"{HEAD}\r\n{CLAIM}\r\n".encode())
    os.utime(own / "claims.csv", (1, 1))
    (own / "claims (1).csv").write_text(f"{HEAD}\n{CLAIM}\n{CLAIM}")
    os.utime(own / "claims (1).csv", (9, 9))
    for _ in range(2):  # the first of them writes the table anew
        assert "Beside it is claims (1).csv" in article.check("claims").sentence


def test_a_row_that_is_added_by_code_or_form_loses_nothing_of_the_file_as_it_came(own: Path) -> None:
    came = f"{HEAD}\r\n{CLAIM.replace('Six', '  Six   (6 %) ')}\r\n".encode()
    for change in (
        lambda: article.add("claims", **ROW | {"id": "A02"}),
        lambda: article.replace_row("claims", None, 0),
    ):
        (own / "claims.csv").write_bytes(came)
        change()
        assert (own / "claims.as_it_came.csv").read_bytes() == came


def test_a_table_that_cannot_be_written_is_whole_and_says_so(
    own: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Another program holds it, the folder is read-only, or the disk is full."""
    came = f"{HEAD}\r\n{CLAIM}\r\n".encode()
    (own / "claims.csv").write_bytes(came)
    (own / "ties.csv").unlink()
    form = article.edit("figures")

    def refuse(path: Path, body: bytes) -> None:
        raise PermissionError(errno.EACCES, "Permission denied", str(path))

    monkeypatch.setattr(files, "write_whole", refuse)
    replies = [article.check("claims"), article.add("claims", **ROW | {"id": "A02"}), article.begin()]
    example = article.read_saved_rows(article.TEMPLATES / "figures.csv")[0]
    form.fill(**example)
    for reply in (*replies, form.save()):
        assert reply.state == "wrong" and "cannot be written (Permission denied)" in reply.sentence
    assert (own / "claims.csv").read_bytes() == came
