"""No setting weakens strict nbval, which runs on lessons and sets in a step of ``start.py test``."""

import json

from nbval.plugin import find_comment_markers

from samarkand.ground.home import ROOT


def test_no_tag_and_no_comment_lets_nbval_look_away() -> None:
    paths = [*ROOT.glob("notebooks/*.ipynb"), *ROOT.glob("exercises/*/*/*.ipynb")]
    cells = [cell for path in paths for cell in json.loads(path.read_text(encoding="utf-8"))["cells"]]
    source = "".join(f"{''.join(cell['source'])}\n" for cell in cells)
    assert list(find_comment_markers("1 + 1\n# NBVAL_SKIP")) == [("skip", True)]
    assert list(find_comment_markers(source)) == []
    assert [cell["id"] for cell in cells if "tags" in cell["metadata"]] == []
