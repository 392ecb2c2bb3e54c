# Copyright (c) the Jupyter ML developers.
# Distributed under the terms of the BSD 3-Clause License.

"""Kernels that JupyterLab starts on this machine: how soon they output something, and the memory of many."""

from __future__ import annotations

import asyncio
import json
import tempfile
import time
import urllib.request
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from tornado.httpclient import HTTPRequest
from tornado.websocket import websocket_connect

from benchmarks.compute import SKLEARN, forkservers, until_warm, workspaces
from benchmarks.pairs import compare
from benchmarks.runs import notebook
from jupyter_ml import Workspace
from tests.kernels.specs import kernelspec
from tests.server.processes import TOKEN, free_port, serving
from tests.workspaces import until

if TYPE_CHECKING:
    from collections.abc import Iterable

    import psutil

    from tests.server.processes import Server

__all__ = ["launcher", "memory"]

KERNELS = 10
CONFIG = {"compute": {"name": "local", "type": "local"}, "fork": True}


def launcher(pairs: int = 7) -> None:
    """Compare the first output of a kernel that is started over REST with that of Jupyter's own."""
    with tempfile.TemporaryDirectory() as name, Workspace.init(name):
        spec = Path(name, "server", "jupyter_data_dir", "kernels", "forked", "kernel.json")
        spec.parent.mkdir(parents=True)
        spec.write_text(json.dumps(kernelspec(CONFIG)))
        with serving(Path(name), Path(name, "server"), free_port()) as server:
            ours, peer = (partial(_first_output, server, kernel) for kernel in ("forked", "python3"))
            ours()
            time.sleep(5)  # the forkserver starts behind the first kernel
            compare("launcher, POST to first output", ours, peer, pairs=pairs, name="plain kernel", must=4)


def _first_output(server: Server, kernel: str) -> float:
    return asyncio.run(_start(server, kernel))


async def _start(server: Server, name: str) -> float:
    start = time.perf_counter()
    started = await asyncio.to_thread(_request, server, "POST", "/api/kernels", {"name": name})
    url = f"{server.url.replace('http', 'ws')}/api/kernels/{started['id']}/channels"
    socket = await websocket_connect(HTTPRequest(url, headers={"Authorization": f"token {TOKEN}"}))
    header = {"msg_id": "1", "msg_type": "execute_request", "username": "", "session": "s", "version": "5.3"}
    content = {"code": "print('first')", "silent": False}
    message = {"header": header, "parent_header": {}, "metadata": {}, "content": content, "channel": "shell"}
    await socket.write_message(json.dumps(message))
    while json.loads(await socket.read_message() or "")["header"]["msg_type"] != "stream":
        pass
    took = time.perf_counter() - start
    socket.close()
    await asyncio.to_thread(_request, server, "DELETE", f"/api/kernels/{started['id']}")
    return took


def _request(server: Server, method: str, path: str, body: Any = None) -> Any:
    data, headers = None if body is None else json.dumps(body).encode(), {"Authorization": f"token {TOKEN}"}
    request = urllib.request.Request(f"{server.url}{path}", data=data, headers=headers, method=method)
    with urllib.request.urlopen(request) as response:
        content = response.read()
    return json.loads(content) if content else None


def memory() -> None:
    """Print the memory of jobs' kernels that have imported scikit-learn, and of what waits for the next job."""
    for workspace, folder in workspaces(fork=True, max_concurrent=KERNELS):
        learning = workspace.jobs.from_file(notebook(folder, "sklearn", SKLEARN))
        until_warm(workspace, learning)
        go = folder / "go"
        wait = f"import pathlib, time\nwhile not pathlib.Path({str(go)!r}).exists(): time.sleep(0.1)"
        waiting = workspace.jobs.from_file(notebook(folder, "waiting", [*SKLEARN, wait]))
        names = [workspace.jobs.submit(waiting).name for _ in range(KERNELS)]
        until(partial(_all_wait, workspace, names))
        found = forkservers(workspace)
        kernels = found["kernel"].children()
        assert len(kernels) == KERNELS
        used = _pss([found["kernel"], *kernels])
        print(f"{KERNELS} scikit-learn kernels with their forkserver: {used:.2f} GB, must 0.7", flush=True)
        go.touch()
        for name in names:
            workspace.jobs.wait(name)
        parts = ", ".join(f"{name} {_pss([process]):.3f}" for name, process in found.items())
        print(f"idle: {_pss(found.values()):.2f} GB ({parts}), must 0.3", flush=True)


def _all_wait(workspace: Workspace, names: list[str]) -> bool:
    return all(workspace.jobs.get(name).progress.cells_done == len(SKLEARN) for name in names)


def _pss(processes: Iterable[psutil.Process]) -> float:
    return sum(process.memory_full_info().pss for process in processes) / 1e9
