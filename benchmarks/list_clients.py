# Copyright (c) the Jupyter ML developers.
# Distributed under the terms of the BSD 3-Clause License.

"""A page of 100,000 jobs and of 100,000 experiments in each client: the CPU time, on SQLite."""

from __future__ import annotations

import random
import statistics
import tempfile
import time
from typing import TYPE_CHECKING, Any

from click.testing import CliRunner
from sqlalchemy import insert

from benchmarks.jobs_100k import fill
from benchmarks.resources_100k import BUDGET_MS, row
from jupyter_ml.cli.app import cli
from jupyter_ml.magics.markup import table_html
from jupyter_ml.schemas.resources import Page
from jupyter_ml.schemas.states import JobState
from jupyter_ml.server.parsing import encode
from jupyter_ml.services.workspace import Workspace
from jupyter_ml.store.engine import Database
from jupyter_ml.store.tables import experiments

if TYPE_CHECKING:
    from collections.abc import Callable

    from jupyter_ml.services.resources import BaseResourceService

__all__ = ["clients"]


def _rest(service: BaseResourceService[Any, Any]) -> bytes:
    return encode(Page[service.kind.model], service.list(wait=False))  # type: ignore[name-defined]


def _cli(workspace: Workspace, *arguments: str) -> None:
    result = CliRunner().invoke(cli, ["--workspace", str(workspace.folder), *arguments], catch_exceptions=False)
    assert result.exit_code == 0, result.output


def _ms(call: Callable[[], object]) -> float:
    times = []
    for _ in range(6):
        start = time.thread_time()
        call()
        times.append(time.thread_time() - start)
    return 1_000 * statistics.median(times[1:])


def _calls(workspace: Workspace, kind: str) -> dict[str, Callable[[], object]]:
    service = workspace.resources[kind]
    return {
        "Python": service.list,
        "REST": lambda: _rest(service),
        "table in a notebook": lambda: table_html(service.table()),
        "command line": lambda: _cli(workspace, kind, "list"),
        "command line, JSON": lambda: _cli(workspace, kind, "list", "-o", "json"),
    }


def clients() -> None:
    """Print the CPU time of the first page of each kind in each client."""
    with tempfile.TemporaryDirectory() as folder, Workspace.init(folder) as workspace:
        file = workspace.folder / "workspace.db"
        fill(f"sqlite:///{file}", states=[JobState.COMPLETED, JobState.FAILED])  # nothing that a supervisor would start
        database, rng = Database(file), random.Random(0)
        with database.write() as connection:
            connection.execute(insert(experiments), [row(number, rng) for number in range(100_000)])
        database.close()
        for kind in ("job", "experiment"):
            for client, call in _calls(workspace, kind).items():
                print(f"100,000 {kind + 's':12} {client:20} {_ms(call):6.1f} ms (budget {BUDGET_MS})")


if __name__ == "__main__":
    clients()
