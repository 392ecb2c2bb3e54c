# Copyright (c) the Jupyter ML developers.
# Distributed under the terms of the BSD 3-Clause License.

"""The socket files through which a kernel is reached, on this machine and on its compute."""

from __future__ import annotations

import asyncio
import shutil
import tempfile
from pathlib import Path, PurePath
from typing import TYPE_CHECKING, TypeVar

if TYPE_CHECKING:
    from collections.abc import Sequence

    from jupyter_client.connect import KernelConnectionInfo

__all__ = ["Connection", "answers", "socket_paths"]

_P = TypeVar("_P", bound=PurePath)
SOCKETS = 5
LONGEST = 100
"""Longest path of a socket: 107 characters on Linux, 103 on macOS."""


def socket_paths(folder: _P) -> list[_P]:
    """Return the sockets of a kernel whose folder that is.

    Raises
    ------
    OSError
        If their paths are too long.
    """
    if len(str(folder / "lease")) > LONGEST:
        raise OSError(f"the path {folder} is too long for a socket in it: use a shorter directory")
    return [folder / f"s-{number}" for number in range(1, SOCKETS + 1)]


class Connection:
    """The socket files of this machine that lead to a kernel; they keep their paths while it is restarted.

    Parameters
    ----------
    parent
        Directory for them; None for one of the system.
    key
        Signs the messages.
    """

    def __init__(self, parent: Path | None, key: bytes) -> None:
        if parent is not None:
            parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        self.folder = Path(tempfile.mkdtemp(prefix="k-", dir=parent))
        self.key = key

    def info(self, folder: PurePath | None = None) -> KernelConnectionInfo:
        """Return the connection information of Jupyter for the sockets in a folder, by default in that of this one."""
        return {
            "transport": "ipc",
            "ip": str((folder or self.folder) / "s"),
            "shell_port": 1,
            "iopub_port": 2,
            "stdin_port": 3,
            "control_port": 4,
            "hb_port": SOCKETS,  # a kernel listens on it last
            "key": self.key,  # type: ignore[typeddict-item]  # jupyter_client compares bytes
            "signature_scheme": "hmac-sha256",
        }

    def lead_to(self, sockets: Sequence[Path]) -> None:
        """Make the socket files lead to others."""
        for link, target in zip(socket_paths(self.folder), sockets, strict=True):
            if link != target:
                link.unlink(missing_ok=True)
                link.symlink_to(target)

    def remove(self) -> None:
        """Remove the socket files."""
        shutil.rmtree(self.folder, ignore_errors=True)


async def answers(socket: Path) -> bool:
    """Return whether something listens on a socket that greets, as each socket of a kernel does."""
    try:
        reader, writer = await asyncio.open_unix_connection(socket)
    except OSError:
        return False
    try:
        return bool(await reader.read(1))
    except OSError:
        return False
    finally:
        writer.close()
