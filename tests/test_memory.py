# Copyright (c) the Jupyter ML developers.
# Distributed under the terms of the BSD 3-Clause License.

"""Kills for memory are detected from the counters of Linux: of a process's control group, and of the machine."""

from __future__ import annotations

from pathlib import Path

import pytest

from jupyter_ml import memory
from jupyter_ml.memory import OutOfMemoryWatch


@pytest.mark.parametrize(
    ("before", "after", "killed"),
    [
        ("oom 3\noom_kill 7\n", "oom 3\noom_kill 8\n", True),
        ("oom_kill 7\n", "oom 4\noom_kill 7\n", False),
        (None, "oom_kill 7\n", False),
        ("oom_kill 7\n", None, False),
        ("oom_kill 7\n", "oom_kill many\n", False),
    ],
)
def test_a_kill_increases_a_counter(monkeypatch, tmp_path, before, after, killed) -> None:
    counters = tmp_path / "memory.events"
    monkeypatch.setattr(memory, "_files", lambda _: [tmp_path / "missing", counters])
    write(counters, before)
    watch = OutOfMemoryWatch()
    write(counters, after)
    assert watch.killed() is killed


def write(path, content):
    path.unlink(missing_ok=True)
    if content is not None:
        path.write_text(content)


@pytest.mark.parametrize(
    ("line", "file"),
    [
        ("0::/user.slice/a", "/sys/fs/cgroup/user.slice/a/memory.events"),
        ("0::/", "/sys/fs/cgroup/memory.events"),
        ("4:memory:/a/b:c", "/sys/fs/cgroup/memory/a/b:c/memory.oom_control"),
        ("4:cpu,memory:/a", "/sys/fs/cgroup/memory/a/memory.oom_control"),
    ],
)
def test_the_counters_of_a_group_in_both_versions(monkeypatch, line, file) -> None:
    monkeypatch.setattr(Path, "read_text", lambda _: f"5:devices:/x\n{line}\n")
    assert {str(path) for path in memory._files(1)} >= {file, "/proc/vmstat"}
    assert not any("devices" in str(path) for path in memory._files(1))


def test_linux_counts_kills() -> None:
    assert Path("/proc/vmstat") in OutOfMemoryWatch()._before
