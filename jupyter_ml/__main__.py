"""``python -m jupyter_ml`` is ``jupyter ml``."""

from __future__ import annotations

from jupyter_ml.cli import main

if __name__ == "__main__":
    main()
