# Copyright (c) the Jupyter ML developers.
# Distributed under the terms of the BSD 3-Clause License.

"""Test jobs in the REST API, from the form to the files."""

from __future__ import annotations

import asyncio
import json

import pytest

from tests.store.jobs import metric
from tests.workspaces import until, write_notebook


async def submit(api, notebook, **settings):
    return await api("POST", "/jobs", {"job": {"type": "notebook", "notebook": notebook, **settings}}, expect=201)


async def test_a_job_from_its_submission_to_its_files(api, root, ended, jp_base_url):
    write_notebook(
        root / "tracked.ipynb",
        "import mlflow\nfor i in range(20):\n mlflow.log_metric('loss', alpha / (i + 1), step=i)\nprint('hello')",
        "import pathlib\npathlib.Path('outputs/page.html').write_text('1')",
        parameters="alpha: float = 0.5  # how much\nlayers = [1, 2]",
    )
    job = await submit(api, "tracked.ipynb", parameters={"alpha": 2}, tags={"kind": "test"})
    assert job["parameters"] == {"alpha": 2.0, "layers": [1, 2]}
    assert job["spec"]["parameters"] == {"alpha": 2.0}
    assert api.response.headers["Location"] == f"{jp_base_url}jupyter-ml/v1/jobs/{job['name']}"
    await ended(job["name"])
    job = await api("GET", f"/jobs/{job['name']}")
    assert job["state"] == "Completed"
    assert job["metrics"]["loss"] == pytest.approx(0.1)

    [attempt] = await api("GET", f"/jobs/{job['name']}/attempts")
    assert attempt["number"] == 1
    notebook = await api("GET", f"/jobs/{job['name']}/notebook")
    assert notebook["cells"][2]["outputs"][0]["text"] == "hello\n"
    bare = await api("GET", f"/jobs/{job['name']}/notebook", outputs="false")
    assert [cell["source"] for cell in bare["cells"]] == [cell["source"] for cell in notebook["cells"]]
    assert [cell["outputs"] for cell in bare["cells"]] == [[]] * 4
    assert bare["cells"][2]["metadata"] == notebook["cells"][2]["metadata"]
    [loss] = (await api("GET", f"/jobs/{job['name']}/metrics", key=["loss"]))["series"]
    assert [point[0] for point in loss["points"]] == list(range(20))
    assert loss["points"][0][2] == 2.0
    assert (await api("GET", f"/jobs/{job['name']}/usage"))["points"]
    files = (await api("GET", f"/jobs/{job['name']}/files"))["items"]
    assert {"output.ipynb", "outputs/page.html", "std_log.txt"} <= {file["path"] for file in files}


async def test_a_job_is_run_again_in_one_request(api, train, jp_base_url):
    job = await submit(api, train, parameters={"alpha": 2}, tags={"kind": "test"})
    body = {"parameters": {"alpha": 3}, "snapshot": True}
    again = await api("POST", f"/jobs/{job['name']}/rerun", body, expect=201)
    assert api.response.headers["Location"] == f"{jp_base_url}jupyter-ml/v1/jobs/{again['name']}"
    assert (again["snapshot"], again["tags"], again["spec"]["parameters"]) == (
        job["snapshot"],
        job["tags"],
        {"alpha": 3},
    )
    today = await api("POST", f"/jobs/{job['name']}/rerun", {}, expect=201)
    assert today["spec"] == job["spec"] | {"experiment_name": job["experiment_name"]}
    error = await api("POST", f"/jobs/{job['name']}/rerun", {"parameters": {"alpa": 3}}, expect=400)
    assert error["error"]["field"] == "parameters.alpa"
    form = await api("GET", "/forms/job", job=job["name"], snapshot="true")
    assert (form["rerun_of"], form["code"]) == (job["name"], {"snapshot": True, "files": True, "changed": False})
    await api("GET", "/forms/job", path=train, snapshot="true", expect=400)


