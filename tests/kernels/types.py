# Copyright (c) the Jupyter ML developers.
# Distributed under the terms of the BSD 3-Clause License.

"""The types of computes of tests."""

from __future__ import annotations

from importlib.metadata import EntryPoint, EntryPoints

from jupyter_ml.compute import registry

CLASSES = {"relay": "RelayCompute", "stdio": "StdioCompute", "socket": "SocketCompute"}


def with_types_of_tests() -> EntryPoints:
    """Return the types that are installed, and those of tests."""
    found = [EntryPoint(name, f"tests.compute.agents:{value}", registry.GROUP) for name, value in CLASSES.items()]
    return EntryPoints([*registry._installed(), *found])
