# Copyright (c) the Jupyter ML developers.
# Distributed under the terms of the BSD 3-Clause License.

"""Interactive services of a job: web applications that run beside it, such as JupyterLab and TensorBoard."""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING, Annotated, Any, Literal

from pydantic import BeforeValidator, Discriminator, Field, Tag, model_validator

from jupyter_ml.schemas.base import Schema
from jupyter_ml.schemas.validation import misplaced

if TYPE_CHECKING:
    from collections.abc import Iterable

__all__ = [
    "CustomService",
    "JobService",
    "JobServiceInfo",
    "JupyterLabService",
    "ServiceStatus",
    "TensorBoardService",
    "socket_names",
]

_TYPES = ("jupyter_lab", "tensor_board", "custom")
_UNSUPPORTED = dict.fromkeys(
    ("ssh", "vs_code"),
    "needs an SSH server in the job; use type: jupyter_lab, which has a terminal and an editor",
)


def socket_names(services: Iterable[str]) -> dict[str, str]:
    """Return the names of the sockets of services; these are short, because paths of sockets have to be."""
    return {name: f"s{number}" for number, name in enumerate(sorted(services))}


class JupyterLabService(Schema):
    """JupyterLab in the environment and the directory of the job."""

    type: Literal["jupyter_lab"]
    """JupyterLab."""


class TensorBoardService(Schema):
    """TensorBoard in the environment of the job."""

    type: Literal["tensor_board"]
    """TensorBoard."""
    log_dir: Annotated[str, Field(min_length=1, max_length=4_096)] = "outputs"
    """Directory with the logs, relative to that in which the job starts."""

    @model_validator(mode="before")
    @classmethod
    def _log_dir_of_the_api(cls, value: Any) -> Any:
        """Accept ``properties: {logDir: PATH}``, as Azure's REST API has it."""
        if not isinstance(value, dict) or not isinstance(value.get("properties"), dict) or "log_dir" in value:
            return value
        properties = {**value["properties"]}
        log_dir = {"log_dir": properties.pop("logDir")} if "logDir" in properties else {}
        rest = {key: each for key, each in value.items() if key != "properties"}
        return rest | log_dir | ({"properties": properties} if properties else {})


class CustomService(Schema):
    """A web application that the job itself starts."""

    type: Literal["custom"]
    """A port of the job."""
    port: int = Field(ge=1, le=65_535)
    """Port of 127.0.0.1 on which it listens, on the machine or in the container of the job."""


def _type(value: Any) -> str | None:
    return value.get("type") if isinstance(value, dict) else getattr(value, "type", None)


def _supported(value: Any) -> Any:
    if hint := _UNSUPPORTED.get(str(_type(value))):
        raise misplaced(f"{_type(value)!r} is not supported: it {hint}", ("type",))
    if _type(value) not in _TYPES:
        raise misplaced(f"must be {', '.join(_TYPES[:-1])} or {_TYPES[-1]} (got {_type(value)!r})", ("type",))
    return value


JobService = Annotated[
    Annotated[JupyterLabService, Tag("$jupyter_lab")]
    | Annotated[TensorBoardService, Tag("$tensor_board")]
    | Annotated[CustomService, Tag("$custom")],
    Discriminator(lambda value: f"${_type(value)}"),
    BeforeValidator(_supported, json_schema_input_type=JupyterLabService | TensorBoardService | CustomService),
]


class ServiceStatus(StrEnum):
    """Whether a service of a job can be opened."""

    WAITING = "Waiting"
    AVAILABLE = "Available"
    ENDED = "Ended"


class JobServiceInfo(Schema):
    """A service of a job, and where it is opened."""

    name: str
    """Name of the service in the job."""
    type: Literal["jupyter_lab", "tensor_board", "custom"]
    """Type of the service."""
    status: ServiceStatus
    """Available while the job runs; JupyterLab and TensorBoard are started when they are first opened."""
    path: str
    """Path below the base URL of Jupyter Server."""
    url: str | None
    """URL in a browser; null if no server shows the workspace."""
