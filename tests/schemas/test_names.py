# Copyright (c) the Jupyter ML developers.
# Distributed under the terms of the BSD 3-Clause License.

"""Names and operations of kinds that are wrong, or taken, fail at once."""

from __future__ import annotations

from dataclasses import replace

import pytest

from jupyter_ml.cli.app import cli
from jupyter_ml.magics.ml import MLMagics
from jupyter_ml.schemas.names import NAMES, OPERATIONS, TAKEN
from jupyter_ml.server.routes import ROUTES
from jupyter_ml.services.workspace import Workspace
from jupyter_ml.store.tables import metadata
from tests.kinds import NOTE


@pytest.mark.parametrize(
    ("change", "mistake"),
    [
        ({"singular": "Big Note"}, "kind 'Big Note': 'Big Note' is not a name in lower case"),
        ({"singular": "Note"}, "'Note' is not a name in lower case"),
        ({"plural": "online-endpoints"}, "'online-endpoints' is not a name in lower case, with _ between words"),
        ({"summary": " "}, "has no summary"),
        ({"operations": "list"}, "operations is str, not a frozenset"),
        ({"versioned": None}, "versioned is None, not True or False"),
        ({"summary": None}, "has no summary"),
        ({"singular": None}, "kind None: None is not a name in lower case"),
        ({"plural": "import"}, "'import' is a keyword of Python"),
        ({"singular": "event", "plural": "events"}, "'event' is the name of a table of the database"),
        ({"singular": "attempt", "plural": "attempts"}, "'attempt' is the name of a table of the database"),
        ({"operations": frozenset()}, "has no operations"),
        ({"operations": frozenset({"list", 3})}, "unknown operation 3"),
        (
            {"operations": frozenset({"list", "restore"})},
            "the operation 'restore' and nothing to restore: give 'archive'",
        ),
        ({"versioned": True}, "the content of a version does not change, so there is no 'create_or_update'"),
        ({"singular": "run"}, "'run' is the name of a command"),
        ({"plural": "filters"}, "'filters' is the name of a path of the REST API"),
        ({"plural": "runs"}, "'runs' is the name of an attribute of Workspace"),
        ({"singular": "job_progress"}, "'job_progress' is the name of an event"),
        ({"operations": OPERATIONS | {"delet"}}, r"unknown operation 'delet' \(did you mean 'delete'\?\)"),
    ],
)
def test_a_wrong_name_names_its_mistake(change, mistake):
    with pytest.raises(TypeError, match=mistake):
        replace(NOTE.name, **change)


def test_names_that_kinds_would_take_are_known():
    """Every command, path and attribute that is not of a kind is one that a kind cannot have."""
    taken = {name for names in TAKEN.values() for name in names.split()}
    kinds = {name for kind in NAMES for name in kind.taken}
    attributes = {name for name in dir(Workspace) if not name.startswith("_")}
    paths = {path.split("/")[1].partition(":")[0].replace("-", "_") for path, _ in ROUTES}
    commands = {*cli.commands, *MLMagics(None).commands}
    assert attributes | paths | commands | {*metadata.tables} <= taken | kinds
