# Copyright (c) the Jupyter ML developers.
# Distributed under the terms of the BSD 3-Clause License.

"""Test the events on Jupyter's event stream."""

from __future__ import annotations

import asyncio
import json
import time

from tests.workspaces import TIMEOUT_S, write_notebook

JOB = "https://events.jupyter.org/jupyter_ml/job/v1"
EXPERIMENT = "https://events.jupyter.org/jupyter_ml/experiment/v1"
EVENT_LOG = "https://events.jupyter.org/jupyter_ml/job_progress/v1"


async def read_until(socket, condition):
    """Read events until one matches the condition, and return all of them."""
    events = []
    while True:
        message = await asyncio.wait_for(socket.read_message(), TIMEOUT_S)
        assert message is not None, "the stream was closed"
        events.append(json.loads(message))
        if condition(events[-1]):
            return events


def state_of(event, name):
    """Return the state of a job in one of its events; None in other events."""
    return event["data"]["state"] if (event["schema_id"], event["name"]) == (JOB, name) else None


async def submit(api, notebook):
    return (await api("POST", "/jobs", {"job": {"type": "notebook", "notebook": notebook}}, expect=201))["name"]


async def test_a_job_emits_events_from_queued_to_completed(api, train, jp_ws_fetch):
    await api("GET", "/workspace")
    socket = await jp_ws_fetch("api", "events", "subscribe")
    name = await submit(api, train)
    events = await read_until(socket, lambda event: state_of(event, name) == "Completed")
    socket.close()
    mine = [event for event in events if event["schema_id"] == JOB and event["name"] == name]
    assert mine[0]["type"] == "job_created"
    assert {event["kind"] for event in mine} == {"job"}
    states = [event["data"]["state"] for event in mine]
    assert [state for i, state in enumerate(states) if state not in states[:i]][1:] == [
        "Queued", "Preparing", "Running", "Finalizing", "Completed"
    ]  # fmt: skip
    sequences = [event["sequence"] for event in mine]
    assert sequences == sorted(set(sequences))
    assert {event["data"]["display_name"] for event in mine} == {name.rpartition("_")[0]}
    emitted = [event for event in events if event["schema_id"] == EVENT_LOG and event["name"] == name]
    offsets = [event["offset"] for event in emitted]
    assert offsets == sorted(offsets)
    assert mine[-1]["data"]["progress"]["cells_done"] == 3
    assert {event["progress"]["cells_total"] for event in emitted} <= {0, 3}  # the job may end before it is reported
    part = await api("GET", f"/jobs/{name}/events", limit_bytes=16_000_000)
    assert all(offset <= part["offset"] for offset in offsets)


async def test_progress_and_metrics_are_emitted_at_most_ten_times_a_second(api, root, jp_ws_fetch, ended):
    source = "import mlflow, time\nfor i in range(30): mlflow.log_metric('loss', i, step=i); print(i); time.sleep(0.1)"
    write_notebook(root / "talk.ipynb", *["1"] * 100, source)
    await api("GET", "/workspace")
    socket = await jp_ws_fetch("api", "events", "subscribe")
    start = time.monotonic()
    name = await submit(api, "talk.ipynb")
    events = await read_until(socket, lambda event: state_of(event, name) == "Completed")
    socket.close()
    took_s = time.monotonic() - start
    emitted = [event for event in events if event["schema_id"] == EVENT_LOG and event["name"] == name]
    last = {"cells_done": 100, "cells_total": 101, "cell": 100, "prompt": 101, "bar": None}
    assert any(event["progress"] == last for event in emitted)
    assert any(event["metrics"] for event in emitted)
    assert any(event["usage"] for event in emitted)
    assert len(emitted) <= 10 * took_s + 1  # events may arrive together, but not before they are emitted


async def test_a_cancel_request_and_a_deletion_are_emitted(api, root, jp_ws_fetch, ended):
    write_notebook(root / "long.ipynb", "import time\ntime.sleep(600)")
    name = await submit(api, "long.ipynb")
    socket = await jp_ws_fetch("api", "events", "subscribe")
    await api("POST", f"/jobs/{name}/cancel")
    [*_, requested] = await read_until(
        socket, lambda event: (event.get("name"), event.get("type")) == (name, "job_cancel_requested")
    )
    [*_, canceled] = await read_until(socket, lambda event: state_of(event, name) == "Canceled")
    await ended(name)
    await api("DELETE", f"/jobs/{name}", expect=202)
    [*_, deleted] = await read_until(
        socket, lambda event: (event.get("name"), event.get("type")) == (name, "job_deleted")
    )
    socket.close()
    assert requested["data"]["request"]["kind"] == "cancel"
    assert canceled["data"]["request"] is None, "what can be done with a job changes together with its state"
    assert deleted["data"]["progress"] is None


async def test_changes_by_other_clients_are_emitted(api, train, jp_ws_fetch, shared, root):
    await api("GET", "/workspace")
    socket = await jp_ws_fetch("api", "events", "subscribe")
    job = await asyncio.to_thread(shared.jobs.submit, {"type": "notebook", "notebook": str(root / train)})
    await read_until(socket, lambda event: state_of(event, job.name) == "Completed")
    socket.close()


async def test_nan_does_not_break_the_stream(api, root, jp_ws_fetch, tmp_path):
    wait = f"while not os.path.exists({str(tmp_path / 'go')!r}): time.sleep(0.02)"
    write_notebook(root / "nan.ipynb", f"import mlflow, os, time\nmlflow.log_metric('loss', float('nan'))\n{wait}")
    await api("GET", "/workspace")
    socket = await jp_ws_fetch("api", "events", "subscribe")
    name = await submit(api, "nan.ipynb")
    await read_until(socket, lambda event: event.get("name") == name and event.get("metrics") == {"loss": "NaN"})
    (tmp_path / "go").touch()
    socket.close()


async def test_an_archived_experiment_is_emitted(api, train, jp_ws_fetch, ended):
    experiment = (await ended(await submit(api, train))).experiment_name
    socket = await jp_ws_fetch("api", "events", "subscribe")
    for operation, archived in (("archive", True), ("restore", False)):
        await api("POST", f"/experiments/{experiment}/{operation}")
        expected = (EXPERIMENT, f"experiment_{operation}d")  # its creation may be emitted as late as this
        events = await read_until(
            socket, lambda event, expected=expected: (event["schema_id"], event.get("type")) == expected
        )
        assert (events[-1]["name"], events[-1]["data"]) == (experiment, {"archived": archived})
    socket.close()
