# Copyright (c) the Jupyter ML developers.
# Distributed under the terms of the BSD 3-Clause License.

"""``jupyter ml vault``."""

from __future__ import annotations

import click

from jupyter_ml.cli.options import common, open_workspace

__all__ = ["vault"]


@click.group()
def vault() -> None:
    """Manage the secrets of the workspace: named values that jobs get, and the credentials of datastores."""


@vault.command("list")
@common
def list_() -> None:
    """List what the vault has, without values."""
    from jupyter_ml.cli.rendering import render_list

    entries = open_workspace().vault.list()
    rows = ([entry.name, entry.kind] for entry in entries)
    render_list(entries, ["name", "kind"], rows, "The vault is empty. Store a secret with: jupyter ml vault set NAME")


@vault.command("set")
@click.argument("name")
@common
def set_(name: str) -> None:
    """Store a secret, which each job gets that names it in its key 'secrets'.

    The value is read from the terminal without showing it, or from standard input if that is a pipe.
    """
    from jupyter_ml.cli.rendering import echo_result
    from jupyter_ml.cli.secret_input import read_secret

    service = open_workspace().vault
    service.set(name, read_secret(name))
    echo_result({"name": name}, f"{name}: stored")


@vault.command()
@click.argument("names", metavar="NAME...", nargs=-1, required=True)
@click.option("--yes", "-y", is_flag=True, help="Do not ask for confirmation.")
@common
def delete(names: tuple[str, ...], yes: bool) -> None:
    """Delete secrets, or what no datastore uses any more."""
    from jupyter_ml.cli.rendering import echo_results

    service = open_workspace().vault
    if not yes:
        click.confirm(f"Delete {', '.join(names)}?", abort=True, err=True)

    def deleted(name: str) -> tuple[dict[str, str], str]:
        service.delete(name)
        return {"name": name}, f"{name}: deleted"

    echo_results(map(deleted, names))


@vault.command()
@common
def rotate() -> None:
    """Encrypt everything in the vault with a new key.

    It can be interrupted at any moment, and repeated. If the key is in JUPYTER_ML_VAULT_KEY, set it to NEW,OLD before,
    and to NEW afterwards.
    """
    from jupyter_ml.cli.rendering import echo_result

    open_workspace().vault.rotate()
    echo_result({}, "The vault is encrypted with a new key.")
