"""Write the next version into each file that names it, with its day and where it will be found.

    python deploy/set_version.py 1.0.0 --repository https://example.edu/course

The day is today's. Nothing is written if one of the files does not name a version as it is expected to.
"""

import argparse
import datetime as dt
import re
import sys
from pathlib import Path
from urllib.parse import urlsplit

ROOT = Path(__file__).resolve().parents[1]
VERSION = r"\d+\.\d+\.\d+"
#: Where the version stands in each file, as a pattern whose first group stays and is followed by the version.
PLACES = {
    "pyproject.toml": r'(^version = ")' + VERSION,
    "packages/grading/pyproject.toml": r'(^version = "|"samarkand==)' + VERSION,
    "samarkand/common/version.py": r'(^VERSION = ")' + VERSION,
    "course_data/datapackage.json": r'(^  "version": ")' + VERSION,
    "CITATION.cff": r"(^ *version: )" + VERSION,
}
#: How often it stands there, where that is not once.
TIMES = {"packages/grading/pyproject.toml": 2, "CITATION.cff": 2}


def write_version(root: Path, version: str, day: dt.date, repository: str) -> list[str]:
    """Write a version, its day and its address below a folder; return the names of the changed files.

    Raises
    ------
    ValueError
        If the version, the address or a file is not as it has to be. Nothing was written then.
    """
    if not re.fullmatch(VERSION, version):
        raise ValueError(f"A version is three numbers, such as 1.0.0, and not {version!r}.")
    address = urlsplit(repository)
    if repository and (address.scheme != "https" or not address.hostname):
        raise ValueError(f"The repository has an address that begins with https, and not {repository!r}.")
    texts = {}
    for name, pattern in PLACES.items():
        text = (root / name).read_text(encoding="utf-8")
        texts[name], times = re.subn(pattern, rf"\g<1>{version}", text, flags=re.MULTILINE)
        if times != TIMES.get(name, 1):
            raise ValueError(f"{name} names a version {times} times, and not {TIMES.get(name, 1)}.")
    texts["CITATION.cff"] = cite_release(texts["CITATION.cff"], day, repository)
    texts["course_data/datapackage.json"] = describe_release(
        texts["course_data/datapackage.json"], day, repository
    )
    for name, text in texts.items():
        (root / name).write_text(text, encoding="utf-8")
    return list(texts)


def cite_release(text: str, day: dt.date, repository: str) -> str:
    """Return CITATION.cff with the day of the release and, if it is known, the repository's address."""
    kept = [line for line in text.splitlines() if not re.match(r"date-released:|repository-code:", line)]
    first = next(place for place, line in enumerate(kept) if line.startswith("version:"))
    said = [f"date-released: {day.isoformat()}"]
    if repository:
        said.append(f"repository-code: {repository}")
    return "\n".join([*kept[: first + 1], *said, *kept[first + 1 :]]) + "\n"


def describe_release(text: str, day: dt.date, repository: str) -> str:
    """Return datapackage.json with the day of the release and, if it is known, its homepage."""
    text = re.sub(r'(^  "created": ")[\d-]+', rf"\g<1>{day.isoformat()}", text, flags=re.MULTILINE)
    text = re.sub(r'^  "homepage": .*\n', "", text, flags=re.MULTILINE)
    if repository:
        line = f'  "homepage": "{repository}",\n'
        text = re.sub(r'^  "created": .*\n', lambda found: found[0] + line, text, flags=re.MULTILINE)
    return text


def main() -> int:
    """Write what the command line asks for; return an exit status."""
    options = argparse.ArgumentParser(description="Write the version of the next release.")
    options.add_argument("version", help="three numbers, such as 1.0.0")
    options.add_argument("--repository", default="", help="its address; none: it is not named")
    asked = options.parse_args()
    day = dt.datetime.now(dt.UTC).date()
    try:
        changed = write_version(ROOT, asked.version, day, asked.repository.rstrip("/"))
    except (OSError, ValueError) as error:
        print(error, file=sys.stderr)
        return 1
    print("\n".join(changed))
    return 0


if __name__ == "__main__":
    sys.exit(main())
