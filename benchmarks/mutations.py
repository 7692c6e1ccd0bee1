"""How many planted mistakes the tests see: in tables, prose, charts, maps, explorers, sets, start-up and CI.

    python benchmarks/mutations.py                 go on where the last run ended
    python benchmarks/mutations.py --most 60       at most so many, each kind in turn
    python benchmarks/mutations.py --jobs 2        so many at the same time
    python benchmarks/mutations.py --kind "map|quiz"  only kinds whose name fits this pattern
    python benchmarks/mutations.py --list          show the mutants, run nothing

A *mutant* is the course with one mistake in one place (``tools/mutants.py``). Each is planted in a copy of
the tree; the tests run that a change of that file concerns, as ``samarkand test`` finds them, those that
compare with something stored last. A line of ``mutations.csv`` says which test saw it, and whether that test
is *independent* or compares with a *record*, which would bless the mistake when it is stored anew.

A mutant that changes nothing anybody could tell is marked by hand: ``equivalent`` as its outcome, the reason
as its note. Such lines are kept and not counted.
"""

from __future__ import annotations

import argparse
import contextlib
import csv
import io
import json
import os
import queue
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor, as_completed
from pathlib import Path

from samarkand.course import changes
from samarkand.ground import files
from samarkand.ground.errors import CourseError
from samarkand.ground.home import ROOT
from tools.mutants import Mutant, mutants

RESULTS = Path(__file__).with_suffix(".csv")
COLUMNS = ("mutant", "kind", "place", "was", "is", "outcome", "by", "test", "seconds", "note")
OUTCOMES = ("caught", "missed", "equivalent")
#: What is to be seen of all mutants, and by independent tests alone.
LIMITS = {"caught": 0.95, "independently": 0.80}
#: Seconds for one step of the tests; one that takes longer has seen the mutant, too.
PATIENCE = 900

#: Tests that compare with something stored: files that need not run at first, and single tests.
RECORD_FILES = ("test_record.py", "test_corruption.py", "test_lesson_facts.py", "test_lesson_nbval.py")
RECORDS = re.compile(
    r"test_record|test_lesson_facts|test_lesson_nbval|\.ipynb::|test_the_form_is_in_step|test_the_stored_release"
    r"|test_sets_are_stored|test_corruption_is_caught|test_prose_is_in_the_record"
)


def read(path: Path = RESULTS) -> dict[str, dict[str, str]]:
    """Return the results so far, by mutant.

    Raises
    ------
    CourseError
        If the file is damaged: which line, and what to do.
    """
    if not path.exists():
        return {}
    found: dict[str, dict[str, str]] = {}
    with path.open(encoding="utf-8", newline="") as file:
        try:
            lines = list(csv.DictReader(file))
        except (UnicodeDecodeError, csv.Error) as error:
            raise CourseError(f"{path.name} cannot be read ({error}): take it from git again.") from None
    for number, row in enumerate(lines, 2):
        wrong = (
            "it has not the columns " + ", ".join(COLUMNS)
            if tuple(row) != COLUMNS or None in row.values() or None in row
            else f"its outcome is {row['outcome']!r}, none of {', '.join(OUTCOMES)}"
            if row["outcome"] not in OUTCOMES
            else "it is called equivalent, and no note says why"
            if row["outcome"] == "equivalent" and not row["note"].strip()
            else f"{row['mutant']} stands twice"
            if row["mutant"] in found
            else ""
        )
        if wrong:
            raise CourseError(
                f"{path.name}, line {number}: {wrong}. Mend the line, or delete it to run it again."
            )
        found[row["mutant"]] = row
    return found


def write(found: dict[str, dict[str, str]], path: Path = RESULTS) -> None:
    """Write the results whole, sorted by kind, so that a stop at any moment loses one mutant at most."""
    out = io.StringIO()
    table = csv.DictWriter(out, COLUMNS, lineterminator="\n")
    table.writeheader()
    table.writerows(sorted(found.values(), key=lambda row: (row["kind"], row["mutant"])))
    files.write_whole(path, out.getvalue().encode())


