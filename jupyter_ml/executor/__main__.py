"""``python -m jupyter_ml.executor JOB_FOLDER``: run one attempt of a job.

It tells how that went in the spool; the exit code repeats it for whoever started it.
"""

from __future__ import annotations

import asyncio
import logging
import os
import signal
import sys
from pathlib import Path

from jupyter_ml.errors import InvalidInputError
from jupyter_ml.executor.assemble import write_output
from jupyter_ml.executor.job import run_job
from jupyter_ml.executor.outcome import CANCELED, Outcome, ask, broke
from jupyter_ml.executor.recorder import Recorder
from jupyter_ml.executor.redaction import Redactor
from jupyter_ml.executor.spool import SpoolFullError
from jupyter_ml.schemas.launch import AttemptFolder

__all__ = ["EXIT_CANCELED", "EXIT_COMPLETED", "EXIT_FAILED", "EXIT_SPOOL_FULL", "EXIT_USAGE", "main"]

EXIT_COMPLETED = 0
EXIT_FAILED = 1
EXIT_USAGE = 2
"""There is no job to run in the folder."""
EXIT_SPOOL_FULL = 74
"""The job failed because the disk is full, and not even that could be written."""
EXIT_CANCELED = 130

_log = logging.getLogger("jupyter_ml.executor")


def main(argv: list[str] | None = None) -> int:
    """Run the job in the folder that `argv` names and return the exit code."""
    arguments = sys.argv[1:] if argv is None else argv
    if len(arguments) != 1:
        sys.stderr.write("usage: python -m jupyter_ml.executor JOB_FOLDER\n")
        return EXIT_USAGE
    logging.basicConfig(format="%(asctime)s %(levelname)s %(message)s", level=logging.WARNING)
    _keep_out_slow_imports()
    return asyncio.run(_run(AttemptFolder(Path(arguments[0]).absolute())))


def _keep_out_slow_imports() -> None:
    # jsonschema takes a second to compile a grammar for addresses that no notebook has; papermill does without pyarrow
    sys.modules["rfc3987_syntax"] = sys.modules["pyarrow"] = None  # type: ignore[assignment]


async def _run(folder: AttemptFolder) -> int:
    loop = asyncio.get_running_loop()
    stop: asyncio.Future[Outcome] = loop.create_future()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, ask, stop, CANCELED)
    try:
        launch = folder.read_launch()
    except InvalidInputError:
        _log.exception("there is no job to run")
        return EXIT_USAGE
    with Recorder(folder, Redactor.of(launch.secrets, os.environ)) as recorder:
        try:
            outcome = await run_job(folder, launch, recorder, stop)
        except SpoolFullError as error:
            _log.error("%s", error)
            return EXIT_FAILED if error.told else EXIT_SPOOL_FULL
        except Exception as error:  # noqa: BLE001 -- whatever it is, the job's end has to be told
            _log.exception("the executor itself failed")
            outcome = broke(error)
        ended = recorder.ended(outcome)
        try:
            write_output(folder, ended)
        except OSError:
            _log.exception("the executed notebook could not be written; it can be made from the spool later")
        recorder.write(ended)
    return {"Completed": EXIT_COMPLETED, "Failed": EXIT_FAILED, "Canceled": EXIT_CANCELED}[outcome.state]


if __name__ == "__main__":
    sys.exit(main())
