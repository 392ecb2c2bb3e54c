# Copyright (c) the Jupyter ML developers.
# Distributed under the terms of the BSD 3-Clause License.

"""Services of jobs are reached on every machine on which jobs run, by HTTP and WebSockets."""

from __future__ import annotations

import asyncio
import shutil
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from jupyter_ml.schemas.names import SERVICES_PATH
from jupyter_ml.schemas.states import FINAL
from tests.docker_engine import IMAGE
from tests.integration import KILLS
from tests.other_server import SECRET
from tests.server.test_job_services import unused
from tests.workspaces import TIMEOUT_S, until

if TYPE_CHECKING:
    from collections.abc import Iterator

    from jupyter_ml.services.workspace import Workspace

pytestmark = [pytest.mark.integration, KILLS]
APP = Path(__file__).with_name("plain_app.py")
PLACES = ("instance", "ssh", "jupyterserver", "cluster")


@pytest.fixture(scope="module")
def machines(
    make_workspace, tmp_path_factory, docker_engine, running_ssh_server, other_server
) -> Iterator[tuple[Workspace, dict[str, str]]]:
    """Run a job with a service on a compute of each type; yield the workspace, and the names of the jobs."""
    settings = {
        "instance": {"image": IMAGE, "memory": "300MB"},
        "ssh": running_ssh_server.settings(python=sys.executable),
        "jupyterserver": other_server.settings().model_dump(exclude_none=True),
        "cluster": {"max_instances": 1, "shared_files": False},
    }
    code = tmp_path_factory.mktemp("code")
    shutil.copy(APP, code / "app.py")
    with make_workspace(tmp_path_factory.mktemp("machines")) as workspace:
        workspace.vault.set(SECRET, other_server.token)
        for place in PLACES:
            workspace.computes.create({"name": place, "type": place, **settings[place]})
        names = {}
        for place in PLACES:
            command = f"exec python3 app.py {(port := unused())} {place}"
            spec = {"type": "command", "command": command, "code": str(code), "compute": place}
            names[place] = workspace.jobs.submit({**spec, "services": {"app": {"type": "custom", "port": port}}}).name
        yield workspace, names
        for name in names.values():
            workspace.jobs.cancel(name)
        until(lambda: all(workspace.jobs.get(name).state in FINAL for name in names.values()))
        for place in PLACES:
            workspace.computes.delete(place)
        until(lambda: workspace.computes.list().total == 1)


@pytest.fixture
def root(machines) -> Path:
    return machines[0].folder.parent


@pytest.mark.parametrize("place", PLACES)
async def test_a_service_there_is_reached(fetch, open_websocket, machines, place):
    workspace, names = machines
    path = f"{SERVICES_PATH}/{names[place]}/app"
    async with asyncio.timeout(4 * TIMEOUT_S):
        while (response := await fetch(f"{path}/a%2Fb?c=1")).code != 200:
            job = workspace.jobs.get(names[place])
            assert job.state not in FINAL, job.cause
            assert response.code in (409, 503), response.body  # it does not run yet, or does not listen yet
            await asyncio.sleep(0.1)
    assert response.body.decode() == f"/a%2Fb?c=1 {place}"
    client = await open_websocket(f"{path}/ws")
    for message in (place, b"\x00\xff"):
        await client.write_message(message, binary=isinstance(message, bytes))
        assert await client.read_message() == message
    client.close()
