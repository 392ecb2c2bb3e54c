# Copyright (c) the Jupyter ML developers.
# Distributed under the terms of the BSD 3-Clause License.

"""Kernels are found by the names in notebooks and on the command line."""

from __future__ import annotations

from pathlib import Path

import pytest
from jupyter_client.kernelspec import KernelSpecManager

from jupyter_ml.errors import InvalidInputError
from jupyter_ml.executor.kernel_command import kernel_spec
from jupyter_ml.kernels.specs import read_kernel
from jupyter_ml.notebooks import kernels
from jupyter_ml.notebooks.kernels import check_kernel, find_kernel, kernel_name_of
from tests.notebooks.documents import document


def test_an_unknown_kernel_suggests_the_nearest() -> None:
    with pytest.raises(InvalidInputError, match=r"no kernel 'python33' \(did you mean 'python3'\?\)"):
        check_kernel("python33")
    check_kernel("python3")


@pytest.mark.parametrize("name", ["python", "Python3", "PYTHON", "python3"])
def test_kernel_names_are_canonicalized_as_by_jupyter_client(name: str) -> None:
    assert check_kernel(name) == "python3"
    assert kernel_name_of(document("1", kernel=name)) == "python3"


@pytest.mark.parametrize("variable", ["JUPYTER_PATH", "IPYTHONDIR"])
def test_kernels_are_found_where_jupyter_client_finds_them(
    variable: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tmp_path / "kernels" / "Mine"
    folder.mkdir(parents=True)
    (folder / "kernel.json").write_text('{"argv": ["true"], "display_name": "Mine", "language": "none"}')
    (tmp_path / "kernels" / "empty").mkdir()
    monkeypatch.setenv(variable, str(tmp_path))
    assert find_kernel("mine") == folder
    assert Path(KernelSpecManager().get_kernel_spec("mine").resource_dir) == folder
    assert find_kernel("empty") is None


def test_the_kernel_of_this_python_needs_no_kernelspec(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(kernels, "jupyter_path", lambda _: [str(tmp_path)])
    monkeypatch.setattr("jupyter_client.kernelspec.jupyter_path", lambda *_: [str(tmp_path)])
    assert check_kernel("python3") == "python3"
    folder = find_kernel("python3")
    assert folder is not None
    assert read_kernel(folder) is None
    assert "ipykernel_launcher" in kernel_spec("python3").argv
