"""User ids for students that nobody else on this machine has, where root runs the hub."""

import contextlib
import grp
import hashlib
import pwd
import socket
import subprocess
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from samarkand.common.errors import CourseError
from samarkand_grading.classroom.hub import processes

#: Ids that systemd's table of ids leaves unused, so that no directory and no container is given them.
UNUSED = range(0x70000000, 0x7FFE0000)
#: How many ids one hub takes from at most.
BLOCK = 4096
#: Ids that never are a person's: nobody's, and -1 in 16 and in 32 bits.
NEVER = frozenset({0, 65534, 65535, 0xFFFFFFFF})
#: The ids that exist here: all, or in a container those of its user namespace.
MAP = Path("/proc/self/uid_map")
#: Ids that accounts use in containers of their own: name, first id and count, with colons between.
SUBORDINATE = Path("/etc/subuid")


@dataclass(frozen=True)
class UserIds:
    """The ids that a hub may give to its students.

    Attributes
    ----------
    block : range
        The ids to take from.
    taken : frozenset of int
        Those of them that another hub has given to its students.
    """

    block: range
    taken: frozenset[int] = frozenset()

    def may_be_a_students(self, number: int) -> bool:
        """Return whether an id lies where students' ids do, and belongs to no account and no other hub."""
        if number not in UNUSED and number not in self.block:
            return False
        return not (number in NEVER or number in self.taken or has_account(number))

    def list_free(self) -> Iterator[int]:
        """Yield ids of the block that are free."""
        for number in self.block:
            if self.may_be_a_students(number):
                yield number


def find_user_ids(folder: Path) -> UserIds:
    """Return the ids for the hub that works in a folder."""
    return UserIds(find_block(folder, read_id_map()), find_other_hubs_ids(folder))


def find_block(folder: Path, existing: list[range]) -> range:
    """Return the block of ids for a hub: of those that exist here, and that other hubs do not begin with.

    Parameters
    ----------
    folder : Path
        The hub's folder. Two hubs on one machine have different folders, and so, mostly, different blocks.
    existing : list of range
        The ids that exist here.
    """
    for ids in existing:
        if UNUSED.start >= ids.start and UNUSED.stop <= ids.stop:
            name = f"{socket.gethostname()}\0{folder.resolve()}".encode(errors="surrogateescape")
            number = int.from_bytes(hashlib.sha256(name).digest()[:8]) % (len(UNUSED) // BLOCK)
            first = UNUSED.start + number * BLOCK
            return range(first, first + BLOCK)
    highest = max(existing, key=lambda ids: ids.stop)  # in a container accounts have low ids
    return range(max(highest.start, highest.stop - BLOCK), highest.stop)


def read_id_map() -> list[range]:
    """Return the ranges of user ids that exist here."""
    ranges = []
    for line in MAP.read_text(encoding="ascii").splitlines():
        first, _, count = map(int, line.split())
        ranges.append(range(first, first + count))
    return ranges


def has_account(number: int) -> bool:
    """Return whether an id is that of a user, a group, or of an account's containers."""
    with contextlib.suppress(KeyError):
        pwd.getpwuid(number)
        return True
    with contextlib.suppress(KeyError):
        grp.getgrgid(number)
        return True
    return any(number in ids for ids in read_subordinate_ids())


def read_subordinate_ids() -> list[range]:
    """Return the ranges of ids that accounts may use in containers."""
    ranges = []
    if SUBORDINATE.is_file():
        for line in SUBORDINATE.read_text(encoding="utf-8", errors="replace").splitlines():
            parts = line.split(":")
            if len(parts) == 3 and parts[1].isdecimal() and parts[2].isdecimal():
                ranges.append(range(int(parts[1]), int(parts[1]) + int(parts[2])))
    return ranges


def find_other_hubs_ids(folder: Path) -> frozenset[int]:
    """Return the owners of students' folders in the other hubs that run on this machine."""
    found = set[int]()
    for other in processes.list_values("SAMARKAND_HUB") - {str(folder)}:
        with contextlib.suppress(OSError):
            for home in Path(other, "homes").iterdir():
                found.add(home.stat().st_uid)
    return frozenset(found)


def give_homes(homes: Sequence[Path], ids: UserIds) -> None:
    """Give each folder an owner of its own; those stay who are no account, and no other student.

    A new folder belongs to root. Those of earlier hubs may belong to ids that somebody on the machine has.
    """
    used = set[int]()
    strangers = []
    for home in homes:
        owner = home.stat().st_uid
        if owner in used or not ids.may_be_a_students(owner):
            strangers.append(home)
        else:
            used.add(owner)
    free = (number for number in ids.list_free() if number not in used)
    for home in strangers:
        number = next(free, None)
        if number is None:
            text = f"There are not enough free user ids for {len(homes)} students."
            raise CourseError(text, code="too few user ids", students=len(homes))
        processes.end_processes(home, "SAMARKAND_WORK")  # a server that an earlier hub left behind
        give_home(home, number)


def give_home(home: Path, user: int) -> None:
    """Make a folder, and all in it that belongs to its owner, another user's; follow no links."""
    before = home.stat().st_uid
    words = [
        "chown",
        "--recursive",
        "--no-dereference",
        f"--from={before}",
        f"{user}:{user}",
        "--",
        str(home),
    ]
    subprocess.run(words, check=True)
