"""Run by IPython before the first cell, in every environment the course is installed into."""

get_ipython().extension_manager.load_extension("samarkand.lab.kernel")  # noqa: F821
