# Copyright (c) the Jupyter ML developers.
# Distributed under the terms of the BSD 3-Clause License.

"""Build the commands of a kind of resource: list, show, create, update, archive, restore, delete."""

from __future__ import annotations

import re
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click

from jupyter_ml.cli.options import common, declared, open_workspace
from jupyter_ml.cli.printing import echo
from jupyter_ml.schemas.options import ASSET_LIST_OPTIONS, LIST_OPTIONS, REVISION, UPDATE_OPTIONS, list_query

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from jupyter_ml.schemas.base import Schema
    from jupyter_ml.schemas.names import KindName
    from jupyter_ml.schemas.options import Option
    from jupyter_ml.services.workspace import Workspace

    Services = Callable[[Workspace], Any]
    Note = Callable[[Workspace], str | None]
    Show = Callable[[Workspace, Any], None]

__all__ = ["read_resource", "render_resource", "resource_group"]

S = TypeVar("S", bound="Schema")

FILE = click.option("--file", "-f", type=click.Path(path_type=Path), help="YAML file with the fields.")
VALUES = click.option("--set", "values", multiple=True, metavar="KEY=VALUE", help="Value of a field; repeatable.")


def render_resource(_workspace: Workspace, item: Any) -> None:
    """Render all fields of a resource."""
    from jupyter_ml.cli.rendering import render_details

    encoded = item.model_dump(mode="json")
    values = {key: value if isinstance(value, datetime) else encoded[key] for key, value in item}
    render_details(item, {key.replace("_", " "): value for key, value in values.items()})


def resource_group(
    name: KindName,
    service: Services | None = None,
    *,
    summary: str | None = None,
    list_options: Sequence[Option] = (),
    hint: str = "",
    note: Note | None = None,
    show: Show = render_resource,
) -> click.Group:
    """Return the command group of a kind, with a command for each of its operations.

    Parameters
    ----------
    name
        Names and operations; the rest of the declaration is loaded by the service when a command runs.
    service
        Returns the service of the kind; by default that of the workspace.
    summary
        Description of the group.
    list_options
        Options of the list; by default those of every kind.
    hint
        How to get the first resource, for an empty list.
    note
        Returns a message that is printed after lists.
    show
        Renders one resource.
    """
    group = click.Group(name.command, help=summary or f"Manage {name.titles}: {name.summary}.")
    list_options = list_options or (ASSET_LIST_OPTIONS if name.versioned else LIST_OPTIONS)
    services: Services = service or (lambda workspace: workspace.resources[name.singular])
    commands: dict[str, Callable[[], click.Command]] = {
        "list": lambda: _list_command(name, services, list_options, hint, note),
        "get": lambda: _show_command(name, services, show),
        "create": lambda: _create_command(name, services),
        "create_or_update": lambda: _create_or_update_command(name, services),
        "update": lambda: _update_command(name, services),
        "archive": lambda: _archive_command(name, services),
        "restore": lambda: _restore_command(name, services),
        "delete": lambda: _delete_command(name, services),
    }
    for operation, command in commands.items():
        if operation in name.operations:
            group.add_command(command())
    return group


def read_resource(model: type[S] | None, file: Path | None, values: Iterable[str]) -> S:
    """Return the fields that a YAML file and options give; secrets among them are read from the terminal."""
    from jupyter_ml.cli.secret_input import separate_secrets
    from jupyter_ml.schemas.fields import read_fields

    assert model is not None, "the kind does not have this operation"
    return read_fields(model, file, *separate_secrets(values))


def _metavar(kind: KindName) -> str:
    return "NAME[:VERSION|@LABEL]" if kind.versioned else "NAME"


def _name(metavar: str) -> Callable[[Any], Any]:
    return click.argument("name", metavar=metavar)


def _names(kind: KindName) -> Callable[[Any], Any]:
    return click.argument("names", metavar=f"{_metavar(kind)}...", nargs=-1, required=True)


def _on_all_versions(kind: KindName, summary: str) -> str:
    """Return the help of a command that changes all versions of an asset, if it is given no version."""
    return f"{summary} A name without a version means all versions." if kind.versioned else summary


def _with_versions(kind: KindName, name: str) -> str:
    from jupyter_ml.schemas.references import AssetRef

    return f"{name} with all its versions" if kind.versioned and AssetRef.parse(name).is_whole else name


