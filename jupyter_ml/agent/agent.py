# Copyright (c) the Jupyter ML developers.
# Distributed under the terms of the BSD 3-Clause License.

"""Start programs on this machine for a client that may be on another one.

This is one file, longer than others of Jupyter ML, and uses the standard library only, because it is copied to machines
and containers where nothing else of Jupyter ML is installed. It runs on Linux with Python 3.9 or newer::

    agent.py                     serve the client on standard input and output, and end all programs with it
    agent.py relay DIRECTORY     connect standard input and output to the agent that listens in DIRECTORY, which is
                                 started if there is none; it and its programs outlive the connection
    agent.py listen DIRECTORY    be that agent, or start it in the background with ``daemon``

**Protocol.** Each side first sends a greeting with the version. Then it sends frames: the lengths of a head and a body,
the head in JSON, the body in bytes. A client sends requests, each with an ``id``; the agent sends one reply for each,
with the same ``id``, in any order. Waiting for the end of a program, the growth of a file or bytes of a connection is a
request whose reply comes late. So the agent keeps nothing about a client, and a client that was cut off connects
again and repeats what was not replied to. Every request can be repeated without another effect: programs, connections
and signals have keys that the client makes up, and what is read or written has an offset. Only the agent that a start
was sent to can repeat that, so agents have an identity, which is in the greeting.
"""

from __future__ import annotations

import asyncio
import collections
import contextlib
import fcntl
import functools
import json
import os
import re
import signal
import socket
import stat
import struct
import subprocess
import sys
import threading
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Collection, Iterator

__all__ = ["BODY_BYTES", "MARKER", "Agent", "Line", "ProtocolError", "VersionError", "marked", "start_time"]

VERSION = 1
GREETING = re.compile(rb"\0jupyter-ml-agent (\d{1,9})(?: (\w{1,64}))?\n")
NOISE_BYTES = 64 * 1024
"""What a shell or a remote login may print before the greeting."""
HEAD_BYTES, BODY_BYTES = 8 * 1024**2, 1024**2
"""Largest parts of a frame: a head contains the arguments and the environment of a program, which Linux limits."""
LENGTHS = struct.Struct("!II")
MAX_DESCRIPTORS, MAX_REQUESTS = 8, 100_000
"""In a frame, and of one client at the same time."""
MARKER = "JUPYTER_ML_PROCESS"
"""Environment variable that marks a program and all of its descendants."""

KILL_S = 10.0
"""How long processes that were killed may take to end."""
SHORTEST_S, LONGEST_S = 0.01, 0.25
"""Between two looks at a file that is followed, or at a program that another agent has started."""
KEPT_PROGRAMS = 10_000
"""After so many programs, those that ended first are forgotten."""
CHANNEL_S = 600.0
"""After which a connection that no client uses is closed."""
IDLE_S = 3600.0
"""After which an agent that listens, and has neither clients nor programs, ends."""
START_S = 10.0


class ProtocolError(Exception):
    """The other side does not speak the protocol."""


class VersionError(ProtocolError):
    """The other side speaks another version of the protocol."""


