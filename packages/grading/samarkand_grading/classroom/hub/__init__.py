"""A JupyterHub for a class, on this machine: its settings are in ``deploy/hub/``."""
