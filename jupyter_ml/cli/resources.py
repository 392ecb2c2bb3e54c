# Copyright (c) the Jupyter ML developers.
# Distributed under the terms of the BSD 3-Clause License.

"""Build the commands of a kind of resource: list, show, create, update, archive, restore, delete."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from jupyter_ml.cli.options import common, declared, open_workspace
from jupyter_ml.schemas.options import LIST_OPTIONS, assignments, list_query

if TYPE_CHECKING:
    from collections.abc import Callable

    from jupyter_ml.schemas.base import Schema
    from jupyter_ml.services.resources import ResourceService
    from jupyter_ml.services.workspace import Workspace

    Action = Callable[[ResourceService[Any, Any], str], Any]
    Services = Callable[[Workspace], ResourceService[Any, Any]]

__all__ = ["resource_group"]

NAMES = click.argument("names", metavar="NAME...", nargs=-1, required=True)
VALUES = click.option("--set", "values", multiple=True, metavar="KEY=VALUE", help="Value of a field; repeatable.")


def resource_group(singular: str, plural: str, service: Services, *, description: str) -> click.Group:
    """Return the commands of a kind, whose declaration is loaded by the service when a command runs."""
    group = click.Group(singular, help=description)
    for command in (
        _list_command(plural, service),
        _show_command(singular, service),
        _create_command(singular, service),
        _update_command(singular, service),
        _stage_command("archive", lambda kind, name: kind.archive(name), f"Archive {plural}.", service),
        _stage_command("restore", lambda kind, name: kind.restore(name), f"Restore archived {plural}.", service),
        _delete_command(plural, service),
    ):
        group.add_command(command)
    return group


def _list_command(plural: str, service: Services) -> click.Command:
    @click.command("list", help=f"List {plural}.")
    @declared(LIST_OPTIONS)
    @common
    def command(**options: Any) -> None:
        from jupyter_ml.cli.rendering import render_resources
        from jupyter_ml.schemas.validation import validated

        resources = service(open_workspace())
        items = resources.list(validated(resources.kind.query, list_query(options))).items
        render_resources(items, resources.kind.columns, f"No {plural}.")

    return command


def _show_command(singular: str, service: Services) -> click.Command:
    @click.command("show", help=f"Show one {singular}.")
    @click.argument("name")
    @common
    def command(name: str) -> None:
        from jupyter_ml.cli.rendering import render_details

        item = service(open_workspace()).get(name)
        render_details(item, {key.replace("_", " "): value for key, value in item.model_dump().items()})

    return command


def _create_command(singular: str, service: Services) -> click.Command:
    @click.command("create", help=f"Create one {singular}, from a YAML file, from options or from both.")
    @click.option("--file", "-f", type=click.Path(path_type=Path), help="YAML file with the fields.")
    @VALUES
    @common
    def command(file: Path | None, values: tuple[str, ...]) -> None:
        from jupyter_ml.cli.rendering import echo_result

        resources = service(open_workspace())
        item = resources.create(_fields(resources.kind.spec, file, values))
        echo_result(item, f"{item.name}: created")

    return command


def _update_command(singular: str, service: Services) -> click.Command:
    @click.command("update", help=f"Change fields of one {singular}.")
    @click.argument("name")
    @click.option("--file", "-f", type=click.Path(path_type=Path), help="YAML file with the fields to change.")
    @VALUES
    @click.option("--revision", type=int, metavar="N", help="Refuse the update if this is not the current revision.")
    @common
    def command(name: str, file: Path | None, values: tuple[str, ...], revision: int | None) -> None:
        from jupyter_ml.cli.rendering import echo_result

        resources = service(open_workspace())
        changes = _fields(resources.kind.changes, file, values)
        echo_result(resources.update(name, changes, revision=revision), f"{name}: updated")

    return command


def _stage_command(action: str, act: Action, summary: str, service: Services) -> click.Command:
    @click.command(action, help=summary)
    @NAMES
    @common
    def command(names: tuple[str, ...]) -> None:
        from jupyter_ml.cli.rendering import echo_results

        resources = service(open_workspace())
        echo_results((act(resources, name), f"{name}: {action}d") for name in names)

    return command


def _delete_command(plural: str, service: Services) -> click.Command:
    @click.command("delete", help=f"Delete {plural}.")
    @NAMES
    @click.option("--yes", "-y", is_flag=True, help="Do not ask for confirmation.")
    @common
    def command(names: tuple[str, ...], yes: bool) -> None:
        from jupyter_ml.cli.rendering import echo_results

        resources = service(open_workspace())
        if not yes:
            click.confirm(f"Delete {', '.join(names)}?", abort=True, err=True)

        def deleted(name: str) -> tuple[dict[str, Any], str]:
            resources.delete(name)
            return {"name": name}, f"{name}: deleted"

        echo_results(map(deleted, names))

    return command


def _fields(model: type[Schema] | None, file: Path | None, values: tuple[str, ...]) -> Schema:
    """Return the fields that a YAML file and options give, with file and line in the errors."""
    from pydantic import TypeAdapter

    from jupyter_ml.schemas.validation import validate
    from jupyter_ml.schemas.yaml import Document, load, parse_text

    assert model is not None
    document = load(file) if file is not None else Document.empty()
    for key, text in assignments(values, "--set").items():
        value = parse_text(text)
        document.replace(key, value, text)
        if value is None:
            document.data[key] = None  # clears the field
    result: Schema = validate(TypeAdapter(model), document, {"": model})
    return result
