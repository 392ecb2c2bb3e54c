# Copyright (c) the Jupyter ML developers.
# Distributed under the terms of the BSD 3-Clause License.

"""The processes of a job find each other by the variables that their framework reads."""

from __future__ import annotations

import json

from jupyter_ml.schemas.distribution import Distribution, NodeAddress

NODES = [NodeAddress(host="10.0.0.1", ports=[5000, 5001]), NodeAddress(host="10.0.0.2", ports=[6000, 6001])]


def test_pytorch() -> None:
    job = Distribution(type="pytorch", process_count_per_instance=2)
    first, second = job.on_node(1, NODES)
    assert (first.rank, second.rank, job.total(2)) == (2, 3, 4)
    assert second.variables == {
        "MASTER_ADDR": "10.0.0.1",
        "MASTER_PORT": "5000",
        "RANK": "3",
        "LOCAL_RANK": "1",
        "WORLD_SIZE": "4",
        "LOCAL_WORLD_SIZE": "2",
        "NODE_RANK": "1",
        "AZUREML_NODE_COUNT": "2",
        "AZ_BATCH_MASTER_NODE": "10.0.0.1:5000",
    }
    assert [job.ports(node, 2) for node in range(2)] == [1, 0]


def test_mpi() -> None:
    [process] = Distribution(type="mpi").on_node(1, NODES)
    own = {name: value for name, value in process.variables.items() if name.startswith("OMPI_")}
    assert own == {
        "OMPI_COMM_WORLD_RANK": "1",
        "OMPI_COMM_WORLD_SIZE": "2",
        "OMPI_COMM_WORLD_LOCAL_RANK": "0",
        "OMPI_COMM_WORLD_LOCAL_SIZE": "1",
        "OMPI_COMM_WORLD_NODE_RANK": "0",
    }


def test_tensorflow() -> None:
    job = Distribution(type="tensorflow", parameter_server_count=1)
    (worker, server), (other,) = job.on_node(0, NODES), job.on_node(1, NODES)
    cluster = {"worker": ["10.0.0.1:5000", "10.0.0.2:6000"], "ps": ["10.0.0.1:5001"]}
    tasks = [(0, worker, "worker", 0), (2, server, "ps", 0), (1, other, "worker", 1)]
    for rank, process, kind, index in tasks:
        assert process.rank == rank
        config = json.loads(process.variables["TF_CONFIG"])
        assert config == {"cluster": cluster, "task": {"type": kind, "index": index}, "environment": "cloud"}
    assert [job.ports(node, 2) for node in range(2)] == [2, 1]


def test_tensorflow_without_parameter_servers() -> None:
    processes = Distribution(type="tensorflow", worker_count=2).on_node(0, NODES[:1])
    assert [json.loads(each.variables["TF_CONFIG"])["task"]["index"] for each in processes] == [0, 1]
    assert "ps" not in json.loads(processes[0].variables["TF_CONFIG"])["cluster"]
