# Copyright (c) the Jupyter ML developers.
# Distributed under the terms of the BSD 3-Clause License.

"""``%ml`` and ``%%ml``."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

from IPython.core.error import UsageError
from IPython.core.magic import Magics, line_cell_magic, magics_class, needs_local_scope, no_var_expand

from jupyter_ml.errors import JupyterMLError, nearest
from jupyter_ml.magics import experiments, jobs
from jupyter_ml.magics.options import Parser, add_job_options, add_list_options
from jupyter_ml.magics.values import words
from jupyter_ml.schemas.escaping import visible

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from IPython.core.interactiveshell import InteractiveShell

    from jupyter_ml.services.workspace import Workspace

__all__ = ["Command", "MLMagics"]


@dataclass(frozen=True)
class Command:
    """One word that may follow ``%ml`` or ``%%ml``.

    Attributes
    ----------
    call
        What it does: from the workspace and the options, for ``%%ml`` from the cell's code too, to what is shown.
    parser
        What it takes.
    magic
        ``%ml`` or ``%%ml``.
    """

    call: Callable[..., Any]
    parser: Parser
    magic: str = "%ml"


def _verb(word: str, call: Callable[..., Any], *takes: Callable[[Parser], None], magic: str = "%ml") -> Command:
    parser = Parser(f"{magic} {word}", (call.__doc__ or "").strip())
    for take in takes:
        take(parser)
    return Command(call, parser, magic)


def _job(parser: Parser) -> None:
    parser.take("name", metavar="NAME", help="name of the job")


def _file(parser: Parser) -> None:
    parser.take("file", metavar="NOTEBOOK|SCRIPT", help="what to run")


def _archived(parser: Parser) -> None:
    parser.take("--archived", action="store_true", help="archived ones instead")


@magics_class
class MLMagics(Magics):
    """The magics of one session.

    Attributes
    ----------
    verbs : dict of str to Command
        What can follow ``%ml``, and with `job` what can follow ``%%ml``.
    variables : dict of str to str
        Environment variables that were set for the session.
    """

    def __init__(self, shell: InteractiveShell) -> None:
        super().__init__(shell)
        self.variables: dict[str, str] = {}
        self.verbs: dict[str, Command] = {
            "jobs": _verb("jobs", jobs.jobs, add_list_options),
            "run": _verb("run", jobs.run, _file, add_job_options),
            "show": _verb("show", jobs.show, _job),
            "cancel": _verb("cancel", jobs.cancel, _job),
            "experiments": _verb("experiments", experiments.experiments, _archived),
            "job": _verb("job", jobs.run_cell, add_job_options, magic="%%ml"),
            "help": Command(self._help, Parser("%ml help", "Say what can be written after %ml."), "%ml"),
        }
        self.verbs["help"].parser.take("word", nargs="?", metavar="WORD", help="one of these words")

    @cached_property
    def workspace(self) -> Workspace:
        """The workspace of the session; the one that the command line uses in the same folder."""
        from jupyter_ml.services.workspace import Workspace

        return Workspace.open()

    @needs_local_scope
    @no_var_expand
    @line_cell_magic
    def ml(self, line: str, cell: str | None = None, local_ns: Mapping[str, Any] | None = None) -> Any:
        """Submit, watch and list jobs; ``%ml help`` says how.

        ``%ml run other.ipynb -p alpha=0.5`` runs a notebook as a job, ``%%ml job`` the cell below it.
        """
        magic = "%ml" if cell is None else "%%ml"
        variables = {**(self.shell.user_ns if self.shell else {}), **(local_ns or {})}
        word, *rest = words(line, variables) or ["help" if cell is None else ""]
        verb = self.verbs.get(word)
        if verb is None or verb.magic != magic:
            raise UsageError(self._unknown(magic, word))
        if {"-h", "--help"} & set(rest):
            return self._help(word)
        options = verb.parser.parse_args(rest)
        if word == "help":
            return self._help(options.word)
        try:
            return verb.call(self.workspace, options, *([] if cell is None else [cell]))
        except JupyterMLError as error:
            raise UsageError(f"{magic} {word}: {visible('; '.join(str(error).splitlines()))}") from None

    def _unknown(self, magic: str, word: str) -> str:
        known = [name for name, verb in self.verbs.items() if verb.magic == magic]
        other = self.verbs.get(word)
        if other is not None:
            return f"write {other.magic} {word}, not {magic} {word}"
        return f"there is no {magic} {word}{nearest(word, known)}; there are: {', '.join(known)}"

    def _help(self, word: str | None = None) -> None:
        """Say what can be written after ``%ml``."""
        if word is None:
            rows = [(f"{verb.magic} {name}", verb.parser.description) for name, verb in self.verbs.items()]
            print("\n".join(f"{name:16} {description}" for name, description in rows))  # noqa: T201
            print("\n%ml help WORD says more. -p x={x} puts a variable of the notebook in.")  # noqa: T201
        elif word in self.verbs:
            print(self.verbs[word].parser.format_help())  # noqa: T201
        else:
            raise UsageError(f"there is no %ml {word}{nearest(word, self.verbs)}")
