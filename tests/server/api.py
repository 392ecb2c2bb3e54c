# Copyright (c) the Jupyter ML developers.
# Distributed under the terms of the BSD 3-Clause License.

"""A client of the REST API that validates every response against openapi.json."""

from __future__ import annotations

import json
import re
from pathlib import Path
from urllib.parse import urlencode

from jsonschema import Draft202012Validator
from referencing import Registry, Resource
from referencing.jsonschema import DRAFT202012

BASE = "/jupyter-ml/v1"
DOCUMENT = json.loads(Path("openapi.json").read_text(encoding="utf-8"))


def template_of(path: str) -> str:
    """Return the path in the document that matches a URL."""
    patterns = {known: re.sub(r"\{(\w+)\}", r"[^/]+", known.replace("{path}", "|")) for known in DOCUMENT["paths"]}
    return next(known for known, pattern in patterns.items() if re.fullmatch(pattern.replace("|", ".+"), path))


def check(method: str, template: str, status: int, content_type: str, body: bytes) -> None:
    """Fail if a response does not conform to the document."""
    responses = DOCUMENT["paths"][template][method.lower()]["responses"]
    response = responses.get(str(status), responses["default"])
    if "$ref" in response:
        response = DOCUMENT["components"]["responses"][response["$ref"].rpartition("/")[2]]
        assert status >= 400, f"{method} {template}: {status} is not in openapi.json"
    if "content" not in response or method == "HEAD":
        assert body == b""
    elif "application/json" in response["content"]:
        assert content_type.startswith("application/json")
        schema = response["content"]["application/json"]["schema"]
        anchored = json.loads(json.dumps(schema).replace('"#/', '"urn:api#/'))
        document = Resource.from_contents(DOCUMENT, default_specification=DRAFT202012)
        registry = Registry().with_resource("urn:api", document)
        Draft202012Validator(anchored, registry=registry).validate(json.loads(body, parse_constant=_refuse))


def _refuse(constant: str):
    raise AssertionError(f"{constant} is not JSON")


class API:
    """Call the server and return the JSON of the response; a status other than the expected one fails."""

    def __init__(self, fetch) -> None:
        self._fetch = fetch
        self.response = None

    async def __call__(
        self, method: str, path: str, body=None, /, *, expect: int = 200, raw: bytes | None = None, **query
    ):
        content = raw if raw is not None else (json.dumps(body) if body is not None else None)
        if content is None and method == "POST":
            content = ""
        pairs = [
            (key, each) for key, value in query.items() for each in (value if isinstance(value, list) else [value])
        ]
        self.response = response = await self._fetch(
            f"{BASE}{path}" + (f"?{urlencode(pairs)}" if pairs else ""), method=method, body=content
        )
        assert response.code == expect, (response.code, response.body[:2_000])
        check(method, template_of(BASE + path), response.code, response.headers.get("Content-Type", ""), response.body)
        if not response.headers.get("Content-Type", "").startswith("application/json") or not response.body:
            return response.body
        return json.loads(response.body)

    async def refused(self, method: str, path: str, body=None, /, *, status: int, **options):
        """Send a request that is refused, and return the error."""
        return (await self(method, path, body, expect=status, **options))["error"]
