# Copyright (c) the Jupyter ML developers.
# Distributed under the terms of the BSD 3-Clause License.

"""The front door of notebooks: ``%ml``, ``%%ml``, and jobs that show themselves live.

Only here are IPython and ipywidgets known.
"""

from __future__ import annotations