async def test_an_html_file_of_a_job_is_never_rendered_as_a_page_of_the_server(api, train, ended):
    job = await submit(api, train)
    await ended(job["name"])
    body = await api("GET", f"/jobs/{job['name']}/files/outputs/page.html")
    headers = api.response.headers
    assert body == b"<script>alert(1)</script>"
    assert headers["Content-Disposition"].startswith("attachment;")
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert "sandbox" in headers["Content-Security-Policy"] or "default-src 'none'" in headers["Content-Security-Policy"]


async def test_the_event_log_is_read_in_parts_until_it_is_complete(api, train, ended):
    job = await submit(api, train)
    await ended(job["name"])
    types, offset, parts = [], 0, 0
    while True:
        part = await api("GET", f"/jobs/{job['name']}/events", offset=offset, limit_bytes=400)
        types += [event["type"] for event in part["events"]]
        offset, parts = part["offset"], parts + 1
        if part["complete"]:
            break
    assert parts > 3
    assert types[0] == "executor_started"
    assert types[-1] == "ended"
    whole = await api("GET", f"/jobs/{job['name']}/events", limit_bytes=1_000_000)
    assert [event["type"] for event in whole["events"]] == types


async def test_a_large_output_is_shortened_and_can_be_read_completely(api, root, ended):
    write_notebook(root / "huge.ipynb", "print('x' * 3_000_000)")
    job = await submit(api, "huge.ipynb")
    await ended(job["name"])
    part = await api("GET", f"/jobs/{job['name']}/events", limit_bytes=16_000_000)
    shown = sum(len(event["output"]["text"]) for event in part["events"] if event["type"] == "output")
    assert shown < 500_000
    mark = part["shortened"][0]
    whole = await api("GET", f"/jobs/{job['name']}/events", offset=mark["offset"], limit_bytes=1, whole=True)
    [event] = whole["events"]
    assert len(event["output"]["text"]) > len(part["events"][mark["index"]]["output"]["text"])
    assert set(event["output"]["text"].strip()) == {"x"}


async def test_text_output_is_read_in_parts_and_searched(api, root, ended):
    write_notebook(root / "loud.ipynb", "print('\\n'.join(f'line {i}' for i in range(30_000)))")
    job = await submit(api, "loud.ipynb")
    await ended(job["name"])
    marks = (await api("GET", f"/jobs/{job['name']}/events"))["shortened"]
    assert sum(mark["lines"] for mark in marks) > 10_000
    text = await api("GET", f"/jobs/{job['name']}/events/text", position=marks[0]["position"])
    assert text["text"].startswith("line ")
    hits = await api("GET", f"/jobs/{job['name']}/events/search", text="LINE 29999")
    assert (hits["total"], len(hits["items"])) == (1, 1)
    found = await api("GET", f"/jobs/{job['name']}/events/text", position=hits["items"][0]["position"])
    assert found["text"] == "line 29999\n"


async def test_nan_and_infinity_are_encoded_as_strings(api, root, ended):
    write_notebook(
        root / "nan.ipynb",
        "import mlflow\nmlflow.log_metric('loss', float('nan'))\nmlflow.log_metric('up', float('inf'))",
    )
    job = await submit(api, "nan.ipynb")
    await ended(job["name"])
    assert (await api("GET", f"/jobs/{job['name']}"))["metrics"] == {"loss": "NaN", "up": "Infinity"}
    series = (await api("GET", f"/jobs/{job['name']}/metrics"))["series"]
    assert [point[2] for each in series for point in each["points"]] == [None, None]


async def test_a_failed_job_has_a_cause(api, root, ended):
    write_notebook(root / "broken.ipynb", "1 / 0")
    job = await submit(api, "broken.ipynb")
    await ended(job["name"])
    cause = (await api("GET", f"/jobs/{job['name']}"))["cause"]
    assert (cause["kind"], cause["cell"], cause["exception"]) == ("exception", 0, "ZeroDivisionError")


