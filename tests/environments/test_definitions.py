# Copyright (c) the Jupyter ML developers.
# Distributed under the terms of the BSD 3-Clause License.

"""Files that list the packages of an environment, in all their forms."""

from __future__ import annotations

import json

import pytest

from jupyter_ml.environments.definitions import read_definition
from jupyter_ml.environments.pythons import own_version
from jupyter_ml.environments.source_files import SourceFiles
from jupyter_ml.errors import InvalidInputError
from jupyter_ml.schemas.environment_source import InlineEnvironment
from jupyter_ml.schemas.validation import validated


def define(root=None, **fields):
    return read_definition(validated(InlineEnvironment, fields), SourceFiles(root))[1]


def of_conda(*dependencies, **more):
    return define(conda_file={"dependencies": list(dependencies), **more})


def test_order_and_spelling_do_not_matter():
    first = define(requirements=["Scikit_Learn >= 1.5, <2", "pandas[excel, parquet]", "six", "six"], python="3.11")
    second = define(requirements=["six", "pandas[parquet,excel]", "scikit-learn<2,>=1.5"], python="3.11")
    assert first.requirements == ["pandas[excel,parquet]", "scikit-learn<2,>=1.5", "six"]
    assert first.identity == second.identity
    assert first.identity != define(requirements=["six"], python="3.11").identity
    assert first.identity != first.model_copy(update={"python": "3.12"}).identity
    assert first.identity != first.model_copy(update={"exclude_newer": "2026-01-01T00:00:00Z"}).identity


@pytest.mark.parametrize(
    ("written", "requirement"),
    [
        ("numpy", "numpy"),
        ("numpy=1.21.2", "numpy==1.21.2.*"),
        ("numpy=1.21.*", "numpy==1.21.*"),
        ("numpy==1.21.2", "numpy==1.21.2"),
        ("numpy 1.21.*", "numpy==1.21.*"),
        ("numpy >=1.21, <2", "numpy<2,>=1.21"),
        ("numpy=1.21=py38h1234_0", "numpy==1.21.*"),
        ("conda-forge::scikit_learn>=1", "scikit-learn>=1"),
        ("pip<=23.1", "pip<=23.1"),
        ("pytorch=2.1", "torch==2.1.*"),
        ("pytables", "tables"),
        ("python-dateutil", "python-dateutil"),
    ],
)
def test_packages_of_conda(written, requirement):
    assert of_conda(written).requirements == [requirement]


@pytest.mark.parametrize(
    ("written", "python"),
    [
        ("python=3.8", "3.8"),
        ("python=3.8.5", "3.8.5"),
        ("python==3.12", "3.12"),
        ("python 3.10.*", "3.10"),
        ("conda-forge::python=3.9", "3.9"),
        ("python>=3.11,<3.12", "3.11"),
        ("python", own_version()),
    ],
)
def test_python_of_conda(written, python):
    found = of_conda(written, "six")
    assert (found.python, found.requirements) == (python, ["six"])


@pytest.mark.parametrize(
    ("dependency", "message"),
    [
        ("graphviz", "graphviz is not a Python package"),
        ("cudatoolkit=11.3", "cudatoolkit is not a Python package"),
        ("r-base", "r-base is not a Python package"),
        ("numpy=1.1|1.2", "'|' is not supported"),
        ("python=2.7", "'2.7' is not a version of Python"),
        ({"npm": ["x"]}, "write - pip:"),
        ({"pip": ["-e ./package"]}, "is a package on this machine"),
        ({"pip": ["./dist/a-1.0-py3-none-any.whl"]}, "is a package on this machine"),
        ({"pip": ["git+https://example.org/a.git"]}, "write NAME @ git"),
        ({"pip": ["a @ https://user:password@example.org/a.whl"]}, "has a secret"),
        ({"pip": ["--index-url https://token@example.org/simple"]}, "has a secret"),
        ({"pip": ["--trusted-host example.org"]}, "is not supported"),
        ({"pip": ["six=1.0"]}, "is not a requirement"),
        ({"pip": [["six"]]}, "is not a requirement"),
        (7, "is not a conda package"),
    ],
)
def test_what_cannot_be_installed(dependency, message):
    with pytest.raises(InvalidInputError, match=r"conda_file|python") as error:
        of_conda(dependency)
    assert message in str(error.value)


