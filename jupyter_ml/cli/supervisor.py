# Copyright (c) the Jupyter ML developers.
# Distributed under the terms of the BSD 3-Clause License.

"""``jupyter ml supervisor``."""

from __future__ import annotations

import os

import click

from jupyter_ml.cli.options import common, open_workspace

__all__ = ["supervisor"]


@click.group()
def supervisor() -> None:
    """Manage the background process that runs jobs; it is started on demand."""


@supervisor.command()
@common
def start() -> None:
    """Start the supervisor if it is not running."""
    from jupyter_ml.cli.rendering import echo_result

    info = open_workspace().supervisor.start()
    echo_result(info, f"The supervisor is running (process {info.pid}, version {info.version}).")


@supervisor.command()
@common
def stop() -> None:
    """Stop the supervisor; running jobs continue, and the next supervisor adopts them."""
    from jupyter_ml.cli.rendering import echo_result

    stopped = open_workspace().supervisor.stop()
    echo_result({"stopped": stopped}, "The supervisor has stopped." if stopped else "The supervisor is not running.")


@supervisor.command()
@common
def status() -> None:
    """Show whether the supervisor is running; as JSON, the same object as the REST API, or null."""
    from jupyter_ml.cli.rendering import render_details

    workspace = open_workspace()
    info = workspace.supervisor.status()
    details = {
        "running": "yes" if info else "no",
        **(info.model_dump(exclude={"service"}) if info else {}),
        "log": workspace.supervisor.log,
        "jobs": "  ".join(f"{state} {count}" for state, count in workspace.jobs.counts().items()),
    }
    render_details(info, details)


@supervisor.command()
@common
def run() -> None:
    """Run the supervisor in the foreground (for systemd or a container)."""
    service = open_workspace().supervisor
    command = service.service_command()
    os.execve(command[0], command, service.environment())
