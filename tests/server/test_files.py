# Copyright (c) the Jupyter ML developers.
# Distributed under the terms of the BSD 3-Clause License.

"""Files, artifacts, models and the MLflow run of a job over HTTP."""

from __future__ import annotations

import io
from urllib.parse import quote
from zipfile import ZipFile

import pytest

from tests.server.api import BASE
from tests.services.jobs.artifacts import NAMES, Artifacts


@pytest.fixture(scope="module")
def job(shared):
    """A run with artifacts that another program logged."""
    job = Artifacts(shared, "logged", imported=True)
    job.log("plots/curve.svg", "<svg/>")
    job.log("report.html", "<script>alert(1)</script>")
    for name in NAMES:
        job.log(f"odd/{name}", "content")
    job.log_model("model")
    job.log_dataset()
    return job


async def test_a_directory_is_listed_in_pages(api, job):
    first = await api("GET", "/jobs/logged/files", recursive="false", limit=2)
    rest = await api("GET", "/jobs/logged/files", recursive="false", limit=2, offset=2)
    assert [item["path"] for page in (first, rest) for item in page["items"]] == [
        "model", "odd", "plots", "report.html",
    ]  # fmt: skip
    assert (first["truncated"], rest["truncated"]) == (True, False)
    [curve] = (await api("GET", "/jobs/logged/files", path="plots"))["items"]
    assert curve == curve | {"path": "plots/curve.svg", "uri": f"runs:/{job.run_id}/plots/curve.svg", "size_bytes": 6}
    assert (await api.refused("GET", "/jobs/logged/files", path="nothing", status=404))["code"] == "not_found"


@pytest.mark.parametrize("name", NAMES)
async def test_any_name_can_be_downloaded(fetch, job, name):
    response = await fetch(f"{BASE}/jobs/logged/files/odd/{quote(name, safe='')}")
    assert (response.code, response.body) == (200, b"content")
    assert "\n" not in response.headers["Content-Disposition"]


async def test_an_archive_contains_a_directory(api, job):
    body = await api("GET", "/jobs/logged/files.zip", path="plots")
    headers = api.response.headers
    assert headers["Content-Disposition"] == "attachment; filename*=UTF-8''logged-plots.zip"
    assert ZipFile(io.BytesIO(body)).namelist() == ["plots/curve.svg"]
    assert len(ZipFile(io.BytesIO(await api("GET", "/jobs/logged/files.zip"))).namelist()) == 3 + len(NAMES)
    assert (await api.refused("GET", "/jobs/logged/files.zip", path="report.html", status=404))["code"] == "not_found"


async def test_a_browser_never_runs_what_it_downloads(api, job):
    for path in ("/files/report.html", "/files.zip"):
        await api("GET", f"/jobs/logged{path}")
        headers = api.response.headers
        assert headers["Content-Disposition"].startswith("attachment")
        assert headers["X-Content-Type-Options"] == "nosniff"
        assert headers["Content-Security-Policy"].endswith("; sandbox")


async def test_run_and_models(api, job):
    run = await api("GET", "/jobs/logged/run")
    assert (run["run_id"], run["tags"]["team"], run["datasets"][0]["name"]) == (job.run_id, "a", "patients")
    [model] = (await api("GET", "/jobs/logged/models"))["items"]
    assert (model["path"], model["flavors"]["sklearn"], model["size_bytes"]) == ("model", "1.9.1", 7124)
