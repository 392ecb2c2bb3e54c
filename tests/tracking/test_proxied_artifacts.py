# Copyright (c) the Jupyter ML developers.
# Distributed under the terms of the BSD 3-Clause License.

"""Requests to the tracking server are bounded."""

from __future__ import annotations

import io
from typing import Any

import pytest

from jupyter_ml.tracking.proxied_artifacts import MAX_BYTES, ProxiedArtifacts


def test_a_request_that_is_too_large_is_not_read() -> None:
    started: list[Any] = []
    app = ProxiedArtifacts(lambda *_: pytest.fail("it is refused first"), "/artifacts")
    request = {"PATH_INFO": "/api/2.0/mlflow/runs/log-batch", "CONTENT_LENGTH": str(MAX_BYTES + 1)}
    body = io.BytesIO(b"{}")
    assert [*app({**request, "wsgi.input": body}, lambda *given: started.extend(given))] == []
    assert (started[0], body.tell()) == ("413 Content Too Large", 0)
