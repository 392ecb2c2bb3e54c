# Copyright (c) the Jupyter ML developers.
# Distributed under the terms of the BSD 3-Clause License.

"""An ASGI application in place of MLflow's UI, which is a large package: it returns what it receives."""

from __future__ import annotations

import json
import os


async def app(scope, receive, send):
    """Return the request as JSON; below ``/large``, 50 MB."""
    if scope["type"] != "http":
        return
    body = b""
    while True:
        message = await receive()
        body += message.get("body", b"")
        if not message.get("more_body"):
            break
    headers = {name.decode(): value.decode() for name, value in scope["headers"]}
    seen = {
        "method": scope["method"], "path": scope["path"], "query": scope["query_string"].decode(),
        "headers": headers, "body": body.decode(), "prefix": os.environ["_MLFLOW_STATIC_PREFIX"], "pid": os.getpid(),
    }  # fmt: skip
    answer = json.dumps(seen).encode()
    is_large = scope["path"].endswith("/large")
    sent = [(b"content-type", b"application/json"), (b"set-cookie", b"a=b"), (b"location", b"https://example.org")]
    await send({"type": "http.response.start", "status": 404 if "missing" in scope["path"] else 200, "headers": sent})
    for _ in range(50 if is_large else 0):
        await send({"type": "http.response.body", "body": b"x" * 1_000_000, "more_body": True})
    await send({"type": "http.response.body", "body": b"" if is_large else answer})
