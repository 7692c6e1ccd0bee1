"""What JupyterLab gets from the course: copies to work in, stills for the next day, errors in words.

The wheel enables this module as a server extension (``settings/lab/server_extension.json``), so that it works
in every environment the package is installed into: start.py's, conda's, a hub's. Other projects may share it;
the extension therefore touches only what is the course's own.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from jupyter_server.serverapp import ServerApp

#: How JupyterLab names the view of a live widget in an output.
VIEW = "application/vnd.jupyter.widget-view+json"


def _jupyter_server_extension_points() -> list[dict[str, str]]:
    """Tell the server which module to load."""
    return [{"module": "samarkand.jupyter"}]


def _load_jupyter_server_extension(server: ServerApp) -> None:
    """Keep stills at every save."""
    server.contents_manager.register_pre_save_hook(keep_stills)


def keep_stills(model: dict[str, Any], **_: Any) -> None:
    """Leave out of a notebook that is being saved the ids of the course's widgets; their stills stay.

    An id means something only while its kernel lives. On the next day JupyterLab would show an error in its
    place; without it, the still beside it. The page that is being worked in keeps what it has.
    """
    if model.get("type") != "notebook" or not model.get("content"):
        return
    for cell in model["content"].get("cells", ()):
        for output in cell.get("outputs", ()):
            if output.get("metadata", {}).get("samarkand", {}).get("still"):
                output["data"].pop(VIEW, None)
