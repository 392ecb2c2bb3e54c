# Copyright (c) the Jupyter ML developers.
# Distributed under the terms of the BSD 3-Clause License.

"""Test that the OpenAPI document and the event schemas match the code."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml
from tornado import web

from jupyter_ml.server.event_schemas import MODELS, schema_id
from jupyter_ml.server.extension import EVENTS
from jupyter_ml.server.openapi import document, text
from jupyter_ml.server.operations import METHODS
from jupyter_ml.server.routes import ROUTES


def test_the_committed_document_is_current():
    assert Path("openapi.json").read_text(encoding="utf-8") == text(), (
        "run: python -m jupyter_ml.server.openapi openapi.json"
    )


def test_operation_ids_are_unique():
    operations = [operation["operationId"] for path in document()["paths"].values() for operation in path.values()]
    assert len(operations) == len(set(operations)) > 15


@pytest.mark.parametrize("handler", [handler for _, handler in ROUTES], ids=lambda handler: handler.__name__)
def test_every_operation_is_authenticated_and_has_an_auth_resource(handler):
    operations = [getattr(handler, name) for name in METHODS if name in vars(handler)]
    assert operations
    for operation in operations:
        assert operation.__code__.co_qualname.startswith("authenticated")
        assert operation.__wrapped__.__qualname__  # authorized, around the method itself
    assert vars(handler)["auth_resource"].startswith("jupyter_ml:")


def test_every_method_of_a_handler_is_an_operation():
    for _, handler in ROUTES:
        for name in METHODS:
            method = getattr(handler, name)
            assert method is web.RequestHandler.__dict__[name] or hasattr(method, "operation")


def test_every_event_has_a_schema():
    assert [path.parent.name for path in EVENTS] == sorted(MODELS)


@pytest.mark.parametrize("path", EVENTS, ids=lambda path: path.parent.name)
def test_an_event_schema_has_the_fields_of_its_model(path):
    name = path.parent.name
    schema = yaml.safe_load(path.read_text())
    assert schema["$id"] == schema_id(MODELS[name].model_construct(kind=name))
    assert schema["required"] == list(schema["properties"]) == list(MODELS[name].model_fields)
