# Copyright (c) the Jupyter ML developers.
# Distributed under the terms of the BSD 3-Clause License.

"""Two things timed in turn, A B A B …, so that a machine whose speed drifts treats both alike."""

from __future__ import annotations

import statistics
import time
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

    from benchmarks.targets import Target

__all__ = ["compare", "timed"]


def timed(action: Callable[[], object]) -> float:
    """Return the seconds that `action` takes, or those that it returns."""
    start = time.perf_counter()
    measured = action()
    return measured if isinstance(measured, float) else time.perf_counter() - start


def compare(
    title: str,
    ours: Callable[[], object],
    peer: Callable[[], object],
    *,
    pairs: int,
    name: str,
    target: Target | None = None,
) -> None:
    """Print what both take, and the ratio pair by pair; one uncounted round goes before.

    Parameters
    ----------
    title
        What is compared.
    ours, peer
        What to time.
    pairs
        How often.
    name
        Of the peer.
    target
        How many times faster ours has to be.
    """
    ours(), peer()
    times = [(timed(ours), timed(peer)) for _ in range(pairs)]
    ratios = sorted(mine / other for mine, other in times)
    mine, other = (statistics.median(column) for column in zip(*times, strict=True))
    print(
        f"{title}: ours {mine:.3f} s, {name} {other:.3f} s, ratio {statistics.median(ratios):.2f} "
        f"({ratios[0]:.2f} to {ratios[-1]:.2f}, {pairs} pairs)"
        + (
            f"; {(faster := 1 / statistics.median(ratios)):.1f} times: {target.verdict(faster, mine)}" if target else ""
        ),
        flush=True,
    )
