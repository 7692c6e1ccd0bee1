"""The student's own article: tables are read as spreadsheets save them, and each fault is named."""

from pathlib import Path

import pandas as pd
import pytest

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
        assert (
            article.check(name).sentence
            == f"{name}.csv still has the example. Replace it with your own rows."
        )
        assert list(article._faults(name, article.rows(article.path(name)))) == []
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
    assert article.check("claims").sentence == "1 of 10 rows, and all of them in order. 9 more to write."
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


def test_before_there_is_one_the_example_is_read(work: Path) -> None:
    assert (
        article.check("claims").sentence
        == "There is no my_work/article/claims.csv yet: article.begin() makes it."
    )
    assert article.path("claims").parent.name == "article" and article.path("claims").is_file()
