# Copyright (c) the Jupyter ML developers.
# Distributed under the terms of the BSD 3-Clause License.

"""Requests of clients that the supervisor has not carried out yet."""

from __future__ import annotations

from enum import StrEnum

from jupyter_ml.schemas.base import Schema, Sentence, Time

__all__ = ["PendingRequest", "RequestKind"]


class RequestKind(StrEnum):
    """What is requested."""

    CANCEL = "cancel"
    DELETE = "delete"


class PendingRequest(Schema):
    """A request that waits for the supervisor; one that fails is tried again until it is withdrawn."""

    kind: RequestKind
    requested_at: Time
    attempts: int = 0
    """How often it has failed."""
    error: Sentence | None = None
    """Why it failed the last time."""
    retry_at: Time | None = None
    """When it is tried again, after a failure."""
