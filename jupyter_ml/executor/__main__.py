# Copyright (c) the Jupyter ML developers.
# Distributed under the terms of the BSD 3-Clause License.

"""Run one attempt of a job: ``python -m jupyter_ml.executor ATTEMPT_FOLDER [TOKEN]``.

Nothing is run if the attempt was claimed with another TOKEN. The event log contains how the attempt ended; the exit
code repeats it. Values to mask are read from standard input, a list in JSON, which no other process can read. If the
launch file requires a signature, the first value is the key that signs the last event.
"""

from __future__ import annotations

import asyncio
import json
import logging
import os
import sys
from dataclasses import replace
from functools import partial
from pathlib import Path

from jupyter_ml.errors import InvalidInputError
from jupyter_ml.eventlog.writer import EventLogFullError
from jupyter_ml.executor.attempt import attempt
from jupyter_ml.executor.job import run_job
from jupyter_ml.imports import block_imports
from jupyter_ml.redaction.redactor import Redactor
from jupyter_ml.schemas.escaping import indented
from jupyter_ml.schemas.exits import EXIT_FAILED, EXIT_LOG_FULL, EXIT_SUPERSEDED, EXIT_USAGE, EXITS
from jupyter_ml.schemas.launch import AttemptFolder

__all__ = ["main"]


def main(argv: list[str] | None = None) -> int:
    """Run the attempt in the folder that `argv` names, and return the exit code."""
    arguments = sys.argv[1:] if argv is None else argv
    handler = logging.StreamHandler()
    handler.setFormatter(_Formatter(Redactor()))
    logging.basicConfig(handlers=[handler], level=logging.WARNING)
    if len(arguments) not in (1, 2):
        logging.error("usage: python -m jupyter_ml.executor ATTEMPT_FOLDER [TOKEN]")
        return EXIT_USAGE
    folder = AttemptFolder(Path(arguments[0]).absolute())
    # `python -m` adds the working directory to the path: the job could write modules there
    sys.path[:] = [place for place in sys.path if Path(place).resolve() != folder.path.resolve()]
    try:
        launch = folder.read_launch()
        if launch.token not in ("", *arguments[1:]):
            logging.error("another supervisor has claimed this attempt in the meantime: nothing is run")
            return EXIT_SUPERSEDED
        folder = replace(folder, start=launch.start)
        # jsonschema takes a second to compile a grammar of URLs; papermill works without pyarrow
        block_imports("rfc3987_syntax", "pyarrow")
        confidential = _confidential()
        key = confidential[0] if launch.signed else None
        redactor = Redactor([*confidential, *(os.environ.get(name, "") for name in launch.secrets)])
        handler.setFormatter(_Formatter(redactor))
        return EXITS[asyncio.run(attempt(folder, redactor, partial(run_job, folder, launch), key)).state]
    except InvalidInputError as error:
        logging.error("%s", error)  # noqa: TRY400 -- the message is sufficient
        return EXIT_USAGE
    except EventLogFullError as error:
        logging.error("%s", error)  # noqa: TRY400
        return EXIT_FAILED if error.ended else EXIT_LOG_FULL
    except Exception:  # Python would print the message with secrets in it
        logging.exception("the executor itself failed")
        return EXIT_FAILED


def _confidential() -> list[str]:
    """Return the values on standard input, and replace it by /dev/null for the job."""
    if os.isatty(0):
        return []
    with os.fdopen(0, "rb", closefd=False) as stdin:
        given = stdin.read()
    nothing = os.open(os.devnull, os.O_RDONLY)
    os.dup2(nothing, 0)
    os.close(nothing)
    values: list[str] = json.loads(given) if given else []
    return values


class _Formatter(logging.Formatter):
    """Mask secrets in the log, including tracebacks, and indent continuation lines."""

    def __init__(self, redactor: Redactor) -> None:
        super().__init__("%(asctime)s %(levelname)s %(message)s")
        self._redactor = redactor

    def format(self, record: logging.LogRecord) -> str:
        """Return the text of a record."""
        return indented(self._redactor.text(super().format(record)))


if __name__ == "__main__":
    sys.exit(main())
