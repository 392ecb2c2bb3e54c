# Copyright (c) the Jupyter ML developers.
# Distributed under the terms of the BSD 3-Clause License.

"""Computes on the command line."""

from __future__ import annotations

import json
import threading
import time

import pytest

from jupyter_ml.cli.app import run
from jupyter_ml.errors import UnavailableError
from jupyter_ml.schemas.compute_states import ComputeUsage
from jupyter_ml.services.usage_series import UsageSeries
from tests.computes import Supervisor


@pytest.fixture
def ml(workspace, boxes, monkeypatch, capsys):
    """Run a command for computes in the workspace and return its output; a supervisor works beside it."""
    monkeypatch.setenv("JUPYTER_ML_WORKSPACE", str(workspace.folder))
    supervisor, ended = Supervisor(workspace), threading.Event()

    def serve():
        while not ended.wait(0.01):
            for info in workspace.computes.list().items:
                if info.request:
                    supervisor.reconcile(info.name)

    thread = threading.Thread(target=serve)
    thread.start()

    def ml(*arguments, code=0):
        assert run(["compute", *arguments]) == code, capsys.readouterr().err
        out, err = capsys.readouterr()
        return out + err

    yield ml
    ended.set()
    thread.join()
    supervisor.close()


def test_a_compute_is_created_from_a_file_stopped_started_and_deleted(ml, workspace, tmp_path):
    file = tmp_path / "box.yml"
    file.write_text("name: b\ntype: box\nsettings:\n  size: 2\n")
    wrong = tmp_path / "wrong.yml"
    wrong.write_text("name: b\ntype: box\nsettings:\n  sise: 2\n")
    changes = tmp_path / "changes.yml"
    changes.write_text("settings:\n  sise: 3\n")
    assert f"{wrong}:4: settings.sise: unknown key" in ml("create", "-f", str(wrong), code=2)
    assert "b: Creating...\nb: Running\n" in "".join(sorted(ml("create", "-f", str(file)).splitlines(keepends=True)))
    shown = json.loads(ml("show", "b", "-o", "json"))
    assert (shown["state"], shown["settings"]["size"]) == ("Running", 2)
    assert "Running" in ml("list")
    assert "b: Stopped" in ml("stop", "b")
    assert "b: Running" in ml("start", "b")
    assert "b: Running" in ml("restart", "b")
    assert "processors" in ml("usage", "b")
    assert ml("usage", "b", "--hours", "1") == "b: not measured in that time\n"
    series = UsageSeries(workspace._context.layout.compute("b") / "usage_series")
    for number, percent in enumerate((0, 50, 100)):
        busy = ComputeUsage(cpu_count=1, cpu_percent=percent, memory_bytes=1, memory_total_bytes=4)
        series.add(time.time() - 600 + 100 * number, busy, jobs=number, kernels=1)
    lines = ml("usage", "b", "--hours", "1").splitlines()
    assert lines == [
        "processors ▁▅█ 100%",
        "memory     ▃▃▃ 25%",
        "jobs       2 now, 2 at most",
        "kernels    1 now, 1 at most",
    ]
    assert ml("logs", "b").splitlines()[-1] == "line 1000"
    assert f"{changes}:2: settings.sise: unknown key" in ml("update", "b", "-f", str(changes), code=2)
    assert ml("update", "b", "--set", "settings.size=3") == "b: updated\n"
    assert "size" in ml("show", "b")
    assert ml("delete", "-y", "b") == "b: deleted\n"


def test_a_failure_is_an_error(ml, boxes):
    boxes.errors.extend([UnavailableError("no image")] * 100_000)
    assert "compute 'b' has failed: no image" in ml("create", "--set", "name=b", "--set", "type=box", code=6)


def test_wrong_keys_are_reported_with_their_line(ml, tmp_path):
    (tmp_path / "a.yml").write_text("name: b\ntype: computeinstance\nsize: Standard_D4s_v3\nsetup_scripts: {}\n")
    assert "a.yml:4: setup_scripts: not supported" in ml("create", "-f", str(tmp_path / "a.yml"), code=2)
