# Copyright (c) the Jupyter ML developers.
# Distributed under the terms of the BSD 3-Clause License.

"""Parse the options of ``%ml`` and ``%%ml``."""

from __future__ import annotations

import argparse
import re
from typing import TYPE_CHECKING, Any, NoReturn

from IPython.core.error import UsageError

if TYPE_CHECKING:
    from collections.abc import Iterable

    from jupyter_ml.schemas.options import Option

__all__ = ["Parser"]


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

    def add_argument(self, *names: Any, **options: Any) -> argparse.Action:
        """Add an argument; see `argparse.ArgumentParser.add_argument`."""
        self.arguments.append(super().add_argument(*names, **options))
        return self.arguments[-1]

    def add_options(self, options: Iterable[Option]) -> None:
        """Add declared options."""
        for option in options:
            if option.is_argument:
                self.add_argument(option.key, nargs="*", metavar=option.metavar, help=option.help)
            else:
                self.add_argument(*option.flags, **_argparse_options(option))

    def error(self, message: str) -> NoReturn:
        """Raise the error, with a reference to the help of the command."""
        takes_filter = any(argument.nargs == "*" for argument in self.arguments)
        if takes_filter and re.match(r"unrecognized arguments: -(?!-)", message):
            message += f" (a filter that begins with a minus follows --, e.g. {self.prog} -- -is:archived)"
        raise UsageError(f"{self.prog}: {message}; see %ml help {self.prog.split()[-1]}")


def _argparse_options(option: Option) -> dict[str, Any]:
    common = {"dest": option.key, "help": option.help, "default": option.default}
    if option.type is bool:
        return {**common, "action": argparse.BooleanOptionalAction if option.negatable else "store_true"}
    common |= {"metavar": option.metavar, "choices": option.choices or None}
    return {**common, "action": "append", "default": []} if option.repeatable else {**common, "type": option.type}
