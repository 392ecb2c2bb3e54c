# Copyright (c) the Jupyter ML developers.
# Distributed under the terms of the BSD 3-Clause License.

"""Contents paths in requests and responses."""

from __future__ import annotations

import errno
from pathlib import Path

import pytest

from jupyter_ml.errors import InvalidInputError
from jupyter_ml.services.contents_paths import contents_paths_in_text, resolve_path
from jupyter_ml.services.jobs.specs import from_file


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("/srv/lab/a.ipynb, cell 3: no", "a.ipynb, cell 3: no"),
        ("code (/srv/lab); the job", "code (/); the job"),
        ("'/srv/lab/' is not a directory", "'/' is not a directory"),
        ("/srv/laboratory/x and /data/srv/lab/x", "/srv/laboratory/x and /data/srv/lab/x"),
        ("/srv/lab/.jupyter-ml/x to /srv/lab/y z", ".jupyter-ml/x to y z"),
    ],
)
def test_a_text_contains_contents_paths(text, told):
    assert contents_paths_in_text(Path("/srv/lab"), text) == told


def test_a_root_that_is_a_link_or_the_file_system(tmp_path):
    (tmp_path / "real").mkdir()
    (tmp_path / "link").symlink_to("real")
    for name in ("real", "link"):
        assert contents_paths_in_text(tmp_path / "link", f"no {tmp_path}/{name}/x") == "no x"
    assert contents_paths_in_text(Path("/"), "no /etc/x") == "no /etc/x"


@pytest.mark.parametrize(
    ("path", "reason"),
    [
        ("0" * 300, "File name too long"),
        ("0/" * 2_500, "File name too long"),
        ("a\0b", "embedded null byte"),
        ("\ud800", "surrogates not allowed"),
        ("circle/x", ""),
    ],
    ids=["name", "path", "NUL", "surrogate", "links"],
)
def test_a_path_that_no_file_can_have(tmp_path, monkeypatch, path, reason):
    (tmp_path / "circle").symlink_to("circle")
    monkeypatch.chdir(tmp_path)
    for root in (None, tmp_path):
        with pytest.raises(InvalidInputError, match=rf"^data\.path: .* cannot be a path: .*{reason}") as raised:
            resolve_path(root, path, "data.path")
        assert raised.value.field == "data.path"
        assert len(str(raised.value)) < 500


def test_the_home_of_an_unknown_user():
    with pytest.raises(InvalidInputError, match="'~unknown-user/x' cannot be a path"):
        resolve_path(None, "~unknown-user/x", "path")


def test_a_file_that_is_missing_or_inaccessible_has_a_path(tmp_path):
    (tmp_path / "file").touch()
    assert resolve_path(tmp_path, "/no/x", "path") == tmp_path / "no" / "x"
    assert resolve_path(tmp_path, "file/x", "path") == tmp_path / "file" / "x"
    assert resolve_path(None, "no", "path") == Path("no").absolute()


def test_a_path_in_a_directory_without_access(tmp_path, monkeypatch):
    """Root, as which tests may run, has access to each directory."""
    (tmp_path / "locked").mkdir()
    real = Path.stat

    def stat(path: Path, **options: object) -> object:
        if path.parent.name == "locked":
            raise PermissionError(errno.EACCES, "Permission denied", str(path))
        return real(path, **options)  # type: ignore[arg-type]

    monkeypatch.setattr(Path, "stat", stat)
    monkeypatch.chdir(tmp_path)
    for root in (None, tmp_path):
        with pytest.raises(InvalidInputError, match=r"^path: 'locked/a\.csv' cannot be accessed: Permission denied$"):
            resolve_path(root, "locked/a.csv", "path")
    with pytest.raises(InvalidInputError, match=r"cannot be accessed: Permission denied$"):
        from_file(Path("locked/a.ipynb"), {}, {}, code=True)