class Line:
    """Exchange frames over two file descriptors, which it owns; over a Unix socket, frames can contain others.

    Parameters
    ----------
    incoming, outgoing
        File descriptors of a pipe, a socket or a terminal; the same one for a socket.
    unix
        Whether that is a Unix socket.
    """

    def __init__(self, incoming: int, outgoing: int, *, unix: bool = False) -> None:
        self._loop = asyncio.get_running_loop()
        self._incoming, self._outgoing = incoming, outgoing
        self._socket = socket.socket(fileno=os.dup(incoming)) if unix else None
        self._received = bytearray()
        self._descriptors: collections.deque[int] = collections.deque()
        self._unsent: collections.deque[tuple[memoryview, list[int]]] = collections.deque()
        self._room = asyncio.Event()
        self._room.set()
        self._error: OSError | None = None
        for descriptor in {incoming, outgoing}:
            os.set_blocking(descriptor, False)

    @property
    def passes_descriptors(self) -> bool:
        """Whether frames can contain file descriptors: then both sides are on the same machine."""
        return self._socket is not None

    async def greet(self, identity: str = "") -> str:
        """Exchange greetings, and return the identity in that of the other side: another agent has another one.

        Raises
        ------
        VersionError, ProtocolError
            When the other side is an agent or client of another version, or none.
        """
        self._put(f"\0jupyter-ml-agent {VERSION} {identity}".rstrip().encode() + b"\n")
        while not (greeting := GREETING.search(self._received)):
            if len(self._received) > NOISE_BYTES:
                raise ProtocolError(f"no agent replies, but: {_shown(self._received)}")
            try:
                await self._receive_more()
            except EOFError:
                raise ProtocolError(f"no agent replies{_shown(self._received, ', but: ')}") from None
        version, identified, end = int(greeting[1]), (greeting[2] or b"").decode(), greeting.end()
        del self._received[:end]
        if version != VERSION:
            raise VersionError(
                f"version {version} of the agent's protocol is spoken there, and {VERSION} here: "
                "end the agent, or use the version of Jupyter ML that started it"
            )
        return identified

    async def receive(self) -> tuple[dict[str, Any], bytes, list[int]]:
        """Return the next frame: its head, its body, and the file descriptors in it, which the caller closes.

        Nothing is lost when it is cancelled.

        Raises
        ------
        EOFError, OSError
            When the connection has ended.
        ProtocolError
            When what comes is not a frame, or too large a one.
        """
        while (frame := self._next()) is None:
            await self._receive_more()
        return frame

    def _next(self) -> tuple[dict[str, Any], bytes, list[int]] | None:
        if len(self._received) < LENGTHS.size:
            return None
        head_bytes, body_bytes = LENGTHS.unpack_from(self._received)
        if head_bytes > HEAD_BYTES or body_bytes > BODY_BYTES:
            raise ProtocolError(f"a frame of {head_bytes} + {body_bytes} bytes is announced, which is too large")
        body_at = LENGTHS.size + head_bytes
        if len(self._received) < body_at + body_bytes:
            return None
        try:
            head = json.loads(self._received[LENGTHS.size : body_at])
            given = [self._descriptors.popleft() for _ in range(head.pop("descriptors", 0))]
        except (ValueError, AttributeError, TypeError, IndexError, RecursionError) as error:
            raise ProtocolError(f"not a frame: {error}") from None
        body = bytes(self._received[body_at : body_at + body_bytes])
        del self._received[: body_at + body_bytes]
        return head, body, given

    async def _receive_more(self) -> None:
        while True:
            try:
                if self._socket:
                    data, descriptors, _, _ = socket.recv_fds(self._socket, BODY_BYTES, MAX_DESCRIPTORS)
                    self._descriptors.extend(descriptors)
                    for descriptor in descriptors:
                        os.set_inheritable(descriptor, False)
                else:
                    data = os.read(self._incoming, BODY_BYTES)
            except BlockingIOError:
                if self._error:
                    raise self._error from None
                await _ready(self._incoming)
                continue
            if not data:
                raise EOFError("the connection has ended")
            self._received += data
            return

    async def send(self, head: dict[str, Any], body: bytes = b"", descriptors: Collection[int] = ()) -> None:
        """Send a frame, as soon as the previous ones are nearly sent.

        A cancelled call sends all of it or nothing. An error ends the connection, which `receive` reports.
        """
        if descriptors:
            head = {**head, "descriptors": len(descriptors)}
        encoded = json.dumps(head).encode()
        if len(encoded) > HEAD_BYTES or len(body) > BODY_BYTES:
            raise ValueError(f"a frame of {len(encoded)} + {len(body)} bytes is too large")
        while not self._room.is_set():
            await self._room.wait()
        if self._error:
            return
        self._put(LENGTHS.pack(len(encoded), len(body)) + encoded + body, [os.dup(each) for each in descriptors])

    def _put(self, data: bytes, descriptors: list[int] | None = None) -> None:
        self._unsent.append((memoryview(data), descriptors or []))
        self._flush()

    def _flush(self) -> None:
        try:
            while self._unsent and not self._error:
                data, descriptors = self._unsent[0]
                if descriptors and self._socket:
                    sent = socket.send_fds(self._socket, [data], descriptors)
                else:
                    sent = os.write(self._outgoing, data)
                _close(descriptors)
                self._unsent[0] = data[sent:], []
                if sent == len(data):
                    self._unsent.popleft()
        except BlockingIOError:
            self._loop.add_writer(self._outgoing, self._flush)
        except OSError as error:
            self._fail(error)
        else:
            self._loop.remove_writer(self._outgoing)
        if self._error or sum(len(data) for data, _ in self._unsent) < BODY_BYTES:
            self._room.set()
        else:
            self._room.clear()

    def _fail(self, error: OSError) -> None:
        """Discard what is not sent."""
        self._error = self._error or error
        self._loop.remove_writer(self._outgoing)
        for _, descriptors in self._unsent:
            _close(descriptors)
        self._unsent.clear()
        self._room.set()

    def close(self) -> None:
        """End the connection, after the last `receive`."""
        if self._incoming < 0:
            return
        self._fail(ConnectionError("the connection was closed"))
        if self._socket:
            self._socket.close()
        _close({self._incoming, self._outgoing} | set(self._descriptors))
        self._incoming = self._outgoing = -1


