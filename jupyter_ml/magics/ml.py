# Copyright (c) the Jupyter ML developers.
# Distributed under the terms of the BSD 3-Clause License.

"""The magics ``%ml`` and ``%%ml``."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

from IPython.core.error import UsageError
from IPython.core.magic import Magics, line_cell_magic, magics_class, needs_local_scope, no_var_expand

from jupyter_ml.errors import JupyterMLError, nearest
from jupyter_ml.magics import computes, environments, jobs
from jupyter_ml.magics.options import Parser
from jupyter_ml.magics.resources import list_resources
from jupyter_ml.magics.values import split_line
from jupyter_ml.schemas.escaping import visible
from jupyter_ml.schemas.names import JOB, NAMES
from jupyter_ml.schemas.options import (
    ASSET_LIST_OPTIONS,
    DRY_RUN_OPTION,
    JOB_LIST_OPTIONS,
    JOB_OPTIONS,
    LIST_OPTIONS,
    RERUN_OPTIONS,
    UPDATE_OPTIONS,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from IPython.core.interactiveshell import InteractiveShell

    from jupyter_ml.schemas.names import KindName
    from jupyter_ml.schemas.options import Option
    from jupyter_ml.services.workspace import Workspace

__all__ = ["Command", "MLMagics"]


HELP = frozenset({"-h", "--help"})


@dataclass(frozen=True)
class Command:
    """A command of ``%ml`` or ``%%ml``.

    Attributes
    ----------
    call
        Function of the workspace, the options and, for ``%%ml``, the code of the cell; returns the result to display.
    parser
        Parser of the command's arguments.
    magic
        ``%ml`` or ``%%ml``.
    """

    call: Callable[..., Any]
    parser: Parser
    magic: str = "%ml"


def _command(
    word: str, call: Callable[..., Any], options: Iterable[Option] = (), /, *, magic: str = "%ml", **arguments: str
) -> Command:
    parser = Parser(f"{magic} {word}", (call.__doc__ or "").strip())
    for argument, metavar in arguments.items():
        parser.add_argument(argument, metavar=metavar)
    parser.add_options(options)
    return Command(call, parser, magic)


def _list_command(name: KindName) -> Command:
    options = JOB_LIST_OPTIONS if name is JOB else ASSET_LIST_OPTIONS if name.versioned else LIST_OPTIONS
    return _command(name.segment, list_resources(name), options)


@magics_class
class MLMagics(Magics):
    """The magics of one session.

    Attributes
    ----------
    commands : dict of str to Command
        Commands of ``%ml`` and ``%%ml`` by name.
    variables : dict of str to str
        Environment variables that were set for the session.
    """

    def __init__(self, shell: InteractiveShell) -> None:
        super().__init__(shell)
        self.variables: dict[str, str] = {}
        self.commands: dict[str, Command] = {
            **{name.segment: _list_command(name) for name in NAMES},
            "run": _command("run", jobs.run, (*JOB_OPTIONS, DRY_RUN_OPTION), file="NOTEBOOK|SCRIPT"),
            "rerun": _command("rerun", jobs.rerun, (*RERUN_OPTIONS, DRY_RUN_OPTION), name="NAME"),
            "show": _command("show", jobs.show, name="NAME"),
            "update": _command("update", jobs.update, UPDATE_OPTIONS, name="NAME"),
            "cancel": _command("cancel", jobs.cancel, name="NAME"),
            "files": _command("files", jobs.files, name="NAME"),
            "compute": Command(computes.compute, computes.compute_parser()),
            "environment": Command(environments.capture, environments.capture_parser()),
            "job": _command("job", jobs.run_cell, (*JOB_OPTIONS, DRY_RUN_OPTION), magic="%%ml"),
            "help": Command(self._help, Parser("%ml help", "List the commands, or describe one."), "%ml"),
        }
        self.commands["help"].parser.add_argument("word", nargs="?", metavar="COMMAND")

    @cached_property
    def workspace(self) -> Workspace:
        """The workspace of the session: the same as on the command line in this directory."""
        from jupyter_ml.services.workspace import Workspace

        return Workspace.open()

    @needs_local_scope
    @no_var_expand
    @line_cell_magic
    def ml(self, line: str, cell: str | None = None, local_ns: Mapping[str, Any] | None = None) -> Any:
        """Submit, watch and list jobs; see ``%ml help``.

        ``%ml run other.ipynb -p alpha=0.5`` runs a notebook as a job, ``%%ml job`` the code of its cell.
        """
        magic = "%ml" if cell is None else "%%ml"
        variables = {**(self.shell.user_ns if self.shell else {}), **(local_ns or {})}
        word, *rest = split_line(line, variables) or ["help" if cell is None else ""]
        if word in HELP:
            return self._help(*rest[:1])
        command = self.commands.get(word)
        if command is None or command.magic != magic:
            raise UsageError(self._unknown(magic, word))
        if HELP & set(rest):
            return self._help(word)
        options = command.parser.parse_args(rest)
        if word == "help":
            return self._help(options.word)
        try:
            return command.call(self.workspace, options, *([] if cell is None else [cell]))
        except JupyterMLError as error:
            raise UsageError(f"{magic} {word}: {visible('; '.join(str(error).splitlines()))}") from None

    def _unknown(self, magic: str, word: str) -> str:
        known = [name for name, command in self.commands.items() if command.magic == magic]
        if not word:
            return f"write {magic} COMMAND; there are: {', '.join(known)}"
        other = self.commands.get(word)
        if other is not None:
            return f"write {other.magic} {word}, not {magic} {word}"
        return f"there is no {magic} {word}{nearest(word, known)}; there are: {', '.join(known)}"

    def _help(self, word: str | None = None) -> None:
        """List the commands, or describe one."""
        if word is None:
            rows = [(f"{command.magic} {name}", command.parser.description) for name, command in self.commands.items()]
            width = max(len(name) for name, _ in rows)
            print("\n".join(f"{name:{width}}  {description}" for name, description in rows))  # noqa: T201
            print("\n%ml help COMMAND describes a command. -p x={x} inserts a variable of the notebook.")  # noqa: T201
        elif word in self.commands:
            print(self.commands[word].parser.format_help())  # noqa: T201
        else:
            raise UsageError(f"there is no %ml {word}{nearest(word, self.commands)}")
