# Copyright (c) the Jupyter ML developers.
# Distributed under the terms of the BSD 3-Clause License.

"""Start a kernel by a blocking manager, print its process ID, and wait: ``python -m tests.kernels.owner SPEC``."""

from __future__ import annotations

import json
import sys

from jupyter_client.kernelspec import KernelSpec
from jupyter_client.manager import KernelManager

from jupyter_ml.compute import registry
from jupyter_ml.kernels import process
from tests.kernels.types import with_types_of_tests


def main(spec: str) -> None:
    installed = with_types_of_tests()
    registry._installed = lambda: installed  # type: ignore[assignment]
    process.REMOTE_GRACE_S = 1.0
    manager = KernelManager()
    manager._kernel_spec = KernelSpec(**json.loads(spec))
    manager.start_kernel()
    client = manager.client()
    client.start_channels()
    client.wait_for_ready(timeout=60)
    code = "import os, subprocess; print(os.getpid(), subprocess.Popen(['sleep', '600'], start_new_session=True).pid)"
    client.execute_interactive(code, timeout=60)
    sys.stdout.flush()
    sys.stdin.read()


if __name__ == "__main__":
    main(*sys.argv[1:])
