# Copyright (c) the Jupyter ML developers.
# Distributed under the terms of the BSD 3-Clause License.

"""Test that the OpenAPI document and the event schemas match the code."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from pathlib import Path

import pytest
import yaml
from jsonschema import ValidationError
from jupyter_events import EventLogger
from tornado import web

import jupyter_ml.store
from jupyter_ml.schemas.base import now
from jupyter_ml.schemas.registry import KINDS
from jupyter_ml.schemas.resources import ResourceEvent
from jupyter_ml.server.event_schemas import event_schema, schema_id, schemas
from jupyter_ml.server.extension import EVENTS
from jupyter_ml.server.openapi import document, text
from jupyter_ml.server.operations import METHODS
from jupyter_ml.server.routes import ROUTES
from tests.kinds import NOTE


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


def _whole_numbers(schema, definitions, place):
    """Yield the places of whole numbers and their schemas, and use up the definitions."""
    if isinstance(schema, list):
        for part in schema:
            yield from _whole_numbers(part, definitions, place)
    elif isinstance(schema, dict):
        if schema.get("type") == "integer":
            yield place, schema
        if "$ref" in schema:
            name = schema["$ref"].rpartition("/")[2]
            yield from _whole_numbers(definitions.pop(name, {}), definitions, name)
        for key, part in schema.items():
            yield from _whole_numbers(part, definitions, f"{place}.{key}")


def test_every_whole_number_of_a_request_has_a_maximum():
    """No column or position is too small for it. Inputs of jobs are stored as text."""
    generated = document()
    operations = [operation for path in generated["paths"].values() for operation in path.values()]
    parameters = [each for operation in operations for each in operation["parameters"]]
    given = [(each["name"], each["schema"]) for each in parameters]
    given += [(each["operationId"], each["requestBody"]) for each in operations if "requestBody" in each]
    definitions = generated["components"]["schemas"]
    found = [each for place, schema in given for each in _whole_numbers(schema, definitions, place)]
    assert len(found) > 15
    unbounded = {place for place, schema in found if not schema.keys() & {"maximum", "exclusiveMaximum"}}
    assert {place for place in unbounded if "inputs.patternProperties" not in place} == set()


def test_every_method_of_a_handler_is_an_operation():
    for _, handler in ROUTES:
        for name in METHODS:
            method = getattr(handler, name)
            assert method is web.RequestHandler.__dict__[name] or hasattr(method, "operation")


def test_the_committed_event_schemas_are_current():
    generated = {path: yaml.safe_dump(schema) for path, schema in schemas().items()}
    committed = {path: yaml.safe_dump(yaml.safe_load(path.read_text())) for path in EVENTS}
    assert committed == generated, "run: make docs"


def test_every_event_of_a_job_is_declared():
    store = Path(jupyter_ml.store.__file__).parent
    recorded = {
        found for path in store.glob("*.py") for found in re.findall(r'"(job_\w+(?:ed|withdrawn))"', path.read_text())
    }
    assert recorded >= {"job_created", "job_request_withdrawn"}
    assert recorded <= {*KINDS["job"].event_types}


async def test_an_event_of_a_declared_kind_conforms_to_its_schema():
    logger = EventLogger()
    schema = event_schema(NOTE)
    logger.register_event_schema(schema)
    received = []

    async def receive(logger, schema_id, data):
        received.append(data["type"])

    logger.add_listener(schema_id=schema["$id"], listener=receive)
    event = ResourceEvent(
        sequence=1, time=now(), type="note_archived", kind="note", name="one", data={"archived": True}
    )
    data = json.loads(event.model_dump_json())
    assert schema_id(event) == schema["$id"]
    logger.emit(schema_id=schema["$id"], data=data)
    await logger.gather_listeners()
    assert received == ["note_archived"]
    for wrong in ({**data, "kind": "job"}, {key: value for key, value in data.items() if key != "name"}):
        with pytest.raises(ValidationError):
            logger.emit(schema_id=schema["$id"], data=wrong)


def test_the_events_of_a_declared_kind_are_those_of_its_operations():
    text = event_schema(NOTE)["properties"]["type"]["description"]
    assert text == "What has happened: note_created, note_updated, note_archived, note_restored or note_deleted."


@pytest.mark.parametrize(
    ("operations", "text"),
    [
        ({"list", "get"}, "There are no events of notes: clients can only read them."),
        ({"list", "delete"}, "What has happened: note_deleted."),
        ({"archive", "delete"}, "What has happened: note_archived or note_deleted."),
    ],
)
def test_a_kind_with_few_operations_has_a_schema_of_its_events(operations, text):
    kind = replace(NOTE, name=replace(NOTE.name, operations=frozenset(operations)), spec=None, changes=None)
    schema = event_schema(kind)
    EventLogger().register_event_schema(schema)
    assert schema["properties"]["type"]["description"] == text
