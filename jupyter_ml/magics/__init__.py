"""The front door of notebooks: ``%ml``, ``%%ml``, and jobs that show themselves live.

Only here are IPython and ipywidgets known.
"""

from __future__ import annotations
