# Copyright (c) the Jupyter ML developers.
# Distributed under the terms of the BSD 3-Clause License.

"""Clusters are created from Azure ML's keys and those of Dask."""

from __future__ import annotations

import pytest

from jupyter_ml.errors import InvalidInputError
from jupyter_ml.schemas.clusters import ClusterSettings
from jupyter_ml.schemas.compute_types import ClusterCreate, ComputeCreate
from jupyter_ml.schemas.fields import read_fields
from jupyter_ml.schemas.validation import validated

AZURE = {"name": "c", "type": "amlcompute", "size": "STANDARD_DS3_v2", "max_instances": 2}


def test_a_cluster_of_azure_is_read():
    given = {**AZURE, "min_instances": 0, "idle_time_before_scale_down": 120, "tier": "dedicated"}
    made = validated(ComputeCreate, given)
    assert isinstance(made, ClusterCreate)
    settings = made.type_settings()
    assert (made.type, made.slots, settings["max_instances"], settings["deployer"]) == ("cluster", None, 2, "local")
    assert (made.most_jobs, made.shares_files) == (2, True)


@pytest.mark.parametrize(
    ("keys", "message"),
    [
        ({"max_instances": 0}, "max_instances: must be 1 or more"),
        ({"min_instances": -1}, "min_instances: must be 0 or more"),
        ({"idle_time_before_scale_down": -1}, "idle_time_before_scale_down: must be 0 or more"),
        ({"jobs_per_node": 0}, "jobs_per_node: must be 1 or more"),
        ({"min_instances": 3}, "min_instances: 3 is more than max_instances, 2"),
        ({"tier": "low_priority"}, "tier: 'low_priority' is not known here: choose nodes by options of the deployer"),
        ({"location": "westus"}, "location: .*nodes are where the deployer starts them"),
        ({"deployer": "os; rm"}, "deployer"),
        ({"deployer": "slrum"}, r"deployer: 'slrum' is not one of local, ssh, .*slurm \(did you mean 'slurm'\?\)"),
        ({"options": {"cores": 4}}, "options: the deployer 'local' has none; remove the key"),
        ({"address": "http://host"}, "address"),
        ({"address": "tls://host:1"}, "tls needs tls_ca_file, tls_cert and tls_key"),
        ({"address": "tcp://host:1", "deployer": "slurm"}, "needs neither a deployer nor options"),
        ({"tls_ca_file": "/ca"}, "belong together, and to an address"),
    ],
)
def test_what_is_wrong_with_a_cluster_is_reported(keys, message):
    with pytest.raises(InvalidInputError, match=message):
        validated(ComputeCreate, AZURE | keys)


def test_a_stored_cluster_with_options_that_are_ignored_can_still_be_read():
    assert ClusterSettings(options={"cores": 4}).deployer == "local"


def test_only_local_nodes_share_files_unless_it_is_stated():
    slurm = validated(ComputeCreate, AZURE | {"deployer": "slurm"})
    existing = validated(ComputeCreate, AZURE | {"address": "tcp://host:1"})
    stated = validated(ComputeCreate, AZURE | {"deployer": "slurm", "shared_files": True})
    assert [slurm.shares_files, existing.shares_files, stated.shares_files] == [False, False, True]


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ("min_instances: 3", "min_instances: 3 is more than max_instances, 2"),
        ("deployer: slrum", "deployer: 'slrum' is not one of"),
        ("options: {cores: 4}", "options: the deployer 'local' has none"),
        ("tier: low_priority", "tier: 'low_priority' is not known here"),
        ("tls_cert: /cert", "tls_cert: tls_ca_file, tls_cert and tls_key belong together"),
        ("address: tls://host:1", "address: tls needs"),
    ],
)
def test_an_error_in_a_file_names_its_line(tmp_path, line, message):
    (tmp_path / "c.yml").write_text(f"name: c\ntype: amlcompute\n{line}\nmax_instances: 2\n")
    with pytest.raises(InvalidInputError, match=f"c.yml:3: {message}"):
        read_fields(ComputeCreate, tmp_path / "c.yml", [])
