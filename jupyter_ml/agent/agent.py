# Copyright (c) the Jupyter ML developers.
# Distributed under the terms of the BSD 3-Clause License.

"""What an agent does for its clients."""

from __future__ import annotations

import asyncio
import contextlib
import functools
import os
import signal
import socket
import sys
import time
from typing import TYPE_CHECKING, Any

from jupyter_ml.agent.channels import Channel
from jupyter_ml.agent.files import piece
from jupyter_ml.agent.frames import ProtocolError
from jupyter_ml.agent.line import close_all
from jupyter_ml.agent.ports import Port
from jupyter_ml.agent.processes import MARKER, marked, start_time
from jupyter_ml.agent.programs import Program, forked_kernel, start

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Collection

    from jupyter_ml.agent.line import Line

__all__ = ["Agent"]

MAX_REQUESTS = 100_000
"""Of one client at the same time."""
KILL_S = 10.0
"""How long processes that were killed may take to end."""
SHORTEST_S, LONGEST_S = 0.01, 0.25
"""Between two looks at a file that is followed."""
KEPT_PROGRAMS = 10_000
"""After so many programs, those that ended first are forgotten."""


class Agent:
    """The programs and connections of this machine; a method named ``do_NAME`` replies to the request NAME."""

    def __init__(self) -> None:
        self.retired = asyncio.Event()  # set when it is to end, or another agent is to take its place
        self.ended = False  # whether clients that stay connected are not waited for
        self.owner: int | None = None  # the process with which all programs end
        self.clients: set[Any] = set()  # their tasks, of which the loop has weak references only
        self._identity = os.urandom(16).hex()
        self._programs: dict[str, Program] = {}
        self._children: dict[int, Program] = {}
        self._channels: dict[str, Channel] = {}
        self._ports: dict[str, Port] = {}

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
                task.add_done_callback(functools.partial(_forget, tasks, number, descriptors))
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
            close_all(descriptors)
            descriptors.clear()
        await line.send({"id": number, **content}, data)

    async def do_ping(self) -> None:
        """Show that the connection works."""

    async def do_about(self) -> dict[str, Any]:
        """Return the Python that runs this agent, how many programs that it has started run, and the time of day."""
        running = sum(program.runs() for program in self._programs.values())
        return {"python": sys.executable, "programs": running, "time": time.time()}

    async def do_start(
        self,
        *,
        key: str,
        argv: list[str],
        cwd: str,
        env: dict[str, str],
        log: str | None = None,
        channel: str | None = None,
        fork: dict[str, Any] | None = None,
        given: Collection[int] = (),
    ) -> dict[str, Any]:
        """Start a program in a session of its own, or `fork` it as a kernel, and return what identifies it.

        Its standard input and output are the two file descriptors that are `given`. Otherwise the input is a new
        `channel`, or empty, and the output is appended to the `log`, or goes to the channel.
        """
        if key not in self._programs:
            with contextlib.ExitStack() as stack:
                try:
                    streams = list(given) or self._streams(stack, log, channel)
                    if fork and (forked := forked_kernel(fork, *streams, owner=self.owner)):
                        self._programs[key] = forked
                    else:
                        self._add(key, start(argv, cwd, env, *streams), env.get(MARKER, ""))
                except Exception:
                    await self.do_close(channel=channel)
                    raise
        return self._identified(key)

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
        os.makedirs(os.path.dirname(log), mode=0o700, exist_ok=True)
        appended = os.open(log, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
        stack.callback(os.close, appended)
        return [incoming, appended]

    def _identified(self, key: str) -> dict[str, Any]:
        program = self._programs[key]
        return {"pid": program.pid, "start_time": program.start_time}

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
                connection.connect(os.path.realpath(path))  # a link may have a longer path than a socket may
            except OSError as error:
                connection.close()
                raise OSError(error.errno, error.strerror, path) from None
            self._channel(channel, connection)

    async def do_listen(self, *, port: str, number: int) -> dict[str, Any]:
        """Listen on a port of 127.0.0.1, or any free one for 0, and return its number."""
        if port not in self._ports:
            self._ports[port] = Port(number)
        return {"number": self._ports[port].number}

    async def do_accept(self, *, port: str, channel: str) -> None:
        """Wait until a program connects to a port."""
        if port not in self._ports:
            raise ConnectionError(f"the port {port!r} is closed")
        listener = self._ports[port]
        async with listener.accepting:
            if channel not in self._channels:
                self._channel(channel, await listener.accept())

    async def do_unlisten(self, *, port: str) -> None:
        """Close a port."""
        if port in self._ports:
            self._ports.pop(port).close()

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
        return bool(self.clients) or self.runs()

    def runs(self) -> bool:
        """Return whether a program runs."""
        return not all(program.ended.done() for program in self._programs.values())

    async def do_end(self) -> None:
        """End all programs, and then this agent."""
        await self.end_programs()
        self.ended = True
        self.retired.set()

    async def end_programs(self) -> None:
        """Kill everything that was started."""
        for key, program in list(self._programs.items()):
            given = {"key": key, "pid": program.pid, "start_time": program.start_time, "marker": program.marker}
            await self.do_kill(marker=program.marker, program=given)


def _forget(tasks: dict[Any, Any], number: Any, descriptors: list[int], task: Any) -> None:
    close_all(descriptors)  # of a request that was cancelled before its first step
    if tasks.get(number) is task:
        del tasks[number]
