# Copyright (c) the Jupyter ML developers.
# Distributed under the terms of the BSD 3-Clause License.

"""Programs of `bootstrap`, as commands for the shell of a machine that is attached."""

from __future__ import annotations

import base64
import inspect
import zlib

from jupyter_ml.agent import archive
from jupyter_ml.compute.agents import bootstrap
from jupyter_ml.compute.runner import DESCRIBE

__all__ = ["removing", "serving"]


def serving(python: str, directory: str, command: str = "relay") -> tuple[str, str]:
    """Return a command that becomes the relay to the agent, and the agent's archive in base64, which it may read.

    Parameters
    ----------
    python
        A command or path there, in which the shell expands ``~``.
    directory
        Directory there for the agent.
    command
        What the relay is: ``relay``, or ``terminal``.
    """
    content = archive.content()
    name, text = f"agent-{zlib.crc32(content):08x}.pyz", base64.b64encode(content).decode()
    return _command(python, f"serve(about, {directory!r}, {name!r}, {len(text)}, {command!r})"), text


def removing(python: str, directory: str) -> str:
    """Return a command that waits for the end of the agent and removes its directory."""
    return _command(python, f"remove({directory!r})")


def _command(python: str, call: str) -> str:
    """Return a command of one line without special characters, because the shell is that of the user."""
    code = f"{inspect.getsource(bootstrap)}\n{DESCRIBE}\n{call}"
    packed = base64.b64encode(zlib.compress(code.encode(), 9)).decode()
    return f"exec {python} -I -c \"import base64,zlib;exec(zlib.decompress(base64.b64decode('{packed}')))\""
