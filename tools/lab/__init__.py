"""A throw-away JupyterLab, a Chromium that opens it, and screenshots."""

from tools.lab.browser import Sheet, chromium, sheet
from tools.lab.server import Lab, LabError, lab, sign

__all__ = ["Lab", "LabError", "Sheet", "chromium", "lab", "sheet", "sign"]
