"""A JupyterLab of one's own, a Chromium that looks at it, and pictures of what it sees."""

from tools.lab.browser import Sheet, chromium, sheet
from tools.lab.server import Lab, LabError, lab, sign

__all__ = ["Lab", "LabError", "Sheet", "chromium", "lab", "sheet", "sign"]
