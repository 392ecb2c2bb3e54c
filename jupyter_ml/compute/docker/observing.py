# Copyright (c) the Jupyter ML developers.
# Distributed under the terms of the BSD 3-Clause License.

"""What the engine reports of a container: why it does not run, and how busy it is."""

from __future__ import annotations

import signal
from typing import Any

from jupyter_ml.schemas.compute_states import ComputeUsage

__all__ = ["measured", "why_ended"]

SIGNALED = 128
"""The exit code of a program that a signal has ended is this and the number of the signal."""


def why_ended(container: Any) -> str:
    """Return why a container does not run, as a predicate; None stands for one that does not exist."""
    if container is None:
        return "was removed"
    state = container.attrs["State"]
    if state["Status"] != "exited":
        return f"is {state['Status']}"
    code = state["ExitCode"]
    number = code - SIGNALED
    if state["OOMKilled"] and number == signal.SIGKILL:  # not only a program in it
        return "was killed, because it needed more memory than its limit"
    if number in {*signal.Signals}:
        how = f"was ended by {signal.Signals(number).name} (exit code {code}), by a user or together with Docker"
    else:
        how = f"has ended with exit code {code}"
    return f"{how}: {state['Error']}" if state["Error"] else how


def measured(stats: dict[str, Any], limit: float | None) -> ComputeUsage:
    """Return how busy a container is, with a limit of its processors."""
    now, before = stats["cpu_stats"], stats["precpu_stats"]
    count = now.get("online_cpus") or 1
    used = now["cpu_usage"]["total_usage"] - before["cpu_usage"]["total_usage"]
    total = now.get("system_cpu_usage", 0) - before.get("system_cpu_usage", 0)
    available = min(limit or count, count)
    memory = stats["memory_stats"]
    cached = memory.get("stats", {}).get("total_inactive_file", memory.get("stats", {}).get("inactive_file", 0))
    return ComputeUsage(
        cpu_count=max(1, round(available)),
        cpu_percent=min(max(100.0 * used / total * count / available, 0.0), 100.0) if total > 0 else 0.0,
        memory_bytes=max(memory.get("usage", 0) - cached, 0),
        memory_total_bytes=memory.get("limit", 0),
    )
