# Copyright (c) the Jupyter ML developers.
# Distributed under the terms of the BSD 3-Clause License.

"""The root command group, and the exit codes of errors."""

from __future__ import annotations

import logging
import sys
from io import StringIO
from typing import TYPE_CHECKING

import click

from jupyter_ml.cli.computes import compute
from jupyter_ml.cli.data import data
from jupyter_ml.cli.datastores import datastore
from jupyter_ml.cli.doctor import doctor
from jupyter_ml.cli.environments import environment
from jupyter_ml.cli.exit_codes import ABORTED, exit_code
from jupyter_ml.cli.experiments import experiment
from jupyter_ml.cli.jobs import job
from jupyter_ml.cli.lineage import lineage
from jupyter_ml.cli.models import model
from jupyter_ml.cli.options import store_workspace
from jupyter_ml.cli.printing import echo
from jupyter_ml.cli.resources import resource_group
from jupyter_ml.cli.run import run as run_command
from jupyter_ml.cli.supervisor import supervisor
from jupyter_ml.cli.vault import vault
from jupyter_ml.cli.workspace import workspace
from jupyter_ml.errors import JupyterMLError
from jupyter_ml.schemas.names import NAMES
from jupyter_ml.version import __version__

if TYPE_CHECKING:
    from collections.abc import Sequence

__all__ = ["cli", "run"]


@click.group(context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 110})
@click.version_option(__version__, prog_name="jupyter ml")
@click.option(
    "--workspace", metavar="DIRECTORY", expose_value=False, callback=store_workspace, help="Workspace to use."
)
def cli() -> None:
    """Turn notebooks and scripts into tracked jobs.

    The workspace is the one given with --workspace or JUPYTER_ML_WORKSPACE, else the nearest .jupyter-ml directory in
    the working directory or its parents, else your default workspace.
    """


_NOT_SHOWN = logging.NullHandler()

GROUPS = (job, experiment, datastore, data, environment, model, compute)
"""Groups with commands of their own; other kinds have those of every kind."""

for command in (
    run_command,
    *GROUPS,
    *(resource_group(name) for name in NAMES if name.command not in {group.name for group in GROUPS}),
    lineage,
    vault,
    workspace,
    supervisor,
    doctor,
):
    cli.add_command(command)


def run(arguments: Sequence[str] | None = None) -> int:
    """Run one command line and return its exit code."""
    _quieten_libraries()
    try:
        result = cli.main(args=arguments, prog_name="jupyter ml", standalone_mode=False)
    except click.ClickException as error:
        message = StringIO()
        error.show(message)
        echo(message.getvalue(), err=True, end="")
        return error.exit_code
    except JupyterMLError as error:
        echo(f"Error: {error}", err=True)
        return exit_code(error)
    except (click.Abort, KeyboardInterrupt):
        echo("Aborted.", err=True)
        return ABORTED
    except BrokenPipeError:  # as in `jupyter ml job list | head`
        sys.stderr.close()
        return 0
    return result if isinstance(result, int) else 0


def _quieten_libraries() -> None:
    """Show what this package logs, and not what libraries log: it is in the errors that they raise, too."""
    if logging.lastResort is not None:
        logging.getLogger("jupyter_ml").addHandler(logging.lastResort)
    logging.getLogger().addHandler(_NOT_SHOWN)
