# Copyright (c) the Jupyter ML developers.
# Distributed under the terms of the BSD 3-Clause License.

"""Build an environment: ``python -m jupyter_ml.environments FOLDER [nearest]``, with its definition on standard input.

Each step is a line of JSON on standard output. The last line has the directory, or the message of an error.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path

from jupyter_ml.environments.building import build
from jupyter_ml.environments.installations import Installations
from jupyter_ml.errors import JupyterMLError
from jupyter_ml.schemas.environment_definition import Definition

__all__ = ["main"]


def main() -> int:
    """Build the environment and return the exit code."""
    definition = Definition.model_validate_json(sys.stdin.buffer.read())
    try:
        path = build(
            Installations(Path(sys.argv[1])),
            definition,
            nearest="nearest" in sys.argv[2:],
            progress=lambda done, step: _report(done=done, step=step),
        )
    except JupyterMLError as error:
        _report(error=str(error))
        return 1
    _report(path=str(path))
    return 0


def _report(**content: object) -> None:
    sys.stdout.write(json.dumps(content) + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(main())
