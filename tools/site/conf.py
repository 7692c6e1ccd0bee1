"""Sphinx's settings; `tools.site.build` copies this file beside the pages and passes its values."""

import os

project = "Samarkand 2022"
html_title = f"Samarkand 2022 ({os.environ['SITE_VERSION']})"
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
html_js_files = [("site.js", {"defer": "defer"}), ("words.js", {"defer": "defer"})]
html_copy_source = False
html_context = {"default_mode": "auto"}
html_favicon = "static/icon.svg"
html_show_sourcelink = False
html_last_updated_fmt = None
html_theme_options: dict[str, object] = dict.fromkeys(("use_download_button", "use_fullscreen_button"), False)
html_theme_options["show_toc_level"] = html_theme_options["navigation_depth"] = 2
if repository := os.environ.get("SITE_REPOSITORY"):
    html_theme_options |= {"repository_url": repository, "repository_branch": "main"}
    html_theme_options |= {"use_issues_button": True, "use_repository_button": True}
