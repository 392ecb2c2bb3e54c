# Copyright (c) the Jupyter ML developers.
# Distributed under the terms of the BSD 3-Clause License.

"""Run one attempt of a job: ``python -m jupyter_ml.executor ATTEMPT_FOLDER [TOKEN]``.

Nothing is run if the attempt was claimed with another TOKEN. The event log contains how the attempt ended; the exit
code repeats it. The variables of the job, the key that signs the last event and the values to mask are read from
standard input (`ExecutorInput`), which no other process can read. If the launch file requires a signature, nothing is
run without them; else the job gets the variables of the executor.
"""

from __future__ import annotations

import asyncio
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
from jupyter_ml.imports import block_imports, collect_rarely
from jupyter_ml.redaction.redactor import Redactor
from jupyter_ml.schemas.escaping import indented
from jupyter_ml.schemas.executor_input import ExecutorInput
from jupyter_ml.schemas.exit_codes import EXIT_FAILED, EXIT_LOG_FULL, EXIT_SUPERSEDED, EXIT_USAGE, EXITS
from jupyter_ml.schemas.launch import AttemptFolder

__all__ = ["BLOCKED", "main"]

BLOCKED = ("rfc3987_syntax", "pyarrow")
"""jsonschema takes a second to compile a grammar of URLs in the first one; papermill works without the second one."""


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
    try:
        launch = folder.read_launch()
        if launch.token not in ("", *arguments[1:]):
            logging.error("another supervisor has claimed this attempt in the meantime: nothing is run")
            return EXIT_SUPERSEDED
        folder = replace(folder, start=launch.start)
        collect_rarely()
        block_imports(*BLOCKED)
        given = _given(required=launch.signed)
        redactor = Redactor([*given.confidential, *(given.environment.get(name, "") for name in launch.secrets)])
        handler.setFormatter(_Formatter(redactor))
        work = partial(run_job, folder, launch, given)
        ended = asyncio.run(attempt(folder, redactor, work, given.key, given.clock_ahead_s))
        return EXITS[ended.state]
    except InvalidInputError as error:
        logging.error("%s", error)  # noqa: TRY400 -- the message is sufficient
        return EXIT_USAGE
    except EventLogFullError as error:
        logging.error("%s", error)  # noqa: TRY400
        return EXIT_FAILED if error.ended else EXIT_LOG_FULL
    except Exception:  # Python would print the message with secrets in it
        logging.exception("the executor itself failed")
        return EXIT_FAILED


def _given(*, required: bool) -> ExecutorInput:
    """Return what standard input contains, and replace it by /dev/null for the job."""
    content = b""
    if not os.isatty(0):
        with os.fdopen(0, "rb", closefd=False) as stdin:
            content = stdin.read()
        nothing = os.open(os.devnull, os.O_RDONLY)
        os.dup2(nothing, 0)
        os.close(nothing)
    return ExecutorInput.decode(content) if content or required else ExecutorInput(environment=dict(os.environ))


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