def _shown(noise: bytearray, before: str = "") -> str:
    return before + repr(bytes(noise[-200:]).decode(errors="replace")) if noise else ""


def _close(descriptors: Collection[int]) -> None:
    for descriptor in descriptors:
        os.close(descriptor)


async def _ready(descriptor: int, *, writable: bool = False) -> None:
    """Wait until a file descriptor can be read or written."""
    loop = asyncio.get_running_loop()
    ready = asyncio.Event()
    (loop.add_writer if writable else loop.add_reader)(descriptor, ready.set)
    try:
        await ready.wait()
    finally:
        (loop.remove_writer if writable else loop.remove_reader)(descriptor)


# --- processes of this machine ---------------------------------------------------------------------------------------


def start_time(pid: int) -> str:
    """Return the start time of a process, which distinguishes it from a later one with the same pid, also after a boot.

    Raises
    ------
    ProcessLookupError
        When there is no such process.
    """
    return f"{_boot()}/{_status(pid)[19]}"


@functools.lru_cache(maxsize=1)
def _boot() -> str:
    return Path("/proc/sys/kernel/random/boot_id").read_text().strip()


def _status(pid: int) -> list[str]:
    """Return the fields of ``/proc/PID/stat`` from the third one on: state, parent, and so on."""
    try:
        with open(f"/proc/{pid}/stat", "rb", buffering=0) as file:
            return file.read().rpartition(b")")[2].decode().split()
    except FileNotFoundError:
        raise ProcessLookupError(f"there is no process {pid}") from None


def _parent(pid: int) -> int | None:
    """Return the pid of a process's parent; None where it has ended or is a zombie."""
    try:
        state, parent = _status(pid)[:2]
    except OSError:
        return None
    return None if state in ("Z", "X") else int(parent)


def marked(marker: str, root: int | None = None) -> list[int]:
    """Return `root`, the living processes that carry `marker`, and those of their descendants that carry none.

    This process and its ancestors are never among them. A zombie holds nothing any more and does not count. A daemon
    that has both left its parents and cleared its environment cannot be distinguished from an unrelated process and is
    not found.
    """
    wanted, any_marker = f"\0{MARKER}={marker}\0".encode(errors="surrogateescape"), f"\0{MARKER}=".encode()
    spared = set(_with_ancestors(os.getpid()))
    found, unmarked = [], []
    for pid in _every():
        environ = _environ(pid)
        if pid in spared:
            continue
        if wanted in environ or (pid == root and _parent(pid) is not None):  # a zombie has no environment
            found.append(pid)
        elif any_marker not in environ:
            unmarked.append(pid)
    if not found:  # as a rule: then no process is looked at more closely
        return []
    children: dict[int | None, list[int]] = {}
    for pid in unmarked:
        children.setdefault(_parent(pid), []).append(pid)
    return [*found, *(child for pid in found for child in _below(pid, children))]


def _with_ancestors(pid: int | None) -> Iterator[int]:
    while pid:
        yield pid
        pid = _parent(pid)


