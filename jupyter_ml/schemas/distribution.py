# Copyright (c) the Jupyter ML developers.
# Distributed under the terms of the BSD 3-Clause License.

"""Jobs that consist of several processes, and the variables by which these find each other. The keys are Azure ML's."""

from __future__ import annotations

import json
from typing import Literal, NamedTuple, Self

from pydantic import Field, model_validator

from jupyter_ml.schemas.base import Schema
from jupyter_ml.schemas.validation import misplaced

__all__ = ["Distribution", "NodeAddress", "RankedProcess"]

MOST_PROCESSES = 1_000


class NodeAddress(Schema):
    """How the processes of a job reach those of a node."""

    host: str
    ports: list[int]
    """Ports on which nothing listened there, as many as `Distribution.ports` returns."""


class RankedProcess(NamedTuple):
    """A process: its number among all of the job, and its environment variables."""

    rank: int
    variables: dict[str, str]


class Distribution(Schema):
    """Several processes that run the same command."""

    type: Literal["pytorch", "mpi", "tensorflow"]
    """By which variables the processes find each other: ``MASTER_ADDR``, ``RANK`` and the like, those of Open MPI, or
    ``TF_CONFIG``.
    """
    process_count_per_instance: int | None = Field(strict=True, default=None, ge=1, le=MOST_PROCESSES)
    """How many processes of PyTorch or MPI there are on each node, by default one; all see all of its GPUs."""
    worker_count: int | None = Field(strict=True, default=None, ge=1, le=MOST_PROCESSES)
    """How many workers of TensorFlow there are; by default one on each node."""
    parameter_server_count: int | None = Field(strict=True, default=None, ge=0, le=MOST_PROCESSES)
    """How many parameter servers of TensorFlow there are, by default none."""

    @model_validator(mode="after")
    def _of_its_type(self) -> Self:
        tensorflow = self.type == "tensorflow"
        for key in ("process_count_per_instance",) if tensorflow else ("worker_count", "parameter_server_count"):
            if getattr(self, key) is not None:
                raise misplaced(f"is not of type {self.type!r}; remove the key", (key,))
        return self

    def total(self, nodes: int) -> int:
        """Return how many processes there are on so many nodes."""
        if self.type == "tensorflow":
            return (self.worker_count or nodes) + (self.parameter_server_count or 0)
        return nodes * (self.process_count_per_instance or 1)

    def ranks(self, node: int, nodes: int) -> list[int]:
        """Return the numbers of the processes on a node: workers and parameter servers of TensorFlow go around."""
        if self.type == "tensorflow":
            return [*range(node, self.total(nodes), nodes)]
        count = self.process_count_per_instance or 1
        return [*range(node * count, (node + 1) * count)]

    def ports(self, node: int, nodes: int) -> int:
        """Return how many ports the processes on a node need: each of TensorFlow, or the first one of all."""
        return len(self.ranks(node, nodes)) if self.type == "tensorflow" else int(node == 0)

    def on_node(self, node: int, addresses: list[NodeAddress]) -> list[RankedProcess]:
        """Return the processes that run on one of several nodes."""
        ranks = self.ranks(node, len(addresses))
        return [
            RankedProcess(rank, _common(node, addresses) | self._variables(rank, local, len(ranks), addresses))
            for local, rank in enumerate(ranks)
        ]

    def _variables(self, rank: int, local: int, local_count: int, addresses: list[NodeAddress]) -> dict[str, str]:
        total = self.total(len(addresses))
        match self.type:
            case "pytorch":
                return {
                    "MASTER_ADDR": addresses[0].host,
                    "MASTER_PORT": f"{addresses[0].ports[0]}",
                    "RANK": f"{rank}",
                    "LOCAL_RANK": f"{local}",
                    "WORLD_SIZE": f"{total}",
                    "LOCAL_WORLD_SIZE": f"{local_count}",
                }
            case "mpi":
                return {
                    "OMPI_COMM_WORLD_RANK": f"{rank}",
                    "OMPI_COMM_WORLD_SIZE": f"{total}",
                    "OMPI_COMM_WORLD_LOCAL_RANK": f"{local}",
                    "OMPI_COMM_WORLD_LOCAL_SIZE": f"{local_count}",
                    "OMPI_COMM_WORLD_NODE_RANK": f"{local}",
                    "AZ_BATCHAI_MPI_MASTER_NODE": addresses[0].host,
                }
            case "tensorflow":
                return {"TF_CONFIG": json.dumps(self._tf_config(rank, addresses))}

    def _tf_config(self, rank: int, addresses: list[NodeAddress]) -> dict[str, object]:
        count = len(addresses)
        workers = self.worker_count or count
        places = [(addresses[each % count], each // count) for each in range(self.total(count))]
        listening = [f"{node.host}:{node.ports[local]}" for node, local in places]
        cluster = {"worker": listening[:workers], "ps": listening[workers:]}
        kind, index = ("worker", rank) if rank < workers else ("ps", rank - workers)
        return {
            "cluster": {each: found for each, found in cluster.items() if found},
            "task": {"type": kind, "index": index},
            "environment": "cloud",
        }


def _common(node: int, addresses: list[NodeAddress]) -> dict[str, str]:
    return {
        "NODE_RANK": f"{node}",
        "AZUREML_NODE_COUNT": f"{len(addresses)}",
        "AZ_BATCH_MASTER_NODE": f"{addresses[0].host}:{addresses[0].ports[0]}",
    }
