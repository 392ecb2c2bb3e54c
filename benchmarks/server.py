# Copyright (c) the Jupyter ML developers.
# Distributed under the terms of the BSD 3-Clause License.

"""A server under many clients: its memory when a job printed 200 MB, and how long lists of 100,000 jobs take.

``python -m benchmarks.server [listing] [printing]``. Each ends after a few minutes at most. Memory is what the server's
process holds (RSS), sampled while requests are answered.
"""

from __future__ import annotations

import argparse
import http.client
import statistics
import tempfile
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import psutil

from benchmarks import jobs_100k
from benchmarks.runs import notebook, supervised
from jupyter_ml import Workspace
from jupyter_ml.schemas.specs import NotebookJob
from jupyter_ml.schemas.states import JobState
from tests.server.api import BASE
from tests.server.processes import TOKEN, free_port, serving

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from tests.server.processes import Server

__all__ = ["listing", "printing"]

CLIENTS = 16
REQUESTS = 40
LISTS = ("", "?limit=1000", "?sort=metrics.rmse", "?filter=otter", "?filter=metrics.r2%3E0.5", "?offset=45000")
ENDED = [JobState.COMPLETED, JobState.FAILED, JobState.CANCELED]


class Memory:
    """The largest memory of a process while it is watched."""

    def __init__(self, process: psutil.Process) -> None:
        self.process = process
        self.before = self.peak = process.memory_info().rss
        self._over = threading.Event()
        self._watcher = threading.Thread(target=self._watch, daemon=True)

    def __enter__(self) -> Memory:
        self._watcher.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._over.set()
        self._watcher.join()

    def _watch(self) -> None:
        while not self._over.wait(0.01):
            self.peak = max(self.peak, self.process.memory_info().rss)

    def __str__(self) -> str:
        return f"{self.before / 1e6:.0f} MB before, {self.peak / 1e6:.0f} MB at most"


def _get(server: Server, path: str) -> tuple[float, int]:
    """Return the seconds and the bytes that an answer takes; it is thrown away as it comes."""
    start, size = time.perf_counter(), 0
    connection = http.client.HTTPConnection(server.url.removeprefix("http://"), timeout=120)
    connection.request("GET", BASE + path, headers={"Authorization": f"token {TOKEN}"})
    answer = connection.getresponse()
    while piece := answer.read(1024**2):
        size += len(piece)
    connection.close()
    assert answer.status == 200, answer.status
    return time.perf_counter() - start, size


def _read_all(server: Server, job: str) -> tuple[float, int]:
    """Read a whole log as the panel does, part by part."""
    start, size, offset, complete = time.perf_counter(), 0, 0, False
    while not complete:
        part = server("GET", f"/jobs/{job}/events?offset={offset}")
        size += sum(len(str(event)) for event in part["events"])
        offset, complete = part["offset"], part["complete"]
    return time.perf_counter() - start, size


@contextmanager
def _serving(root: Path) -> Iterator[tuple[Server, Memory]]:
    with serving(root, root / ".server", free_port()) as server:
        _get(server, "/workspace")
        with Memory(psutil.Process(server.process.pid)) as memory:
            yield server, memory


def listing(jobs: int = 100_000) -> None:
    """Print how long pages take when 16 clients ask at once, and the memory."""
    with tempfile.TemporaryDirectory() as folder, Workspace.init(folder) as workspace:
        jobs_100k.fill(f"sqlite:///{workspace._context.layout.database}", jobs, states=ENDED)
        for lists in ([LISTS[0]], LISTS):
            with _serving(Path(folder)) as (server, memory), ThreadPoolExecutor(CLIENTS) as clients:
                asked = [lists[number % len(lists)] for number in range(CLIENTS * REQUESTS)]
                cpu = sum(memory.process.cpu_times()[:2])
                answers = clients.map(lambda query: _get(server, f"/jobs{query}"), asked)
                times = sorted(seconds for seconds, _ in answers)
                cpu = sum(memory.process.cpu_times()[:2]) - cpu
            print(
                f"{jobs} jobs, {CLIENTS} clients, {len(times)} lists of {len(lists)} kinds: "
                f"median {statistics.median(times):.2f} s, p99 {times[int(len(times) * 0.99)]:.2f} s, "
                f"{cpu / len(times) * 1000:.0f} ms of CPU each; {memory}",
                flush=True,
            )


def printing(clients: int = 4) -> None:
    """Print the memory of a server whose clients read all of what a job printed, 200 MB of it."""
    with tempfile.TemporaryDirectory() as name, Workspace.init(name) as workspace:
        folder = Path(name)
        path = notebook(folder, "loud", ["for _ in range(20_000):\n    print('some text ' * 1_000)"])
        with supervised(workspace):
            job = workspace.jobs.wait(workspace.jobs.submit(NotebookJob(notebook=str(path))).name)
            assert job.state == "Completed", job.cause
            reads: dict[str, Callable[[Server], tuple[float, int]]] = {
                "notebook": lambda server: _get(server, f"/jobs/{job.name}/notebook"),
                "download": lambda server: _get(server, f"/jobs/{job.name}/files/output.ipynb"),
                "log": lambda server: _read_all(server, job.name),
                "search": lambda server: _get(server, f"/jobs/{job.name}/events/search?text=nothing"),
            }
            for what, read in reads.items():
                with _serving(folder) as (server, memory), ThreadPoolExecutor(clients) as pool:
                    answers = [*pool.map(read, [server] * clients)]
                print(
                    f"200 MB printed, {clients} clients, {what}: {answers[0][1] / 1e6:.0f} MB each, "
                    f"{max(seconds for seconds, _ in answers):.1f} s; {memory}",
                    flush=True,
                )


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("names", nargs="*", metavar="NAME", help="Both when absent.")
    for name in parser.parse_args().names or ("listing", "printing"):
        {"listing": listing, "printing": printing}[name]()
