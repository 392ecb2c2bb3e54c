# Copyright (c) the Jupyter ML developers.
# Distributed under the terms of the BSD 3-Clause License.

"""Run notebooks of papermill as tracked jobs: ``papermill --engine jupyter-ml in.ipynb out.ipynb``.

papermill imports this module with itself, so everything else is imported only when a notebook runs.
"""

from __future__ import annotations

import logging
import os
from contextlib import nullcontext
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable

    from jupyter_ml.schemas.event_log import Ended

__all__ = ["TrackedEngine"]

EXPERIMENT = "JUPYTER_ML_EXPERIMENT_NAME"
"""Environment variable with the name of the experiment; by default, that of the working directory."""

_log = logging.getLogger("papermill")


class TrackedEngine:
    """A papermill engine that tracks a notebook as a job, while papermill's own process runs it.

    The kernel starts in papermill's working directory, and the job takes no slot. Like any other job it has an event
    log, a cause if it fails, and an MLflow run, and it can be watched and canceled.
    """

    @classmethod
    def execute_notebook(
        cls,
        nb: Any,
        kernel_name: str,
        *,
        input_path: str | None = None,
        progress_bar: bool | dict[str, Any] = True,
        log_output: bool = False,
        start_timeout: float = 60,
        execution_timeout: float | None = None,
        stdout_file: Any = None,
        stderr_file: Any = None,
        **_others: Any,
    ) -> Any:
        """Execute a notebook that papermill has parameterized, and return it; called by papermill.

        Raises
        ------
        JupyterMLError
            If the workspace cannot be used, or the job ended before its first cell. papermill itself raises for a
            failed cell.
        """
        from jupyter_ml.executor.embedded import run_notebook
        from jupyter_ml.services.workspace import Workspace

        with Workspace.open() as workspace, _progress(nb, progress_bar) as bar:
            tracked = workspace.jobs.track(_spec(nb, kernel_name, input_path, execution_timeout), nb)
            _log.info("Job %s", tracked.name)
            executed, ended = run_notebook(
                nb,
                tracked.folder,
                kernel_name=kernel_name,
                cwd=Path.cwd(),
                env={**os.environ, **tracked.environment},
                redact=tracked.redact,
                cell_timeout=execution_timeout,
                start_timeout=start_timeout,
                on_cell=lambda _cell, state: bar.update() if bar is not None and state is not None else None,
                key=tracked.key,
                on_output=_printer(log=log_output, stdout=stdout_file, stderr=stderr_file),
            )
            workspace.jobs.wait(tracked.name)
        _show_cause(executed, ended)
        return executed

    @classmethod
    def nb_kernel_name(cls, nb: Any, name: str | None = None) -> str:
        """Return the kernel to use; called by papermill."""
        from jupyter_ml.notebooks.kernels import canonical_kernel, kernel_name_of

        return canonical_kernel(name) if name else kernel_name_of(nb)

    @classmethod
    def nb_language(cls, nb: Any, language: str | None = None) -> str:
        """Return the notebook's language; called by papermill."""
        from jupyter_ml.notebooks.kernels import language_of, translator_of

        return translator_of(language or language_of(nb))


def _spec(nb: Any, kernel_name: str, input_path: str | None, cell_timeout: float | None) -> Any:
    from jupyter_ml.schemas.specs import Limits, NotebookJob

    given = nb.metadata.get("papermill", {}).get("parameters", {})
    return NotebookJob(
        notebook=str(Path(input_path).absolute()) if input_path else "notebook.ipynb",
        parameters={name: value for name, value in given.items() if name.isidentifier()},
        kernel_name=kernel_name,
        experiment_name=os.environ.get(EXPERIMENT),
        limits=Limits(cell_timeout=cell_timeout),
    )


def _progress(nb: Any, wanted: bool | dict[str, Any]) -> Any:
    if not wanted:
        return nullcontext()
    from tqdm.auto import tqdm

    options = {"unit": "cell", "desc": "Executing", **(wanted if isinstance(wanted, dict) else {})}
    return tqdm(total=sum(cell.cell_type == "code" for cell in nb.cells), **options)


def _printer(*, log: bool, stdout: Any, stderr: Any) -> Callable[[Any], None] | None:
    """Return a function that forwards outputs for papermill's --log-output, --stdout-file and --stderr-file."""
    if not (log or stdout or stderr):
        return None

    def show(output: Any) -> None:
        if output.output_type != "stream":
            return
        if log:
            (_log.warning if output.name == "stderr" else _log.info)("%s", output.text.rstrip("\n"))
        file = stderr if output.name == "stderr" else stdout
        if file:
            file.write(output.text)
            file.flush()

    return show


def _show_cause(nb: Any, ended: Ended) -> None:
    """Make papermill raise for a run that did not complete, with the message of its cause."""
    from jupyter_ml.errors import JupyterMLError
    from jupyter_ml.schemas.escaping import visible

    cause = ended.cause
    if cause is None:
        return
    for cell in nb.cells:
        if cell.metadata.get("jupyter_ml", {}).get("cell") == cause.cell and cause.cell is not None:
            if not any(output.output_type == "error" for output in cell.outputs):
                text = {"ename": str(cause.kind), "evalue": cause.message, "traceback": [cause.message]}
                cell.outputs.append(type(nb)(output_type="error", **text))
            return
    raise JupyterMLError(visible(cause.message))
