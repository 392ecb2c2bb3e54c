# Copyright (c) the Jupyter ML developers.
# Distributed under the terms of the BSD 3-Clause License.

"""Kernelspecs of tests."""

from __future__ import annotations

import sys
from typing import Any

PROGRAM = [sys.executable, "-c"]
ARGV = [sys.executable, "-m", "ipykernel_launcher", "-f", "{connection_file}"]


def kernelspec(config: dict[str, Any], **changes: Any) -> dict[str, Any]:
    """Return the kernelspec of a kernel with a configuration of our provisioner."""
    return {
        "argv": ARGV,
        "display_name": "Python (there)",
        "language": "python",
        "interrupt_mode": "message",
        "metadata": {"kernel_provisioner": {"provisioner_name": "jupyter-ml", "config": config}},
        **changes,
    }
