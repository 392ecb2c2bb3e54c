# Copyright (c) the Jupyter ML developers.
# Distributed under the terms of the BSD 3-Clause License.

"""What a type of compute can do, and the settings of one that needs none."""

from __future__ import annotations

from dataclasses import dataclass

from jupyter_ml.schemas.base import Schema

__all__ = ["Capabilities", "NoSettings"]


class NoSettings(Schema):
    """The settings of a type of compute that needs none."""


@dataclass(frozen=True, kw_only=True)
class Capabilities:
    """What a type of compute can do.

    Attributes
    ----------
    shared_files
        Whether the paths of the supervisor's machine are valid on the compute, too.
    stops
        Whether it can be stopped, restarted and deleted.
    attached
        Whether it exists without Jupyter ML: it is never stopped, and what is deleted is only what was added to it.
    scales
        Whether it can grow and shrink.
    logs
        Whether it has a log of its own.
    """

    shared_files: bool = False
    stops: bool = False
    attached: bool = False
    scales: bool = False
    logs: bool = False

    @property
    def changes(self) -> bool:
        """Whether its state changes, and something of it has to be deleted."""
        return self.stops or self.attached
