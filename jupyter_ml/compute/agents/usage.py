# Copyright (c) the Jupyter ML developers.
# Distributed under the terms of the BSD 3-Clause License.

"""How busy the machine of an agent is, from what Linux shows in ``/proc``."""

from __future__ import annotations

import asyncio
import re
from typing import TYPE_CHECKING

from jupyter_ml.compute.base import ComputeUsage

if TYPE_CHECKING:
    from jupyter_ml.compute.agents.client import AgentClient

__all__ = ["machine_usage"]

_INTERVAL_S = 0.1


async def machine_usage(client: AgentClient) -> ComputeUsage:
    """Return how busy it is, over a tenth of a second."""
    before = _ticks(await _read(client, "/proc/stat"))
    await asyncio.sleep(_INTERVAL_S)
    text = await _read(client, "/proc/stat")
    busy, total = (after - earlier for after, earlier in zip(_ticks(text), before, strict=True))
    memory = dict(re.findall(r"^(\w+): +(\d+) kB$", await _read(client, "/proc/meminfo"), re.MULTILINE))
    return ComputeUsage(
        cpu_count=len(re.findall(r"^cpu\d+ ", text, re.MULTILINE)),
        cpu_percent=min(max(100 * busy / total, 0.0), 100.0) if total > 0 else 0.0,
        memory_bytes=(int(memory["MemTotal"]) - int(memory["MemAvailable"])) * 1024,
        memory_total_bytes=int(memory["MemTotal"]) * 1024,
    )


async def _read(client: AgentClient, path: str) -> str:
    return (await client.request("read", path=path, offset=0))[1].decode()


def _ticks(stat: str) -> tuple[int, int]:
    """Return how long all processors together were busy, and how long they were there."""
    user, nice, system, idle, waiting, *rest = map(int, stat.split("\n", 1)[0].split()[1:9])
    busy = user + nice + system + sum(rest)
    return busy, busy + idle + waiting
