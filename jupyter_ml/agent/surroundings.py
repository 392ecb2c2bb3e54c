# Copyright (c) the Jupyter ML developers.
# Distributed under the terms of the BSD 3-Clause License.

"""What a program inherits from the process that starts it, besides its environment."""

from __future__ import annotations

import os
import resource
from typing import Any

__all__ = ["apply_limits", "limits", "surroundings"]

RESOURCES = sorted(name for name in dir(resource) if name.startswith("RLIMIT_"))


def limits() -> dict[str, Any]:
    """Return what a fork is given: its mask of file modes, its processors, its priority and its limits."""
    with open("/proc/self/status", "rb", buffering=0) as file:
        umask = file.read().partition(b"\nUmask:")[2].split()[0]
    return {
        "umask": int(umask, 8),
        "processors": sorted(os.sched_getaffinity(0)),
        "priority": os.getpriority(os.PRIO_PROCESS, 0),
        "limits": {name: resource.getrlimit(getattr(resource, name)) for name in RESOURCES},
    }


def apply_limits(given: dict[str, Any]) -> None:
    """Give this process what `limits` has returned elsewhere; OSError, ValueError where that is not allowed."""
    os.umask(given["umask"])
    if "processors" in given:
        os.sched_setaffinity(0, given["processors"])
    if given.get("priority", priority := os.getpriority(os.PRIO_PROCESS, 0)) != priority:
        os.setpriority(os.PRIO_PROCESS, 0, given["priority"])  # a user may lower it only
    for name, values in given.get("limits", {}).items():
        if hasattr(resource, name) and resource.getrlimit(getattr(resource, name)) != tuple(values):
            resource.setrlimit(getattr(resource, name), tuple(values))


def surroundings() -> dict[str, Any]:
    """Return what a fork cannot be given: its control group, its namespaces, its scheduler and its user."""
    with open("/proc/self/cgroup", "rb", buffering=0) as file:
        group = file.read().decode()
    with open("/proc/self/oom_score_adj", "rb", buffering=0) as file:
        killed = file.read().decode()
    spaces = {name: os.readlink(f"/proc/self/ns/{name}") for name in sorted(os.listdir("/proc/self/ns"))}
    return {
        "group": group,
        "killed": killed,
        "namespaces": spaces,
        "scheduler": os.sched_getscheduler(0),
        "user": [*os.getresuid(), *os.getresgid(), *sorted(os.getgroups())],
        "root": os.readlink("/proc/self/root"),
    }
