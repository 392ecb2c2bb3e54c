# Copyright (c) the Jupyter ML developers.
# Distributed under the terms of the BSD 3-Clause License.

"""Test with generated requests that none of them causes an internal server error."""

from __future__ import annotations

import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, settings
from schemathesis import checks

from tests.server.api import DOCUMENT, check
from tests.server.processes import TOKEN, free_port, serving
from tests.workspaces import TIMEOUT_S, write_notebook

pytestmark = pytest.mark.integration


CHECKS = [
    checks.not_a_server_error,
    checks.status_code_conformance,
    checks.content_type_conformance,
    checks.response_headers_conformance,
]
schema = schemathesis.openapi.from_dict(DOCUMENT).exclude(operation_id="openWorkspace")  # it replaces the resources


@pytest.fixture(scope="module")
def served(make_workspace, tmp_path_factory):
    """Run a server whose workspace contains a job and an experiment named x."""
    folder = tmp_path_factory.mktemp("fuzz")
    with make_workspace(folder / "root", local={"max_concurrent": 1}) as workspace:
        write_notebook(folder / "root" / "x.ipynb", "print(1)", parameters="alpha = 1")
        workspace.jobs.submit({"type": "command", "command": "echo hello", "name": "x", "experiment_name": "x"})
        workspace.jobs.wait("x")
        workspace.jobs.submit({"type": "command", "command": "sleep 3600"})  # what the fuzzer submits never runs
        with serving(folder / "root", folder / "server", free_port()) as server:
            yield server


def is_sent(case) -> bool:
    """Return whether all of a generated query is sent: an empty list or object is not, which may leave a valid one."""
    values = case.query.values() if isinstance(case.query, dict) else ()
    return not any(isinstance(value, list | dict) and not value for value in values)


@schema.parametrize()
@settings(
    max_examples=15, deadline=None, derandomize=True, database=None, phases=[Phase.explicit, Phase.generate],
    suppress_health_check=list(HealthCheck),
)  # fmt: skip
def test_no_request_causes_a_server_error(case, served):
    headers = {"Authorization": f"token {TOKEN}"}
    response = case.call(base_url=served.url, headers=headers, timeout=TIMEOUT_S)  # its default is ten seconds
    case.validate_response(response, checks=[*CHECKS, *([checks.negative_data_rejection] if is_sent(case) else [])])
    if case.method.lower() in DOCUMENT["paths"][case.operation.path]:
        check(
            case.method,
            case.operation.path,
            response.status_code,
            response.headers.get("content-type", [""])[0],
            response.content,
        )