def _every() -> Iterator[int]:
    """Yield all pids, and look again until there is none that is new: a program may fork faster than one look."""
    seen: set[int] = set()
    while new := {int(name) for name in os.listdir("/proc") if name.isdigit()} - seen:
        seen |= new
        yield from new


def _environ(pid: int) -> bytes:
    """Return ``NAME=value`` of a process, each between null bytes; empty where it has ended or cannot be read."""
    try:
        with open(f"/proc/{pid}/environ", "rb", buffering=0) as file:
            return b"\0" + file.read() + b"\0"
    except OSError:
        return b""


def _below(pid: int, children: dict[int | None, list[int]]) -> Iterator[int]:
    for child in children.pop(pid, []):
        yield child
        yield from _below(child, children)


def _counters(pid: int) -> Iterator[str]:
    """Yield the files in which Linux counts kills for memory: of a process's control group, and of the machine."""
    with contextlib.suppress(OSError):
        for line in Path(f"/proc/{pid}/cgroup").read_text().splitlines():
            _, controllers, group = line.split(":", 2)
            if not controllers:  # version 2
                yield from (f"{root}{group}/memory.events" for root in ("/sys/fs/cgroup", "/sys/fs/cgroup/unified"))
            elif "memory" in controllers.split(","):
                yield f"/sys/fs/cgroup/memory{group}/memory.oom_control"
    yield "/proc/vmstat"


def _memory_kills(files: list[str]) -> dict[str, int]:
    counts = {}
    for file in files:
        with contextlib.suppress(OSError):
            if found := re.search(r"^oom_kill (\d+)$", Path(file).read_text(), re.MULTILINE):
                counts[file] = int(found[1])
    return counts


# --- what clients use ------------------------------------------------------------------------------------------------


class Program:
    """A program that this agent has started, or another one that has ended.

    Parameters
    ----------
    pid, marker
        What identifies its processes.
    start_time
        Of its process.
    ours
        Whether it is a child of this process, and its end will be known.
    """

    def __init__(self, pid: int, start_time: str, marker: str, *, ours: bool) -> None:
        self.pid, self.start_time, self.marker = pid, start_time, marker
        self.ended: asyncio.Future[dict[str, Any]] = asyncio.get_running_loop().create_future()
        self.signals: collections.deque[str] = collections.deque(maxlen=1000)
        self._counters = list(_counters(pid)) if ours else []
        self._kills = _memory_kills(self._counters)
        self._watch = None if ours else asyncio.ensure_future(self._lost())

    def end(self, status: int) -> None:
        """Record how it ended."""
        number = os.WTERMSIG(status) if os.WIFSIGNALED(status) else None
        if number is None:
            self.ended.set_result({"code": os.WEXITSTATUS(status)})
            return
        kills = _memory_kills(self._counters) if number == signal.SIGKILL else {}
        names = {each.value: each.name for each in signal.Signals}
        self.ended.set_result(
            {
                "signal": names.get(number, f"signal {number}"),
                "out_of_memory": any(count > self._kills.get(file, count) for file, count in kills.items()),
            }
        )

    def runs(self) -> bool:
        """Return whether its pid is still its own."""
        with contextlib.suppress(OSError):
            return not self.ended.done() and _parent(self.pid) is not None and start_time(self.pid) == self.start_time
        return False

    async def _lost(self) -> None:
        while self.runs():  # noqa: ASYNC110 -- only its parent is notified
            await asyncio.sleep(LONGEST_S)
        self.ended.set_result({"lost": "it was started by an agent that has ended, which alone could learn how"})


