# Copyright (c) the Jupyter ML developers.
# Distributed under the terms of the BSD 3-Clause License.

"""Import and compute what each attempt needs, before it starts.

Executors that are forked from a process that has called `warm` run without delay.
"""

from __future__ import annotations

from importlib import import_module

from jupyter_ml.executor.__main__ import BLOCKED
from jupyter_ml.imports import block_imports

__all__ = ["compile_schemas", "warm"]

MODULES = (
    *(f"jupyter_ml.executor.{module}" for module in "channels provisioned_kernel run".split()),
    *"jupyter_client nbclient psutil _strptime concurrent.futures.thread encodings.ascii".split(),
)
"""What the executor imports when it runs a notebook."""


def compile_schemas() -> None:
    """Compile the schema of notebooks, which nbformat does when the first output is created: 30 to 100 ms."""
    import nbformat.v4

    nbformat.v4.new_output("stream", name="stdout", text="")  # type: ignore[no-untyped-call]


def warm() -> None:
    """Import and compute everything, in a process from which executors are forked."""
    block_imports(*BLOCKED)
    for name in MODULES:
        import_module(name)
    compile_schemas()