class _ListCommand(click.Command):
    """A list; what begins with a minus is an option, although a filter may begin with one."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        given = next((arg for arg in args if re.match("-[^-]", arg)), "")
        try:
            return super().parse_args(ctx, args)
        except click.NoSuchOption as error:
            if error.option_name.startswith("--"):
                raise
            hint = f"A filter that begins with a minus follows --, e.g. {ctx.command_path} -- {given!r}"
            raise click.UsageError(f"{error.format_message()} {hint}", ctx) from error


def _list_command(
    kind: KindName, services: Services, declarations: Sequence[Option], hint: str, note: Note | None
) -> click.Command:
    filters = next(option for option in declarations if option.is_argument)

    @click.command("list", cls=_ListCommand, help=f"List {kind.titles}.\n\n{filters.metavar}: {filters.help}")
    @declared(declarations)
    @common
    def command(**options: Any) -> None:
        from jupyter_ml.cli.rendering import render_resources
        from jupyter_ml.schemas.validation import validated

        workspace = open_workspace()
        resources = services(workspace)
        query = validated(resources.kind.query, list_query(options))
        items = resources.list(query).items
        render_resources(items, resources.kind.columns_of(query), "" if items else resources.empty_text(query, hint))
        if note and (message := note(workspace)):
            echo(message, err=True)

    return command


def _show_command(kind: KindName, services: Services, show: Show) -> click.Command:
    @click.command("show", help=f"Show one {kind.title}.")
    @_name(_metavar(kind))
    @common
    def command(name: str) -> None:
        workspace = open_workspace()
        show(workspace, services(workspace).get(name))

    return command


def _create_command(kind: KindName, services: Services) -> click.Command:
    @click.command("create", help=f"Create one {kind.title}, from a YAML file, from options or from both.")
    @FILE
    @VALUES
    @common
    def command(file: Path | None, values: tuple[str, ...]) -> None:
        from jupyter_ml.cli.rendering import echo_result
        from jupyter_ml.schemas.fields import located

        resources = services(open_workspace())
        spec = read_resource(resources.kind.spec, file, values)
        with located(file):
            item = resources.create(spec)
        echo_result(item, f"{item.reference}: created")

    return command


def _create_or_update_command(kind: KindName, services: Services) -> click.Command:
    @click.command(
        "create-or-update", help=f"Create one {kind.title}, or replace its fields; those that are not given are reset."
    )
    @FILE
    @VALUES
    @declared([REVISION])
    @common
    def command(file: Path | None, values: tuple[str, ...], revision: int | None) -> None:
        from jupyter_ml.cli.rendering import echo_result
        from jupyter_ml.schemas.fields import located

        resources = services(open_workspace())
        spec = read_resource(resources.kind.spec, file, values)
        with located(file):
            item, is_new = resources.save(spec, revision=revision)
        echo_result(item, f"{item.reference}: {'created' if is_new else 'updated'}")

    return command


def _update_command(kind: KindName, services: Services) -> click.Command:
    @click.command("update", help=f"Change fields of one {kind.title}.")
    @_name("NAME:VERSION|NAME@LABEL" if kind.versioned else "NAME")
    @click.option("--file", "-f", type=click.Path(path_type=Path), help="YAML file with the fields to change.")
    @declared(UPDATE_OPTIONS)
    @common
    def command(name: str, file: Path | None, values: tuple[str, ...], revision: int | None) -> None:
        from jupyter_ml.cli.rendering import echo_result
        from jupyter_ml.schemas.fields import located, read_changes

        resources = services(open_workspace())
        changes = read_changes(resources.kind.changes, file, values)
        before = resources.get(name).revision
        with located(file):
            item = resources.update(name, changes, revision=revision)
        echo_result(item, f"{item.reference}: {'unchanged' if item.revision == before else 'updated'}")

    return command


def _archive_command(kind: KindName, services: Services) -> click.Command:
    @click.command("archive", help=_on_all_versions(kind, f"Archive {kind.titles}."))
    @_names(kind)
    @common
    def command(names: tuple[str, ...]) -> None:
        from jupyter_ml.cli.rendering import echo_results

        resources = services(open_workspace())
        echo_results((resources.archive(name), f"{name}: archived") for name in names)

    return command


def _restore_command(kind: KindName, services: Services) -> click.Command:
    @click.command("restore", help=_on_all_versions(kind, f"Restore archived {kind.titles}."))
    @_names(kind)
    @common
    def command(names: tuple[str, ...]) -> None:
        from jupyter_ml.cli.rendering import echo_results

        resources = services(open_workspace())
        echo_results((resources.restore(name), f"{name}: restored") for name in names)

    return command


def _delete_command(kind: KindName, services: Services) -> click.Command:
    @click.command("delete", help=_on_all_versions(kind, f"Delete {kind.titles}."))
    @_names(kind)
    @click.option("--yes", "-y", is_flag=True, help="Do not ask for confirmation.")
    @common
    def command(names: tuple[str, ...], yes: bool) -> None:
        from jupyter_ml.cli.rendering import echo_results

        resources = services(open_workspace())
        if not yes:
            deleted_names = [_with_versions(kind, name) for name in names]
            click.confirm(f"Delete {', '.join(deleted_names)}?", abort=True, err=True)

        def deleted(name: str) -> tuple[dict[str, Any], str]:
            resources.delete(name)
            return {"name": name}, f"{name}: deleted"

        echo_results(map(deleted, names))

    return command
