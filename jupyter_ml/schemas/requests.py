"""What a client has asked for and the supervisor has not done yet."""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated

from pydantic import AfterValidator

from jupyter_ml.schemas.base import Schema, Time

__all__ = ["PendingRequest", "RequestKind"]

MAX_CHARS = 2_000

_Message = Annotated[str, AfterValidator(lambda text: text if len(text) <= MAX_CHARS else f"{text[: MAX_CHARS - 1]}…")]


class RequestKind(StrEnum):
    """What is asked for."""

    CANCEL = "cancel"
    DELETE = "delete"


class PendingRequest(Schema):
    """A request that waits for the supervisor; one that fails is tried again until it is withdrawn."""

    kind: RequestKind
    requested_at: Time
    attempts: int = 0
    """How often it has failed."""
    error: _Message | None = None
    """Why it failed the last time."""
    retry_at: Time | None = None
    """When it is tried again, after a failure."""
