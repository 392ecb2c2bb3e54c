# Copyright (c) the Jupyter ML developers.
# Distributed under the terms of the BSD 3-Clause License.

"""A program on another machine logs to a workspace through a port of its machine."""

from __future__ import annotations

import asyncio
import json
import os
import subprocess
import sys
from asyncio.subprocess import PIPE, STDOUT
from contextlib import asynccontextmanager, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from jupyter_ml.compute.agents.channels import AgentExposure
from jupyter_ml.compute.agents.client import AgentClient
from jupyter_ml.schemas.connections import Connection
from jupyter_ml.tracking.client import Tracking
from jupyter_ml.tracking.plugin import through_port
from jupyter_ml.tracking.rest import TrackingServer, digest
from tests.agent.asynchronous import asynchronous
from tests.compute.faulty_agent import FaultyAgent
from tests.workspaces import until

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Iterator

    from tests.storage_servers import StorageServer

pytestmark = pytest.mark.integration
PROGRAM = """
import json, mlflow, pathlib, sys
folder, root = pathlib.Path(sys.argv[1]), sys.argv[2]
mlflow.log_metric("accuracy", 0.9, step=3)
mlflow.log_params({"depth": 2, "root": root + "/1", "proxied": "mlflow-artifacts:/x"})
(folder / "root.json").write_text(json.dumps(root + "/1"))
mlflow.log_artifact(folder / "root.json", "texts")
with mlflow.start_run(run_name="child", nested=True):
    mlflow.log_metric("loss", 1.0)
class Upper(mlflow.pyfunc.PythonModel):
    def predict(self, context, model_input: list[str]) -> list[str]:
        return [each.upper() for each in model_input]
mlflow.pyfunc.log_model(name="upper", python_model=Upper(), registered_model_name="Upper", pip_requirements=[])
mlflow.trace(lambda x: x)(1)
mlflow.flush_trace_async_logging()

run = mlflow.active_run()
run = mlflow.get_run(run.info.run_id)
assert run.info.artifact_uri.startswith("mlflow-artifacts:/"), run.info.artifact_uri
assert run.data.params == {"depth": "2", "root": root + "/1", "proxied": "mlflow-artifacts:/x"}, run.data.params
assert mlflow.artifacts.load_dict(run.info.artifact_uri + "/texts/root.json") == root + "/1"
assert mlflow.pyfunc.load_model("models:/Upper/1").predict(["a"]) == ["A"]
[trace] = mlflow.search_traces(return_type="list", locations=[run.info.experiment_id])
assert len(trace.data.spans) == 1
"""


@asynccontextmanager
async def port_of(server: TrackingServer) -> AsyncIterator[int]:
    """Yield a port that leads to the server through an agent."""
    exposure = AgentExposure(AgentClient("box", FaultyAgent().reach), "k", server.socket)
    try:
        yield await exposure.open()
    finally:
        await exposure.close()


@contextmanager
def running(server: TrackingServer) -> Iterator[TrackingServer]:
    server.accept(digest("right"))
    try:
        yield server
    finally:
        server.stop()


@pytest.fixture
def server(tracking: Tracking, artifacts: Path) -> Iterator[TrackingServer]:
    with running(TrackingServer(tracking._uri, str(artifacts))) as server:
        yield server


@pytest.fixture
def run_id(tracking: Tracking) -> str:
    return tracking.create_run(experiment="elsewhere", name="a", tags={})


async def run(program: str, environment: dict[str, str], *arguments: str) -> tuple[int | None, str]:
    """Run a program as on another machine; return its exit code and what it printed."""
    inherited = {"PATH": os.environ["PATH"], "MLFLOW_HTTP_REQUEST_MAX_RETRIES": "0"}
    argv = [sys.executable, "-c", program, *arguments]
    process = await asyncio.create_subprocess_exec(*argv, env=environment | inherited, stdout=PIPE, stderr=STDOUT)
    printed, _ = await process.communicate()
    return process.returncode, printed.decode()


@asynchronous
async def test_a_program_logs_and_reads_everything(
    server: TrackingServer, tracking: Tracking, artifacts: Path, run_id: str, tmp_path: Path
) -> None:
    environment = tracking.environment(run_id, tmp_path / "journal")
    async with port_of(server) as port:
        given = through_port(environment, port, "right")
        code, printed = await run(PROGRAM, given, str(tmp_path), str(artifacts))
    assert code == 0, printed
    details = tracking.details(run_id)
    assert details is not None
    experiment = artifacts / details.experiment_id
    place = experiment / run_id / "artifacts"
    assert details.artifact_uri == str(place)
    assert details.parameters == {"depth": "2", "root": f"{artifacts}/1", "proxied": "mlflow-artifacts:/x"}
    assert json.loads((place / "texts" / "root.json").read_text()) == f"{artifacts}/1"
    assert tracking.metrics(run_id)["accuracy"].value == 0.9
    parents = [each.tags.get("mlflow.parentRunId") for page in tracking.runs(tracking.started()) for each in page]
    assert parents.count(run_id) == 1
    model = tracking.registry.get("Upper:1")
    assert model.location.startswith(f"{experiment}/models/"), model


