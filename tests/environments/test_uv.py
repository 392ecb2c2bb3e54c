# Copyright (c) the Jupyter ML developers.
# Distributed under the terms of the BSD 3-Clause License.

"""A machine without uv."""

from __future__ import annotations

import pytest
import uv

from jupyter_ml.environments.uv import find_uv, run_uv
from jupyter_ml.errors import UnavailableError


def test_what_to_install_is_reported_where_uv_is_missing(tmp_path, monkeypatch):
    def missing():
        raise FileNotFoundError("uv")

    monkeypatch.setattr(uv, "find_uv_bin", missing)
    monkeypatch.setattr("sys.executable", str(tmp_path / "bin" / "python"))
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(UnavailableError, match="not installed here: pip install uv"):
        run_uv(["lock"], cwd=tmp_path)
    assert list(tmp_path.iterdir()) == []
    program = tmp_path / "uv"
    program.touch(mode=0o700)
    assert find_uv() == str(program), "that of the user"
