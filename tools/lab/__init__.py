"""A throw-away JupyterLab, and a Chromium that opens it."""

from tools.lab.browser import Sheet, chromium, sheet
from tools.lab.server import Lab, LabError, lab, sign

__all__ = ["Lab", "LabError", "Sheet", "chromium", "lab", "sheet", "sign"]
