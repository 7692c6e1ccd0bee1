"""Charts for lessons: made of a table, in one look, never without title, description and source.

They are Altair charts, so whatever Altair can do can be added. A chart in a notebook is text, not an image: a
Vega-Lite specification that JupyterLab draws without the net, and a sentence for those who do not see it.
Each is looked up in its module when it is first used.
"""

import lazy_loader

__getattr__, __dir__, __all__ = lazy_loader.attach_stub(__name__, __file__)