class Channel:
    """A connection to a program, whose bytes are counted so that none is lost or repeated when a client is cut off."""

    def __init__(self, connection: socket.socket, forget: Callable[[], None]) -> None:
        connection.setblocking(False)
        self._connection, self._forget = connection, forget
        self._pushing, self._pulling = asyncio.Lock(), asyncio.Lock()
        self._pushed = self._pulled = self._users = 0
        self._piece = b""
        self._closed = False
        self._unused = asyncio.get_running_loop().call_later(CHANNEL_S, forget)

    async def push(self, offset: int, data: bytes, *, eof: bool) -> bool:
        """Write what begins at an offset of all that is pushed; return whether the program may read on."""
        with self._used():
            async with self._pushing:
                fresh = data[_within(self._pushed - offset, len(data)) :]
                try:
                    while fresh:
                        sent = await self._send(fresh)
                        self._pushed, fresh = self._pushed + sent, fresh[sent:]
                    if eof:
                        self._connection.shutdown(socket.SHUT_WR)
                except OSError:  # it has ended or has closed its side
                    return False
        return True

    async def _send(self, data: bytes) -> int:
        with contextlib.suppress(BlockingIOError):
            return self._connection.send(data)
        await _ready(self._connection.fileno(), writable=True)
        return 0

    async def pull(self, offset: int) -> bytes:
        """Return what begins at an offset of all that comes, which acknowledges what is before; nothing at the end."""
        with self._used():
            async with self._pulling:
                while offset == self._pulled:
                    try:
                        self._piece = self._connection.recv(BODY_BYTES)
                    except BlockingIOError:
                        await _ready(self._connection.fileno())
                        continue
                    except OSError:
                        self._piece = b""
                    self._pulled += len(self._piece)
                    break
                return self._piece[len(self._piece) - _within(self._pulled - offset, len(self._piece)) :]

    @contextlib.contextmanager
    def _used(self) -> Iterator[None]:
        self._unused.cancel()
        self._users += 1
        try:
            yield
        finally:
            self._users -= 1
            if self._closed:
                self.close()
            elif not self._users:
                self._unused = asyncio.get_running_loop().call_later(CHANNEL_S, self._forget)

    def close(self) -> None:
        """Close it, when the last request that uses it has ended."""
        self._unused.cancel()
        self._closed = True
        if not self._users:
            self._connection.close()
            return
        with contextlib.suppress(OSError):
            self._connection.shutdown(socket.SHUT_RDWR)  # which ends those requests


def _within(value: int, limit: int) -> int:
    if not 0 <= value <= limit:
        raise ValueError("the offset is not one of the connection")
    return value