async def test_cancel_archive_restore_delete(api, root, ended, shared):
    write_notebook(root / "long.ipynb", "import time\ntime.sleep(600)")
    job = await submit(api, "long.ipynb")
    name = job["name"]
    assert (await api.refused("DELETE", f"/jobs/{name}", status=409))["code"] == "conflict"
    assert (await api("POST", f"/jobs/{name}/cancel"))["cancel_requested_at"]
    await ended(name)
    assert (await api("GET", f"/jobs/{name}"))["state"] == "Canceled"
    assert (await api.refused("POST", f"/jobs/{name}/cancel", status=409))["code"] == "conflict"

    assert (await api("POST", f"/jobs/{name}/archive"))["archived"]
    assert (await api("GET", "/jobs", filter=name))["total"] == 0
    assert (await api("GET", "/jobs", filter=name, archived="any"))["total"] == 1
    assert not (await api("POST", f"/jobs/{name}/restore"))["archived"]
    assert (await api("GET", "/jobs", filter=name))["total"] == 1

    assert (await api("DELETE", f"/jobs/{name}", expect=202))["request"]["kind"] == "delete"
    await asyncio.to_thread(until, lambda: shared._context.store.jobs.requests(host=None) == [])
    assert (await api.refused("GET", f"/jobs/{name}", status=404))["code"] == "not_found"


async def test_a_delete_request_does_not_wait_and_can_be_withdrawn(api, root, ended, shared, monkeypatch):
    write_notebook(root / "short.ipynb", "1")
    name = (await submit(api, "short.ipynb"))["name"]
    await ended(name)
    await asyncio.to_thread(shared.supervisor.stop)
    monkeypatch.setattr("jupyter_ml.services.supervisor.SupervisorService.ensure", lambda _: None)
    assert (await api("DELETE", f"/jobs/{name}", expect=202))["request"]["attempts"] == 0
    [listed] = (await api("GET", "/jobs", filter=name))["items"]
    assert listed["request"]["kind"] == "delete"
    assert (await api.refused("POST", f"/jobs/{name}/restore", status=409))["code"] == "conflict"
    assert (await api("POST", f"/jobs/{name}/withdraw"))["request"] is None
    assert (await api("GET", "/jobs", filter=name))["total"] == 1
    assert (await api.refused("POST", f"/jobs/{name}/withdraw", status=409))["code"] == "conflict"


async def test_lists_are_filtered_sorted_and_paged(api, root, ended, shared):
    write_notebook(root / "quick.ipynb", "1", parameters="x = 1")
    names = {
        x: (await submit(api, "quick.ipynb", parameters={"x": x}, experiment_name="sizes"))["name"] for x in (3, 1, 2)
    }
    for x, name in names.items():
        await ended(name)
        shared._context.store.jobs.set_metrics(name, {"size": metric(x)})
    common = {"experiment_name": "sizes", "sort": "metrics.size", "descending": "false"}
    page = await api("GET", "/jobs", **common)
    assert [job["parameters"]["x"] for job in page["items"]] == [1, 2, 3]
    page = await api("GET", "/jobs", **common, filter="metrics.size > 1 parameters.x < 3", states=["Completed"])
    assert [job["parameters"]["x"] for job in page["items"]] == [2]
    page = await api("GET", "/jobs", **common, limit=1, offset=2)
    assert (page["total"], [job["parameters"]["x"] for job in page["items"]]) == (3, [3])


async def test_secrets_reach_the_job_and_are_redacted(api, root, ended, shared):
    write_notebook(root / "secret.ipynb", "import os\nprint(len(os.environ['API_KEY']), os.environ['API_KEY'])")
    body = {
        "job": {"type": "notebook", "notebook": "secret.ipynb", "secrets": ["API_KEY"]},
        "secrets": {"API_KEY": "hush-hush"},
    }
    job = await api("POST", "/jobs", body, expect=201)
    await ended(job["name"])
    notebook = json.dumps(await api("GET", f"/jobs/{job['name']}/notebook"))
    assert "9 ***" in notebook
    assert "hush-hush" not in notebook + json.dumps(await api("GET", f"/jobs/{job['name']}"))


