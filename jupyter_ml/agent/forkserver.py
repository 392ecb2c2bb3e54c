# Copyright (c) the Jupyter ML developers.
# Distributed under the terms of the BSD 3-Clause License.

"""An agent that forks programs, which have what it has imported."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any

from jupyter_ml.agent.agent import Agent
from jupyter_ml.agent.forking import fork
from jupyter_ml.agent.learning import Learning
from jupyter_ml.agent.processes import MARKER
from jupyter_ml.agent.surroundings import surroundings

if TYPE_CHECKING:
    from collections.abc import Collection

    from jupyter_ml.agent.preloading import Preloaded

__all__ = ["Forkserver"]


class Forkserver(Agent):
    """An agent that also forks.

    Parameters
    ----------
    preloaded
        What it has imported.
    learned
        File with the names of modules that it learns; None for one that learns none.

    Attributes
    ----------
    forked_at : float
        When it has forked last, by `time.monotonic`.
    """

    def __init__(self, preloaded: Preloaded, learned: str | None = None) -> None:
        super().__init__()
        self._preloaded, self.forked_at = preloaded, time.monotonic()
        self._learning = Learning(preloaded, learned) if learned else None

    async def do_fork(
        self,
        *,
        key: str,
        call: str,
        arguments: list[str],
        cwd: str,
        env: dict[str, str],
        path: Collection[str] = (),
        limits: dict[str, Any],
        around: dict[str, Any] | None = None,
        given: list[int],
    ) -> dict[str, Any]:
        """Fork a program from this process instead of starting one, or return why it is refused; see `forking.fork`.

        It imports from the directories of `path` first. `around` is what `surroundings` has returned for the client.
        """
        if key not in self._programs:
            if refusal := self._refusal(env, path, around, cwd):
                return {"refused": refusal}
            self.forked_at = time.monotonic()
            pid = fork(call, arguments, cwd=cwd, env=env, limits=limits, descriptors=given)
            self._add(key, pid, env.get(MARKER, ""))
        return self._identified(key)

    async def do_learn(self, *, modules: list[str], env: dict[str, str]) -> None:
        """Import modules that a program with these variables has imported, where that is safe."""
        if self._learning is not None:
            self._learning.add(modules, env)

    def _refusal(
        self, env: dict[str, str], path: Collection[str], around: dict[str, Any] | None, cwd: str
    ) -> str | None:
        if self._preloaded.changed():
            self.retired.set()
            return "packages have been installed or removed"
        if around is not None and around != surroundings():
            return "it has another control group, namespace, scheduler or user"
        return self._preloaded.refusal(env, path, cwd)
