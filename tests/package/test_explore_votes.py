"""The explorer of votes against the tables: every group and vote, absence, and states that have no vote."""

from __future__ import annotations

import html
import re

import pytest

from samarkand import data, explore, places
from samarkand.explore.votes import _groups


@pytest.fixture(scope="module")
def browser() -> explore.Explorer:
    return explore.votes()


def told(card: str) -> str:
    found = re.search(r'aria-live="polite"[^>]*>(.*?)</div>', card)
    assert found
    return html.unescape(found[1])


def rows(card: str) -> dict[str, list[str]]:
    """Return the states that a card lists, by answer."""
    found = re.findall(r'<th scope="row"[^>]*>(.*?) \(\d+\)</th><td[^>]*>(.*?)</td>', html.unescape(card))
    return {answer: names.split(", ") for answer, names in found}


def test_every_group_and_vote_lists_what_the_table_holds(browser: explore.Explorer) -> None:
    table = data.load("un_votes").set_index("iso3")
    said = {"Voted yes": "yes", "Voted no": "no", "Abstained": "abstain", "Did not vote": "did not vote"}
    said["Not in the Council"] = "not a member"
    for vote in data.load("resolutions")["vote"]:
        for key, group in _groups(list(table.index)).items():
            card = browser.render(resolution=vote, group=key)
            answers = table.loc[list(group.states), vote]
            if (answers == "not a member").all():
                assert "<svg" not in card and told(card).startswith(f"None of the {len(group.states)} ")
                continue
            shown = rows(card)
            assert card.count("<rect ") == len(group.states)
            assert {said[one] for one in shown} == set(answers)
            for answer, names in shown.items():
                codes = answers.index[answers == said[answer]]
                if names != ["all the others"]:
                    assert set(names) == {places.name(iso3) for iso3 in codes}


def test_groups_are_those_of_the_tables_on_the_day() -> None:
    sizes = {key: len(group.states) for key, group in _groups(list(data.load("un_votes")["iso3"])).items()}
    assert sizes["world"] == 193
    assert sizes["sco_members"] == 8 and sizes["sco_observers"] == 4 and sizes["sco_partners"] == 8
    assert sizes["csto"] == 6 and sizes["eaeu"] == 5 and sizes["central_asia"] == 5
    assert sizes["outside"] == 193 - 20


@pytest.mark.parametrize(("vote", "no"), [("es_11_1", 1), ("es_11_3", 6), ("es_11_4", 1)])
def test_the_noes_of_the_members(vote: str, no: int, browser: explore.Explorer) -> None:
    assert f"{no} voted no" in told(browser.render(resolution=vote))


@pytest.mark.parametrize(
    ("typed", "answer"),
    [
        ("", "on ES-11/1 (2 March 2022)."),
        ("  ", "on ES-11/1 (2 March 2022)."),
        ("Uzbekistan", "Uzbekistan did not vote, which is not the same as abstaining"),
        ("Uzb", "Uzbekistan did not vote"),
        ("uzbeki", "Uzbekistan did not vote"),
        ("中国", "China abstained."),
        ("RUS", "Russia voted no."),
        ("turkey", "Turkey, outside this group, voted yes."),
        ("U", "Several states begin so: Uganda, Ukraine,"),
        ("Taiwan", "Taiwan is no member of the United Nations and has no vote."),
        ("Atlantis <b>", "No state is called “Atlantis <b>”; try a name"),
        ("z" * 99, f"No state is called “{'z' * 40}”"),
    ],
)
def test_a_state_is_answered_in_a_sentence(typed: str, answer: str, browser: explore.Explorer) -> None:
    card = browser.render(resolution="es_11_1", state=typed)
    assert answer in told(card)
    assert "<b>" not in card


def test_a_state_without_a_seat_and_a_group_without_one(browser: explore.Explorer) -> None:
    card = browser.render(resolution="hrc_xinjiang", group="sco_observers", state="Mongolia")
    assert told(card) == (
        "None of the 4 SCO observers had a seat in the Council, so none voted on A/HRC/51/L.6 "
        "(6 October 2022). Mongolia had no seat in the Council."
    )


def test_a_state_picked_out_is_marked_in_picture_and_table(browser: explore.Explorer) -> None:
    plain, marked = browser.render(), browser.render(state="India")
    assert plain.count('stroke-width="4"/>') == 0 and marked.count('stroke-width="4"/>') == 1
    assert "#fdf3d6" in marked and "#fdf3d6" not in plain


def test_all_members_are_a_group(browser: explore.Explorer) -> None:
    assert "193 members of the UN" in browser.render(resolution="es_11_4", group="world")


def test_the_state_asked_for_is_marked_in_square_row_and_list(browser: explore.Explorer) -> None:
    card = browser.render(resolution="es_11_3", state="Uzbekistan")
    assert card.count('stroke-width="4"') - card.count('paint-order="stroke"') == 1, (
        "its square, and no other"
    )
    assert re.search(r"<tr style=\"background: #fdf3d6.*?<strong>▸ Uzbekistan</strong>", card)
