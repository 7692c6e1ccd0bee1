"""A throw-away JupyterLab, and a Chromium that opens it."""

from lab.browser import Sheet, chromium, sheet
from lab.programs import LabError
from lab.server import Lab, lab, sign

__all__ = ["Lab", "LabError", "Sheet", "chromium", "lab", "sheet", "sign"]
