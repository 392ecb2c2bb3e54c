# Copyright (c) the Jupyter ML developers.
# Distributed under the terms of the BSD 3-Clause License.

"""Jobs get GPUs and wait for memory; GPUs are those of a stand-in for NVIDIA's module."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from jupyter_ml.errors import InvalidInputError
from jupyter_ml.memory import memory_limit
from jupyter_ml.schemas.specs import CommandJob
from jupyter_ml.schemas.states import JobState
from tests.workspaces import until

pytestmark = pytest.mark.integration

FAKE = Path(__file__).parents[1] / "fake_nvml"
SHOW = 'echo "gpus=$CUDA_VISIBLE_DEVICES"'


@pytest.fixture
def with_gpus(make_workspace, monkeypatch, tmp_path):
    """A workspace on a machine with two GPUs."""
    monkeypatch.syspath_prepend(FAKE)
    monkeypatch.delitem(sys.modules, "pynvml", raising=False)
    monkeypatch.setenv("PYTHONPATH", str(FAKE))
    monkeypatch.delenv("CUDA_VISIBLE_DEVICES", raising=False)
    with make_workspace(tmp_path, local={"max_concurrent": 4}) as made:
        yield made
    sys.modules.pop("pynvml", None)


def test_a_job_sees_the_gpus_that_it_has_for_itself(with_gpus, tmp_path):
    go = tmp_path / "go"
    command = f"{SHOW}; until test -e {go}; do sleep 0.02; done"
    for name in ("a", "b"):
        with_gpus.jobs.submit(CommandJob(command=command, name=name, resources={"gpus": 1}))
    with_gpus.jobs.submit(CommandJob(command=SHOW, name="both", resources={"gpus": 2}))
    with_gpus.jobs.submit(CommandJob(command=SHOW, name="none", resources={"gpus": 0}))
    assert with_gpus.jobs.wait("none").state is JobState.COMPLETED, "it passes the one that waits for GPUs"
    until(lambda: with_gpus.jobs.queue_position("both").waits_for is not None)
    go.touch()
    assert with_gpus.jobs.wait("both").state is JobState.COMPLETED
    logs = {name: with_gpus.jobs.folder(name).std_log.read_text() for name in ("a", "b", "both", "none")}
    assert {logs["a"], logs["b"]} == {"gpus=GPU-0aaa-1\n", "gpus=GPU-1aaa-1\n"}
    assert logs["both"] == "gpus=GPU-0aaa-1,GPU-1aaa-1\n"
    assert logs["none"] == "gpus=\n"
    with pytest.raises(InvalidInputError, match=r"resources\.gpus: 3 wanted, and the compute 'local' has 2"):
        with_gpus.jobs.submit(CommandJob(command="true", resources={"gpus": 3}))


def test_a_job_waits_for_memory_until_the_other_one_has_ended(make_workspace, tmp_path):
    go, half = tmp_path / "go", f"{int(memory_limit() * 0.6)}"
    with make_workspace(tmp_path, local={"max_concurrent": 2}) as workspace:
        command = f"until test -e {go}; do sleep 0.02; done"
        workspace.jobs.submit(CommandJob(command=command, name="a", resources={"memory": half}))
        until(lambda: workspace.jobs.get("a").state is JobState.RUNNING)
        workspace.jobs.submit(CommandJob(command="true", name="b", resources={"memory": half}))
        until(lambda: workspace.jobs.queue_position("b").waits_for is not None)
        assert "waits for memory" in workspace.jobs.handle("b").note
        go.touch()
        assert workspace.jobs.wait("b").state is JobState.COMPLETED
