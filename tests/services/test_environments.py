# Copyright (c) the Jupyter ML developers.
# Distributed under the terms of the BSD 3-Clause License.

"""Environments are created with the contents of their files."""

from __future__ import annotations

import pytest

from jupyter_ml.errors import InvalidInputError


def test_an_environment_has_the_content_of_its_files(workspace, tmp_path):
    (tmp_path / "conda.yml").write_text("dependencies:\n  - python=3.11\n  - pip:\n    - Six>=1.16\n")
    first = workspace.environments.create({"name": "sklearn-1.5", "conda_file": str(tmp_path / "conda.yml")})
    (tmp_path / "conda.yml").unlink()
    assert first.conda_file == {"dependencies": ["python=3.11", {"pip": ["Six>=1.16"]}]}
    assert (first.version, first.python, first.definition.requirements) == ("1", "3.11", ["six>=1.16"])
    second = workspace.environments.create({"name": "other", "requirements": ["six >= 1.16"], "python": "3.11"})
    assert second.identity == first.identity
    assert workspace.environments.get("sklearn-1.5@latest").identity == first.identity


def test_an_image_has_no_packages(workspace):
    found = workspace.environments.create(
        {"name": "image", "image": "python", "inference_config": {"liveness_route": {"path": "/", "port": 80}}}
    )
    assert (found.definition, found.identity, found.image) == (None, None, "python")
    found = workspace.environments.create({"name": "context", "build": {"path": "docker"}, "os_type": "linux"})
    assert found.build.dockerfile_path == "Dockerfile"


def test_paths_of_a_server_are_contents_paths(workspace, tmp_path):
    (tmp_path / "requirements.txt").write_text("six\n")
    (tmp_path / "root").mkdir()
    with pytest.raises(InvalidInputError, match="requirements"):
        workspace.environments.create({"name": "a", "requirements": "../requirements.txt"}, root=tmp_path / "root")
    found = workspace.environments.create({"name": "a", "requirements": "requirements.txt"}, root=tmp_path)
    assert (found.requirements, found.definition.requirements) == (["six"], ["six"])


@pytest.mark.integration
def test_an_environment_is_built_and_pruned(workspace):
    environments = workspace.environments
    created = environments.create({"name": "six", "requirements": ["six==1.16.0"]})
    assert (created.state, environments.status("six").state) == ("not_built", "not_built")
    assert environments.build("six:1").packages == ["six==1.16.0"]
    assert (environments.get("six").state, environments.list().items[0].state) == ("built", "built")
    assert environments.prune().removed == []
    environments.delete("six")
    assert environments.prune().removed == [created.identity]


def test_an_environment_is_captured(workspace):
    found = workspace.environments.capture("here")
    names = [line.partition("==")[0] for line in found.definition.requirements]
    assert "pytest" in names
    assert "jupyter-ml" not in names
    assert found.python.count(".") == 2


def test_an_image_is_not_built(workspace):
    workspace.environments.create({"name": "image", "image": "python"})
    with pytest.raises(InvalidInputError, match="only a Docker image"):
        workspace.environments.build("image")
