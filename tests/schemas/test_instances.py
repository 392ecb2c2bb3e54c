# Copyright (c) the Jupyter ML developers.
# Distributed under the terms of the BSD 3-Clause License.

"""Keys of Azure ML's instances are supported, mapped, or refused with a reason."""

from __future__ import annotations

from pathlib import Path

import pytest

from jupyter_ml.errors import InvalidInputError
from jupyter_ml.schemas.compute_types import ComputeCreate, InstanceCreate, OtherCompute
from jupyter_ml.schemas.fields import read_fields
from jupyter_ml.schemas.validation import validated


def instance(**keys) -> InstanceCreate:
    made = validated(ComputeCreate, {"name": "box", "type": "computeinstance", **keys})
    assert isinstance(made, InstanceCreate)
    return made


def test_a_file_of_azure_ml_is_read(tmp_path):
    file = tmp_path / "instance.yml"
    file.write_text(
        "$schema: https://azuremlschemas.azureedge.net/latest/computeInstance.schema.json\n"
        "name: basic-example-i\ntype: computeinstance\nsize: STANDARD_DS3_v2\nidle_time_before_shutdown: PT1H30M\n"
    )
    spec = read_fields(ComputeCreate, file, [])
    assert isinstance(spec, InstanceCreate)
    assert (spec.type, spec.cpus, spec.memory_bytes) == ("instance", 4, 14 * 1024**3)
    assert spec.idle_time_before_shutdown_minutes == 90
    assert (spec.network, spec.memory) == ("none", "14GB")


@pytest.mark.parametrize(
    ("size", "cpus", "gigabytes"),
    [("Standard_D4s_v3", 4, 16), ("STANDARD_E8s_v5", 8, 64), ("Standard_F2s_v2", 2, 4), ("STANDARD_DS12_v2", 4, 28)],
)
def test_sizes_are_processors_and_memory(size, cpus, gigabytes):
    made = instance(size=size)
    assert (made.cpus, made.memory_bytes) == (cpus, gigabytes * 1024**3)


@pytest.mark.parametrize(
    ("keys", "message"),
    [
        ({"size": "Standard_NC6"}, "'Standard_NC6' is not a size of Azure's series D, E and F: write cpus and memory"),
        ({"size": "Standard_D4s_v3", "cpus": 2}, "size: stands for cpus and memory: remove it, or cpus"),
        ({"size": "Standard_D4s_v3", "cpus": 2, "memory": "1GB"}, "remove it, or cpus and memory"),
        ({"schedules": {"start": []}}, r"schedules.start: unknown key"),
        ({"ssh_settings": {}}, "there is no SSH in an instance"),
        ({"identity": {}}, "an instance has no identity in a cloud"),
        ({"idle_time_before_shutdown": "P1D"}, "'P1D' is not a duration in minutes, e.g. PT30M"),
        ({"idle_time_before_shutdown_minutes": 0}, "must be 1 or more"),
        ({"memory": "1 MB"}, "'1 MB' is too little: write 64MB at least"),
        ({"memory": "much"}, "'much' is not a size: write a number with a unit, e.g. 4GB"),
        ({"memory": -1}, "'-1' is not a size"),
        ({"cpus": 0}, "cpus"),
        ({"pids": -5}, "pids"),
        ({"image": "$(id)"}, "image"),
        ({"network": "host"}, "network"),
        ({"mounts": [{"source": "a", "target": "b"}]}, "'b' is not an absolute path"),
        ({"mounts": [{"source": "a", "target": "/opt"}]}, "'/opt' would hide /opt/jupyter-ml"),
        ({"mounts": [{"source": "a", "target": "/proc/x"}]}, "'/proc/x' would hide /proc"),
        ({"mounts": [{"source": "a", "target": "/x/../proc"}]}, "is not an absolute path"),
        ({"build": {"path": "a"}, "image": "b"}, "image and build are two images: give one of them"),
        ({"build": {}}, "build.path"),
        ({"cpu": 1}, r"cpu: unknown key \(did you mean 'cpus'\?\)"),
    ],
)
def test_what_is_wrong_is_reported(keys, message):
    with pytest.raises(InvalidInputError, match=message):
        instance(**keys)


def test_types_that_only_azure_ml_has_are_refused():
    with pytest.raises(InvalidInputError, match="type: 'kubernetes' is not supported yet: write type: instance"):
        validated(ComputeCreate, {"name": "cluster", "type": "kubernetes"})


def test_other_types_have_settings():
    made = validated(ComputeCreate, {"name": "box", "type": "slurm", "settings": {"partition": "gpu"}})
    assert isinstance(made, OtherCompute)
    assert made.type_settings() == {"partition": "gpu"}


def test_paths_are_relative_to_the_file():
    keys = {"mounts": [{"source": "data", "target": "/data"}], "build": {"path": "context"}}
    made = instance(**keys).below(Path("/project"))
    assert made.type_settings()["build"] == {"path": "/project/context", "dockerfile_path": "Dockerfile"}
    assert made.type_settings()["mounts"] == [{"source": "/project/data", "target": "/data", "read_only": True}]
