"""Students who are out to harm their hub: servers that hang, names that move a terminal, logs without end."""

import asyncio
import json
import logging
import sys
import time
from pathlib import Path

import pytest

from samarkand.practice.predict import class_view, ledger
from samarkand_grading.classroom.hub import logs, turns

#: The longest turn in these tests, in seconds.
LONGEST = 0.3


def test_servers_that_hang_keep_nobody_from_a_turn():
    """As of a student who has put a pipe in the place of a notebook that is read when her server starts."""

    inside: list[int] = []

    async def hang(turn: turns.Turns) -> None:
        async with turn.take():
            inside.append(1)
            await asyncio.sleep(60)

    async def end(hanging: list[asyncio.Task[None]]) -> None:
        for one in hanging:
            one.cancel()
        await asyncio.gather(*hanging, return_exceptions=True)

    async def come() -> tuple[float, int]:
        turn = turns.Turns(2, LONGEST)
        hanging = [asyncio.create_task(hang(turn)) for _ in range(6)]
        await asyncio.sleep(0)
        began = time.monotonic()
        async with turn.take():
            waited = time.monotonic() - began
        await end(hanging)
        inside.clear()
        again = [asyncio.create_task(hang(turn)) for _ in range(5)]
        for _ in range(10):
            await asyncio.sleep(0)
        places = len(inside)  # a turn that has ended twice would have made one more
        await end(again)
        return waited, places

    waited, places = asyncio.run(come())
    assert 2 * LONGEST < waited < 60 and places == 2


def test_whoever_is_quick_makes_room_at_once_and_turns_are_few():
    most, now = 0, 0

    async def start(turn: turns.Turns) -> None:
        nonlocal most, now
        async with turn.take():
            now += 1
            most = max(most, now)
            await asyncio.sleep(0.01)
            now -= 1

    async def come() -> None:
        turn = turns.Turns(2, 60)
        await asyncio.gather(*(start(turn) for _ in range(20)))

    began = time.monotonic()
    asyncio.run(come())
    assert most == 2 and time.monotonic() - began < 30


def test_the_hubs_own_log_does_not_fill_the_disk(tmp_path, monkeypatch):
    monkeypatch.setattr(logs, "LONGEST", 1000)
    log = tmp_path / logs.HUB
    with log.open("ab") as hub:
        for number in range(3):
            hub.write(b"refused\n" * 200 + f"the last of {number}\n".encode())
            hub.flush()
            logs.empty_long_logs(tmp_path)
            assert log.stat().st_size == 0
            before = (tmp_path / logs.HUB_BEFORE).read_bytes()
            assert len(before) == 1000 and before.endswith(f"the last of {number}\n".encode())
        hub.write(b"short\n")
        hub.flush()
        logs.empty_long_logs(tmp_path)
    assert log.read_bytes() == b"short\n"


@pytest.fixture
def records():
    """Put back what makes the records of a log."""
    before = logging.getLogRecordFactory()
    yield
    logging.setLogRecordFactory(before)


@pytest.mark.usefixtures("records")
def test_nothing_that_is_logged_moves_a_terminal(caplog, tmp_path):
    logs.make_records_printable()
    caplog.set_level(logging.WARNING)
    logging.getLogger("hub").warning("Failed login for %s", "eve\x1b]0;title\x07\x1b[2J\u202e")
    logging.getLogger("hub").warning("%d places, %s", 3, {"a": "b"})
    said, plain = (record.getMessage() for record in caplog.records)
    assert "eve" in said and said.isprintable() and plain == "3 places, {'a': 'b'}"
    (tmp_path / "log").write_bytes(b"first\n\x1b[31mlast\x9b2J\n")
    assert logs.read_last_line(tmp_path / "log").isprintable()


@pytest.mark.skipif(sys.platform == "win32", reason="no hub runs on Windows")
@pytest.mark.parametrize("where", ["home", "my_work", "journal"])
def test_a_link_that_comes_between_two_looks_is_not_followed(where, tmp_path, monkeypatch):
    """She cannot read her neighbour's predictions, and must not have them counted as hers."""
    entry = json.dumps({"at": "2022-09-15T00:00:00+00:00", "id": "06.partner", "guess": 1})
    bobs, adas = tmp_path / "homes" / "bob" / "my_work", tmp_path / "homes" / "ada" / "my_work"
    bobs.mkdir(parents=True)
    (bobs / f"{ledger.JOURNAL}.jsonl").write_text(entry, encoding="utf-8")
    if where == "home":
        adas.parent.symlink_to(bobs.parent)
    elif where == "my_work":
        adas.parent.mkdir()
        adas.symlink_to(bobs)
    else:
        adas.mkdir(parents=True)
        (adas / f"{ledger.JOURNAL}.jsonl").symlink_to(bobs / f"{ledger.JOURNAL}.jsonl")
    monkeypatch.setattr(Path, "is_symlink", lambda self: False)  # she changes it after the look
    assert class_view.read_journal(bobs.parent, ledger.JOURNAL) == entry
    assert class_view.read_journal(adas.parent, ledger.JOURNAL) == ""
