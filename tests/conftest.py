# Copyright (c) the Jupyter ML developers.
# Distributed under the terms of the BSD 3-Clause License.

"""Fixtures for the tests of all layers."""

from __future__ import annotations

pytest_plugins = ["tests.postgresql", "tests.small_disk", "tests.workspaces"]
