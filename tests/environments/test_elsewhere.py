# Copyright (c) the Jupyter ML developers.
# Distributed under the terms of the BSD 3-Clause License.

"""Environments are built here for the Pythons of other machines."""

from __future__ import annotations

import json
import platform
import shutil
import signal
import subprocess
import sys
import sysconfig
from pathlib import Path
from tempfile import TemporaryFile

import pytest

from jupyter_ml.environments.elsewhere import LOCK, Elsewhere, identity_of
from jupyter_ml.environments.installations import Installations
from jupyter_ml.errors import InvalidInputError, UnavailableError
from jupyter_ml.schemas.environment_definition import Definition
from jupyter_ml.schemas.pythons import Interpreter
from tests.workspaces import until

HERE = Interpreter(
    str(Path(sys.executable).resolve()),
    sys.version_info[:2],
    f"{platform.machine()}-unknown-linux-gnu",
    (sysconfig.get_path("purelib"),),
    "/root",
)
OTHER = HERE._replace(path="/usr/bin/python3.12", version=(3, 12), platform="aarch64-unknown-linux-gnu")


def define(*requirements, python=HERE.minor):
    return Definition(python=python, requirements=list(requirements))


@pytest.fixture(scope="module")
def installations(tmp_path_factory):
    return Installations(tmp_path_factory.mktemp("environments"))


def copied(elsewhere, folder):
    """Return what a machine gets."""
    return Path(shutil.copytree(elsewhere.directory, folder / "there", symlinks=True))


def output_of(folder, *command):
    return subprocess.run(command, cwd=folder, check=True, capture_output=True, text=True).stdout.strip()


@pytest.mark.integration
def test_a_copy_works_wherever_it_is(installations, tmp_path):
    elsewhere, steps = Elsewhere(installations, define("six==1.16.0", "tabulate==0.9.0"), HERE), []
    assert not elsewhere.is_built
    elsewhere.build(progress=lambda done, step: steps.append((done, step)))
    assert [done for done, _ in steps] == [0, 1]
    assert "2 packages" in steps[1][1]
    elsewhere.build(progress=lambda *_: pytest.fail("it is built already"))
    folder = copied(elsewhere, tmp_path)
    for _ in range(2):
        assert output_of(folder, *elsewhere.check) == ""
    code = "import six, sys, ipykernel; print(six.__version__, sys.prefix, ipykernel.__file__)"
    python = str(folder / "bin" / "python")
    version, prefix, ipykernel = output_of("/", python, "-c", code).split()
    assert (version, prefix) == ("1.16.0", str(folder))
    assert Path(ipykernel).is_relative_to(HERE.packages[0])
    assert [*folder.glob("lib/*/site-packages/__pycache__/six.*.pyc")]
    assert output_of("/", "sh", "-c", f"printf 'a 1' | {folder}/bin/tabulate -f plain") == "a  1"
    assert "six==1.16.0" in (folder / LOCK).read_text()
    assert json.loads((folder / "share/jupyter/kernels/python3/kernel.json").read_text())["argv"][0] == "python"
    names = [each.name for each in folder.glob("lib/*/site-packages/*.dist-info")]
    assert sorted(names) == ["six-1.16.0.dist-info", "tabulate-0.9.0.dist-info"]


@pytest.mark.integration
def test_the_lock_is_that_of_this_machine_if_the_python_is_the_same(installations):
    definition = define("six")
    installations.lock_file(definition.identity).parent.mkdir(exist_ok=True)
    installations.lock_file(definition.identity).write_text(f"# Python {HERE.minor}\nsix==1.15.0\n")
    same = Elsewhere(installations, definition, HERE._replace(path=sys.executable))
    same.build()
    assert "six==1.15.0" in (same.directory / LOCK).read_text()
    assert identity_of(same.identity) == definition.identity


@pytest.mark.integration
def test_wheels_of_another_version_and_platform(installations):
    elsewhere = Elsewhere(installations, define("markupsafe==3.0.2", python="3.12.4"), OTHER)
    elsewhere.build()
    folder = elsewhere.directory
    [compiled] = folder.glob("lib/python3.12/site-packages/markupsafe/_speedups*.so")
    assert "312-aarch64" in compiled.name
    assert str((folder / "bin" / "python").readlink()) == OTHER.path


@pytest.mark.integration
def test_what_cannot_be_installed_there_is_named(installations, monkeypatch):
    with pytest.raises(InvalidInputError, match=r"docopt==0\.6\.2 has no usable wheels"):
        Elsewhere(installations, define("docopt==0.6.2", python="3.12"), OTHER).build()
    message = r"Python 3\.9 is not installed on the compute, which has Python 3\.12.*python: nearest"
    with pytest.raises(InvalidInputError, match=message):
        Elsewhere(installations, define("six", python="3.9"), OTHER).build()
    monkeypatch.setenv("UV_OFFLINE", "1")
    with pytest.raises((UnavailableError, InvalidInputError), match="network"):
        Elsewhere(installations, define("jupyter-ml-not-in-any-cache==1", python="3.12"), OTHER).build()
    assert not [*installations.folder.glob("building-*")]


@pytest.mark.integration
def test_packages_with_which_no_kernel_starts_are_named(installations, tmp_path):
    elsewhere = Elsewhere(installations, define("six==1.16.0"), HERE)
    elsewhere.build()
    folder = copied(elsewhere, tmp_path)
    [packages] = folder.glob("lib/*/site-packages")
    (packages / "traitlets.py").write_text("VERSION = 1")
    done = subprocess.run(elsewhere.check, cwd=folder, capture_output=True, text=True, check=False)
    assert done.returncode
    assert "ipykernel, with which notebooks run, does not work" in done.stderr
    assert "traitlets" in done.stderr


@pytest.mark.integration
def test_copies_with_other_versions_have_other_names(installations, tmp_path):
    """Workspaces that resolved the same requirements on different days do not get the packages of each other."""
    names = []
    for number, version in enumerate(("1.15.0", "1.16.0")):
        places, definition = Installations(tmp_path / str(number)), define("six")
        places.lock_file(definition.identity).parent.mkdir(parents=True)
        places.lock_file(definition.identity).write_text(f"# Python {HERE.minor}\nsix=={version}\n")
        elsewhere = Elsewhere(places, definition, HERE)
        elsewhere.build()
        names.append(elsewhere.name)
    assert len({*names}) == 2


@pytest.mark.integration
def test_the_next_version_is_used_if_that_is_allowed(installations):
    elsewhere = Elsewhere(installations, define("six==1.16.0", python="3.9"), HERE)
    elsewhere.build(nearest=True)
    assert f"Python {HERE.minor} is used" in installations.read_note(elsewhere.identity)["message"]


@pytest.mark.integration
def test_nothing_is_left_of_a_build_that_was_killed(installations):
    definition = define("idna==3.6", "six==1.16.0")
    elsewhere = Elsewhere(installations, definition, HERE)
    command = [sys.executable, "-m", "jupyter_ml.environments", str(installations.folder), "exact", json.dumps(HERE)]
    with TemporaryFile() as file:
        file.write(definition.model_dump_json().encode())
        file.seek(0)
        process = subprocess.Popen(command, stdin=file, stdout=subprocess.PIPE)
    until(lambda: [*installations.folder.glob(f"building-{elsewhere.identity}-*")], poll_s=0.005)
    process.send_signal(signal.SIGKILL)
    process.communicate()
    assert not elsewhere.is_built
    elsewhere.build()
    assert elsewhere.is_built
    assert not [*installations.folder.glob("building-*")]
