# Copyright (c) the Jupyter ML developers.
# Distributed under the terms of the BSD 3-Clause License.

"""The packages that run jobs come to a machine that has nothing but Python, and never half of them."""

from __future__ import annotations

import asyncio
import io
import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING, ClassVar

import pytest

from jupyter_ml.compute import runner
from jupyter_ml.compute.agents.commands import copy, run
from jupyter_ml.compute.agents.runners import find_interpreter, send_runner
from jupyter_ml.errors import UnavailableError
from tests.compute.agents import RelayCompute

if TYPE_CHECKING:
    from tests.compute.agents import AgentSettings

LOOK = """
import json, sys, ipykernel, yaml
import jupyter_ml, jupyter_ml.executor.__main__
print(json.dumps([jupyter_ml.__file__, ipykernel.__file__, sys.path]))
"""


@pytest.mark.integration
def test_they_are_sent_once_and_find_each_other(settings: AgentSettings) -> None:
    client = RelayCompute("box", settings).client
    cache = Path(settings.directory, "cache")

    async def send() -> tuple[set[str], bytes, float]:
        interpreter = await find_interpreter(client, sys.executable)
        both = await asyncio.gather(*(send_runner(client, interpreter, cache) for _ in range(2)))
        folder = both[0].parents[2]
        made_at = (folder / runner.PACKAGE).stat().st_mtime_ns
        again = await send_runner(client, interpreter, cache)
        printed = io.BytesIO()
        await run(client, [str(again), "-P", "-c", LOOK], what="looking", stdout=printed)
        return {*map(str, [*both, again])}, printed.getvalue(), (folder / runner.PACKAGE).stat().st_mtime_ns - made_at

    found, printed, changed = asyncio.run(send())
    [python] = found
    package, ipykernel, path = json.loads(printed)
    folder = Path(python).parents[2]
    assert Path(package) == folder / "package" / "jupyter_ml" / "__init__.py"
    assert Path(ipykernel).is_relative_to(folder / "runner" / "lib")
    assert any(Path(each) == Path(pytest.__file__).parents[1] for each in path), "those of a virtual environment, too"
    assert not changed
    assert [each.name for each in cache.iterdir()] == [folder.name]


@pytest.mark.integration
def test_half_an_archive_leaves_nothing(settings: AgentSettings, tmp_path: Path) -> None:
    client = RelayCompute("box", settings).client
    whole, target = io.BytesIO(), tmp_path / "there" / "x"
    runner.write_runner(tmp_path, whole)
    half = io.BytesIO(whole.getvalue()[: len(whole.getvalue()) // 2])
    with pytest.raises(UnavailableError, match=r"^sending: .*end"):
        asyncio.run(copy(client, "add", str(target), what="sending", stdin=half, stdout=io.BytesIO()))
    assert not [*target.parent.iterdir()]


class Home(RelayCompute):
    """A machine whose home directory is that of the test."""

    variables: ClassVar[dict[str, str]] = {}
    python = sys.executable


@pytest.mark.integration
def test_a_directory_is_installed_once_and_checked_each_time(
    settings: AgentSettings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    compute, local = Home("box", settings), tmp_path / "packages"
    monkeypatch.setattr(Home, "variables", {"HOME": str(tmp_path / "home")})
    local.mkdir()
    (local / "a").write_text("1")
    check = ["sh", "-c", "echo checked >> log; cat a log"]
    folder = tmp_path / "home" / ".cache" / "jupyter-ml" / "environments"

    async def install() -> None:
        with pytest.raises(UnavailableError, match="packages cannot be installed on the compute 'box': no memory"):
            await compute.install(local, "x", check=["sh", "-c", "echo no memory; exit 3"])
        assert not [*folder.iterdir()]
        both = await asyncio.gather(*(compute.install(local, "x", check=check) for _ in range(2)))
        assert both == [folder / "x"] * 2
        (local / "a").write_text("2")
        await compute.install(local, "x", check=check)
        with pytest.raises(UnavailableError, match="no longer"):
            await compute.install(local, "x", check=["sh", "-c", "echo no longer; exit 3"])

    asyncio.run(install())
    assert (folder / "x" / "a").read_text() == "1"
    assert (folder / "x" / "log").read_text() == "checked\n" * 2, "of the copy that won, and of the one that was there"
    assert [each.name for each in folder.iterdir()] == ["x"]


def test_a_python_that_is_too_old_or_none_is_refused() -> None:
    old = json.dumps(["/usr/bin/python3", [3, 10], "x86_64", "glibc", [], "/root"]).encode()
    for printed, message in (
        (old, r"it is Python 3\.10, and jobs need 3\.11"),
        (b"[1]", "it printed"),
        (b"hm", "it printed"),
    ):
        with pytest.raises(UnavailableError, match=f"^box: {message}"):
            runner.read_interpreter(printed, "box")


@pytest.mark.integration
def test_a_python_that_does_not_exist_is_named(settings: AgentSettings) -> None:
    with pytest.raises(
        UnavailableError, match=r"the Python 'python3\.99' cannot run jobs: .*No such file.*python3\.99"
    ):
        asyncio.run(find_interpreter(RelayCompute("box", settings).client, "python3.99"))
