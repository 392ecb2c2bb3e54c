# Copyright (c) the Jupyter ML developers.
# Distributed under the terms of the BSD 3-Clause License.

"""The vault over REST: names are listed, secrets are set and deleted, and no response or event has a value."""

from __future__ import annotations

import json

import pytest

from jupyter_ml.server.event_schemas import VaultChanged
from jupyter_ml.vault.jobs import MAX_BYTES
from tests.storage_servers import MARK

NAME = "REST_TOKEN"


@pytest.fixture(autouse=True)
def _removed(shared):
    yield
    if NAME in {entry.name for entry in shared.vault.list()}:
        shared.vault.delete(NAME)


async def test_a_secret_is_set_listed_replaced_rotated_and_deleted(api, shared, caplog):
    before = shared._context.store.events.last()
    await api("PUT", f"/vault/{NAME}", {"value": MARK}, expect=204)
    listed = await api("GET", "/vault")
    assert {"name": NAME, "kind": "secret", "scope": f"secret-{NAME}"} in listed
    await api("PUT", f"/vault/{NAME}", {"value": f"{MARK}-2"}, expect=204)
    await api("POST", "/vault:rotate", expect=204)
    assert shared.vault.value(NAME) == f"{MARK}-2"
    await api("DELETE", f"/vault/{NAME}", expect=204)
    assert shared.vault.value(NAME) is None
    events = [event for event in shared._context.store.events.since(before) if event.kind == "vault"]
    assert [(event.type, event.name, event.data) for event in events] == [
        ("vault_secret_set", NAME, {}),
        ("vault_secret_set", NAME, {}),
        ("vault_rotated", "", {}),
        ("vault_secret_deleted", NAME, {}),
    ]
    VaultChanged.model_validate(events[0].model_dump())
    for text in (json.dumps(listed), str(events), caplog.text):
        assert MARK not in text


@pytest.mark.parametrize(
    ("name", "body", "message"),
    [
        ("a-b", {"value": MARK}, "'a-b' cannot name a secret"),
        (NAME, {"value": "abc"}, f"secret '{NAME}' has fewer than 4 characters"),
        (NAME, {"value": f"{MARK}\0"}, "contains a NUL"),
        (NAME, {"value": [MARK]}, "value: "),
        (NAME, {"value": MARK, "valeu": MARK}, "valeu: unknown key"),
        (NAME, {}, "value: this key is required"),
    ],
)
async def test_what_cannot_be_a_secret_is_refused_without_its_value(api, shared, name, body, message):
    error = await api.refused("PUT", f"/vault/{name}", body, status=400)
    assert message in error["message"]
    assert MARK not in str(error)
    assert shared.vault.value(NAME) is None


async def test_a_secret_that_is_too_long_is_refused(api):
    error = await api.refused("PUT", f"/vault/{NAME}", {"value": MARK * (MAX_BYTES // len(MARK) + 1)}, status=400)
    assert MARK not in str(error)


async def test_what_is_not_a_secret_is_not_deleted(api, shared):
    assert "has no secret 'NOTHING'" in (await api.refused("DELETE", "/vault/NOTHING", status=404))["message"]
    spec = {"name": "vaulted", "type": "http", "url": "http://127.0.0.1:9"}
    shared.datastores.create({**spec, "credentials": {"headers": {"Authorization": MARK}}})
    try:
        assert "is a datastore" in (await api.refused("DELETE", "/vault/vaulted", status=409))["message"]
        assert shared.datastores.connection("vaulted").credentials == {"headers.Authorization": MARK}
    finally:
        shared.datastores.delete("vaulted")
