"""The bell: wakes the processes of one workspace on this host when something changed.

A nudge says nothing but "look"; it only makes things fast. Whoever misses one looks a little later anyway.
"""

from __future__ import annotations

import os
import select
import socket
import stat
import tempfile
from contextlib import suppress
from hashlib import sha256
from pathlib import Path
from secrets import token_hex
from typing import Self

from jupyter_ml.errors import WorkspaceError

__all__ = ["Bell", "ring"]

_LONGEST = 50
"""Bytes of a temporary folder's path below which there is room for ours."""


class Bell:
    """A listener.

    Parameters
    ----------
    folder
        Of the workspace.

    Raises
    ------
    WorkspaceError
        When somebody else owns the folder in which listeners meet.
    """

    def __init__(self, folder: Path) -> None:
        self._path = _meeting_place(folder) / f"{os.getpid()}-{token_hex(4)}"
        self._socket = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        self._socket.setblocking(False)
        try:
            while not self._bind():
                pass  # the last listener has left at this moment, and has taken the meeting place away
        except BaseException:
            self._socket.close()
            raise

    def _bind(self) -> bool:
        """Join the others; False where the meeting place vanishes meanwhile."""
        meeting = self._path.parent
        try:
            with suppress(FileExistsError):
                meeting.mkdir(mode=0o700)
        except OSError as error:
            raise WorkspaceError(f"{meeting} cannot be made: {error.strerror}") from error
        try:
            if not _is_ours(meeting):
                raise WorkspaceError(f"{meeting} belongs to somebody else: ask for its removal, or set TMPDIR")
            self._socket.bind(str(self._path))
        except FileNotFoundError:
            return False
        return True

    def wait(self, timeout: float) -> bool:
        """Wait up to `timeout` seconds; tell whether it rang. Rings that came together count as one."""
        poll = select.poll()
        poll.register(self._socket, select.POLLIN)
        if not poll.poll(timeout * 1_000):
            return False
        try:
            while True:
                self._socket.recv(1)
        except BlockingIOError:
            return True

    def fileno(self) -> int:
        """Return what an event loop can wait for."""
        return self._socket.fileno()

    def close(self) -> None:
        """Listen no more."""
        self._path.unlink(missing_ok=True)
        self._socket.close()
        with suppress(OSError):  # there are others
            self._path.parent.rmdir()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


def ring(folder: Path) -> None:
    """Wake every listener of the workspace in `folder`; never wait, never fail."""
    meeting = _meeting_place(folder)
    try:
        listeners = [*meeting.iterdir()] if _is_ours(meeting) else []
    except OSError:  # there are none
        return
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as sender:
        sender.setblocking(False)
        for path in listeners:
            try:
                sender.sendto(b"!", str(path))
            except BlockingIOError:
                continue  # its buffer is full of rings
            except ConnectionRefusedError:
                path.unlink(missing_ok=True)  # its process is gone
            except OSError:
                continue


def _meeting_place(folder: Path) -> Path:
    """Return where the listeners of a workspace have their sockets; a socket's path may have about 100 bytes."""
    digest = sha256(os.fsencode(folder.resolve())).hexdigest()[:16]
    base = tempfile.gettempdir()
    if len(os.fsencode(base)) > _LONGEST:
        base = "/tmp"  # noqa: S108 -- what lies below it is checked to be ours
    return Path(base) / f"jupyter-ml-{os.geteuid()}-{digest}"


def _is_ours(meeting: Path) -> bool:
    found = meeting.lstat()
    return stat.S_ISDIR(found.st_mode) and found.st_uid == os.geteuid() and not found.st_mode & 0o077
