# Copyright (c) the Jupyter ML developers.
# Distributed under the terms of the BSD 3-Clause License.

"""Fixtures for the tests of all layers."""

from __future__ import annotations

from hypothesis import HealthCheck, settings

pytest_plugins = [
    "tests.computes",
    "tests.forkservers",
    "tests.garbage",
    "tests.integration",
    "tests.postgresql",
    "tests.small_disk",
    "tests.storage_servers",
    "tests.workspaces",
    "tests.docker_engine",  # after what they use
    "tests.slurm",
    "tests.supervisor.clusters",
    "tests.ssh_server",
    "tests.other_server",
]

# The same examples in every run, and none that fails because the machine is slow
settings.register_profile(
    "tests",
    derandomize=True,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture],
)
settings.load_profile("tests")
