# Copyright (c) the Jupyter ML developers.
# Distributed under the terms of the BSD 3-Clause License.

"""What to create a compute from: one model for each type, whose settings are keys of the same level."""

from __future__ import annotations

from abc import abstractmethod
from typing import TYPE_CHECKING, Annotated, Any, ClassVar, Literal, cast

from pydantic import Field, JsonValue, StringConstraints, model_validator

from jupyter_ml.schemas.base import Name, Schema
from jupyter_ml.schemas.clusters import CLUSTER_KEY_HINTS, ClusterSettings, cluster_from_azure
from jupyter_ml.schemas.form_fields import ADVANCED
from jupyter_ml.schemas.instances import INSTANCE_KEY_HINTS, InstanceSettings, from_azure
from jupyter_ml.schemas.jupyter_servers import JUPYTER_SERVER_KEY_HINTS, JupyterServerSettings
from jupyter_ml.schemas.resources import ResourceCreate
from jupyter_ml.schemas.ssh import SSH_KEY_HINTS, SshSettings, ssh_from_azure
from jupyter_ml.schemas.validation import misplaced

if TYPE_CHECKING:
    import builtins
    from collections.abc import Callable
    from pathlib import Path
    from typing import Self

    from pydantic import ModelWrapValidatorHandler

__all__ = [
    "SETTING_KEYS",
    "ClusterCreate",
    "ComputeCreate",
    "InstanceCreate",
    "JupyterServerCreate",
    "OtherCompute",
    "Price",
    "Settings",
    "Slots",
    "SshCreate",
]

Slots = Annotated[int, Field(ge=1, le=10_000)]
Price = Annotated[float, Field(ge=0, le=1_000_000, strict=True)]
Settings = dict[Annotated[str, StringConstraints(max_length=100)], JsonValue]


class ComputeCreate(ResourceCreate):
    """A compute to create, of a type that an installed package registers."""

    attached: ClassVar[bool] = False
    """Whether it is an existing machine, which is attached and detached."""

    name: Name
    """Name of the compute."""
    type: Annotated[str, StringConstraints(min_length=1, max_length=100)]
    """Type of the compute."""
    slots: Slots | None = Field(default=None, title="Jobs at the same time")
    """How many jobs it runs at the same time; by default as many as the local compute."""
    price_per_hour: Price | None = Field(default=None, title="Price per hour", json_schema_extra=ADVANCED)
    """What an hour of a job costs, in any currency."""

    @classmethod
    def variant(cls, data: Any) -> builtins.type[Schema]:
        """Return the model of the type that `data` has."""
        if cls is not ComputeCreate:
            return cls
        kind = data.get("type") if isinstance(data, dict) else getattr(data, "type", None)
        return _BY_TYPE.get(str(kind), OtherCompute)

    @classmethod
    def variants(cls) -> list[builtins.type[Schema]]:
        """Return the models of all types."""
        return [*TYPES] if cls is ComputeCreate else [cls]

    @model_validator(mode="wrap")
    @classmethod
    def _of_its_type(cls, data: Any, handler: ModelWrapValidatorHandler[Self]) -> Self:
        if cls is not ComputeCreate or isinstance(data, cls) or not isinstance(data, dict):
            return handler(data)
        if (hint := UNSUPPORTED.get(str(data.get("type")).lower())) is not None:
            raise misplaced(f"{data['type']!r} is not supported yet: {hint}", ("type",))
        return cast("Self", cls.variant(data).model_validate(data))

    @classmethod
    def __get_pydantic_json_schema__(cls, core_schema: Any, handler: Any) -> dict[str, Any]:
        """Return the union of all types."""
        if cls is not ComputeCreate:
            schema: dict[str, Any] = handler(core_schema)
            return schema
        return {"anyOf": [handler(model.__pydantic_core_schema__) for model in cls.variants()]}

    @abstractmethod
    def type_settings(self) -> dict[str, JsonValue]:
        """Return the settings that only its type has."""

    def placed(self, place: Callable[[str], str]) -> Self:  # noqa: ARG002 -- for types with paths
        """Return the spec with other paths of this machine."""
        return self

    def below(self, directory: Path) -> Self:
        """Return the spec with its paths of this machine relative to `directory`."""
        return self.placed(lambda path: str(directory / path))


