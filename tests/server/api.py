# Copyright (c) the Jupyter ML developers.
# Distributed under the terms of the BSD 3-Clause License.

"""A client that believes nothing: every answer is held against openapi.json."""

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
_REGISTRY = Registry().with_resource("urn:api", Resource.from_contents(DOCUMENT, default_specification=DRAFT202012))


def template_of(path: str) -> str:
    """The path in the document under which the address falls."""
    patterns = {known: re.sub(r"\{(\w+)\}", r"[^/]+", known.replace("{path}", "|")) for known in DOCUMENT["paths"]}
    return next(known for known, pattern in patterns.items() if re.fullmatch(pattern.replace("|", ".+"), path))


def check(method: str, template: str, status: int, content_type: str, body: bytes) -> None:
    """Fail where an answer is not as the document says."""
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
        Draft202012Validator(anchored, registry=_REGISTRY).validate(json.loads(body, parse_constant=_refuse))


def _refuse(constant: str):
    raise AssertionError(f"{constant} is no JSON")


class API:
    """Calls the server and returns the answer's JSON; other statuses than the one expected fail."""

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
        self.response = answer = await self._fetch(
            f"{BASE}{path}" + (f"?{urlencode(pairs)}" if pairs else ""), method=method, body=content
        )
        assert answer.code == expect, (answer.code, answer.body[:2_000])
        check(method, template_of(BASE + path), answer.code, answer.headers.get("Content-Type", ""), answer.body)
        if not answer.headers.get("Content-Type", "").startswith("application/json") or not answer.body:
            return answer.body
        return json.loads(answer.body)

    async def refused(self, method: str, path: str, body=None, /, *, status: int, **options):
        """Call what is to be refused, and return what the server says about it."""
        return (await self(method, path, body, expect=status, **options))["error"]
