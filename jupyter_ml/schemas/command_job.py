# Copyright (c) the Jupyter ML developers.
# Distributed under the terms of the BSD 3-Clause License.

"""The spec of a job that runs a shell command."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from pydantic import Field, model_validator

from jupyter_ml.schemas.distribution import Distribution
from jupyter_ml.schemas.job_spec import JobSpec
from jupyter_ml.schemas.validation import misplaced

if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import Self

__all__ = ["CommandJob"]


class CommandJob(JobSpec):
    """Run a shell command in a copy of the code."""

    similar_by = ("command",)

    type: Literal["command"] = "command"
    """Optional in a YAML file."""
    command: str = Field(min_length=1, max_length=100_000, title="Command", json_schema_extra={"x-widget": "textarea"})
    """For ``bash``, which gets the values of expressions in variables: they are arguments and never code."""
    distribution: Distribution | None = None
    """Several processes that run the command at the same time, such as those of PyTorch; by default it is one."""

    @model_validator(mode="after")
    def _processes_on_all_nodes(self) -> Self:
        nodes = self.resources.instance_count
        if self.distribution is None:
            _require(nodes == 1, f"{nodes} nodes need the key distribution: which processes run there?")
        else:
            total = self.distribution.total(nodes)
            _require(nodes <= total, f"{nodes} nodes are more than the processes of the distribution, {total}")
        return self

    def expressions(self) -> Iterator[tuple[tuple[str, ...], str]]:
        """Yield the command."""
        yield ("command",), self.command

    @property
    def program(self) -> str:
        """The command."""
        return self.command


def _require(condition: bool, message: str) -> None:
    if not condition:
        raise misplaced(message, ("resources", "instance_count"))