def copied(copy: Path) -> None:
    """Copy all files of the checkout that git knows or would take."""
    command = ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
    told = subprocess.run(command, cwd=ROOT, capture_output=True, check=True).stdout.decode()
    for name in filter(None, told.split("\0")):
        if (ROOT / name).is_file():
            (copy / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(ROOT / name, copy / name)
    subprocess.run(["git", "init", "-q"], cwd=copy, check=True)  # some tests ask what is tracked
    subprocess.run(["git", "add", "."], cwd=copy, check=True)


class Bench:
    """A copy of the tree in which one mutant at a time is planted, and the tests that a file concerns.

    Parameters
    ----------
    copy : pathlib.Path
        The copy, outside of the checkout.
    """

    def __init__(self, copy: Path) -> None:
        self.copy = copy
        self._well: dict[tuple[str, ...], bool] = {}
        self._written = int(time.time())

    def judge(self, mutant: Mutant) -> tuple[str, str, str]:
        """Plant a mutant, run what concerns its file, take it out again.

        Returns
        -------
        tuple of three str
            Outcome; "independent" or "record"; the test.
        """
        target = self.copy / mutant.file
        before = target.read_bytes()
        commands = [step.command for step in changes.steps([mutant.file])[0]]
        record = ""
        try:
            self._put(target, mutant.text().encode())
            for command in _independent(commands):
                test, stored = self._seen(command, target, before)
                record = record or stored
                if test:
                    return "caught", "independent", test
            for command in _comparing(commands):
                record = record or "".join(self._seen(command, target, before))
        finally:
            self._put(target, before)
        return ("caught", "record", record) if record else ("missed", "", "")

    def _seen(self, command: tuple[str, ...], target: Path, before: bytes) -> tuple[str, str]:
        """Return which independent test, and which that compares, fails with the mutant and not without."""
        comparing: list[str] = []
        while True:
            whole_command = (*command, *(f"--deselect={test}" for test in comparing))
            status, output = self._run(whole_command)
            if status == 0:
                return "", next(iter(comparing), "")
            test = _failed(output) if "pytest" in command else " ".join(command[1:4])
            planted = target.read_bytes()
            self._put(target, before)
            alone = _alone(command, test)
            well = self._well.setdefault(alone, self._run(alone)[0] == 0)
            self._put(target, planted)
            if not well:
                return "", next(iter(comparing), "")
            if not RECORDS.search(test):
                return test, next(iter(comparing), "")
            if test in comparing:  # it cannot be passed over
                return "", test
            comparing.append(test)

    def _put(self, target: Path, body: bytes) -> None:
        """Write a file, with a time of its own: compiled modules are told apart by whole seconds."""
        target.write_bytes(body)
        self._written += 1
        os.utime(target, (self._written, self._written))

    def _run(self, command: tuple[str, ...]) -> tuple[int, str]:
        there = [argument.replace(str(ROOT), str(self.copy)) for argument in command]
        environment = os.environ | {
            "PYTHONPATH": str(self.copy),
            "PYTHONPYCACHEPREFIX": str(self.copy / "build/pyc"),
        }
        environment.pop("PYTHONDONTWRITEBYTECODE", None)
        try:
            ran = subprocess.run(
                [sys.executable, *there],
                cwd=self.copy,
                env=environment,
                capture_output=True,
                text=True,
                errors="replace",
                timeout=PATIENCE,
                check=False,
            )
        except subprocess.TimeoutExpired:
            return 1, f"FAILED {' '.join(command[:4])}: it does not end"
        no_test = ran.returncode == 5 and "pytest" in command
        return 0 if no_test else ran.returncode, ran.stdout + ran.stderr


def _independent(commands: Sequence[tuple[str, ...]]) -> list[tuple[str, ...]]:
    """Return the steps that compare with nothing stored and need no browser, the quickest first."""
    found = []
    for command in commands:
        kept = tuple(one for one in command if not one.endswith(RECORD_FILES) and "tests/browser" not in one)
        if "--nbval" not in command and ("pytest" not in kept or any("tests/" in one for one in kept)):
            found.append(kept)
    return sorted(found, key=lambda command: ("pytest" in command, "-k" in command))


def _comparing(commands: Sequence[tuple[str, ...]]) -> Iterator[tuple[str, ...]]:
    """Yield what `_independent` leaves out."""
    for command in commands:
        if "--nbval" in command:
            yield command
        elif any(one.endswith(RECORD_FILES) for one in command):
            yield tuple(one for one in command if "tests/" not in one or one.endswith(RECORD_FILES))


def _alone(command: tuple[str, ...], test: str) -> tuple[str, ...]:
    """Return the command that runs one test of a step, or the step itself where it has no such parts."""
    return ("-m", "pytest", "-q", "-p", "no:cacheprovider", test) if ".py::" in test else command


def _failed(output: str) -> str:
    """Return the name of the first test that failed."""
    found = re.search(r"^(?:FAILED|ERROR) (\S+(?:\[.*?\])?)(?: - |$)", output, re.MULTILINE)
    return found[1] if found else (output.strip().splitlines() or ["?"])[-1][:80]


def told(found: dict[str, dict[str, str]]) -> tuple[str, dict[str, float]]:
    """Sum the results up in a sentence and as shares of those that count."""
    outcomes = Counter(row["outcome"] for row in found.values())
    counted = outcomes["caught"] + outcomes["missed"]
    alone = sum(row["by"] == "independent" for row in found.values())
    shares = {"caught": outcomes["caught"] / counted, "independently": alone / counted} if counted else {}
    said = f"{counted} mutants: {outcomes['caught']} caught, {alone} of them by independent tests"
    if outcomes["equivalent"]:
        said += f"; {outcomes['equivalent']} equivalent, not counted"
    return f"{said}.", shares


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the mutants that have no result yet; return 1 if fewer are caught than should be."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--kind", default="", help="only kinds whose name fits this pattern")
    parser.add_argument("--most", type=int, help="at most so many mutants")
    parser.add_argument("--jobs", type=int, default=1, help="mutants at the same time, each in its own copy")
    parser.add_argument("--list", action="store_true", help="show the mutants, run nothing")
    options = parser.parse_args(arguments)
    try:
        found = read()
    except CourseError as error:
        print(error, file=sys.stderr)
        return 2
    every = mutants()
    chosen = [one for one in every if re.search(options.kind, one.kind)]
    if options.list:
        for one in chosen:
            print(f"{one.name}  {one.kind}: {one.file}, {one.place}: {one.was!r} -> {one.now!r}")
        return 0
    for name in sorted(set(found) - {one.name for one in mutants()}):
        row = found.pop(name)
        print(
            f"{name} ({row['kind']}, {row['place']}) no longer applies: its place has changed. Its line goes."
        )
    todo = [one for one in chosen if one.name not in found][: options.most]
    try:
        with contextlib.ExitStack() as stack:
            idle: queue.SimpleQueue[Bench] = queue.SimpleQueue()
            for _ in range(options.jobs):
                folder = stack.enter_context(tempfile.TemporaryDirectory(prefix="samarkand-mutants-"))
                copied(Path(folder))
                idle.put(Bench(Path(folder)))

            def judged(one: Mutant) -> tuple[Mutant, tuple[str, str, str], float]:
                bench, began = idle.get(), time.monotonic()
                try:
                    return one, bench.judge(one), time.monotonic() - began
                finally:
                    idle.put(bench)

            pool = stack.enter_context(ThreadPoolExecutor(options.jobs))
            stack.callback(pool.shutdown, cancel_futures=True)
            for done in as_completed([pool.submit(judged, one) for one in todo]):
                one, outcome, seconds = done.result()
                place = f"{one.file}, {one.place}"
                values = (one.name, one.kind, place, one.was, one.now, *outcome, f"{seconds:.0f}", "")
                found[one.name] = dict(zip(COLUMNS, values, strict=True))
                write(found)
                said = f"{one.kind}: {place}: {one.was!r} -> {one.now!r}"
                print(f"{seconds:4.0f} s  {' '.join(outcome[:2])}  {said}  {outcome[2]}", flush=True)
    except KeyboardInterrupt:
        print("Stopped. What has run is kept; the same command goes on from here.", file=sys.stderr)
        return 130
    said, shares = told(found)
    print(f"{said} {len(every) - len(found)} of {len(every)} have not run yet.")
    figures = {"mutants": len(found), **{key: round(value, 3) for key, value in shares.items()}}
    print(json.dumps({"benchmark": "mutations", **figures}))
    return 0 if all(shares.get(key, 0) >= limit for key, limit in LIMITS.items()) else 1


if __name__ == "__main__":
    for stop in (signal.SIGINT, signal.SIGTERM):  # in the background, too, where nobody listens to Ctrl-C
        signal.signal(stop, signal.default_int_handler)
    sys.exit(main())
