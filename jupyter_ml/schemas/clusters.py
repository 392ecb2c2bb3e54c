# Copyright (c) the Jupyter ML developers.
# Distributed under the terms of the BSD 3-Clause License.

"""Clusters: computes with nodes that Dask deploys. The keys are those of Azure ML's ``amlcompute``."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any, Literal

from pydantic import Field, JsonValue, StringConstraints, field_validator, model_validator

from jupyter_ml.errors import nearest
from jupyter_ml.schemas.base import Schema
from jupyter_ml.schemas.form_fields import ADVANCED
from jupyter_ml.schemas.validation import misplaced

if TYPE_CHECKING:
    from typing import Self

__all__ = ["CLUSTER_KEY_HINTS", "QUEUES", "ClusterSettings", "cluster_from_azure"]

QUEUES = {
    "htcondor": "HTCondor",
    "lsf": "LSF",
    "moab": "Moab",
    "oar": "OAR",
    "pbs": "PBS",
    "sge": "SGE",
    "slurm": "SLURM",
}
"""Queuing systems for which dask-jobqueue has a class, and their names in it."""
DEPLOYERS = ("local", "ssh", "kubernetes", *QUEUES)
"""Deployers that have a name; others are classes."""
MOST_NODES = 1_000

Path = Annotated[str, StringConstraints(min_length=1, max_length=4_096)]

CLUSTER_KEY_HINTS = {
    "identity": "a cluster has no identity in a cloud; remove the key",
    "location": "nodes are where the deployer starts them; remove the key",
    "ssh_settings": "nodes are reached through Dask; remove the key",
    "ssh_public_access_enabled": "nodes are reached through Dask; remove the key",
    "network_settings": "is about Azure's network; remove the key",
    "subnet": "is about Azure's network; remove the key",
    "enable_node_public_ip": "is about Azure's network; remove the key",
    "tags": "not supported: write a description",
}
"""Keys of Azure ML's clusters that have no meaning here, and what to do about them."""


class ClusterSettings(Schema):
    """What a cluster consists of."""

    deployer: Annotated[str, StringConstraints(pattern=r"^[A-Za-z_][A-Za-z0-9_.]{0,199}$")] = Field(
        default="local", title="Deployer"
    )
    """What starts nodes: ``local``, ``kubernetes``, a queuing system such as ``slurm``, or a class of a package."""
    options: dict[Annotated[str, StringConstraints(max_length=100)], JsonValue] = Field(
        default={}, max_length=100, title="Options of the deployer"
    )
    """Keyword arguments of the class that starts nodes, such as ``queue`` and ``cores`` of a queuing system."""
    address: Annotated[str, StringConstraints(pattern=r"^(tcp|tls|ucx|ws|wss)://[^\s/]{1,300}$")] | None = Field(
        default=None, title="Address", json_schema_extra=ADVANCED
    )
    """Address of a Dask scheduler that exists, such as ``tls://host:8786``, in place of a deployer."""
    min_instances: int = Field(strict=True, default=0, ge=0, le=MOST_NODES, title="Fewest nodes")
    """How many nodes it has while no jobs wait."""
    max_instances: int = Field(strict=True, default=1, ge=1, le=MOST_NODES, title="Most nodes")
    """How many nodes it may have."""
    idle_time_before_scale_down: int = Field(
        strict=True, default=120, ge=0, le=10_000_000, title="Seconds until a node is removed"
    )
    """A node is removed after so many seconds without jobs and kernels."""
    jobs_per_node: int = Field(strict=True, default=1, ge=1, le=1_000, title="Jobs on a node")
    """How many jobs and kernels run on a node at the same time."""
    shared_files: bool | None = Field(
        strict=True, default=None, title="Nodes see the files of this machine", json_schema_extra=ADVANCED
    )
    """Whether nodes see the files of this machine at the same paths; by default only those of ``local``."""
    python: Path | None = Field(default=None, title="Python", json_schema_extra=ADVANCED)
    """The Python of the nodes that runs jobs; by default the one that runs Dask there."""
    tls_ca_file: Path | None = Field(default=None, title="Certificate authority", json_schema_extra=ADVANCED)
    """File of the certificate authority of the scheduler at ``address``."""
    tls_cert: Path | None = Field(default=None, title="Certificate", json_schema_extra=ADVANCED)
    """File of this client's certificate."""
    tls_key: Path | None = Field(default=None, title="Key", json_schema_extra=ADVANCED)
    """File of this client's private key."""
    node_timeout: int = Field(
        strict=True, default=60, ge=1, le=1_000_000, title="Seconds until a node is lost", json_schema_extra=ADVANCED
    )
    """How many seconds a node may be out of reach before its jobs fail."""

    @property
    def most_jobs(self) -> int:
        """How many jobs it runs at the same time when it is as large as it may be."""
        return self.max_instances * self.jobs_per_node

    @property
    def shares_files(self) -> bool:
        """Whether nodes see the files of this machine."""
        is_local = self.deployer == "local" and self.address is None
        return is_local if self.shared_files is None else self.shared_files

    @field_validator("deployer")
    @classmethod
    def _known(cls, deployer: str) -> str:
        if deployer not in DEPLOYERS and "." not in deployer:
            raise ValueError(
                f"{deployer!r} is not one of {', '.join(DEPLOYERS)}{nearest(deployer, DEPLOYERS)}, "
                "and not a class of a package such as PACKAGE.CLASS"
            )
        return deployer

    @model_validator(mode="after")
    def _agree(self) -> Self:
        if self.min_instances > self.max_instances:
            raise misplaced(
                f"{self.min_instances} is more than max_instances, {self.max_instances}", ("min_instances",)
            )
        if self.address and (self.deployer != "local" or self.options):
            raise misplaced("a scheduler that exists needs neither a deployer nor options", ("address",))
        tls = {"tls_ca_file": self.tls_ca_file, "tls_cert": self.tls_cert, "tls_key": self.tls_key}
        given = [key for key, file in tls.items() if file]
        if given and not (self.address and all(tls.values())):
            raise misplaced("tls_ca_file, tls_cert and tls_key belong together, and to an address", (given[0],))
        if self.address and self.address.startswith("tls:") and not given:
            raise misplaced("tls needs tls_ca_file, tls_cert and tls_key", ("address",))
        return self


def cluster_from_azure(data: dict[str, Any]) -> dict[str, Any]:
    """Return the keys of an ``amlcompute`` of Azure ML as those of a cluster; refuse unknown values."""
    data = {**data, "type": "cluster"}
    data.pop("size", None)  # of Azure's machines; nodes are what the deployer starts
    tier: Literal["dedicated"] | Any = str(data.pop("tier", "dedicated")).lower()
    if tier != "dedicated":
        message = f"{tier[:40]!r} is not known here: choose nodes by options of the deployer, e.g. queue"
        raise misplaced(message, ("tier",))
    return data
