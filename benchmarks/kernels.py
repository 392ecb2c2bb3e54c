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

from benchmarks.local_jobs import SKLEARN, forkservers, listening_forkservers, until_warm, workspaces
from benchmarks.pairs import compare
from benchmarks.runs import notebook
from benchmarks.targets import Target
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
    """Compare the first output of a kernel that is started over REST with that of Jupyter's own.

    The first kernels are started plainly, until the forkserver is ready; they are counted, and not compared.
    """
    with tempfile.TemporaryDirectory() as name, Workspace.init(name):
        spec = Path(name, "server", "jupyter_data_dir", "kernels", "forked", "kernel.json")
        spec.parent.mkdir(parents=True)
        spec.write_text(json.dumps(kernelspec(CONFIG)))
        with serving(Path(name), Path(name, "server"), free_port()) as server:
            forked: list[bool] = []
            ours, peer = partial(_first_output, server, "forked", forked), partial(_first_output, server, "python3", [])
            plain: list[float] = []
            while not any(forked) and len(plain) < 10:
                plain.append(ours())
                time.sleep(1)
            if any(forked):
                plain.pop()
            waits = ", ".join(f"{seconds:.3f}" for seconds in plain)
            print(f"launcher: {len(plain)} kernels were started plainly, until the forkserver was ready: {waits} s")
            forked.clear()
            target = Target(4, goal_s=0.15)
            compare("launcher, POST to first output", ours, peer, pairs=pairs, name="plain kernel", target=target)
            print(f"launcher: {sum(forked)} of {len(forked)} of them were forked", flush=True)


def _first_output(server: Server, kernel: str, forked: list[bool]) -> float:
    return asyncio.run(_start(server, kernel, forked))


async def _start(server: Server, name: str, forked: list[bool]) -> float:
    """Return the seconds until the first output of a kernel, and add to `forked` whether a forkserver has one."""
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
    forked.append(any(each.children() for each in listening_forkservers().values()))
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
        verdict = Target(0.7, 0.5, "GB").verdict(used)
        print(f"{KERNELS} scikit-learn kernels with their forkserver: {used:.2f} GB PSS; {verdict}", flush=True)
        go.touch()
        for name in names:
            workspace.jobs.wait(name)
        parts = ", ".join(f"{name} {_pss([process]):.3f}" for name, process in found.items())
        idle = _pss(found.values())
        print(f"idle: {idle:.2f} GB PSS ({parts}); {Target(0.3, unit='GB').verdict(idle)}", flush=True)


def _all_wait(workspace: Workspace, names: list[str]) -> bool:
    return all(workspace.jobs.get(name).progress.cells_done == len(SKLEARN) for name in names)


def _pss(processes: Iterable[psutil.Process]) -> float:
    return sum(process.memory_full_info().pss for process in processes) / 1e9
