# Copyright (c) the Jupyter ML developers.
# Distributed under the terms of the BSD 3-Clause License.

"""A kernel on another machine logs to the workspace of the server that has started it."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any

import pytest

from jupyter_ml.kernels import tracking as kernel_tracking
from jupyter_ml.tracking.client import Tracking
from jupyter_ml.tracking.rest import TrackingServer
from tests.compute.agents import agent_settings
from tests.workspaces import until

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Iterator
    from pathlib import Path

    from tests.kernels.session import Session

LOG = """
import mlflow
mlflow.set_experiment("notes")
with mlflow.start_run():
    mlflow.log_param("place", "there")
    mlflow.log_text("text", "a.txt")
print(mlflow.search_runs(output_format="list")[0].data.params["place"])
"""


@pytest.fixture
def compute() -> Iterator[dict[str, Any]]:
    with agent_settings() as settings:
        yield {"name": "there", "type": "relay", "settings": settings.model_dump()}


@pytest.mark.integration
async def test_code_logs_and_reads(
    open_kernel: Callable[..., Awaitable[Session]],
    compute: dict[str, Any],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    store = Tracking(Tracking.uri(None, tmp_path / "mlflow.db"), str(tmp_path / "artifacts"))
    store.prepare()
    server = TrackingServer(store._uri, str(tmp_path / "artifacts"))
    monkeypatch.setattr(kernel_tracking, "_servers", {})
    kernel_tracking.provide(tmp_path, lambda: server)
    vault = {"folder": str(tmp_path), "files": str(tmp_path / "vault"), "settings": {}}
    config = {"provisioner_name": "jupyter-ml", "config": {"compute": compute, "vault": vault}}
    kernel = await open_kernel(metadata={"kernel_provisioner": config})
    assert server._server.socket() is None, "nothing has logged"
    assert "there" in await kernel.run(LOG)
    [run_id] = store.started()
    details = store.details(run_id)
    assert details is not None
    assert details.parameters == {"place": "there"}
    [logged] = (tmp_path / "artifacts").glob("**/a.txt")
    assert logged.read_text() == "text"
    await kernel.shutdown()
    await asyncio.to_thread(until, lambda: server._server.socket() is None)
