# Copyright (c) the Jupyter ML developers.
# Distributed under the terms of the BSD 3-Clause License.

"""Computes over an agent fulfill the contract, in whichever way the agent is reached."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from jupyter_ml.compute.testing import ComputeContract
from tests.compute.agents import AgentSettings, RelayCompute, SocketCompute, StdioCompute, agent_settings

if TYPE_CHECKING:
    from collections.abc import Iterator

    from jupyter_ml.compute.agents.compute import AgentCompute


@pytest.mark.integration
class _AgentContract(ComputeContract):
    @pytest.fixture
    def settings(self) -> Iterator[AgentSettings]:
        with agent_settings() as settings:
            yield settings

    @pytest.fixture
    def folder(self, settings: AgentSettings) -> Path:
        folder = Path(settings.directory, "root", "f")
        folder.mkdir()
        return folder


class TestRelay(_AgentContract):
    @pytest.fixture
    def compute(self, settings: AgentSettings) -> AgentCompute:
        return RelayCompute("box", settings)


class TestStdio(_AgentContract):
    @pytest.fixture
    def compute(self, settings: AgentSettings) -> AgentCompute:
        return StdioCompute("box", settings)


class TestSocket(_AgentContract):
    @pytest.fixture
    def compute(self, settings: AgentSettings) -> AgentCompute:
        return SocketCompute("box", settings)
