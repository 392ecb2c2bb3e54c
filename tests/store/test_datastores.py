# Copyright (c) the Jupyter ML developers.
# Distributed under the terms of the BSD 3-Clause License.

"""Datastores of an earlier version keep their directory."""

from __future__ import annotations

from sqlalchemy import text

from jupyter_ml.store import Store, schema
from jupyter_ml.store.engine import Database


def test_the_path_of_a_datastore_becomes_a_setting(tmp_path) -> None:
    url = f"sqlite:///{tmp_path}/workspace.db"
    database = Database(url)
    with database.write() as connection:
        schema.upgrade(connection, "0006")
        row = "('lake', 0, 0, 1, 'lake', 'local', '/srv/lake'), ('none', 0, 0, 1, 'none', 'local', NULL)"
        columns = "name, created_at, lifecycle_stage, revision, search, type, path"
        connection.execute(text(f"INSERT INTO datastores ({columns}) VALUES {row}"))
    database.close()
    store = Store.open(url)
    found = {each.name: (each.settings, each.location, each.credentials) for each in store.datastores.all()}
    store.close()
    assert found["lake"] == ({"path": "/srv/lake"}, "/srv/lake", [])
    assert found["none"] == ({"path": None}, "in the workspace", [])
