# Copyright (c) the Jupyter ML developers.
# Distributed under the terms of the BSD 3-Clause License.

"""Notebooks as jobs, beside the ``papermill`` command in the same environment."""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
from contextlib import contextmanager, suppress
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from benchmarks.pairs import compare, timed
from jupyter_ml import Workspace
from jupyter_ml.errors import ConflictError

if TYPE_CHECKING:
    from collections.abc import Iterator

__all__ = [
    "cells",
    "cold",
    "finish",
    "large_outputs",
    "notebook",
    "run_ours",
    "run_papermill",
    "supervised",
    "trivial",
    "workspaces",
]

SCRIPTS = Path(sys.executable).parent


def notebook(folder: Path, name: str, sources: list[str]) -> Path:
    cells: list[dict[str, object]] = [
        {
            "id": f"c{number}",
            "cell_type": "code",
            "execution_count": None,
            "metadata": {},
            "outputs": [],
            "source": source,
        }
        for number, source in enumerate(sources)
    ]
    path = folder / name / "in.ipynb"
    path.parent.mkdir()
    kernel = {"name": "python3", "display_name": "Python 3", "language": "python"}
    path.write_text(
        json.dumps({"cells": cells, "metadata": {"kernelspec": kernel}, "nbformat": 4, "nbformat_minor": 5})
    )
    return path


def _run(*command: str, folder: Path) -> None:
    subprocess.run([str(SCRIPTS / command[0]), *command[1:]], cwd=folder, check=True, capture_output=True)


@contextmanager
def supervised(workspace: Workspace) -> Iterator[None]:
    """Run the supervisor of a workspace; at the end, also after an error, no job waits or runs any more."""
    workspace._context.tracking.prepare()  # MLflow makes its tables once in a workspace's life
    try:
        workspace.supervisor.start()
        yield
    finally:
        finish(workspace)


def finish(workspace: Workspace) -> None:
    """Cancel what has not ended, and stop the supervisor: jobs would go on after it."""
    names = [job.name for job in workspace.jobs.list({"filter": "-is:ended", "limit": 1_000}).items]
    for name in names:
        with suppress(ConflictError):  # it has ended since
            workspace.jobs.cancel(name)
    for name in names:
        workspace.jobs.wait(name)
    workspace.supervisor.stop()


def workspaces() -> Iterator[tuple[Workspace, Path]]:
    with tempfile.TemporaryDirectory() as name, Workspace.init(name) as workspace, supervised(workspace):
        yield workspace, Path(name)


def run_papermill(path: Path) -> None:
    _run("papermill", "--no-progress-bar", path.name, "out.ipynb", folder=path.parent)


def run_ours(path: Path) -> None:
    _run("jupyter", "ml", "run", path.name, folder=path.parent)


def trivial(pairs: int = 10) -> None:
    """From the command to its end, one trivial cell, the supervisor warm."""
    for _, folder in workspaces():
        path = notebook(folder, "trivial", ["1 + 1"])
        compare(
            "one trivial cell, command to end",
            partial(run_ours, path),
            partial(run_papermill, path),
            pairs=pairs,
            name="papermill",
        )


def cold(pairs: int = 5) -> None:
    """Time the same, with a supervisor that has to be started first."""
    for workspace, folder in workspaces():
        path = notebook(folder, "cold", ["1 + 1"])
        times = []
        for _ in range(pairs):
            workspace.supervisor.stop()
            times.append((timed(partial(run_ours, path)), timed(partial(run_papermill, path))))
        extra = sorted(mine - other for mine, other in times)
        print(
            f"one trivial cell, supervisor cold: {extra[len(extra) // 2]:+.2f} s against papermill ({pairs} pairs)",
            flush=True,
        )


def cells(pairs: int = 10, count: int = 300) -> None:
    """Overhead per cell, from the difference between many trivial cells and one."""
    for _, folder in workspaces():
        one, many_cells = (notebook(folder, f"n{number}", ["1 + 1"] * number) for number in (1, count))
        compare(
            f"{count} trivial cells",
            partial(run_ours, many_cells),
            partial(run_papermill, many_cells),
            pairs=pairs,
            name="papermill",
        )
        per_cell = [
            (timed(partial(run, many_cells)) - timed(partial(run, one))) / count * 1000
            for run in (run_ours, run_papermill)
        ]
        print(
            f"a cell: ours {per_cell[0]:.1f} ms, papermill {per_cell[1]:.1f} ms, ipykernel's own 6 to 9 ms", flush=True
        )


def large_outputs(pairs: int = 3, count: int = 200) -> None:
    """Cells with 100 kB of output each."""
    for _, folder in workspaces():
        path = notebook(folder, "large", ["print('x' * 100_000)"] * count)
        compare(
            f"{count} cells of 100 kB output",
            partial(run_ours, path),
            partial(run_papermill, path),
            pairs=pairs,
            name="papermill",
        )
