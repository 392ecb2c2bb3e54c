# Copyright (c) the Jupyter ML developers.
# Distributed under the terms of the BSD 3-Clause License.

"""The part of ``dask_kubernetes.operator`` that is used, of version 2026.3, for resources that are files."""

from __future__ import annotations

import asyncio
import json
import os
import signal
import subprocess
import sys
from contextlib import suppress
from pathlib import Path
from typing import Any

from distributed.core import Status, rpc
from distributed.deploy.cluster import Cluster


def kill(pod: Path) -> None:
    """End a pod and remove it."""
    if pid := json.loads(pod.read_text())["pid"]:
        with suppress(ProcessLookupError):
            os.killpg(pid, signal.SIGKILL)
    pod.unlink()


class KubeCluster(Cluster):  # type: ignore[misc]
    """A cluster whose scheduler and workers outlive this process, as those of the operator do."""

    def __init__(
        self,
        *,
        name: str,
        n_workers: int,
        shutdown_on_close: bool,
        namespace: str = "default",
        image: str = "the default",
        env: list[dict[str, str]] | dict[str, str] | None = None,
        **kwargs: Any,
    ) -> None:
        assert n_workers == 0
        assert kwargs["asynchronous"]
        self.namespace, self.image, self.env, self.shutdown_on_close = namespace, image, env, shutdown_on_close
        self._directory = Path(os.environ["FAKE_KUBERNETES"])
        super().__init__(name=name, **kwargs)

    def __await__(self) -> Any:
        return self._started().__await__()

    async def _started(self) -> KubeCluster:
        if self.status == Status.created:
            file = self._directory / f"{self.name}.scheduler"
            if not file.exists():
                scheduler = ["dask_scheduler", "--host=127.0.0.1", "--port=0", "--no-dashboard"]
                self._run(self.name, *scheduler, f"--scheduler-file={file}")
            while not file.exists() or not file.read_text():  # noqa: ASYNC110
                await asyncio.sleep(0.05)
            self.scheduler_comm = rpc(json.loads(file.read_text())["address"])
            await self._start()
        return self

    def _run(self, name: str, module: str, *arguments: str, **labels: str) -> None:
        command = [sys.executable, "-m", f"distributed.cli.{module}", *arguments]
        with (self._directory / f"{name}.log").open("ab") as log:
            process = subprocess.Popen(command, stdout=log, stderr=log, start_new_session=True, cwd="/")
        (self._directory / f"{name}.pod").write_text(json.dumps({"pid": process.pid, **labels}))

    def _kill(self, name: str) -> None:
        kill(self._directory / f"{name}.pod")

    async def add_worker_group(self, name: str, n_workers: int, env: list[dict[str, str]]) -> None:
        """Create a group, with the worker that the operator starts for it, unless its image does not exist."""
        [named] = [each["value"] for each in env if each["name"] == "DASK_WORKER_NAME"]
        assert n_workers == 1
        (self._directory / f"{self.name}-{name}.group").touch(exist_ok=False)
        if self.image == "missing":
            (self._directory / f"{self.name}-{name}.pod").write_text(json.dumps({"pid": None}))
            return
        worker = ["dask_worker", self.scheduler_address, "--no-nanny", "--nthreads=1", "--no-dashboard"]
        self._run(f"{self.name}-{name}", *worker, f"--name={named}", "--host=127.0.0.1")

    async def delete_worker_group(self, name: str) -> None:
        """Delete a group and its pods."""
        (self._directory / f"{self.name}-{name}.group").unlink()
        self._kill(f"{self.name}-{name}")

    async def close(self) -> None:
        """Delete the cluster."""
        assert self.shutdown_on_close
        await self._close()
        self._kill(self.name)
        (self._directory / f"{self.name}.scheduler").unlink()
