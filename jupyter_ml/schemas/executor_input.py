# Copyright (c) the Jupyter ML developers.
# Distributed under the terms of the BSD 3-Clause License.

"""What an executor receives through its standard input: no file, command line or environment may contain it."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass, field
from typing import Any, Self

from jupyter_ml.errors import InvalidInputError

__all__ = ["ExecutorInput"]


@dataclass(frozen=True, kw_only=True)
class ExecutorInput:
    """The standard input of an executor.

    Attributes
    ----------
    environment
        Variables of the kernel or the command; the executor itself does not run with them.
    key
        Signs the last event.
    confidential
        Values to mask in everything that is written.
    connections
        Connections of datastores by name, as JSON, which the job's processes can ask for.
    workspace
        Name of the workspace.
    clock_ahead_s
        By how many seconds the clock of its machine is ahead of that of the supervisor, by which events are dated.
    """

    environment: dict[str, str] = field(repr=False)
    key: str | None = field(default=None, repr=False)
    confidential: list[str] = field(default_factory=list, repr=False)
    connections: dict[str, dict[str, Any]] = field(default_factory=dict, repr=False)
    workspace: str | None = None
    clock_ahead_s: float = 0.0

    def encode(self) -> bytes:
        """Return it as JSON."""
        return json.dumps(asdict(self)).encode()

    @classmethod
    def decode(cls, content: bytes) -> Self:
        """Return what `encode` has encoded; InvalidInputError if a part is missing.

        The error does not quote the content.
        """
        try:
            return cls(**json.loads(content))
        except (ValueError, TypeError):
            message = "the standard input of the executor is incomplete, perhaps because the supervisor was killed"
            raise InvalidInputError(f"{message}: nothing is run") from None
