# Copyright (c) the Jupyter ML developers.
# Distributed under the terms of the BSD 3-Clause License.

"""``python -m jupyter_ml`` is ``jupyter ml``."""

from __future__ import annotations

from jupyter_ml.cli import main

if __name__ == "__main__":
    main()
