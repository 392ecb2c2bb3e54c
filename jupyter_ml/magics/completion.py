# Copyright (c) the Jupyter ML developers.
# Distributed under the terms of the BSD 3-Clause License.

"""Complete lines that begin with ``%ml`` or ``%%ml``."""

from __future__ import annotations

import itertools
import os
import re
from pathlib import Path
from typing import TYPE_CHECKING

from IPython.core.completer import SimpleCompletion

from jupyter_ml.errors import JupyterMLError
from jupyter_ml.schemas.escaping import visible
from jupyter_ml.schemas.filters import quoted

if TYPE_CHECKING:
    import argparse
    from collections.abc import Iterable

    from IPython.core.completer import CompletionContext, SimpleMatcherResult

    from jupyter_ml.magics.ml import Command, MLMagics

__all__ = ["Completion"]

_LINE = re.compile(r"(?:^|=)\s*(?P<magic>%{1,2}ml)\s(?P<rest>.*)$")


class Completion:
    """A matcher for IPython's completer."""

    matcher_api_version = 2
    matcher_identifier = "jupyter_ml"
    matcher_priority = 100.0

    def __init__(self, magics: MLMagics) -> None:
        self._magics = magics
        self.__qualname__ = type(self).__name__  # required by IPython

    def __call__(self, context: CompletionContext) -> SimpleMatcherResult:
        """Return the completions at the cursor, and none in a line without ``%ml``."""
        match = _LINE.search(context.text_until_cursor)
        if match is None:
            return {"completions": []}
        *before, current = re.split(r"\s+", match["rest"].lstrip())
        try:
            found = self._candidates(match["magic"], before, current)
        except JupyterMLError:  # without a workspace there are no completions
            found = []
        # a name with an end of line would insert a line of code into the cell;
        # IPython replaces its own token, which starts after a = or a quotation mark
        skip = len(current) - len(context.token)
        texts = sorted({text for text in found if text.startswith(current) and text == visible(text)})
        return {
            "completions": [SimpleCompletion(text[skip:], type="magic") for text in texts],
            "suppress": True,
            "ordered": True,
        }

    def _candidates(self, magic: str, before: list[str], current: str) -> Iterable[str]:
        if not before:
            return [name for name, command in self._magics.commands.items() if command.magic == magic]
        command = self._magics.commands.get(before[0])
        if command is None or command.magic != magic:
            return []
        options = {name: argument for argument in command.parser.arguments for name in argument.option_strings}
        option = options.get(before[-1])
        if option is not None and option.nargs != 0:
            return self._parameters(command, before) if option.dest == "parameters" else self._values(option, current)
        name, equals, value = current.partition("=")
        if equals and name in options:
            return (f"{name}={found}" for found in self._values(options[name], value))
        if current.startswith("-"):
            return options
        return self._argument(command, before[1:], current)

    def _parameters(self, command: Command, before: list[str]) -> Iterable[str]:
        """Return the parameters of the notebook or the job that a line names."""
        given, jobs = _positional(command, before[1:-1]), self._magics.workspace.jobs
        if not given:
            return []
        if before[0] == "rerun":
            return (f"{name}=" for name in jobs.get(given[0]).parameters)
        declared = jobs.parameters(given[0]) if given[0].endswith(".ipynb") else ()
        return (f"{parameter.name}=" for parameter in declared)

    def _argument(self, command: Command, before: list[str], current: str) -> Iterable[str]:
        given = _positional(command, before)
        arguments = [argument for argument in command.parser.arguments if not argument.option_strings]
        return self._values(arguments[len(given)], current) if len(given) < len(arguments) else []

    def _values(self, argument: argparse.Action, current: str) -> Iterable[str]:
        if argument.choices:
            return map(str, argument.choices)
        workspace = self._magics.workspace
        match argument.dest:
            case "file" | "code":
                return _files(current)
            case "word":
                return self._magics.commands
            case "name" if not argument.option_strings:
                return workspace.jobs.names(current)
            case "experiment_name":
                query = workspace.experiments.kind.query(filter=quoted(current) if current else "", limit=1_000)
                return (item.name for item in workspace.experiments.list(query).items)
        return []


def _positional(command: Command, words: list[str]) -> list[str]:
    """Return the words that are neither options nor their values."""
    valued = {name for item in command.parser.arguments if item.nargs != 0 for name in item.option_strings}
    pairs = itertools.pairwise(["", *words])
    return [word for previous, word in pairs if not word.startswith("-") and previous not in valued]


def _files(start: str) -> Iterable[str]:
    """Return the directories, notebooks and scripts whose path begins with `start`."""
    from jupyter_ml.services.jobs.types.registry import SUFFIXES

    directory, _, name = start.rpartition("/")
    prefix = f"{directory}/" if "/" in start else ""
    try:
        entries = list(os.scandir(Path(prefix or ".").expanduser()))
    except OSError:
        return []
    shown = [entry for entry in entries if entry.name.startswith(name) and (name or not entry.name.startswith("."))]
    return [
        f"{prefix}{entry.name}{'/' if entry.is_dir() else ''}"
        for entry in shown
        if entry.is_dir() or Path(entry.name).suffix.lower() in SUFFIXES
    ]
