# Copyright (c) the Jupyter ML developers.
# Distributed under the terms of the BSD 3-Clause License.

"""The client for notebooks: ``%ml``, ``%%ml``, and live views of jobs.

No other package imports IPython or ipywidgets.
"""

from __future__ import annotations
