# Copyright (c) the Jupyter ML developers.
# Distributed under the terms of the BSD 3-Clause License.

"""Fixtures of the tests of agents."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from jupyter_ml.agent.processes import marked
from jupyter_ml.compute.marked_processes import kill_marked
from tests.compute.agent_programs import marker
from tests.compute.agents import AgentSettings, agent_settings

if TYPE_CHECKING:
    from collections.abc import Iterator


@pytest.fixture
def settings() -> Iterator[AgentSettings]:
    """Yield the settings of an agent, and fail when a program is left over in the end."""
    with agent_settings() as settings:
        yield settings
        settings.kill()
        left = marked(marker(Path(settings.directory)))
        kill_marked(marker(Path(settings.directory)))
        assert left == [], "no orphans"
