"""What a page says: its text, and the attributes that are read out; no scripts and styles."""

from __future__ import annotations

from html.parser import HTMLParser


class Said(HTMLParser):
    """The words of a page, in `parts`."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.parts: list[str] = []
        self._silent = 0
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self._silent += tag in ("script", "style")
        self.parts += [str(value) for name, value in attrs if name in ("alt", "aria-label", "title")]

    def handle_endtag(self, tag: str) -> None:
        self._silent -= tag in ("script", "style")

    def handle_data(self, text: str) -> None:
        if not self._silent and text.strip():
            self.parts.append(text.strip())
