# Copyright (c) the Jupyter ML developers.
# Distributed under the terms of the BSD 3-Clause License.

"""An agent imports modules for the kernels that it forks, and leaves out those that are not safe before a fork."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import time
import venv
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from jupyter_ml.agent import archive
from jupyter_ml.agent.calling import Call
from jupyter_ml.agent.environments import spacious
from tests.workspaces import until

if TYPE_CHECKING:
    from collections.abc import Iterator

pytestmark = [
    pytest.mark.integration,
    pytest.mark.skipif(sys.platform != "linux", reason="kernels are forked on Linux only"),
]

MODULES = {
    "safe": "value = 1",
    "adds_a_variable": "import os\nos.environ['ADDED'] = '1'",
    "starts_a_thread": "import threading, time\nthreading.Thread(target=time.sleep, args=(600,), daemon=True).start()",
    "opens_a_socket": "import socket\nkept = socket.socket()",
    "opens_a_file": "kept = open(__file__)",
    "handles_a_signal": "import signal\nsignal.signal(signal.SIGTERM, lambda *_: None)",
    "changes_the_directory": "import os\nos.chdir('/tmp')",
    "starts_a_process": "import subprocess\nkept = subprocess.Popen(['sleep', '600'])",
    "ends_the_process": "import os\nos._exit(0)",
    "kills_the_process": "import os\nos.kill(os.getpid(), 9)",
    "sleeps": "import time\ntime.sleep(600)",
    "raises": "1 / 0",
    "exits": "raise SystemExit(0)",
    "reads_a_variable": "import os\nvalue = os.environ.get('OF_THE_JOB')",
    "asks_for_ipython": "from IPython import get_ipython\nshell = get_ipython()",
}
SAFE = {"safe", "adds_a_variable"}
AGENT = """
import sys
sys.path[:0] = [sys.argv.pop(1)]
from jupyter_ml.agent import kernels, probing
kernels.MODULES, probing.IMPORT_S = ("IPython?",), 2.0
from jupyter_ml.agent import __main__
__main__.MODULES = kernels.MODULES
__main__.run()
"""


@pytest.fixture
def directory() -> Iterator[Path]:
    """Yield the directory of an agent in an environment with these modules, which has learned all of them."""
    with tempfile.TemporaryDirectory(prefix="l-") as name:
        folder = Path(name)
        venv.create(folder / "venv", symlinks=True)
        packages = next((folder / "venv/lib").glob("*/site-packages"))
        (packages / "IPython.py").write_text("def get_ipython(): return None")
        for module, source in MODULES.items():
            (packages / f"{module}.py").write_text(source)
        archive.create(folder / "agent.pyz")
        python = folder / "venv/bin/python"
        argv = [str(python), "-c", AGENT, str(folder / "agent.pyz"), "kernels", name, "600"]
        with (folder / "agent.log").open("wb") as log:
            subprocess.run(argv, env=spacious({"PATH": os.environ["PATH"]}), stdout=log, stderr=log, check=True)
        try:
            until((folder / "agent.sock").exists)
            yield folder
        finally:
            with suppress(OSError, ValueError):
                os.kill(int((folder / "lock").read_text()), 9)


def test_modules_that_are_not_safe_are_left_out(directory: Path) -> None:
    call = Call(str(directory), 10)
    call.request("learn", modules=[*MODULES, "no_such_module", "json", "bad name"], env={"OF_THE_JOB": "1"})
    log = directory / "agent.log"
    until(lambda: log.read_text().count("\n") >= len(MODULES) + 1)
    learned = {line.split()[1] for line in log.read_text().splitlines() if line.endswith("is imported")}
    assert learned == SAFE, log.read_text()
    assert {*(directory / "modules").read_text().split()} == SAFE
    call.close()
    started_at = time.monotonic()
    Call(str(directory), 10).close()
    assert time.monotonic() - started_at < 10, "it is still there"