class Agent:
    """The programs and connections of this machine; a method named ``do_NAME`` replies to the request NAME."""

    def __init__(self) -> None:
        self.clients: set[Any] = set()  # their tasks, of which the loop has weak references only
        self._identity = os.urandom(16).hex()
        self._programs: dict[str, Program] = {}
        self._children: dict[int, Program] = {}
        self._channels: dict[str, Channel] = {}

    async def serve(self, line: Line) -> None:
        """Reply to the requests of one client until its connection ends."""
        tasks: dict[Any, asyncio.Task[None]] = {}
        self.clients.add(asyncio.current_task())
        try:
            await line.greet(self._identity)
            while len(tasks) < MAX_REQUESTS:
                head, body, descriptors = await line.receive()
                if head.get("do") == "cancel":
                    if (cancelled := tasks.get(head.get("request"))) is not None:
                        cancelled.cancel()
                    continue
                number = head.pop("id", None)
                if not isinstance(number, (int, type(None))):
                    raise ProtocolError("the id of a request is not a number")  # noqa: TRY301
                tasks[number] = task = asyncio.ensure_future(self._reply(line, number, head, body, descriptors))
                task.add_done_callback(functools.partial(_forget, tasks, number))
        except (EOFError, OSError):
            pass
        except ProtocolError as error:
            sys.stderr.write(f"agent: {error}\n")
        finally:
            self.clients.discard(asyncio.current_task())
            unfinished = list(tasks.values())
            for task in unfinished:
                task.cancel()
            await asyncio.gather(*unfinished, return_exceptions=True)
            line.close()

    async def _reply(self, line: Line, number: Any, head: dict[str, Any], body: bytes, descriptors: list[int]) -> None:
        try:
            operation: Callable[..., Awaitable[Any]] | None = getattr(self, f"do_{head.pop('do', None)}", None)
            if operation is None:
                raise ValueError("there is no such request")  # noqa: TRY301
            given: dict[str, Any] = {
                **({"body": body} if body else {}),
                **({"given": descriptors} if descriptors else {}),
            }
            reply = await operation(**head, **given)
            content, data = reply if isinstance(reply, tuple) else (reply or {}, b"")
        except Exception as error:  # noqa: BLE001 -- whatever it is, the client learns it
            content, data = {"error": str(error) or type(error).__name__}, b""
        finally:
            _close(descriptors)
        await line.send({"id": number, **content}, data)

    async def do_ping(self) -> None:
        """Show that the connection works."""

    async def do_about(self) -> dict[str, Any]:
        """Return the Python that runs this agent."""
        return {"python": sys.executable}

    async def do_start(
        self,
        *,
        key: str,
        argv: list[str],
        cwd: str,
        env: dict[str, str],
        log: str | None = None,
        channel: str | None = None,
        given: Collection[int] = (),
    ) -> dict[str, Any]:
        """Start a program in a session of its own, and return what identifies it.

        Its standard input and output are the two file descriptors that are `given`. Otherwise the input is a new
        `channel`, or empty, and the output is appended to the `log`, or goes to the channel.
        """
        if key not in self._programs:
            with contextlib.ExitStack() as stack:
                try:
                    streams = list(given) or self._streams(stack, log, channel)
                    pid = _start(argv, cwd, env, *streams)
                except Exception:
                    await self.do_close(channel=channel)
                    raise
            self._add(key, pid, env.get(MARKER, ""))
        program = self._programs[key]
        return {"pid": program.pid, "start_time": program.start_time}

    def _streams(self, stack: contextlib.ExitStack, log: str | None, channel: str | None) -> list[int]:
        """Return the standard input and output of a program, which the stack closes."""
        if channel is None:
            incoming = os.open(os.devnull, os.O_RDONLY)
            stack.callback(os.close, incoming)
        else:  # a socket, because other processes of the user could open a pipe by its path in /proc
            mine, its = socket.socketpair()
            stack.enter_context(its)
            self._channel(channel, mine)
            incoming = its.fileno()
        if log is None:
            return [incoming, incoming]
        appended = os.open(log, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
        stack.callback(os.close, appended)
        return [incoming, appended]

    def _add(self, key: str, pid: int, marker: str) -> None:
        self._programs[key] = self._children[pid] = Program(pid, start_time(pid), marker, ours=True)
        ended = (each for each, program in self._programs.items() if program.ended.done())
        if len(self._programs) > KEPT_PROGRAMS and (oldest := next(ended, None)):
            del self._programs[oldest]

    def reap(self) -> None:
        """Learn which children of this process have ended."""
        with contextlib.suppress(ChildProcessError):
            while (found := os.waitpid(-1, os.WNOHANG))[0]:
                program = self._children.pop(found[0], None)
                if program:
                    program.end(found[1])

    def _program(self, *, key: str, pid: int, start_time: str, marker: str) -> Program:
        """Return a program; one that an agent has started that has ended is known by its pid."""
        if key not in self._programs:
            self._programs[key] = Program(pid, start_time, marker, ours=False)
        return self._programs[key]

    async def do_wait(self, *, program: dict[str, Any]) -> dict[str, Any]:
        """Return how a program has ended, when it has."""
        return await asyncio.shield(self._program(**program).ended)

    async def do_signal(self, *, program: dict[str, Any], number: int, key: str) -> None:
        """Send a signal to the program itself, unless that was done under the same key."""
        found = self._program(**program)
        if key not in found.signals and found.runs():
            found.signals.append(key)
            os.kill(found.pid, number)

    async def do_kill(self, *, marker: str, program: dict[str, Any] | None = None) -> None:
        """Kill a program and every process that carries the marker, and return when none is left."""
        root = self._program(**program) if program else None
        deadline = time.monotonic() + KILL_S
        while left := marked(marker, root.pid if root and root.runs() else None):
            if time.monotonic() > deadline:
                raise TimeoutError(
                    f"processes {', '.join(map(str, sorted(left)))} do not end, though they were killed: "
                    "they belong to another user or hang in the operating system"
                )
            for pid in left:
                with contextlib.suppress(OSError):
                    os.kill(pid, signal.SIGKILL)
            await asyncio.sleep(0.005)

    async def do_read(
        self, *, path: str, offset: int, program: dict[str, Any] | None = None
    ) -> tuple[dict[str, Any], bytes]:
        """Return a piece of a file, as soon as there is one; nothing when the program has ended, or none is given."""
        followed = [self._program(**program).ended] if program else []
        seconds = SHORTEST_S
        while True:
            last = all(ended.done() for ended in followed)  # before the look: what was written before the end is seen
            found = piece(path, offset)
            if found or last:
                return {}, found
            await asyncio.wait(followed, timeout=seconds)
            seconds = min(3 * seconds, LONGEST_S)

    async def do_open(self, *, channel: str, path: str) -> None:
        """Connect to a Unix socket."""
        if channel not in self._channels:
            connection = socket.socket(socket.AF_UNIX)
            connection.setblocking(False)
            try:
                connection.connect(path)
            except OSError as error:
                connection.close()
                raise OSError(error.errno, error.strerror, path) from None
            self._channel(channel, connection)

    def _channel(self, key: str, connection: socket.socket) -> None:
        self._channels[key] = Channel(connection, lambda: self._channels.pop(key).close())

    def _found(self, key: str) -> Channel:
        if key not in self._channels:
            raise ConnectionError(f"the connection {key!r} was closed")
        return self._channels[key]

    async def do_push(self, *, channel: str, offset: int, eof: bool = False, body: bytes = b"") -> dict[str, Any]:
        """Write to a connection."""
        return {"open": await self._found(channel).push(offset, body, eof=eof)}

    async def do_pull(self, *, channel: str, offset: int) -> tuple[dict[str, Any], bytes]:
        """Read from a connection."""
        return {}, await self._found(channel).pull(offset)

    async def do_close(self, *, channel: str | None) -> None:
        """Close a connection."""
        if channel in self._channels:
            self._channels.pop(channel).close()

    def busy(self) -> bool:
        """Return whether there are clients or programs."""
        return bool(self.clients) or not all(program.ended.done() for program in self._programs.values())

    async def end_programs(self) -> None:
        """Kill everything that was started."""
        for key, program in list(self._programs.items()):
            given = {"key": key, "pid": program.pid, "start_time": program.start_time, "marker": program.marker}
            await self.do_kill(marker=program.marker, program=given)


def _forget(tasks: dict[Any, Any], number: Any, task: Any) -> None:
    if tasks.get(number) is task:
        del tasks[number]


def _start(argv: list[str], cwd: str, env: dict[str, str], incoming: int, outgoing: int) -> int:
    child = subprocess.Popen(
        argv, cwd=cwd, env=env, stdin=incoming, stdout=outgoing, stderr=outgoing, start_new_session=True
    )
    child.returncode = 0  # `reap` waits for it, subprocess must not
    return child.pid


def piece(path: str, offset: int) -> bytes:
    """Return up to 1 MiB of a file from an offset on; nothing where there is no file, or where it ends before."""
    try:
        descriptor = os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC)  # a named pipe is not waited for
    except FileNotFoundError:
        return b""
    try:
        return os.pread(descriptor, BODY_BYTES, offset)
    finally:
        os.close(descriptor)


