"""Ask Git about the course's files."""

import subprocess
from pathlib import Path


class NoGit(Exception):
    """Git is not there, or does not know what it was asked for."""


def ask_git(*command: str, folder: Path) -> str:
    """Return what a git command prints in a folder; `NoGit` if it fails or git is missing."""
    try:
        done = subprocess.run(
            ["git", *command], cwd=folder, capture_output=True, encoding="utf-8", check=True
        )
    except (OSError, subprocess.CalledProcessError) as error:
        raise NoGit(*command) from error
    return done.stdout
