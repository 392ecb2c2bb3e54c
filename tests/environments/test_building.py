# Copyright (c) the Jupyter ML developers.
# Distributed under the terms of the BSD 3-Clause License.

"""Environments are resolved and installed once, and nothing is left of a build that was killed."""

from __future__ import annotations

import json
import shutil
import signal
import subprocess
import sys
from tempfile import TemporaryFile

import pytest

from jupyter_ml.environments import uv
from jupyter_ml.environments.building import build
from jupyter_ml.environments.installations import Installations
from jupyter_ml.environments.pythons import find, own_version
from jupyter_ml.errors import InvalidInputError, UnavailableError
from jupyter_ml.schemas.environment_definition import Definition
from tests.workspaces import until


def define(*requirements, python=None, **more):
    return Definition(python=python or own_version(), requirements=list(requirements), **more)


@pytest.fixture(scope="module")
def installations(tmp_path_factory):
    return Installations(tmp_path_factory.mktemp("environments"))


def output_of(path, code):
    command = [str(path / "bin" / "python"), "-c", code]
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout.strip()


def started(installations, definition):
    command = [sys.executable, "-m", "jupyter_ml.environments", str(installations.folder), "exact"]
    with TemporaryFile() as file:
        file.write(definition.model_dump_json().encode())
        file.seek(0)
        return subprocess.Popen(command, stdin=file, stdout=subprocess.PIPE)


@pytest.mark.integration
def test_a_build(installations):
    steps = []
    definition = define("six==1.16.0")
    path = build(installations, definition, progress=lambda done, step: steps.append((done, step)))
    assert path == installations.folder / definition.identity
    assert [done for done, _ in steps] == [0, 1, 2, 3]
    assert "1 packages" in steps[1][1]
    assert output_of(path, "import six, sys; print(six.__version__, sys.prefix)") == f"1.16.0 {path}"
    assert list(path.glob("lib/*/site-packages/__pycache__/six.*.pyc"))
    found = installations.describe(definition.identity)
    assert (found.state, found.packages, found.python) == ("built", ["six==1.16.0"], own_version())
    assert "--hash=sha256:" in found.lock
    kernel = json.loads((path / "share/jupyter/kernels/python3/kernel.json").read_text())
    assert kernel["argv"][0] == str(path / "bin" / "python")
    again = build(installations, definition, progress=lambda *_: pytest.fail("it is built already"))
    assert again == path


@pytest.mark.integration
def test_what_jupyter_ml_needs_is_not_in_the_lock(installations):
    path = build(installations, define("six==1.16.0"))
    code = "import ipykernel, mlflow, fsspec; print(fsspec.get_filesystem_class('azureml').__module__)"
    assert output_of(path, code) == "jupyter_ml.storage.azureml"
    names = [each.name for each in path.glob("lib/*/site-packages/*.dist-info")]
    assert names == ["six-1.16.0.dist-info"]


@pytest.mark.integration
def test_the_same_versions_are_installed_again(installations):
    definition = define("six")
    installations.lock_file(definition.identity).parent.mkdir(exist_ok=True)
    installations.lock_file(definition.identity).write_text(f"# Python {own_version()}\nsix==1.15.0\n")
    path = build(installations, definition)
    assert output_of(path, "import six; print(six.__version__)") == "1.15.0"
    assert installations.remove(definition.identity) > 0
    assert installations.describe(definition.identity).state == "not_built"
    assert output_of(build(installations, definition), "import six; print(six.__version__)") == "1.15.0"


@pytest.mark.integration
def test_a_date_selects_older_versions(installations):
    path = build(installations, define("six", exclude_newer="2021-01-01T00:00:00Z"))
    assert output_of(path, "import six; print(six.__version__)") == "1.15.0"


@pytest.mark.integration
def test_eight_processes_build_it_once(installations):
    definition = define("six==1.16.0", "idna==3.7")
    processes = [started(installations, definition) for _ in range(8)]
    lines = [[json.loads(line) for line in process.communicate()[0].splitlines()] for process in processes]
    assert {process.returncode for process in processes} == {0}
    assert {each[-1]["path"] for each in lines} == {str(installations.path(definition.identity))}
    assert sorted(len(each) > 1 for each in lines) == [False] * 7 + [True]


@pytest.mark.integration
def test_nothing_is_left_of_a_build_that_was_killed(installations):
    definition = define("idna==3.6", "six==1.16.0")
    process = started(installations, definition)

    def is_building():
        assert process.poll() is None
        return list(installations.folder.glob(f"building-{definition.identity}-*"))

    until(is_building, poll_s=0.005)
    process.send_signal(signal.SIGKILL)
    process.communicate()
    assert installations.python(definition.identity) is None
    path = build(installations, definition)
    assert output_of(path, "import idna; print(idna.__version__)") == "3.6"
    assert list(installations.folder.glob("building-*")) == []


@pytest.mark.integration
@pytest.mark.parametrize(
    ("requirements", "message"),
    [
        (("six==99",), "no version of six==99"),
        (("jupyter-ml-has-no-such-package",), "jupyter-ml-has-no-such-package was not found"),
        (("six==1.16.0", "six<1.10"), "unsatisfiable"),
    ],
)
def test_packages_that_cannot_be_resolved(installations, requirements, message):
    definition = define(*requirements)
    with pytest.raises(InvalidInputError, match=message):
        build(installations, definition)
    found = installations.describe(definition.identity)
    assert found.state == "failed"
    assert message in found.message
    assert not installations.path(definition.identity).exists()


@pytest.mark.integration
def test_a_yanked_version_is_reported(installations):
    definition = define("attrs==21.1.0")
    build(installations, definition)
    assert "attrs==21.1.0` is yanked" in installations.describe(definition.identity).message


@pytest.mark.integration
def test_a_package_that_breaks_the_kernel(installations):
    definition = define("traitlets==4.3.3")
    with pytest.raises(InvalidInputError, match="ipykernel, with which notebooks run, does not work"):
        build(installations, definition)


def test_a_python_that_is_not_installed(installations):
    definition = define("six", python="3.99")
    with pytest.raises(
        InvalidInputError, match=r"Python 3.99 is not installed here \(found: 3.*uv python install 3.99"
    ):
        build(installations, definition)
    assert installations.describe(definition.identity).state == "failed"
    assert find("3.99", nearest=True).version[0] == 3
    assert find(own_version()).text.startswith(own_version())


def test_without_uv(installations, monkeypatch):
    monkeypatch.setitem(sys.modules, "uv", None)
    monkeypatch.setattr(shutil, "which", lambda *_, **__: None)
    definition = define("six==1.13.0")
    with pytest.raises(UnavailableError, match="pip install uv"):
        build(installations, definition)
    assert installations.describe(definition.identity).state == "failed"
    assert not list(installations.folder.glob("building-*"))


def test_messages_of_uv_are_one_paragraph():
    assert uv.explained("Using Python 3.11\n  \u00d7 No solution found:\n  ╰─▶ Because a==1\n      and b\n") == (
        "No solution found: Because a==1 and b"
    )
    assert uv.explained("error: Failed to parse\n") == "Failed to parse"
    assert uv.explained("") == "uv has failed without a message"


def test_a_build_is_seen_by_others(installations):
    assert installations.describe("0123").state == "not_built"
    with installations.building("0123"):
        assert installations.describe("0123").state == "building"
    assert installations.describe("0123").state == "not_built"
