# Copyright (c) the Jupyter ML developers.
# Distributed under the terms of the BSD 3-Clause License.

"""Parse the options of ``%ml`` and ``%%ml``."""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING, Any, NoReturn

from IPython.core.error import UsageError

from jupyter_ml.schemas.specs import Priority
from jupyter_ml.schemas.states import JobState

if TYPE_CHECKING:
    from collections.abc import Sequence

__all__ = ["Parser", "add_job_options", "add_list_options", "assignments", "job_settings"]


class Parser(argparse.ArgumentParser):
    """An argument parser that raises `UsageError` with a message of one line instead of exiting.

    Attributes
    ----------
    arguments : list of argparse.Action
        Arguments in the order of their declaration.
    """

    def __init__(self, name: str, description: str) -> None:
        self.arguments: list[argparse.Action] = []
        super().__init__(prog=name, description=description, add_help=False, allow_abbrev=False)

    def take(self, *names: str, **how: Any) -> None:
        """Add an argument; see `argparse.ArgumentParser.add_argument`."""
        self.arguments.append(self.add_argument(*names, **how))

    def error(self, message: str) -> NoReturn:
        """Raise the error, with a reference to the help of the command."""
        raise UsageError(f"{self.prog}: {message}; see %ml help {self.prog.split()[-1]}")


def add_list_options(parser: Parser) -> None:
    """Add the options that filter and sort jobs to a parser."""
    states = [state.value for state in JobState]
    parser.take("--state", dest="states", action="append", choices=states, metavar="STATE", help="only in this state")
    parser.take("--experiment-name", "-e", metavar="NAME", help="only of this experiment")
    parser.take("--search", metavar="TEXT", help="only with this in their name or display name")
    parser.take("--where", action="append", metavar="CONDITION", help="as 'metrics.r2 > 0.4' or 'tags.team = a'")
    parser.take("--sort", metavar="KEY", help="a column, metrics.NAME or parameters.NAME; created_at when absent")
    parser.take("--ascending", action="store_true", help="smallest or oldest first")
    parser.take("--archived", action="store_true", help="archived jobs instead")
    parser.take("--limit", type=int, default=50, metavar="N", help="how many to show; 50 when absent")
    parser.take("--offset", type=int, default=0, metavar="N", help="how many to pass over")


def add_job_options(parser: Parser) -> None:
    """Add the options of ``jupyter ml run`` to a parser."""
    given = {"action": "append", "default": []}
    parser.take("--parameter", "-p", dest="parameters", metavar="NAME=VALUE", help="value of a parameter", **given)
    parser.take("--name", metavar="NAME", help="name of the job; made up when absent")
    parser.take("--display-name", metavar="NAME", help="what to call it; need not be unique")
    parser.take("--experiment-name", "-e", metavar="NAME", help="experiment; the folder's name when absent")
    parser.take("--description", metavar="TEXT", help="what it is for")
    parser.take("--tag", dest="tags", metavar="NAME=VALUE", help="tag to find it by", **given)
    parser.take("--compute", metavar="NAME", help="where it runs; local when absent")
    parser.take("--kernel", dest="kernel_name", metavar="NAME", help="kernel, instead of the notebook's")
    parser.take(
        "--code", metavar="FOLDER", default=True, help="run in a copy of this folder; the file's own when absent"
    )
    parser.take("--no-code", dest="code", action="store_false", help="keep the notebook alone")
    keep = "keep what it writes beside outputs/"
    parser.take("--keep-files", action=argparse.BooleanOptionalAction, default=None, help=keep)
    own = "environment variable; NAME alone takes the one of this session"
    parser.take("--env", dest="environment_variables", metavar="NAME[=VALUE]", help=own, **given)
    parser.take("--secret", dest="secrets", metavar="NAME", help="environment variable that nobody may see", **given)
    parser.take("--timeout", type=float, metavar="S", help="seconds after which it is ended")
    parser.take("--cell-timeout", type=float, metavar="S", help="seconds for each cell")
    parser.take("--retries", type=int, metavar="N", help="how often to try again after a failure")
    priorities = [priority.value for priority in Priority]
    parser.take("--priority", choices=priorities, metavar="PRIORITY", help="place in the queue; medium when absent")


def job_settings(options: argparse.Namespace) -> dict[str, Any]:
    """Return the options of ``jupyter ml run`` as keys of a job spec, without parameters and code."""
    settings = {name: value for name, value in vars(options).items() if name not in ("file", "parameters", "code")}
    limits = {name: settings.pop(name) for name in ("timeout", "cell_timeout")}
    variables = settings["environment_variables"]
    settings["pass_environment"] = [text for text in variables if "=" not in text]
    settings["environment_variables"] = assignments([text for text in variables if "=" in text])
    settings["tags"] = assignments(settings["tags"])
    settings["limits"] = {name: value for name, value in limits.items() if value is not None}
    return {name: value for name, value in settings.items() if value not in (None, {}, [])}


def assignments(texts: Sequence[str]) -> dict[str, str]:
    """Return NAME=VALUE words as a mapping."""
    result: dict[str, str] = {}
    for text in texts:
        name, equals, value = text.partition("=")
        if not equals or not name:
            raise UsageError(f"{text!r} is not NAME=VALUE")
        if name in result:
            raise UsageError(f"{name!r} is given twice")
        result[name] = value
    return result
