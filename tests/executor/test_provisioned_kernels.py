# Copyright (c) the Jupyter ML developers.
# Distributed under the terms of the BSD 3-Clause License.

"""A job's kernel is started by the provisioner that its kernelspec names."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from jupyter_ml.eventlog.reader import EventLogReader
from jupyter_ml.schemas.causes import CauseKind
from jupyter_ml.schemas.event_log import Output
from tests.compute.agents import agent_settings
from tests.executor.attempts import kernel
from tests.kernels.specs import ARGV, kernelspec

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.executor.attempts import Attempt

PROVISIONER = """
from jupyter_client.provisioning import LocalProvisioner

class Other(LocalProvisioner):
    async def launch_kernel(self, cmd, **kwargs):
        if self.kernel_spec.display_name == "full":
            raise RuntimeError("the cluster is full")
        kwargs["env"]["PLACE"] = "elsewhere"
        return await super().launch_kernel(cmd, **kwargs)
"""
ENTRY_POINTS = """
[jupyter_client.kernel_provisioners]
other = other_provisioner:Other
[jupyter_ml.compute]
relay = tests.compute.agents:RelayCompute
"""


@pytest.fixture
def env(tmp_path: Path) -> dict[str, str]:
    """Return variables with which a package with a provisioner is installed."""
    (tmp_path / "other_provisioner.py").write_text(PROVISIONER)
    info = tmp_path / "other_provisioner-1.0.dist-info"
    info.mkdir()
    (info / "entry_points.txt").write_text(ENTRY_POINTS)
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: other-provisioner\nVersion: 1.0\n")
    for name in ("far", "full"):
        metadata = {"kernel_provisioner": {"provisioner_name": "other"}}
        kernel(tmp_path, name, ARGV, metadata=metadata)
    return {"JUPYTER_PATH": str(tmp_path), "PYTHONPATH": f"{tmp_path}{os.pathsep}{Path.cwd()}"}


def test_a_job_uses_it(attempt: Callable[..., Attempt], env: dict[str, str]) -> None:
    run = attempt("import os; print(os.environ['PLACE'])", kernel_name="far")
    assert run.run(**env) == 0, run.ended
    assert run.text == "elsewhere\n"


def test_a_cell_that_takes_too_long_is_interrupted(attempt: Callable[..., Attempt], env: dict[str, str]) -> None:
    run = attempt("import time; time.sleep(600)", kernel_name="far", cell_timeout=2)
    assert run.run(**env) == 1
    assert run.cause.kind is CauseKind.CELL_TIMEOUT
    outputs = [event.output for event, _ in EventLogReader(run.folder.event_log) if isinstance(event, Output)]
    assert [output.get("ename") for output in outputs] == ["KeyboardInterrupt"]


@pytest.mark.parametrize(
    ("name", "source", "cause"),
    [
        ("far", "import os; os._exit(3)", "3"),
        ("full", "pass", "The kernel 'full' did not start: the cluster is full."),
    ],
)
def test_its_failures_have_a_cause(
    name: str, source: str, cause: str, attempt: Callable[..., Attempt], env: dict[str, str]
) -> None:
    run = attempt(source, kernel_name=name)
    assert run.run(**env) == 1
    assert cause in run.cause.message


def test_the_kernel_of_a_compute_runs_there(
    attempt: Callable[..., Attempt], env: dict[str, str], tmp_path: Path
) -> None:
    with agent_settings() as settings:
        compute: dict[str, Any] = {"name": "box", "type": "relay", "settings": settings.model_dump()}
        spec = kernelspec({"compute": compute})
        kernel(tmp_path, "box", spec["argv"], metadata=spec["metadata"])
        code = "from ipykernel import get_connection_file; print(get_connection_file())\nimport os; print(os.getpid())"
        run = attempt(code, "1 / 0", kernel_name="box")
        assert run.run(**env) == 1
        assert "ZeroDivisionError" in run.cause.message
        file, pid = run.text.split()
        assert file.startswith(f"{settings.directory}/root/")
        assert not Path(f"/proc/{pid}").exists()
