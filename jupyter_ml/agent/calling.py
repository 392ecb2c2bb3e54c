# Copyright (c) the Jupyter ML developers.
# Distributed under the terms of the BSD 3-Clause License.

"""Send requests to an agent of this machine and wait for each reply, without an event loop."""

from __future__ import annotations

import contextlib
import json
import os
import socket
from typing import TYPE_CHECKING, Any

from jupyter_ml.agent.frames import GREETING, LENGTHS, VERSION, ProtocolError
from jupyter_ml.agent.reaching import peer

if TYPE_CHECKING:
    from collections.abc import Collection

__all__ = ["Call"]


class Call:
    """A connection to the agent that listens in a directory.

    Parameters
    ----------
    directory
        Where it listens.
    timeout_s
        How long each step may take.

    Raises
    ------
    OSError
        When no agent of this user listens there, or it does not reply in time.
    ProtocolError
        When another program replies, or another version.
    """

    def __init__(self, directory: str, timeout_s: float) -> None:
        self._socket, self._received = socket.socket(socket.AF_UNIX), b""
        try:
            self._connect(directory, timeout_s)
        except BaseException:
            self._socket.close()
            raise

    def _connect(self, directory: str, timeout_s: float) -> None:
        self._socket.settimeout(timeout_s)
        self._socket.connect(f"{directory}/agent.sock")
        if peer(self._socket) != os.geteuid():
            raise PermissionError(f"another user listens in {directory}")
        self._socket.sendall(b"\0jupyter-ml-agent %d\n" % VERSION)
        while b"\n" not in self._received:
            self._receive()
        greeting, _, self._received = self._received.partition(b"\n")
        if not (found := GREETING.fullmatch(greeting + b"\n")) or int(found[1]) != VERSION:
            raise ProtocolError(f"no agent of this version listens in {directory}")

    def request(
        self, do: str, *, descriptors: Collection[int] = (), forever: bool = False, **parameters: Any
    ) -> dict[str, Any]:
        """Return the reply to a request; OSError when the agent could not do it, or has ended.

        Parameters
        ----------
        do, parameters
            The request: a method ``do_NAME`` of `Agent`, and its arguments.
        descriptors
            File descriptors to pass.
        forever
            Whether the reply may come at any time.
        """
        if forever:
            self._socket.settimeout(None)
        head = {"id": 0, "do": do, **parameters, **({"descriptors": len(descriptors)} if descriptors else {})}
        encoded = json.dumps(head).encode()
        frame = LENGTHS.pack(len(encoded), 0) + encoded
        sent = socket.send_fds(self._socket, [frame], list(descriptors)) if descriptors else 0
        self._socket.sendall(frame[sent:])
        while len(self._received) < LENGTHS.size or len(self._received) < LENGTHS.size + sum(self._lengths()):
            self._receive()
        length, body = self._lengths()
        reply = json.loads(self._received[LENGTHS.size : LENGTHS.size + length])
        self._received = self._received[LENGTHS.size + length + body :]
        if "error" in reply:
            raise OSError(reply["error"])
        del reply["id"]
        return dict(reply)

    def _lengths(self) -> tuple[int, int]:
        head, body = LENGTHS.unpack_from(self._received)
        return head, body

    def _receive(self) -> None:
        data = self._socket.recv(65_536)
        if not data:
            raise ConnectionError("the agent has ended")
        self._received += data

    def close(self) -> None:
        """Close the connection; a request that waits for its reply fails."""
        with contextlib.suppress(OSError):
            self._socket.shutdown(socket.SHUT_RDWR)
        self._socket.close()
