# Copyright (c) the Jupyter ML developers.
# Distributed under the terms of the BSD 3-Clause License.

"""Kernels on the machine of another Jupyter server."""

from __future__ import annotations

import asyncio
from contextlib import suppress
from typing import TYPE_CHECKING, Any

import psutil
import pytest

from jupyter_ml.agent import archive
from jupyter_ml.schemas.workspace import VaultSettings
from jupyter_ml.vault.embedded import EmbeddedVault
from jupyter_ml.vault.files import EncryptedFiles
from jupyter_ml.vault.keys import key_source
from jupyter_ml.vault.named import VALUE, secret_scope
from tests.integration import KILLS
from tests.kernels.test_contract import ABOUT, KernelContract, forgetting_early, runs
from tests.other_server import SECRET

if TYPE_CHECKING:
    from pathlib import Path

    from tests.kernels.test_contract import Open
    from tests.other_server import OtherServer

pytestmark = KILLS


@pytest.fixture(scope="module")
def folder(other_server: OtherServer, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Attach the server, and store its token in a vault; return their directory."""
    folder, agent = tmp_path_factory.mktemp("workspace"), forgetting_early(archive.content())
    files = EncryptedFiles(folder / "vault", key_source("file", folder / "vault"))
    EmbeddedVault(files).put(secret_scope(SECRET), {VALUE: other_server.token})

    async def attach() -> None:
        compute = other_server.compute(folder / "box")
        await compute.create()
        await compute.start()

    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(archive, "content", lambda: agent)
        asyncio.run(attach())
    return folder


class TestJupyterServer(KernelContract):
    @pytest.fixture
    def compute(self, other_server: OtherServer) -> dict[str, Any]:
        return {"name": "box", "type": "jupyterserver", "settings": other_server.settings().model_dump()}

    @pytest.fixture
    def config(self, folder: Path, compute: dict[str, Any]) -> dict[str, Any]:
        vault = {"folder": str(folder), "files": str(folder / "vault"), "settings": VaultSettings().model_dump()}
        return {"compute": compute, "directory": str(folder / "box"), "vault": vault}

    @pytest.fixture(autouse=True)
    def ends(self, other_server: OtherServer) -> None:
        self._server = other_server

    def after_kill(self) -> None:
        """End the terminals, as they end by themselves without a client."""
        for relay in self._server.programs("terminal"):
            with suppress(psutil.NoSuchProcess):
                relay.kill()

    async def test_a_kernel_survives_the_server_and_the_agent(
        self, open_kernel: Open, other_server: OtherServer
    ) -> None:
        kernel = await open_kernel()
        await kernel.run("value = 5")
        other_server.kill()
        await asyncio.to_thread(other_server.start)
        await kernel.responds()
        for agent in other_server.programs("daemon"):
            agent.kill()
        await kernel.responds()
        assert await kernel.run("print(value)") == "5\n"
        pid = int((await kernel.run(ABOUT)).split()[0])
        await kernel.shutdown()
        assert not runs(pid)
