# Copyright (c) the Jupyter ML developers.
# Distributed under the terms of the BSD 3-Clause License.

"""Build an environment: ``python -m jupyter_ml.environments FOLDER POLICY [PYTHON]``, with its definition as input.

PYTHON is that of another machine (`Interpreter`), as JSON. Each step is a line of JSON on standard output. The last
line has the directory, or the message of an error.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path

from jupyter_ml.environments.building import build
from jupyter_ml.environments.elsewhere import Elsewhere
from jupyter_ml.environments.installations import Installations
from jupyter_ml.errors import JupyterMLError
from jupyter_ml.schemas.environment_definition import Definition
from jupyter_ml.schemas.pythons import Interpreter

__all__ = ["main"]


def main() -> int:
    """Build the environment and return the exit code."""
    definition = Definition.model_validate_json(sys.stdin.buffer.read())
    folder, policy, *python = sys.argv[1:]
    places, nearest = Installations(Path(folder)), policy == "nearest"

    def report(done: int, step: str) -> None:
        _report(done=done, step=step)

    try:
        if python:
            elsewhere = Elsewhere(places, definition, Interpreter.read(python[0]))
            elsewhere.build(nearest=nearest, progress=report)
            path = elsewhere.directory
        else:
            path = build(places, definition, nearest=nearest, progress=report)
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
