# Copyright (c) the Jupyter ML developers.
# Distributed under the terms of the BSD 3-Clause License.

"""Notify the processes that have a workspace open on this host of a change.

A notification has no content and only reduces latency: a process that misses one polls a little later.
"""

from __future__ import annotations

import logging
import os
import select
import socket
import stat
import time
from contextlib import contextmanager, suppress
from hashlib import sha256
from pathlib import Path
from secrets import token_hex
from typing import TYPE_CHECKING, Self

if TYPE_CHECKING:
    from collections.abc import Iterator

__all__ = ["Listener", "notify"]

_LONGEST = 80
"""Maximum bytes of a directory's path that leave enough for a socket's name: macOS takes 103 for both."""

_log = logging.getLogger(__name__)


class Listener:
    """Receive the notifications of a workspace.

    Where the system provides no socket there are no notifications, and the listening process polls.

    Parameters
    ----------
    folder
        Of the workspace.
    """

    def __init__(self, folder: Path) -> None:
        self._socket = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        self._socket.setblocking(False)
        self._path: Path | None = None
        for place in _places(folder):
            try:
                self._path = _bind(self._socket, place)
            except OSError as error:
                _log.info("%s cannot hold a socket (%s)", place, error.strerror or error)
            else:
                return
        _log.info("no notifications: changes in %s are seen by looking every now and then", folder)

    def wait(self, timeout: float) -> bool:
        """Wait up to `timeout` seconds; return whether a notification came. Several that came together count as one."""
        if self._path is None:
            time.sleep(timeout)
            return False
        poll = select.poll()
        poll.register(self._socket, select.POLLIN)
        if not poll.poll(timeout * 1_000):
            return False
        self.clear()
        return True

    def fileno(self) -> int:
        """Return the descriptor that is readable when there are notifications, for an event loop."""
        return self._socket.fileno()

    def clear(self) -> None:
        """Take the notifications that have arrived."""
        with suppress(BlockingIOError):
            while True:
                self._socket.recv(1)

    def close(self) -> None:
        """Stop listening."""
        if self._path is not None:
            self._path.unlink(missing_ok=True)
        self._socket.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


def notify(folder: Path) -> None:
    """Wake every listener of the workspace in `folder`; never wait, never fail."""
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as sender:
        sender.setblocking(False)
        for place in _places(folder):
            with suppress(OSError):  # no process listens there
                _notify_socket(sender, place)


def _notify_socket(sender: socket.socket, place: Path) -> None:
    if not _is_ours(place):
        return
    with _short(place) as short:
        for socket_file in place.iterdir():
            try:
                sender.sendto(b"!", f"{short}/{socket_file.name}")
            except BlockingIOError:
                continue  # its buffer is full of notifications
            except ConnectionRefusedError:
                socket_file.unlink(missing_ok=True)  # its process has ended
            except OSError:
                continue


def _places(folder: Path) -> list[Path]:
    """Return directories for the sockets of a workspace's listeners, to which only the user can write."""
    places = [folder / "listeners"]
    if runtime := os.environ.get("XDG_RUNTIME_DIR"):  # for a workspace on a file system without sockets
        digest = sha256(os.fsencode(folder.resolve())).hexdigest()[:16]
        places.append(Path(runtime, f"jupyter-ml-{digest}"))
    return places


def _bind(listener: socket.socket, place: Path) -> Path:
    with suppress(FileExistsError):
        place.mkdir(mode=0o700)
    if not _is_ours(place):
        raise PermissionError(f"others can write to {place}")
    name = f"{os.getpid()}-{token_hex(4)}"
    with _short(place) as short:
        listener.bind(f"{short}/{name}")
    return place / name


@contextmanager
def _short(place: Path) -> Iterator[str]:
    """Yield a path of a directory that is short enough for a socket's address."""
    if len(os.fsencode(place)) <= _LONGEST:
        yield str(place)
        return
    descriptor = os.open(place, os.O_RDONLY | os.O_DIRECTORY)
    try:
        yield f"/proc/self/fd/{descriptor}"
    finally:
        os.close(descriptor)


def _is_ours(place: Path) -> bool:
    found = place.lstat()
    return stat.S_ISDIR(found.st_mode) and found.st_uid == os.geteuid() and not found.st_mode & 0o022