# --- ways to reach an agent ------------------------------------------------------------------------------------------


async def stdio() -> None:
    """Serve one client on standard input and output; afterwards, or when this process is to end, end all programs."""
    loop, agent = asyncio.get_running_loop(), Agent()
    loop.add_signal_handler(signal.SIGCHLD, agent.reap)
    line = Line(os.dup(0), os.dup(1))
    with open(os.devnull, "r+b") as nothing:  # nothing else is to read or write them
        os.dup2(nothing.fileno(), 0)
        os.dup2(nothing.fileno(), 1)
    serving = asyncio.ensure_future(agent.serve(line))
    for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
        loop.add_signal_handler(number, serving.cancel)
    await asyncio.wait([serving])
    await agent.end_programs()


async def listen(directory: str, idle_s: float = IDLE_S) -> None:
    """Serve clients of the same user on a socket in a private directory, until there is nothing left to do."""
    lock = os.open(f"{directory}/lock", os.O_RDWR | os.O_CREAT, 0o600)
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return  # another agent listens there
    os.ftruncate(lock, 0)
    os.write(lock, b"%d\n" % os.getpid())
    loop, agent = asyncio.get_running_loop(), Agent()
    loop.add_signal_handler(signal.SIGCHLD, agent.reap)
    with socket.socket(socket.AF_UNIX) as listener:
        listener.setblocking(False)
        new, path = f"{directory}/new", f"{directory}/agent.sock"
        with contextlib.suppress(FileNotFoundError):
            os.unlink(new)
        listener.bind(new)
        os.chmod(new, 0o600)
        listener.listen(128)
        os.rename(new, path)  # now: a client that finds it can connect
        loop.add_reader(listener.fileno(), _accept, listener, agent)
        busy_at = time.monotonic()
        while time.monotonic() - busy_at < idle_s:
            await asyncio.sleep(min(idle_s / 4, 60.0))
            busy_at = time.monotonic() if agent.busy() else busy_at
        os.unlink(path)


