"""What the package index shows of a wheel: the text of its README, and addresses, if these are known.

Whoever builds a release names them: ``SAMARKAND_REPOSITORY`` is the address of the repository (publish.yml
takes it from the workflow), and ``SAMARKAND_VERSION_TAG`` the tag of the release. With both, each link and
picture of the README leads into the repository as it was then. Without, links become plain words, and
pictures are left out: no link of a description is dead.
"""

import os
import re
from pathlib import Path
from typing import Any
from urllib.parse import quote

from hatchling.metadata.plugin.interface import MetadataHookInterface

#: A picture, or a link to a file of the repository: no address with a scheme, and no place in the same page.
PICTURE = re.compile(r"!\[(?P<words>[^\]]*)\]\((?P<target>[^)\s]+)\)")
LINK = re.compile(r"(?<!!)\[(?P<words>[^\]]*)\]\((?P<target>[^)\s]+)\)")


class DescriptionAndAddresses(MetadataHookInterface):
    """Set the long description and the project's addresses."""

    def update(self, metadata: dict[str, Any]) -> None:
        """Add ``readme`` and ``urls`` to a project's metadata."""
        readme = Path(self.root) / "README.md"
        text = readme.read_text(encoding="utf-8") if readme.is_file() else ""
        repository = os.environ.get("SAMARKAND_REPOSITORY", "").rstrip("/")
        tag = os.environ.get("SAMARKAND_VERSION_TAG") or "HEAD"
        metadata["readme"] = {
            "content-type": "text/markdown",
            "text": describe(text, repository, tag),
        }
        if repository:
            metadata["urls"] = list_addresses(repository)


def list_addresses(repository: str) -> dict[str, str]:
    """Return the addresses that the package index shows beside the description."""
    return {
        "Source": repository,
        "Documentation": f"{repository}/blob/HEAD/docs/instructor.md",
        "Changes": f"{repository}/blob/HEAD/CHANGELOG.md",
        "Issues": f"{repository}/issues",
    }


def describe(readme: str, repository: str, tag: str) -> str:
    """Return a README whose links hold outside of the repository.

    >>> describe("[One](a.md), ![a map](m.png) and [two](#two).", "", "v1")
    'One,  and two.'
    >>> describe("[One](a.md) and ![a map](m.png)", "https://example.edu/course", "v1")
    '[One](https://example.edu/course/blob/v1/a.md) and ![a map](https://example.edu/course/raw/v1/m.png)'
    """

    def place_picture(found: re.Match[str]) -> str:
        if is_address(found["target"]):
            return found[0]
        if not repository:
            return ""
        return f"![{found['words']}]({repository}/raw/{tag}/{quote(found['target'])})"

    def place_link(found: re.Match[str]) -> str:
        if is_address(found["target"]):
            return found[0]
        if not repository or found["target"].startswith("#"):
            return found["words"]
        path, hash_, place = found["target"].partition("#")
        return f"[{found['words']}]({repository}/blob/{tag}/{quote(path)}{hash_}{place})"

    return LINK.sub(place_link, PICTURE.sub(place_picture, readme))


def is_address(target: str) -> bool:
    """Return whether a link's target is a whole address."""
    return "://" in target