REQUESTS = """
import json, sys, urllib.error, urllib.request
for path in sys.argv[1:]:
    method, _, path = path.partition(" ")
    token = {"Authorization": "Bearer " + __import__("os").environ["MLFLOW_TRACKING_TOKEN"]}
    url = __import__("os").environ["MLFLOW_TRACKING_URI"] + path
    try:
        print(urllib.request.urlopen(urllib.request.Request(url, headers=token, method=method)).status)
    except urllib.error.HTTPError as error:
        print(error.code)
"""


@asynchronous
async def test_only_what_jobs_need_is_served_and_only_with_a_token(
    server: TrackingServer, tracking: Tracking, run_id: str, tmp_path: Path
) -> None:
    environment = tracking.environment(run_id, tmp_path / "journal")
    run_path = f"GET /api/2.0/mlflow/runs/get?run_id={run_id}"
    others = ["GET /api/2.0/mlflow/webhooks", "GET /", "GET /ajax-api/2.0/mlflow/runs/get", "POST /graphql"]
    files = "GET /api/2.0/mlflow-artifacts/artifacts"
    outside = [f"{files}/..%2f..%2fetc%2fpasswd", f"{files}/%2fetc%2fpasswd", f"{files}?path=..%2f.."]
    async with port_of(server) as port:
        right = through_port(environment, port, "right")
        _, printed = await run(REQUESTS, right, run_path, *others, *outside)
        assert printed.split() == ["200", *["404"] * 4, "400", "404", "400"]
        _, printed = await run(REQUESTS, through_port(environment, port, "wrong"), run_path, *outside)
        assert printed.split() == ["401"] * 4
        server.reject(digest("right"))
        code, printed = await run("import mlflow; mlflow.log_metric('a', 1)", right, str(tmp_path))
        assert (code, "the token of MLFLOW_TRACKING_TOKEN is not valid" in printed) == (1, True), printed


@asynchronous
async def test_what_is_sent_without_a_token_is_not_read(server: TrackingServer) -> None:
    reader, writer = await asyncio.open_unix_connection(await asyncio.to_thread(server.socket))
    writer.write(b"PUT /api/2.0/mlflow-artifacts/artifacts/a HTTP/1.1\r\nContent-Length: 1000000000000\r\n\r\nfirst")
    answer = await asyncio.wait_for(reader.read(), 60)  # to the end: the server has closed the connection
    assert answer.startswith(b"HTTP/1.1 401 Unauthorized"), answer
    writer.close()


STARTS = """
import os, sys, time
from jupyter_ml.tracking.rest import TrackingServer
print(TrackingServer(*sys.argv[1:]).socket().parent, flush=True)
time.sleep(600)
"""


def test_nothing_is_left_of_it_when_its_owner_is_killed(tracking: Tracking, artifacts: Path) -> None:
    arguments = [sys.executable, "-c", STARTS, tracking._uri, str(artifacts)]
    with subprocess.Popen(arguments, stdout=subprocess.PIPE, text=True) as owner:
        assert owner.stdout is not None
        folder = Path(owner.stdout.readline().strip())
        assert (folder / "socket").exists()
        owner.kill()
    until(lambda: not folder.exists())


@asynchronous
async def test_a_server_that_was_killed_is_started_again(
    server: TrackingServer, tracking: Tracking, run_id: str, tmp_path: Path
) -> None:
    server.socket()
    process = server._server.process
    assert process is not None
    process.kill()
    process.wait()
    server.accept(digest("second"))
    async with port_of(server) as port:
        for token in ("right", "second"):
            given = through_port(tracking.environment(run_id, tmp_path / "journal"), port, token)
            _, printed = await run(REQUESTS, given, f"GET /api/2.0/mlflow/runs/get?run_id={run_id}")
            assert printed.split() == ["200"]


@asynchronous
async def test_artifacts_in_a_cloud_are_opened_with_the_connection_of_their_datastore(
    s3_server: StorageServer, tmp_path: Path
) -> None:
    store = Tracking(Tracking.uri(None, tmp_path / "mlflow.db"), root := "s3://lake/elsewhere")
    store.prepare()
    run_id = store.create_run(experiment="cloud", name="a", tags={})
    settings = {key: s3_server.spec[key] for key in ("bucket", "endpoint_url", "region")}
    connection = Connection("s3", settings, s3_server.spec["credentials"])
    with running(TrackingServer(store._uri, root, lambda: connection)) as server:
        async with port_of(server) as port:
            given = through_port(store.environment(run_id, tmp_path / "journal"), port, "right")
            code, printed = await run(CLOUD, given)
    store.close()
    assert (code, "mlflow-artifacts:/ content\n" in printed) == (0, True), printed


CLOUD = """
import mlflow
mlflow.log_text("content", "a/b.txt")
uri = mlflow.active_run().info.artifact_uri
print(uri[:18], mlflow.artifacts.load_text(uri + "/a/b.txt"))
"""
