# Copyright (c) the Jupyter ML developers.
# Distributed under the terms of the BSD 3-Clause License.

"""Run a notebook that papermill has parameterized, in papermill's own process."""

from __future__ import annotations

import asyncio
import json
from typing import TYPE_CHECKING

from jupyter_ml.errors import InvalidInputError, reason
from jupyter_ml.executor.attempt import Stop, attempt
from jupyter_ml.executor.outcome import Outcome, did_not_start
from jupyter_ml.executor.packages import write_packages
from jupyter_ml.notebooks.assemble import assemble
from jupyter_ml.notebooks.kernels import check_kernel
from jupyter_ml.notebooks.prepare import prepare, runs, write_input
from jupyter_ml.redaction.redactor import Redactor

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping
    from pathlib import Path

    from nbformat import NotebookNode

    from jupyter_ml.executor.recorder import Recorder
    from jupyter_ml.schemas.event_log import CellState, Ended
    from jupyter_ml.schemas.launch import AttemptFolder

__all__ = ["run_notebook"]


def run_notebook(
    nb: NotebookNode,
    folder: AttemptFolder,
    *,
    kernel_name: str,
    cwd: Path,
    env: Mapping[str, str],
    redact: Iterable[str] = (),
    cell_timeout: float | None = None,
    start_timeout: float = 60,
    on_cell: Callable[[NotebookNode, CellState | None], None] | None = None,
    on_output: Callable[[NotebookNode], None] | None = None,
    key: str | None = None,
) -> tuple[NotebookNode, Ended]:
    """Run a notebook, and return the executed notebook and the last event.

    Event log, prepared and executed notebook and list of packages are written as for any job. ``metadata.papermill`` of
    each cell and of the notebook contains what papermill needs to raise its own error. A failure without a cell, e.g. a
    kernel that did not start, is in the last event only.

    Parameters
    ----------
    nb
        The notebook that papermill passes to an engine; it is changed.
    folder
        Existing folder of the attempt.
    kernel_name, cwd, env
        The kernel, its working directory and its environment.
    redact
        Values to mask in everything that is written.
    cell_timeout, start_timeout
        Seconds for each cell, and for the kernel to answer.
    on_cell
        Called with a cell before (None) and after it ran.
    on_output
        Called with each new output, for papermill's log and files.
    key
        Signs the last event.

    Raises
    ------
    EventLogFullError
        If the disk is full.
    """
    from jupyter_core.utils import run_sync

    redactor = Redactor(redact)
    prepare(nb, parameterized=True)
    write_input(folder, nb, redactor)

    async def work(recorder: Recorder, stop: Stop) -> Outcome:
        from jupyter_ml.executor.output_messages import number_of
        from jupyter_ml.executor.provisioned_kernel import create_kernel
        from jupyter_ml.executor.run import NotebookRun

        recorder.started([number_of(cell) for cell in nb.cells if runs(cell)])
        try:
            kernel = create_kernel(check_kernel(kernel_name), cwd=cwd, env=env, redactor=redactor, folder=folder)
        except (InvalidInputError, OSError) as error:
            return did_not_start(f"The kernel {kernel_name!r} does not start: {reason(error)}")
        await asyncio.to_thread(write_packages, folder.packages, kernel.program, env)
        run = NotebookRun(
            nb=nb,
            kernel=kernel,
            recorder=recorder,
            stop=stop,
            cell_timeout=cell_timeout,
            start_timeout=start_timeout,
            on_cell=on_cell,
            on_output=on_output,
        )
        return await run.run()

    ended: Ended = run_sync(attempt)(folder, redactor, work, key)
    return _executed(folder, ended), ended


def _executed(folder: AttemptFolder, ended: Ended) -> NotebookNode:
    import nbformat

    notebook = assemble(json.loads(folder.input.read_bytes()), folder.event_log, ended, messages=False)
    nb: NotebookNode = nbformat.from_dict(notebook)  # type: ignore[no-untyped-call]
    return nb
