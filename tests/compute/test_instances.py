# Copyright (c) the Jupyter ML developers.
# Distributed under the terms of the BSD 3-Clause License.

"""Containers fulfill the contract of computes, and programs in them can do little."""

from __future__ import annotations

import asyncio
import shutil
import sys
import uuid
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING, Any

import pytest

from jupyter_ml.compute.docker.container import HOME
from jupyter_ml.compute.docker.engine import engine
from jupyter_ml.compute.docker.instance import Instance
from jupyter_ml.compute.process import Exit, ProcessSpec
from jupyter_ml.compute.testing import ComputeContract
from jupyter_ml.errors import InvalidInputError, UnavailableError
from jupyter_ml.schemas.compute_states import ComputeState
from jupyter_ml.schemas.instances import InstanceSettings
from tests.docker_engine import IMAGE
from tests.integration import KILLS

if TYPE_CHECKING:
    from collections.abc import Iterator

pytestmark = [pytest.mark.integration, KILLS, pytest.mark.usefixtures("docker_engine")]


def make(directory: Path, **settings: Any) -> Instance:
    made = Instance("box", InstanceSettings(image=IMAGE, **{"memory": "300MB", "pids": 256, **settings}))
    made.directory = directory
    return made


@pytest.fixture(scope="module")
def directory(docker_engine: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """Run one container for all tests of the module; yield its directory."""
    folder = tmp_path_factory.mktemp("instance")

    async def run() -> None:
        compute = make(folder)
        await compute.check()
        await compute.create()
        await compute.start()

    asyncio.run(run())
    yield folder
    asyncio.run(make(folder).delete())
    assert not folder.exists()


@pytest.fixture
def box(directory: Path) -> Instance:
    return make(directory)


class TestInstance(ComputeContract):
    @pytest.fixture
    def compute(self, box: Instance) -> Instance:
        return box

    @pytest.fixture
    def python(self) -> str:
        return "/usr/bin/python3"

    @pytest.fixture
    def folder(self, directory: Path) -> Iterator[PurePosixPath]:
        local = directory / "home" / uuid.uuid4().hex[:8]
        local.mkdir(mode=0o777)
        local.chmod(0o777)
        yield PurePosixPath(HOME, local.name)
        shutil.rmtree(local)


def run(compute: Instance, code: str, **env: str) -> tuple[Exit, str]:
    """Run Python code in a container, and return how it ended and what it printed."""

    async def started() -> tuple[Exit, str]:
        log = PurePosixPath(HOME, f"log-{uuid.uuid4().hex}")
        argv, cwd = ["/usr/bin/python3", "-c", code], PurePosixPath("/")
        process = await compute.spawn(ProcessSpec(argv=argv, cwd=cwd, log=log, marker=uuid.uuid4().hex, env=env))
        ended = await asyncio.wait_for(process.wait(), 60)
        return ended, b"".join([piece async for piece in process.follow(log)]).decode()

    return asyncio.run(started())


LOOK = """
import os, pathlib, socket
status = dict(line.split(":", 1) for line in open("/proc/self/status").read().splitlines())
print(os.getuid() != 0, status["CapEff"].strip() == status["CapBnd"].strip() == "0" * 16, status["NoNewPrivs"].strip())
for path in ("/usr/x", "/opt/jupyter-ml/package/jupyter_ml/x", "/opt/jupyter-ml/agent/x", "/etc/x"):
    try:
        open(path, "w")
        print("written", path)
    except OSError:
        pass
open("/tmp/x", "w"), open(os.path.expanduser("~/x"), "w")
print([name for _, name in socket.if_nameindex()], [str(path) for path in pathlib.Path("/").glob("**/docker.sock")])
"""


def test_a_program_is_not_root_and_changes_nothing_of_the_image(box):
    ended, printed = run(box, LOOK, HOME=HOME)
    assert (ended, printed) == (Exit(code=0), "True True 1\n['lo'] []\n")
    [container] = engine().containers.list(filters={"name": "jupyter-ml-box"})
    assert not container.attrs["NetworkSettings"]["Ports"]


def test_what_programs_import_is_compiled_once(directory, box):
    """Although the packages that run jobs are read-only."""
    assert run(box, "import http.server", **box.variables) == (Exit(code=0), "")
    assert [*(directory / "home" / ".cache" / "python").rglob("server.*.pyc")]


def test_a_program_that_needs_too_much_memory_is_reported_as_that(box):
    ended, _ = run(box, "x = bytearray(600_000_000)\nfor i in range(0, len(x), 4096): x[i] = 1")
    assert (ended.signal, ended.out_of_memory) == ("SIGKILL", True)
    assert asyncio.run(box.state()) is ComputeState.RUNNING


def test_a_program_has_so_many_processes(box):
    code = (
        "import os, time\n"
        "try:\n"
        "  for n in range(1000):\n"
        "    if not os.fork(): time.sleep(60)\n"
        "except OSError as error: print(100 < n < 256, error)\n"
    )
    ended, printed = run(box, code)
    assert (ended, printed) == (Exit(code=0), "True [Errno 11] Resource temporarily unavailable\n")


def test_a_container_that_exists_is_found_again(directory, box):
    [container] = engine().containers.list(filters={"name": "jupyter-ml-box"})
    again = make(directory)

    async def check() -> int:
        await again.create()
        await again.start()
        return await again.programs()

    asyncio.run(check())
    assert [each.id for each in engine().containers.list(filters={"name": "jupyter-ml-box"})] == [container.id]


def test_the_life_of_a_container(tmp_path):
    """Stopped, started with its files, changed, killed, removed by hand, and deleted."""
    compute = make(tmp_path / "c")

    async def live() -> None:
        await compute.create()
        assert await compute.state() is ComputeState.STOPPED
        await compute.start()
        (tmp_path / "c" / "home" / "kept").touch()
        await compute.stop()
        assert await compute.state() is ComputeState.STOPPED
        await compute.start()
        assert (await compute.usage()).memory_total_bytes == 300 * 1024**2
        [container] = compute_containers(tmp_path)
        larger = make(tmp_path / "c", memory="400MB")
        await larger.restart()
        [changed] = compute_containers(tmp_path)
        assert changed.id != container.id
        assert (await larger.usage()).memory_total_bytes == 400 * 1024**2
        process = await larger.spawn(
            ProcessSpec(argv=["sleep", "600"], cwd=PurePosixPath("/"), log=PurePosixPath(HOME, "log"), marker="m")
        )
        changed.remove(force=True)
        lost = (await asyncio.wait_for(process.wait(), 30)).lost
        assert "the container of compute 'box' was removed" in str(lost)
        assert await larger.state() is ComputeState.FAILED
        assert "was removed" in str(await larger.problem())
        await larger.create()
        await larger.start()
        assert (tmp_path / "c" / "home" / "kept").exists()
        await larger.delete()
        await larger.delete()

    asyncio.run(live())
    assert not compute_containers(tmp_path)
    assert not (tmp_path / "c").exists()


def compute_containers(tmp_path: Path) -> list[Any]:
    return list(engine().containers.list(all=True, filters={"label": f"jupyter-ml.compute={tmp_path / 'c'}"}))


def test_mounts_are_seen_and_are_checked_at_each_start(tmp_path, docker_engine):
    (tmp_path / "data").mkdir()
    (tmp_path / "data" / "a").write_text("text")
    compute = make(tmp_path / "c", mounts=[{"source": str(tmp_path / "data"), "target": "/data"}])

    async def live() -> None:
        await compute.create()
        await compute.start()

    asyncio.run(live())
    tmp_path.chmod(0o755)
    assert run(compute, "print(open('/data/a').read())")[1] == "text\n"
    assert "Read-only" in run(compute, "open('/data/b', 'w')")[1]
    asyncio.run(compute.stop())
    (tmp_path / "data").rename(tmp_path / "replaced")
    (tmp_path / "data").symlink_to(Path(docker_engine.removeprefix("unix://")).parent)
    with pytest.raises(InvalidInputError, match="contains the socket of an engine"):
        asyncio.run(compute.start())
    asyncio.run(compute.delete())


def test_mounts_that_lead_to_the_socket_of_an_engine_are_refused(tmp_path, docker_engine, monkeypatch):
    own = Path(docker_engine.removeprefix("unix://")).parent
    rootless = tmp_path / "run" / "user"
    rootless.mkdir(parents=True)
    monkeypatch.setenv("XDG_RUNTIME_DIR", str(rootless))
    (tmp_path / "link").symlink_to(own)
    for source in ("/", "/run", "/var/run", own, own.parent, tmp_path / "link", rootless, tmp_path):
        with pytest.raises(InvalidInputError, match="contains the socket of an engine of containers") as refused:
            asyncio.run(make(tmp_path / "d", mounts=[{"source": str(source), "target": "/data"}]).check())
        assert refused.value.field == "mounts"
    for source, message in (("/proc/self", "leads to all files"), ("/nowhere", "is not a directory")):
        with pytest.raises(InvalidInputError, match=message):
            asyncio.run(make(tmp_path / "d", mounts=[{"source": source, "target": "/data"}]).check())


@pytest.mark.parametrize(
    ("limits", "field", "message"),
    [
        ({"cpus": 1000}, "cpus", r"^cpus: 1000 wanted, and this machine has \d+$"),
        ({"memory": "100000TB"}, "memory", r"^memory: 100000TB wanted, and this machine has [\d.]+GB$"),
    ],
)
def test_more_than_the_machine_has_is_refused(tmp_path, limits, field, message):
    asyncio.run(make(tmp_path / "c", cpus=1).check())
    with pytest.raises(InvalidInputError, match=message) as refused:
        asyncio.run(make(tmp_path / "c", **limits).check())
    assert refused.value.field == field


def test_an_image_that_does_not_exist_is_reported(tmp_path):
    compute = Instance("box", InstanceSettings(image="localhost:1/nothing:1"))
    compute.directory = tmp_path / "c"
    with pytest.raises(UnavailableError, match=r"the image 'localhost:1/nothing:1' cannot be pulled: .*refused"):
        asyncio.run(compute.create())


def test_an_image_without_such_a_python_is_reported_and_leaves_no_container(tmp_path):
    before = {each.id for each in engine().containers.list(all=True)}
    for python, message in (("python9.9", "executable file not found"), ("ls", "it printed .*cannot access")):
        compute = make(tmp_path / "c", python=python)
        with pytest.raises(UnavailableError, match=rf"cannot run '{python}': .*{message}"):
            asyncio.run(compute.create())
    assert {each.id for each in engine().containers.list(all=True)} == before


def test_what_a_killed_creation_has_left_is_no_instance_and_is_removed(tmp_path, monkeypatch):
    compute = make(tmp_path / "c")
    with monkeypatch.context() as killed:
        killed.setattr("docker.models.containers.Container.remove", lambda *_, **__: None)
        killed.setattr("jupyter_ml.compute.docker.instance.make_runner", lambda *_: sys.exit("killed"))
        with pytest.raises(SystemExit):
            compute._create()
    assert len(compute_containers(tmp_path)) == 1
    assert asyncio.run(compute.state()) is ComputeState.FAILED
    asyncio.run(compute.delete())
    assert not compute_containers(tmp_path)


def test_a_machine_without_an_engine_is_reported_in_one_sentence(tmp_path, monkeypatch):
    monkeypatch.setenv("DOCKER_HOST", f"unix://{tmp_path}/none.sock")
    engine.cache_clear()
    with pytest.raises(UnavailableError, match="instances need Docker, whose engine does not answer: start it"):
        asyncio.run(make(tmp_path / "c").check())
    engine.cache_clear()


def test_a_machine_without_the_sdk_is_reported_in_one_sentence(tmp_path, monkeypatch):
    monkeypatch.setitem(sys.modules, "docker", None)
    engine.cache_clear()
    try:
        with pytest.raises(UnavailableError, match=r"need the Docker SDK, .*: pip install 'jupyter-ml\[docker\]'"):
            asyncio.run(make(tmp_path / "c").check())
    finally:
        engine.cache_clear()
