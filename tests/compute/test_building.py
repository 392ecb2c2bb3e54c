# Copyright (c) the Jupyter ML developers.
# Distributed under the terms of the BSD 3-Clause License.

"""The image of an instance is built from a directory, once for each content, and removed with its last instance."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any

import pytest

from jupyter_ml.compute.docker import building
from jupyter_ml.compute.docker.engine import engine
from jupyter_ml.compute.docker.instance import Instance
from jupyter_ml.errors import InvalidInputError, UnavailableError
from jupyter_ml.schemas.environment_source import Build
from jupyter_ml.schemas.instances import InstanceSettings
from tests.docker_engine import IMAGE
from tests.integration import KILLS

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = [pytest.mark.integration, KILLS, pytest.mark.usefixtures("docker_engine")]


@pytest.fixture
def context(tmp_path: Path) -> Path:
    folder = tmp_path / "context"
    folder.mkdir()
    (folder / "Dockerfile").write_text(f'FROM {IMAGE}\nCOPY greeting /greeting\nRUN ["bash", "-c", "cat /greeting"]\n')
    (folder / "greeting").write_text("good morning\n")
    (folder / ".dockerignore").write_text("# not needed\nnotes\n")
    return folder


def make(directory: Path, context: Path, **settings: Any) -> Instance:
    made = Instance(directory.name, InstanceSettings(build=Build(path=str(context)), memory="300MB", **settings))
    made.directory = directory
    return made


def built() -> set[str]:
    return {image.id for image in engine().images.list(filters={"label": building.LABEL})}


async def log(compute: Instance) -> list[str]:
    return [line async for line in compute.logs()]


def test_an_image_is_built_once_for_each_content_and_removed_with_its_last_instance(tmp_path, context):
    one, two = make(tmp_path / "one", context), make(tmp_path / "two", context)

    async def live() -> None:
        await one.check()
        await one.create()
        [first] = built()
        assert "good morning" in await log(one)
        (context / "notes").write_text("left out")
        (context / "greeting").touch()
        await two.create()
        assert built() == {first}
        assert await log(two) == [], "nothing was built"
        (context / "greeting").write_text("good evening\n")
        await one.create()
        [second] = built() - {first}
        assert "good evening" in await log(one)
        await two.delete()
        assert built() == {second}
        await one.delete()
        assert not built()

    asyncio.run(live())


def test_a_build_that_fails_is_reported_with_its_last_lines(tmp_path, context):
    (context / "Dockerfile").write_text(f'FROM {IMAGE}\nRUN ["bash", "-c", "echo about to fail; false"]\n')
    compute = make(tmp_path / "c", context)
    with pytest.raises(UnavailableError, match=r"(?s)cannot be built; the last lines are:.*about to fail.*non-zero"):
        asyncio.run(compute.create())
    assert "about to fail" in asyncio.run(log(compute))
    assert not built()
    assert not engine().containers.list(all=True, filters={"label": building.LABEL}), "of a step"


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (lambda folder: (folder / "Dockerfile").unlink(), "there is no file Dockerfile in"),
        (
            lambda folder: (folder / "Dockerfile").write_text("FORM x\n"),
            r"(?s)cannot be built.*unknown instruction: FORM",
        ),
        (lambda folder: (folder / "large").write_bytes(b"x" * 2_000), r"more than .* leave some out in a file .docker"),
    ],
)
def test_what_cannot_be_built_is_reported(tmp_path, context, change, message, monkeypatch):
    monkeypatch.setattr(building, "MOST_BYTES", 1_000)
    change(context)
    with pytest.raises((InvalidInputError, UnavailableError), match=message):
        asyncio.run(make(tmp_path / "c", context).create())


@pytest.mark.parametrize("path", ["../Dockerfile", "/etc/passwd", "missing"])
def test_a_dockerfile_is_in_the_directory(context, path):
    with pytest.raises(InvalidInputError, match="there is no file"):
        building.check_context(Build(path=str(context), dockerfile_path=path))


def test_a_directory_that_does_not_exist_is_reported(tmp_path):
    with pytest.raises(InvalidInputError, match="nowhere is not a directory of this machine"):
        asyncio.run(make(tmp_path / "c", tmp_path / "nowhere").check())