def _accept(listener: socket.socket, agent: Agent) -> None:
    try:
        connection = listener.accept()[0]
    except OSError:  # the client has gone
        return
    with connection:
        if peer(connection) == os.geteuid():
            descriptor = connection.detach()
            agent.clients.add(asyncio.ensure_future(agent.serve(Line(descriptor, descriptor, unix=True))))


def peer(connection: socket.socket) -> int:
    """Return the user of the process at the other end of a Unix socket."""
    _, user, _ = struct.unpack("3i", connection.getsockopt(socket.SOL_SOCKET, socket.SO_PEERCRED, 12))
    return int(user)


def private(directory: str) -> None:
    """Create a directory that only this user can use; PermissionError where it is another one's."""
    os.makedirs(directory, mode=0o700, exist_ok=True)
    found = os.lstat(directory)
    if not stat.S_ISDIR(found.st_mode) or found.st_uid != os.geteuid() or found.st_mode & 0o077:
        raise PermissionError(f"{directory} must be a directory of this user that others cannot use (mode 0700)")


def reach(directory: str) -> socket.socket:
    """Connect to the agent that listens in a directory; start it if there is none."""
    private(directory)
    start_at = time.monotonic()
    deadline = start_at + START_S
    while True:
        connection = socket.socket(socket.AF_UNIX)
        try:
            connection.connect(f"{directory}/agent.sock")
        except (FileNotFoundError, ConnectionRefusedError):
            connection.close()
        else:
            if peer(connection) != os.geteuid():
                connection.close()
                raise PermissionError(f"another user listens in {directory}")
            return connection
        if time.monotonic() > deadline:
            raise TimeoutError(f"no agent listens in {directory}; see agent.log there")
        if time.monotonic() >= start_at:  # again after a second: one that was ending held the lock
            _start_daemon(directory)
            start_at = time.monotonic() + 1.0
        time.sleep(0.005)


def _start_daemon(directory: str) -> None:
    with open(f"{directory}/agent.log", "ab") as log:
        os.fchmod(log.fileno(), 0o600)
        argv = [sys.executable, "-I", os.path.abspath(__file__), "daemon", directory]
        nothing = subprocess.DEVNULL
        subprocess.run(argv, cwd="/", stdin=nothing, stdout=log, stderr=log, start_new_session=True, check=True)


def relay(directory: str) -> None:
    """Connect standard input and output with the agent that listens in a directory."""
    agent = reach(directory)
    threading.Thread(target=_copy, args=(0, agent.fileno()), daemon=True).start()
    _copy(agent.fileno(), 1)


def _copy(source: int, target: int) -> None:
    """Copy all bytes, and end this process at the end of either side."""
    with contextlib.suppress(OSError):
        while data := os.read(source, BODY_BYTES):
            view = memoryview(data)
            while view:
                view = view[os.write(target, view) :]
    os._exit(0)


def main(command: str = "stdio", path: str = "", *rest: str) -> None:
    """Run a command of this file."""
    if not os.path.exists("/proc/self/environ"):
        sys.exit("the agent of Jupyter ML needs Linux, with /proc")
    if command == "stdio":
        asyncio.run(stdio())
    elif command == "relay":
        relay(path)
    elif command in ("listen", "daemon"):
        if command == "daemon" and os.fork():
            os._exit(0)
        asyncio.run(listen(path, *map(float, rest)))
    else:
        sys.exit(f"{command}: there is no such command")


if __name__ == "__main__":
    try:
        main(*sys.argv[1:])
    except OSError as problem:
        sys.exit(f"agent: {problem}")
