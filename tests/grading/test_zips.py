"""What students pack may be anything: it costs them a line, and nobody else anything."""

import io
import json
import random
import struct
import tracemalloc
import zipfile

import pytest
from test_platforms import NAME, WORKSHEET, taken, works  # noqa: F401 - a fixture

from samarkand_grading.classroom import downloads, zips
from samarkand_grading.submission import reading

pytestmark = pytest.mark.usefixtures("one_server")


def pack(members, how=zipfile.ZIP_DEFLATED):
    body = io.BytesIO()
    with zipfile.ZipFile(body, "w", how) as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    return body.getvalue()


def pack_with_offset(offset):
    """Return a zip whose only file lies at an offset of 64 bits, as its directory says."""
    body = pack({"mine.ipynb": b"{}"}, zipfile.ZIP_STORED)
    start = body.index(b"PK\x01\x02")
    end = body.index(b"PK\x05\x06")
    entry = bytearray(body[start:end])
    struct.pack_into("<H", entry, 30, 12)  # the length of what follows the name
    struct.pack_into("<L", entry, 42, 0xFFFFFFFF)
    entry += struct.pack("<HHQ", 1, 8, offset)
    tail = bytearray(body[end:])
    struct.pack_into("<L", tail, 12, len(entry))
    return body[:start] + bytes(entry) + bytes(tail)


def pack_many_times(content, times):
    """Return a zip whose directory has one small piece of the file many times."""
    body = pack({"a.ipynb": content})
    start, end = body.index(b"PK\x01\x02"), body.index(b"PK\x05\x06")
    entry, tail = body[start:end], bytearray(body[end:])
    struct.pack_into("<HHLL", tail, 8, times, times, len(entry) * times, start)
    return body[:start] + entry * times + bytes(tail)


def hand_in(number, name="mine.zip"):
    return f"X_{number}_assignsubmission_file_/{name}"


DANA, FAY = 4711004, 4711005
DAMAGED = pack({"mine.ipynb": bytes(1 << 20)})
HOLLOW = pack({f"{n}.ipynb": bytes(20 << 20) for n in range(4)})


@pytest.mark.parametrize(
    ("body", "code"),
    [
        (pack_with_offset(2**63), "broken"),
        (pack_with_offset(2**63 - 1), "broken"),
        (DAMAGED[:60] + b"\xff" * 20 + DAMAGED[80:], "broken"),
        (b"PK", "broken"),
        (b"", "broken"),
        (pack({"a.ipynb": bytes(33 << 20)}), "large"),
        (pack({"a.ipynb": b"{}"}, zipfile.ZIP_LZMA), "broken"),
        (pack({"a.ipynb": b"[" * 100_000}), "unreadable"),
        (pack({"../../a.ipynb": b"{}"}), "unsafe name"),
        (pack({"/a.ipynb": b"{}"}), "unsafe name"),
        (pack({"C:a.ipynb": b"{}"}), "unsafe name"),
        (pack({"x\\..\\a.ipynb": b"{}"}), "unsafe name"),
        (pack({f"{n}.ipynb": b"{}" for n in range(300)}), "too many"),
        (pack({f"{n}.ipynb": bytes(30 << 20) for n in range(10)}), "too many"),
        (pack_many_times(bytes(30 << 20), 19_000), "too many"),
        (pack({".hidden/a.ipynb": b"{}"}), "no notebook"),
    ],
)
def test_a_students_broken_zip_costs_a_line_and_nobody_else(course, works, tmp_path, body, code):  # noqa: F811
    members = {hand_in(DANA): body, hand_in(FAY, f"{NAME}.ipynb"): works["right"]}
    troubles, said = taken(course, tmp_path, members, WORKSHEET)
    assert (code, "dana") in troubles and "fay" in said
    assert len([one for one in troubles if one[1] == "dana"]) <= 2


@pytest.mark.parametrize("other", ["../evil.txt", "/a.ipynb", "C:\\a.ipynb", "..\\a.ipynb"])
def test_beside_a_name_that_leads_out_the_notebook_is_taken(course, works, tmp_path, other):  # noqa: F811
    right = json.dumps(works["right"])
    # With the backslashes of older programs for Windows, too.
    body = pack({other: b"x", f"my_work\\{NAME}.ipynb": right})
    troubles, said = taken(course, tmp_path, {hand_in(DANA): body}, WORKSHEET)
    assert [code for code, about in troubles if about == "dana"] == ["unsafe name"]
    assert said["dana"].found.name == f"{NAME}.ipynb"


def test_a_notebook_that_is_only_too_large_is_said_to_be(course, works, tmp_path):  # noqa: F811
    large = bytes(reading.MOST_BYTES + 1)
    members = {hand_in(DANA, "a.ipynb"): large, hand_in(FAY): pack({"a.ipynb": large})}
    troubles, _ = taken(course, tmp_path, members, WORKSHEET)
    assert {("large", "dana"), ("large", "fay")} <= set(troubles)


def test_zips_with_errors_of_all_kinds_raise_nothing_else(course, works, tmp_path):  # noqa: F811
    """A thousand zips with bytes changed at random are either read or refused as broken."""
    chance = random.Random(20261202)
    seeds = [
        pack({"mine.ipynb": json.dumps(works["right"]), "b/c.txt": b"x"}),
        pack({"mine.ipynb": b"{}"}, zipfile.ZIP_STORED),
        pack_with_offset(0),
    ]
    refused = 0
    for _ in range(1000):
        body = bytearray(chance.choice(seeds))
        # The directory at the end decides where everything is, so most changes are made there.
        first = chance.choice([0, max(0, len(body) - 150)])
        for _ in range(chance.randint(1, 6)):
            body[chance.randrange(first, len(body))] = chance.choice(
                [0, 1, 127, 128, 255, chance.randrange(256)]
            )
        if chance.random() < 0.2:
            del body[chance.randrange(len(body)) :]
        try:
            for number, entry in enumerate(zips.list_packed(bytes(body))):
                zips.read_time(entry)
                assert len(zips.read_packed(bytes(body), number)) <= reading.MOST_BYTES
        except zips.BrokenZip:
            refused += 1
    assert 100 < refused < 1000


def test_a_class_of_large_zips_needs_the_memory_of_one(course, works, tmp_path):  # noqa: F811
    """Of what one student packs, no more is in memory than a notebook and its zip."""
    members = {hand_in(DANA, f"{n}.zip"): HOLLOW for n in range(downloads.ZIPS + 2)}
    members[hand_in(FAY, f"{NAME}.ipynb")] = works["right"]
    tracemalloc.start()
    try:
        troubles, said = taken(course, tmp_path, members, WORKSHEET)
        most = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert ("too many", "dana") in troubles and "fay" in said
    assert most < 4 * reading.MOST_BYTES
