# Copyright (c) the Jupyter ML developers.
# Distributed under the terms of the BSD 3-Clause License.

"""Compile the packages of an environment, once for each version of a package and of Python.

Compiled files are kept in the user's cache and linked into the next environment that has the package: to compile pandas
and scikit-learn takes longer than to install them. Python validates each of them by the time and size of its source.
"""

from __future__ import annotations

import csv
import hashlib
import os
import shutil
import subprocess
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

__all__ = ["compile_packages", "prune_bytecode"]

CACHED = "__pycache__"
MAX_PACKAGES = 1_000
"""Packages whose compiled files are kept: those that were used last."""


def compile_packages(python: str | Path, version: str, packages: Path) -> None:
    """Compile the modules in a directory of packages, with a Python and its version, e.g. ``3.11``."""
    kept = [(info, _place(info, version)) for info in packages.glob("*.dist-info")]
    for _, place in kept:
        _link_all(place, packages)
    command = [str(python), "-m", "compileall", "-q", "-q", "-j", "0", str(packages)]
    subprocess.run(command, check=False, capture_output=True, env={"PATH": os.defpath})  # some tests are no valid code
    for info, place in kept:
        if place.exists():
            os.utime(place)
        else:
            _keep(info, place, packages)
    prune_bytecode()


def prune_bytecode(keep: int = MAX_PACKAGES) -> None:
    """Remove the compiled files of all packages but those that were used last."""
    times = []
    for place in _cache().glob("*/*"):
        with suppress(FileNotFoundError):
            times.append((place.stat().st_mtime, place))
    for _, place in sorted(times, reverse=True)[keep:]:
        shutil.rmtree(place, ignore_errors=True)  # installed environments have links of their own


def _cache() -> Path:
    return Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "jupyter-ml" / "bytecode"


def _place(info: Path, version: str) -> Path:
    """Return where the compiled files of an installed package are kept."""
    record = hashlib.sha256((info / "RECORD").read_bytes()).hexdigest()[:12] if (info / "RECORD").exists() else ""
    return _cache() / version / f"{info.name.removesuffix('.dist-info')}-{record}"


def _keep(info: Path, place: Path, packages: Path) -> None:
    """Keep the compiled files of a package; the directory is complete as soon as it exists."""
    temporary = place.with_name(f"{place.name}.{os.getpid()}")
    with suppress(OSError):  # the cache is on a full disk, or another process was faster
        for file in _compiled(info, packages):
            _link(packages / file, temporary / file)
        if temporary.exists():
            temporary.rename(place)
    shutil.rmtree(temporary, ignore_errors=True)


def _compiled(info: Path, packages: Path) -> Iterator[Path]:
    """Yield the compiled files of a package, relative to site-packages."""
    with suppress(FileNotFoundError), (info / "RECORD").open(newline="", encoding="utf-8") as record:
        sources = [Path(row[0]) for row in csv.reader(record) if row and row[0].endswith(".py")]
        folders = {source.parent for source in sources if ".." not in source.parts and not source.is_absolute()}
        for folder in sorted(folders):
            known = {source.stem for source in sources if source.parent == folder}
            for file in (packages / folder / CACHED).glob("*.pyc"):
                if file.name.partition(".")[0] in known:
                    yield file.relative_to(packages)


def _link_all(place: Path, packages: Path) -> None:
    for top, _, names in os.walk(place):
        target = packages / Path(top).relative_to(place)
        if names and target.parent.is_dir():
            for name in names:
                with suppress(OSError):
                    _link(Path(top, name), target / name)


def _link(source: Path, target: Path) -> None:
    """Link a file, or copy it to another file system."""
    target.parent.mkdir(parents=True, exist_ok=True)
    try:
        target.hardlink_to(source)
    except FileExistsError:
        pass
    except OSError:
        shutil.copy2(source, target)
