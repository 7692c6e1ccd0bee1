"""Sphinx's settings; `tools.site.build` copies this file beside the pages and passes its values."""

import json
import os
import re
from pathlib import Path
from typing import Any

project = "Samarkand 2022"
html_title = "Samarkand 2022"
author = "The maintainers of Samarkand 2022"
extensions = ["myst_nb"]
exclude_patterns = ["_build"]
nb_execution_mode = "off"
# Widgets are stills or answered by site.js; nothing is fetched from elsewhere.
nb_ipywidgets_js: dict[str, dict[str, str]] = {}
myst_enable_extensions = ["html_image"]
myst_heading_anchors = 4
html_theme = "sphinx_book_theme"
html_static_path = ["static"]
html_css_files = ["site.css"]
html_js_files = [(name, {"defer": "defer"}) for name in ("marks.js", "site.js", "words.js")]
html_copy_source = False
html_context = {"default_mode": "auto"}
html_favicon = "static/icon.svg"
html_show_sourcelink = False
html_last_updated_fmt = None
html_search_scorer = str(Path(__file__).parent / "static" / "scorer.js")
html_use_index = False
templates_path = ["templates"]
html_theme_options: dict[str, object] = dict.fromkeys(("use_download_button", "use_fullscreen_button"), False)
html_theme_options["navbar_persistent"] = []  # the menu has a search
html_theme_options["footer_content_items"] = ["page-footer.html"]
html_theme_options["show_toc_level"] = html_theme_options["navigation_depth"] = 2
repository = os.environ.get("SITE_REPOSITORY")
if repository:
    html_theme_options |= {"repository_url": repository, "repository_branch": "main"}
    # A host that the theme does not know by its name is taken to be like GitHub.
    others = (one for one in ("gitlab", "bitbucket") if one in repository)
    html_theme_options["repository_provider"] = next(others, "github")
    html_theme_options |= {"use_issues_button": True, "use_repository_button": True}

#: What `tools.site.build` says of each page: HTML for its head and below it.
PAGES: dict[str, dict[str, str]] = json.loads(
    Path(__file__).with_name("pages.json").read_text(encoding="utf-8")
)


def setup(app: Any) -> None:
    """Give each page its head and its foot."""

    def add(_app: Any, page: str, _template: str, context: dict[str, Any], _doctree: Any) -> None:
        context.update(PAGES.get(page, PAGES[""]))
        # Sphinx's own template has this one already.
        context["metatags"] = re.sub(r'<meta name="viewport"[^>]*>', "", context.get("metatags", ""))

    app.connect("html-page-context", add)
