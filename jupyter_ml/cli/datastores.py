# Copyright (c) the Jupyter ML developers.
# Distributed under the terms of the BSD 3-Clause License.

"""``jupyter ml datastore``."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from jupyter_ml.cli.options import common, declared, open_workspace
from jupyter_ml.cli.resources import resource_group
from jupyter_ml.schemas.names import DATASTORE
from jupyter_ml.schemas.options import UPDATE_OPTIONS

if TYPE_CHECKING:
    from jupyter_ml.schemas.datastores import Datastore
    from jupyter_ml.services.workspace import Workspace

__all__ = ["datastore"]


def _render(_workspace: Workspace, item: Datastore) -> None:
    from jupyter_ml.cli.rendering import render_details

    common_fields = item.model_dump(exclude={"settings", "credentials", "archived"})
    shown = {**common_fields, **item.settings, "credentials": ", ".join(item.credentials)}
    render_details(item, {key.replace("_", " "): value for key, value in shown.items()})


datastore = resource_group(DATASTORE, show=_render)


@datastore.command()
@click.argument("name")
@common
def test(name: str) -> None:
    """Test whether a datastore can be read, and whether a directory can be written to."""
    from jupyter_ml.cli.rendering import echo_result

    result = open_workspace().datastores.test(name)
    writable = {True: ", writable", False: ", not writable", None: ""}[result.writable]
    echo_result(result, f"{name}: readable{writable} ({result.location})")


@datastore.command()
@click.argument("name")
@click.argument("path", default="")
@click.option("--limit", metavar="N", type=int, default=1_000, show_default=True, help="Maximum number of rows.")
@click.option("--offset", metavar="N", type=int, default=0, help="Number of rows to skip.")
@common
def browse(name: str, path: str, limit: int, offset: int) -> None:
    """List the files in a directory of a datastore; PATH is from its top."""
    from jupyter_ml.cli.rendering import render_table
    from jupyter_ml.schemas.datastores import Browse
    from jupyter_ml.schemas.validation import validated

    query = validated(Browse, {"path": path, "limit": limit, "offset": offset})
    found = open_workspace().datastores.browse(name, query)
    rows: list[list[Any]] = [
        [
            f"{entry.name}/" if entry.is_directory else entry.name,
            "" if entry.size is None else f"{entry.size:,}",
            f"{entry.modified_at:%Y-%m-%d %H:%M}" if entry.modified_at else "",
        ]
        for entry in found.items
    ]
    rest = found.total - offset - len(rows)
    if rest > 0:
        rows.append([f"and {rest} more: use --offset {offset + len(rows)}", "", ""])
    render_table(found, ["name", "bytes>", "modified (UTC)"], rows, "The directory is empty.")


@datastore.command()
@click.argument("name")
@click.option("--file", "-f", type=click.Path(path_type=Path), help="YAML file with the fields to change.")
@declared(UPDATE_OPTIONS)
@click.option("--set-credentials", is_flag=True, help="Ask for all credentials, without showing them.")
@common
def update(name: str, file: Path | None, values: tuple[str, ...], revision: int | None, set_credentials: bool) -> None:
    """Change the description of a datastore, or its credentials.

    --set credentials.NAME=- reads one from the terminal, or from standard input; all of a type are given at once.
    --set credentials=null removes them.
    """
    from jupyter_ml.cli.rendering import echo_result
    from jupyter_ml.cli.secret_input import separate_secrets
    from jupyter_ml.schemas.datastores import DatastoreUpdate
    from jupyter_ml.schemas.fields import read_changes

    datastores = open_workspace().datastores
    plain, secrets = separate_secrets(values)
    asked = _asked(datastores.get(name).type) if set_credentials else {}
    item = datastores.update(name, read_changes(DatastoreUpdate, file, plain, {**secrets, **asked}), revision=revision)
    echo_result(item, f"{item.reference}: updated")


def _asked(kind: str) -> dict[str, str]:
    """Return the credentials that the user enters for a type; what is empty is left out."""
    from jupyter_ml.cli.secret_input import FIELD, read_line
    from jupyter_ml.errors import InvalidInputError
    from jupyter_ml.schemas.connections import PUBLIC_CREDENTIALS
    from jupyter_ml.schemas.datastore_credentials import credentials_model

    model = credentials_model(kind)
    if model is None:
        raise InvalidInputError(f"--set-credentials: a datastore of the type {kind!r} has no credentials")
    names = ["headers.Authorization" if name == "headers" else name for name in model.model_fields]
    answers = {name: read_line(FIELD + name, hidden=name not in PUBLIC_CREDENTIALS) for name in names}
    return {FIELD + name: answer for name, answer in answers.items() if answer}
