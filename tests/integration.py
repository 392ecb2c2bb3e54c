# Copyright (c) the Jupyter ML developers.
# Distributed under the terms of the BSD 3-Clause License.

"""Unit tests start no process: a test that starts one has the marker ``integration``, or fails.

A test that uses one of `FIXTURES` has the marker already. Others are marked where they are.
"""

from __future__ import annotations

import sys

import pytest

FIXTURES = {"shared", "postgresql", "attempt", "odd", "sftp_server", "small_disk", "ssh_server", "storage_server"}
"""Fixtures that start processes."""

ONE_WORKER = {"shared", "served", "installations"}
"""Fixtures on which those of a module depend, or which a module needs once: its tests run in one worker."""

STARTS = {"subprocess.Popen", "os.fork", "os.forkpty", "os.posix_spawn", "os.system", "tests.postgresql"}
"""Audit events of starting a process, and of using the database server that another test has started."""

DATABASES = ["sqlite", pytest.param("postgresql", marks=pytest.mark.integration)]
"""Parameters of a fixture or test that asks for ``postgresql_url`` by its name."""

KILLS = pytest.mark.xdist_group("kills")
"""Marker of tests that cause or expect a kill: Linux counts kills for memory for the whole machine, so that these tests
run one after the other."""

SSH = pytest.mark.xdist_group("ssh")
"""Marker of tests of machines over SSH, which share a server, and the packages that were sent to it."""

FORKS = pytest.mark.xdist_group("forks")
"""Marker of tests that expect a fork of a process with the packages of the tests: one of them changes the time of these
packages, after which each program is started plainly until other forkservers are ready."""


class Guard:
    """Fail a unit test at the line that starts a process."""

    def __init__(self) -> None:
        self._unit = False
        sys.addaudithook(self._audit)

    def _audit(self, event: str, arguments: tuple[object, ...]) -> None:
        uname = "uname" in arguments  # called by Python's `platform` when MLflow is imported
        if self._unit and event in STARTS and not uname:
            self._unit = False  # once, and not while the traceback is formatted
            pytest.fail("a unit test starts a process: mark it with @pytest.mark.integration")

    @pytest.hookimpl(tryfirst=True)
    def pytest_runtest_setup(self, item: pytest.Item) -> None:
        self._unit = item.get_closest_marker("integration") is None

    @pytest.hookimpl(tryfirst=True)
    def pytest_runtest_teardown(self) -> None:
        self._unit = False  # fixtures of integration tests before it may end now, such as the database server


def pytest_configure(config: pytest.Config) -> None:
    config.pluginmanager.register(Guard())


@pytest.hookimpl(tryfirst=True)  # before -m selects
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        fixtures = {*getattr(item, "fixturenames", ())}
        if fixtures & FIXTURES:
            item.add_marker(pytest.mark.integration)
        if fixtures & ONE_WORKER and not item.get_closest_marker("xdist_group"):
            module = f"{item.path.parent.name}-{item.path.stem}"
            item.add_marker(pytest.mark.xdist_group(module))


def pytest_collection_finish(session: pytest.Session) -> None:
    """Refuse to run if pytest-xdist ignores groups, because tests of a group would disturb each other."""
    if session.config.getoption("loadgroup", False):
        grouped = [item for item in session.items if item.get_closest_marker("xdist_group")]
        if any("@" not in item.nodeid for item in grouped):
            raise pytest.UsageError("pytest-xdist ignores groups with this version of pytest: install pytest<9.2")
