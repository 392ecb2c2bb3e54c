# Copyright (c) the Jupyter ML developers.
# Distributed under the terms of the BSD 3-Clause License.

"""The protocol of agents.

Each side first sends a greeting with the version. Then it sends frames: the lengths of a head and a body,
the head in JSON, the body in bytes. A client sends requests, each with an ``id``; the agent sends one reply for each,
with the same ``id``, in any order. Waiting for the end of a program, the growth of a file or bytes of a connection is a
request whose reply comes late. So the agent keeps nothing about a client, and a client that was cut off connects
again and repeats what was not replied to. Every request can be repeated without another effect: programs, connections
and signals have keys that the client makes up, and what is read or written has an offset. Only the agent that a start
was sent to can repeat that, so agents have an identity, which is in the greeting.
"""

from __future__ import annotations

import re
import struct

__all__ = [
    "BODY_BYTES",
    "GREETING",
    "HEAD_BYTES",
    "LENGTHS",
    "MAX_DESCRIPTORS",
    "NOISE_BYTES",
    "VERSION",
    "ProtocolError",
    "VersionError",
]

VERSION = 1
GREETING = re.compile(rb"\0jupyter-ml-agent (\d{1,9})(?: (\w{1,64}))?\n")
NOISE_BYTES = 64 * 1024
"""What a shell or a remote login may print before the greeting."""
HEAD_BYTES, BODY_BYTES = 8 * 1024**2, 1024**2
"""Largest parts of a frame: a head contains the arguments and the environment of a program, which Linux limits."""
LENGTHS = struct.Struct("!II")
MAX_DESCRIPTORS = 8
"""In a frame."""


class ProtocolError(Exception):
    """The other side does not speak the protocol."""


class VersionError(ProtocolError):
    """The other side speaks another version of the protocol."""