def test_a_conda_file_and_what_it_includes(tmp_path):
    (tmp_path / "conda.yml").write_text(
        "name: model\nchannels: [conda-forge]\ndependencies:\n"
        "  - python=3.10\n  - pip:\n    - -r more/requirements.txt\n    - --extra-index-url https://example.org/simple\n"
    )
    (tmp_path / "more").mkdir()
    (tmp_path / "more" / "requirements.txt").write_text("# comment\nsix>=1.16 \\\n  # more\n-r base.txt\n")
    (tmp_path / "more" / "base.txt").write_text("Idna ; python_version > '3.7'\n")
    found = define(conda_file=str(tmp_path / "conda.yml"))
    assert found.requirements == ['idna ; python_version > "3.7"', "six>=1.16"]
    assert found.options == ["--extra-index-url=https://example.org/simple"]
    (tmp_path / "more" / "base.txt").write_text("-r requirements.txt\n")
    with pytest.raises(InvalidInputError, match="include each other"):
        define(conda_file=str(tmp_path / "conda.yml"))


def test_the_versions_in_a_file_are_text(tmp_path):
    (tmp_path / "python_env.yaml").write_text(
        "python: 3.10\nbuild_dependencies: [pip]\ndependencies:\n  - -r requirements.txt\n"
    )
    (tmp_path / "requirements.txt").write_text("six\n")
    assert define(conda_file=str(tmp_path / "python_env.yaml")).python == "3.10"


def test_files_outside_of_the_root_are_not_read(tmp_path):
    (tmp_path / "root").mkdir()
    (tmp_path / "secret.txt").write_text("six\n")
    (tmp_path / "root" / "requirements.txt").write_text("-r ../secret.txt\n")
    with pytest.raises(InvalidInputError, match="outside of the root directory"):
        define(tmp_path / "root", requirements=str(tmp_path / "root" / "requirements.txt"))
    (tmp_path / "root" / "link.txt").symlink_to(tmp_path / "secret.txt")
    with pytest.raises(InvalidInputError, match="outside of the root directory"):
        define(tmp_path / "root", requirements=str(tmp_path / "root" / "link.txt"))


BLOCK = """# /// script
# requires-python = ">=3.8"
# dependencies = ["six", "Idna<4"]
#
# [tool.uv]
# exclude-newer = "2026-01-31"
# ///
"""


def test_a_script_and_a_notebook(tmp_path):
    (tmp_path / "train.py").write_text(f"#!/usr/bin/env python\n{BLOCK}import six\n")
    found = define(script=str(tmp_path / "train.py"))
    assert (found.python, found.requirements) == (own_version(), ["idna<4", "six"])
    assert found.exclude_newer == "2026-02-01T00:00:00Z"
    cells = [
        {"cell_type": "markdown", "source": BLOCK},
        {"cell_type": "code", "source": BLOCK.splitlines(keepends=True)},
    ]
    (tmp_path / "train.ipynb").write_text(json.dumps({"cells": cells}))
    assert define(script=str(tmp_path / "train.ipynb")) == found
    (tmp_path / "train.py").write_text("import six\n")
    with pytest.raises(InvalidInputError, match="no block of the form '# /// script'"):
        define(script=str(tmp_path / "train.py"))
    (tmp_path / "train.py").write_text(BLOCK.replace("[", "("))
    with pytest.raises(InvalidInputError, match="is not TOML"):
        define(script=str(tmp_path / "train.py"))


def test_a_project_without_a_lock(tmp_path):
    project = tmp_path / "pyproject.toml"
    project.write_text('[project]\nname = "a"\nversion = "1"\nrequires-python = "==3.9.*"\ndependencies = ["six"]\n')
    found = define(pyproject=str(project))
    assert (found.python, found.requirements) == ("3.9", ["six"])
    project.write_text('[project]\nname = "a"\ndynamic = ["version", "dependencies"]\n')
    with pytest.raises(InvalidInputError, match="uv lock"):
        define(pyproject=str(project))


@pytest.mark.parametrize(
    ("fields", "message"),
    [
        ({}, "nothing defines the packages"),
        ({"requirements": ["six"], "conda_file": {"dependencies": []}}, "give one of them"),
        ({"image": "a", "build": {"path": "."}}, "are two images"),
        ({"requirements": ["six"], "exclude_newer": "yesterday"}, "2026-01-31"),
        ({"requirements": ["six"], "os_type": "windows"}, "'linux'"),
        ({"requirements": ["six"], "python": "3"}, "is not a version of Python"),
        ({"conda_file": {"dependecies": ["six"]}}, "is not a key of conda files"),
        ({"conda_file": {"dependencies": "six"}}, "must be a list"),
        ({"conda_file": "none.yml"}, "none.yml does not exist"),
        ({"requirements": "none.txt"}, "none.txt does not exist"),
        ({"conda_file": "https://example.org/conda.yml"}, "is not a local path"),
    ],
)
def test_errors(fields, message):
    with pytest.raises(InvalidInputError) as error:
        define(**fields)
    assert message in str(error.value)
