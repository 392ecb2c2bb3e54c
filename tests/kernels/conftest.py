# Copyright (c) the Jupyter ML developers.
# Distributed under the terms of the BSD 3-Clause License.

"""A Jupyter server in the test's event loop whose kernelspecs name computes."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest
from pytest_jupyter.jupyter_core import *  # noqa: F403 -- fixtures
from pytest_jupyter.jupyter_server import *  # noqa: F403

from jupyter_ml.compute import registry
from tests.kernels.session import Session
from tests.kernels.specs import kernelspec
from tests.kernels.types import with_types_of_tests

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Iterator
    from pathlib import Path


@pytest.fixture(autouse=True)
def types(monkeypatch: pytest.MonkeyPatch) -> None:
    """Register the computes of tests."""
    installed = with_types_of_tests()
    monkeypatch.setattr(registry, "_installed", lambda: installed)


@pytest.fixture
def jp_server_config() -> dict[str, Any]:
    return {"ZMQChannelsWebsocketConnection": {"limit_rate": False}, "KernelRestarter": {"time_to_dead": 0.2}}


@pytest.fixture
def config(compute: dict[str, Any]) -> dict[str, Any]:
    """Return the configuration of the provisioner."""
    return {"compute": compute}


@pytest.fixture
def open_kernel(
    jp_asyncio_loop: Any, jp_fetch: Any, jp_ws_fetch: Any, jp_data_dir: Path, config: dict[str, Any]
) -> Iterator[Callable[..., Awaitable[Session]]]:
    """Yield a function that starts a kernel on the compute over REST, and connects to it."""
    opened: list[Session] = []

    async def open_kernel(**changes: Any) -> Session:
        folder = jp_data_dir / "kernels" / "there"
        folder.mkdir(parents=True, exist_ok=True)
        (folder / "kernel.json").write_text(json.dumps(kernelspec(config, **changes)))
        opened.append(await Session.start(jp_fetch, jp_ws_fetch, "there"))
        return opened[-1]

    yield open_kernel
    for each in opened:
        jp_asyncio_loop.run_until_complete(each.close())
