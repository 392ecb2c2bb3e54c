# Copyright (c) the Jupyter ML developers.
# Distributed under the terms of the BSD 3-Clause License.

"""Import what programs have imported before, so that those that are forked next have it."""

from __future__ import annotations

import asyncio
import contextlib
import re
import sys
from typing import TYPE_CHECKING

from jupyter_ml.agent.environments import given_environment
from jupyter_ml.agent.probing import probe

if TYPE_CHECKING:
    from collections.abc import Iterable

    from jupyter_ml.agent.preloading import Preloaded

__all__ = ["Learning"]

MOST = 100
"""Modules."""
NAME = re.compile(r"\w{1,100}(\.\w{1,100}){0,10}")


class Learning:
    """The modules that an agent learns, one after the other.

    Parameters
    ----------
    preloaded
        What it has imported.
    file
        Where their names are stored for the next agent, which learns them when it starts.
    """

    def __init__(self, preloaded: Preloaded, file: str) -> None:
        self._preloaded, self._file = preloaded, file
        self._known: set[str] = set()
        self._task: asyncio.Task[None] | None = None
        self._wanted: list[tuple[str, set[str]]] = []
        with contextlib.suppress(FileNotFoundError), open(self._file, encoding="utf-8") as stored:
            self.add(stored.read().split(), given_environment())

    def add(self, modules: Iterable[str], env: dict[str, str]) -> None:
        """Learn modules that a program with these variables has imported."""
        for module in modules:
            if module not in self._known and len(self._known) < MOST and NAME.fullmatch(module):
                self._known.add(module)
                self._wanted.append((module, self._preloaded.differences(env)))
        if self._wanted and (self._task is None or self._task.done()):
            self._task = asyncio.ensure_future(self._learn())

    async def _learn(self) -> None:
        while self._wanted:
            module, different = self._wanted.pop(0)
            if module not in sys.modules:
                problem = await probe(module, different)
                if problem is None:
                    self._preloaded.learn(module)
                    self._remember(module)
                sys.stderr.write(f"agent: {module} is {'imported' if problem is None else f'left out: {problem}'}\n")
                sys.stderr.flush()

    def _remember(self, module: str) -> None:
        with open(self._file, "a+", encoding="utf-8") as file:
            file.seek(0)
            if module not in file.read().split():
                file.write(f"{module}\n")