class InstanceCreate(InstanceSettings, ComputeCreate):
    """A container of this machine, with packages, files and limits of its own."""

    key_hints = INSTANCE_KEY_HINTS

    type: Literal["instance"]

    @model_validator(mode="before")
    @classmethod
    def _from_azure(cls, data: Any) -> Any:
        return from_azure(data) if isinstance(data, dict) else data

    def type_settings(self) -> dict[str, JsonValue]:
        """Return the settings of the container."""
        return self.model_dump(mode="json", include={*InstanceSettings.model_fields})


class ClusterCreate(ClusterSettings, ComputeCreate):
    """Nodes that Dask starts while jobs wait, e.g. by Slurm, and ends when they are idle."""

    key_hints = CLUSTER_KEY_HINTS

    type: Literal["cluster"]

    @model_validator(mode="before")
    @classmethod
    def _from_azure(cls, data: Any) -> Any:
        return cluster_from_azure(data) if isinstance(data, dict) else data

    @model_validator(mode="after")
    def _options_of_a_deployer(self) -> Self:
        """Refuse what would be ignored; a cluster that has it already can still be used and deleted."""
        if self.options and self.deployer == "local":
            raise misplaced("the deployer 'local' has none; remove the key, or name another deployer", ("options",))
        return self

    def type_settings(self) -> dict[str, JsonValue]:
        """Return the settings of the cluster."""
        return self.model_dump(mode="json", include={*ClusterSettings.model_fields})


class SshCreate(SshSettings, ComputeCreate):
    """An existing machine with Linux, Python 3.11 or newer and an SSH server."""

    key_hints = SSH_KEY_HINTS
    attached = True

    type: Literal["ssh"]

    @model_validator(mode="before")
    @classmethod
    def _from_azure(cls, data: Any) -> Any:
        return ssh_from_azure(data) if isinstance(data, dict) else data

    def type_settings(self) -> dict[str, JsonValue]:
        """Return how the machine is reached."""
        return self.model_dump(mode="json", include={*SshSettings.model_fields})


class JupyterServerCreate(JupyterServerSettings, ComputeCreate):
    """An existing Jupyter server, such as one of JupyterHub, by its URL and a token."""

    attached = True
    key_hints = JUPYTER_SERVER_KEY_HINTS

    type: Literal["jupyterserver"]

    def type_settings(self) -> dict[str, JsonValue]:
        """Return how the server is reached."""
        return self.model_dump(mode="json", include={*JupyterServerSettings.model_fields})

    def placed(self, place: Callable[[str], str]) -> Self:
        """Return the spec with another path of the certificates."""
        return self if self.ca_file is None else self.model_copy(update={"ca_file": place(self.ca_file)})


class OtherCompute(ComputeCreate):
    """A compute of a type that an installed package adds, or of type ``local``."""

    settings: Settings = Field(default={}, max_length=200)
    """Settings of its type."""

    def type_settings(self) -> dict[str, JsonValue]:
        """Return the settings as they are given."""
        return self.settings


TYPES: tuple[type[ComputeCreate], ...] = (InstanceCreate, ClusterCreate, SshCreate, JupyterServerCreate, OtherCompute)
"""The models of all types; the last one is for those that have none."""
_BY_TYPE: dict[str, type[ComputeCreate]] = {
    "instance": InstanceCreate,
    "computeinstance": InstanceCreate,
    "cluster": ClusterCreate,
    "amlcompute": ClusterCreate,
    "ssh": SshCreate,
    "virtualmachine": SshCreate,
    "jupyterserver": JupyterServerCreate,
}
UNSUPPORTED = {
    "kubernetes": "write type: instance for a container of this machine",
    "synapsespark": "Spark is not supported",
}
"""Types of computes that only Azure ML has."""
SETTING_KEYS = (
    *InstanceSettings.model_fields,
    *ClusterSettings.model_fields,
    *SshSettings.model_fields,
    *JupyterServerSettings.model_fields,
)
"""The settings of all types that are keys of a compute."""
