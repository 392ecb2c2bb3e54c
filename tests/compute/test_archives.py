# Copyright (c) the Jupyter ML developers.
# Distributed under the terms of the BSD 3-Clause License.

"""Archives of a compute that shares no files are extracted, and cannot write elsewhere."""

from __future__ import annotations

import io
import tarfile
from typing import TYPE_CHECKING

from jupyter_ml.compute.agents.copying import pack
from jupyter_ml.compute.archives import unpack

if TYPE_CHECKING:
    from pathlib import Path


def test_an_archive_cannot_write_outside_of_its_directory(tmp_path: Path) -> None:
    target, outside = tmp_path / "target", tmp_path / "outside"
    target.mkdir()
    outside.mkdir()
    archive = io.BytesIO()
    with tarfile.open(fileobj=archive, mode="w") as tar:
        for name in ("../outside/a", "/outside/b", "link/c", "good"):
            if name == "link/c":
                link = tarfile.TarInfo("link")
                link.type, link.linkname = tarfile.SYMTYPE, str(outside)
                tar.addfile(link)
            member = tarfile.TarInfo(name)
            member.size = 1
            tar.addfile(member, io.BytesIO(b"x"))
    archive.seek(0)
    unpack(archive, target)
    assert not list(outside.iterdir())
    assert (target / "good").read_bytes() == b"x"
    assert not (target / "link").is_symlink()


def test_what_does_not_exist_is_an_empty_archive(tmp_path: Path) -> None:
    archive = io.BytesIO()
    pack(tmp_path / "missing", archive)
    archive.seek(0)
    unpack(archive, tmp_path)
    assert not list(tmp_path.iterdir())
