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
    """Look after the program that runs the jobs; it starts by itself when there is something to do."""


@supervisor.command()
@common
def start() -> None:
    """Start it, if it does not run."""
    from jupyter_ml.cli.rendering import say

    info = open_workspace().supervisor.start()
    say(info, f"The supervisor runs (process {info.pid}, version {info.version}).")


@supervisor.command()
@common
def stop() -> None:
    """Stop it; running jobs go on, and the next supervisor takes them over."""
    from jupyter_ml.cli.rendering import say

    stopped = open_workspace().supervisor.stop()
    say({"stopped": stopped}, "The supervisor has stopped." if stopped else "The supervisor does not run.")


@supervisor.command()
@common
def status() -> None:
    """Say whether it runs; as JSON, what REST says of it, or null."""
    from jupyter_ml.cli.rendering import show_pairs

    workspace = open_workspace()
    info = workspace.supervisor.status()
    shown = {
        "running": "yes" if info else "no",
        **(info.model_dump(exclude={"service"}) if info else {}),
        "log": workspace.layout.supervisor_log,
        "jobs": "  ".join(f"{state} {count}" for state, count in workspace.jobs.counts().items()),
    }
    show_pairs(info, shown)


@supervisor.command()
@common
def run() -> None:
    """Be the supervisor, in the foreground and without end: for systemd and its like."""
    service = open_workspace().supervisor
    command = service.service_command()
    os.execve(command[0], command, service.environment())