async def test_the_workspace_shows_its_root_and_supervisor(api, shared, root):
    info = await api("GET", "/workspace")
    assert (info["name"], info["root"]) == ("test", str(root))
    assert info["supervisor"]["pid"] == shared.supervisor.status().pid


async def test_a_queued_job_has_no_results(api, root, shared, ended):
    write_notebook(root / "wait.ipynb", "import time\ntime.sleep(600)")
    jobs = [await submit(api, "wait.ipynb") for _ in range(5)]
    last = jobs[-1]["name"]
    part = await api("GET", f"/jobs/{last}/events")
    assert (part["events"], part["offset"], part["complete"]) == ([], 0, False)
    assert (await api("GET", f"/jobs/{last}/files"))["items"] == []
    assert (await api("GET", f"/jobs/{last}/metrics"))["series"] == []
    [cell] = (await api("GET", f"/jobs/{last}/notebook"))["cells"]
    assert (cell["source"], cell["metadata"]["jupyter_ml"]) == ("import time\ntime.sleep(600)", {"cell": 0})
    await asyncio.gather(*(api("POST", f"/jobs/{job['name']}/cancel") for job in jobs))
    for job in jobs:
        await ended(job["name"])


async def test_the_duration_estimate_is_that_of_the_latest_similar_job(api, train, ended):
    first = await submit(api, train, experiment_name="expected")
    await ended(first["name"])
    second = await submit(api, train, experiment_name="expected")
    expected = await api("GET", f"/jobs/{second['name']}/duration-estimate")
    assert expected["job"] == first["name"]
    assert {"0", "1", "2"} <= expected["cells"].keys()
    assert expected["duration_s"] > sum(expected["cells"].values())
    await ended(second["name"])
    assert (await api.refused("GET", "/jobs/missing/duration-estimate", status=404))["code"] == "not_found"


async def test_a_job_whose_notebook_was_deleted_is_rerun(api, root, ended):
    path = write_notebook(root / "fleeting.ipynb", "print('x is', x)", parameters="x = 1")
    job = await submit(api, "fleeting.ipynb")
    path.unlink()
    form = await api("GET", "/forms/job", job=job["name"])
    assert form["rerun_of"] == job["name"]
    form["data"]["parameters"] = {"x": 2}
    secrets = form["data"].pop("secrets")
    again = await api(
        "POST", "/jobs", {"job": form["data"], "secrets": secrets, "rerun_of": form["rerun_of"]}, expect=201
    )
    assert again["parameters"] == {"x": 2}
    await ended(again["name"])
    log = await api("GET", f"/jobs/{again['name']}/files/std_log.txt")
    assert log == b"x is 2\n"
    await ended(job["name"])


async def test_a_plan_of_a_job_is_confined_and_submits_nothing(api, root):
    write_notebook(root / "planned.ipynb", "print(data)", parameters="data = ''")
    (root / "planned.csv").write_text("a\n1\n")
    await api("POST", "/data", {"name": "planned", "path": "planned.csv"}, expect=201)
    before = (await api("GET", "/jobs"))["total"]
    job = {
        "type": "notebook",
        "notebook": "planned.ipynb",
        "inputs": {"train": {"path": "azureml:planned@latest"}},
        "parameters": {"data": "${{inputs.train}}"},
    }
    plan = await api("POST", "/jobs:plan", {"job": job})
    train = plan["inputs"]["train"]
    assert (train["reference"], train["state"], train["bytes"]) == ("azureml:planned:1", "unchanged", 4)
    assert plan["parameters"]["data"] == "azureml:planned:1"
    outside = {**job, "inputs": {"train": {"path": "/etc/passwd", "type": "uri_file"}}}
    refused = await api("POST", "/jobs:plan", {"job": outside}, expect=400)
    assert refused == await api("POST", "/jobs", {"job": outside}, expect=400)
    assert (await api("GET", "/jobs"))["total"] == before
