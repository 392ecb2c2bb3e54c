# Copyright (c) the Jupyter ML developers.
# Distributed under the terms of the BSD 3-Clause License.

"""``python -m benchmarks.newcomer``: seconds from a clone to the first tracked run, and to that run in JupyterLab.

It clones this checkout at its last commit, and downloads what is not in the caches of uv and yarn.
"""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import tempfile
import time
import urllib.request
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator

TOKEN = "newcomer"
LIMIT_S = 1_200.0


def main() -> None:
    """Follow the README in a new clone, and print when each step was done."""
    with tempfile.TemporaryDirectory(prefix="jml-newcomer-") as folder:
        clone, start = Path(folder) / "jupyter-ml", time.monotonic()
        _run("git", "clone", "--quiet", str(Path(__file__).parents[1]), str(clone))
        _run("make", "demo", cwd=clone)
        print(f"clone to the first tracked run      {time.monotonic() - start:6.1f} s  (make demo)")
        with _lab(clone) as url:
            page = _wait(lambda: _get(f"{url}/lab").decode(), "jupyter-ml")
            assert '"jupyter-ml"' in page, "JupyterLab does not load the extension"
            _wait(lambda: json.loads(_get(f"{url}/jupyter-ml/v1/jobs"))["items"][0]["state"], "Completed")
        print(f"clone to that run in JupyterLab     {time.monotonic() - start:6.1f} s  (make lab)")
        _run(str(clone / ".venv/bin/jupyter"), "ml", "supervisor", "stop", cwd=clone)


def _run(*command: str, cwd: Path | None = None) -> None:
    done = subprocess.run(command, cwd=cwd, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, check=False)
    if done.returncode:
        raise SystemExit(f"{' '.join(command)} failed:\n{done.stdout.decode(errors='replace')[-4_000:]}")


@contextmanager
def _lab(clone: Path) -> Iterator[str]:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    command = ["make", "lab", f"LAB_PORT={port}", f"LAB_OPTIONS=--no-browser --IdentityProvider.token={TOKEN}"]
    lab = subprocess.Popen(
        command, cwd=clone, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, start_new_session=True
    )
    try:
        yield f"http://127.0.0.1:{port}"
    finally:
        os.killpg(lab.pid, signal.SIGTERM)
        lab.wait()


def _get(url: str) -> bytes:
    request = urllib.request.Request(url, headers={"Authorization": f"token {TOKEN}"})
    with urllib.request.urlopen(request, timeout=60) as response:
        return bytes(response.read())


def _wait(read: Any, expected: str) -> str:
    """Return what `read` returns, once it contains the expected text."""
    deadline = time.monotonic() + LIMIT_S
    while time.monotonic() < deadline:
        try:
            if expected in (found := str(read())):
                return found
        except (OSError, IndexError):
            pass  # JupyterLab is being installed, or starts
        time.sleep(0.1)
    raise SystemExit(f"{expected} did not appear within {LIMIT_S:.0f} s")


if __name__ == "__main__":
    main()
