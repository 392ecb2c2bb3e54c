# Copyright (c) the Jupyter ML developers.
# Distributed under the terms of the BSD 3-Clause License.

"""Decide which queued jobs start, by the memory and the GPUs that they need."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from operator import itemgetter
from typing import TYPE_CHECKING, Literal

from jupyter_ml.schemas.queue import Shortage

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

__all__ = ["Amounts", "Candidate", "Capacity", "Decision", "Holder", "admit"]

Amounts = Mapping[Literal["nodes", "memory", "gpus"], int]
"""How much of each resource: a number of slots or nodes, bytes of memory, and a number of GPUs."""


@dataclass(frozen=True)
class Capacity:
    """What a compute has: slots, memory for jobs if that counts, and GPUs by their ids."""

    slots: int = 1
    memory_bytes: int | None = None
    gpus: tuple[str, ...] = ()

    @property
    def amounts(self) -> Amounts:
        """How much there is of each resource that counts."""
        memory: Amounts = {} if self.memory_bytes is None else {"memory": self.memory_bytes}
        return {**memory, "gpus": len(self.gpus)}

    @property
    def share_bytes(self) -> int:
        """The memory of one slot."""
        return (self.memory_bytes or 0) // self.slots


def _unknown() -> float:
    return math.inf


@dataclass(frozen=True)
class Holder:
    """A job that has resources; `left_s` returns how many seconds it runs at least, infinite if unknown."""

    amounts: Amounts
    left_s: Callable[[], float] = _unknown


@dataclass(frozen=True)
class Candidate:
    """A queued job with what it needs; `longest_s` returns how many seconds it runs at most, infinite if unknown."""

    job_id: int
    amounts: Amounts
    longest_s: Callable[[], float] = _unknown


@dataclass(frozen=True)
class Decision:
    """Which jobs start, and the first one that does not, with what it lacks."""

    admitted: list[Candidate]
    blocked: tuple[Candidate, Shortage] | None = None


def admit(capacity: Amounts, holders: Sequence[Holder], candidates: Iterable[Candidate], slots: int) -> Decision:
    """Decide which jobs start.

    The first job that lacks something reserves it: a later one starts only if it is expected to end before the first
    one can start, or takes nothing from it. A job that is alone starts in any case with the memory that there is.

    Parameters
    ----------
    capacity
        How much there is of each resource that counts.
    holders
        The jobs that run.
    candidates
        Those that wait, in the order of the queue.
    slots
        How many are free. A job takes one, and of a cluster one for each of its nodes.
    """
    held, admitted = [*holders], list[Candidate]()
    capacity = {**capacity, "nodes": slots + sum(each.amounts.get("nodes", 1) for each in holders)}
    blocked: tuple[Candidate, Shortage] | None = None
    for each in candidates:
        if slots == 0:
            break
        shortage = _shortage(capacity, held, each.amounts)
        if shortage is None and (blocked is None or _passes(each, *blocked, capacity, held)):
            admitted.append(each)
            held.append(Holder(each.amounts))
            slots -= each.amounts.get("nodes", 1)
        elif blocked is None and shortage is not None:
            blocked = each, shortage
    return Decision(admitted, blocked)


def _shortage(capacity: Amounts, held: Sequence[Holder], amounts: Amounts) -> Shortage | None:
    for resource, total in capacity.items():
        needed = amounts.get(resource, 0)
        free = total - sum(each.amounts.get(resource, 0) for each in held)
        if needed > free and (held or resource != "memory") and needed:
            return Shortage(resource=resource, needed=needed, free=max(free, 0))
    return None


def _passes(each: Candidate, first: Candidate, shortage: Shortage, capacity: Amounts, held: Sequence[Holder]) -> bool:
    if not each.amounts.get(shortage.resource, 0):
        others = {name: total for name, total in capacity.items() if name not in ("nodes", shortage.resource)}
        return _shortage(others, [*held, Holder(first.amounts)], each.amounts) is None
    start_s = _start_s(first, capacity, held)
    return math.isfinite(start_s) and each.longest_s() <= start_s


def _start_s(first: Candidate, capacity: Amounts, held: Sequence[Holder]) -> float:
    """Return in how many seconds enough jobs may have ended; infinite if that is not known."""
    ending = sorted(((each.left_s(), each) for each in held), key=itemgetter(0))
    for ended, (left_s, _) in enumerate(ending, 1):
        if _shortage(capacity, [each for _, each in ending[ended:]], first.amounts) is None:
            return left_s
    return math.inf
