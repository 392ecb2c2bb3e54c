# Copyright (c) the Jupyter ML developers.
# Distributed under the terms of the BSD 3-Clause License.

"""Environments over REST: builds, captures and comparisons, and the kernels of the server."""

from __future__ import annotations

import os

import pytest

from jupyter_ml.schemas.resources import LifecycleStage
from tests.server.test_events import read_until
from tests.services.test_environment_kernels import pretend_built


@pytest.fixture
def environments(shared):
    yield shared.environments
    for item in shared.environments.list().items:
        shared.environments.delete(item.name)


@pytest.mark.usefixtures("environments")
async def test_two_versions_are_compared(api):
    for version in ("1.15.0", "1.16.0"):
        await api("POST", "/environments", {"name": "rest", "requirements": [f"six=={version}"]}, expect=201)
    found = await api("GET", "/environments/rest/versions/2/comparison", to="rest:1")
    assert found["packages"][0] == {"name": "six", "first": "1.16.0", "second": "1.15.0"}
    assert (await api("GET", "/environments/rest:1/build"))["state"] == "not_built"
    assert (await api("DELETE", "/environments/rest:1/build"))["state"] == "not_built"


@pytest.mark.integration
@pytest.mark.usefixtures("environments")
async def test_the_packages_of_a_kernel_are_captured(api, jp_serverapp):
    kernel = await jp_serverapp.kernel_manager.start_kernel(kernel_name="python3")
    try:
        created = await api("POST", "/environments/captured/capture", {"kernel": kernel}, expect=201)
        assert any(line.startswith("ipykernel==") for line in created["requirements"])
        error = await api.refused("POST", "/environments/captured/capture", {"kernel": "none"}, status=404)
        assert "there is no running kernel 'none'" in error["message"]
    finally:
        await jp_serverapp.kernel_manager.shutdown_kernel(kernel, now=True)


async def test_the_kernels_of_environments_are_those_of_the_server(
    api, jp_serverapp, environments, shared, monkeypatch
):
    monkeypatch.setenv("JUPYTER_PATH", "/elsewhere")
    await api("POST", "/environments", {"name": "rest", "requirements": ["six==1.15.0"]}, expect=201)
    pretend_built(shared, "rest")
    folder = environments.kernel_folder()
    assert jp_serverapp.kernel_spec_manager.get_kernel_spec("jupyter-ml-rest").display_name == "Python (rest)"
    assert os.environ["JUPYTER_PATH"] == f"/elsewhere{os.pathsep}{folder.parent}"
    environments.delete_build("rest")
    assert "jupyter-ml-rest" not in jp_serverapp.kernel_spec_manager.find_kernel_specs()


async def test_clients_are_notified_when_the_kernels_are_up_to_date(api, environments, shared, jp_ws_fetch):
    """Also when a process has changed it that writes no kernels."""
    await api("POST", "/environments", {"name": "rest", "requirements": ["six==1.16.0"]}, expect=201)
    pretend_built(shared, "rest")
    kernel = environments.kernel_folder() / "jupyter-ml-rest"
    assert kernel.exists()
    socket = await jp_ws_fetch("api", "events", "subscribe")
    shared._context.store.environments.set_stage("rest", LifecycleStage.ARCHIVED)
    shared._context.notify()
    await read_until(socket, lambda event: event.get("type") == "environment_archived")
    socket.close()
    assert not kernel.exists()
    environments.delete_build("rest")
