# Copyright (c) the Jupyter ML developers.
# Distributed under the terms of the BSD 3-Clause License.

"""Images that are built from a directory, once for each content of it."""

from __future__ import annotations

import hashlib
import os
import stat
import time
from collections import deque
from contextlib import suppress
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING, Any

from jupyter_ml.compute.docker.engine import call_docker, engine
from jupyter_ml.errors import InvalidInputError, UnavailableError

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from typing import TextIO

    from jupyter_ml.schemas.environment_source import Build

__all__ = ["build_image", "check_context", "remove_unused_images"]

REPOSITORY, LABEL = "jupyter-ml-built", "jupyter-ml.built"
MOST_FILES, MOST_BYTES = 20_000, 1024**3
"""What a directory may contain, without what its ``.dockerignore`` leaves out."""
BUILD_S = 3_600
LOG_BYTES = 1024**2
LAST_LINES = 10


def check_context(build: Build) -> list[str]:
    """Return the paths of the files in a directory from which an image is built.

    Raises
    ------
    InvalidInputError
        If there is no such directory, no such Dockerfile in it, or too much.
    """
    from docker.utils import exclude_paths

    root, dockerfile = Path(build.path), PurePosixPath(build.dockerfile_path)
    if not root.is_dir():
        raise InvalidInputError(f"build.path: {root} is not a directory of this machine", field="build")
    if dockerfile.is_absolute() or ".." in dockerfile.parts or not (root / dockerfile).is_file():
        raise InvalidInputError(f"build.dockerfile_path: there is no file {dockerfile} in {root}", field="build")
    ignored = root / ".dockerignore"
    lines = ignored.read_text(encoding="utf-8").splitlines() if ignored.is_file() else []
    patterns = [line.strip() for line in lines if line.strip() and not line.startswith("#")]
    paths = sorted(exclude_paths(str(root), patterns, dockerfile=str(dockerfile)))
    size = sum(os.lstat(root / path).st_size for path in paths)
    if len(paths) > MOST_FILES or size > MOST_BYTES:
        raise InvalidInputError(
            f"build.path: {root} has {len(paths):,} files of {size / 1024**2:,.0f} MB, more than {MOST_FILES:,} files "
            f"of {MOST_BYTES // 1024**2:,} MB: leave some out in a file .dockerignore",
            field="build",
        )
    return paths


def build_image(build: Build, log: Path, memory_bytes: int | None) -> Any:
    """Return the image that is built from a directory; it is built if this machine does not have it.

    Parameters
    ----------
    build
        The directory.
    log
        File for what the build prints; it is replaced.
    memory_bytes
        Limit of the memory of each step.

    Raises
    ------
    InvalidInputError
        As for `check_context`.
    UnavailableError
        If it cannot be built, with the last lines that it printed.
    """
    from docker.errors import ImageNotFound

    paths = check_context(build)
    tag = f"{REPOSITORY}:{_digest(build, paths)}"
    with call_docker(f"the image of {build.path} cannot be built"):
        try:
            return engine().images.get(tag)
        except ImageNotFound:
            _build(build, paths, tag, log, memory_bytes)
            return engine().images.get(tag)


def remove_unused_images() -> None:
    """Remove the images that were built here and that no container has."""
    from docker.errors import APIError

    with call_docker("images cannot be listed"):
        for image in engine().images.list(filters={"label": LABEL}):
            for reference in image.tags or [image.id]:
                with suppress(APIError):  # a container has it, or another process removes it
                    engine().images.remove(reference)


def _digest(build: Build, paths: Iterable[str]) -> str:
    """Return what differs when the content of a directory does, without the times of its files."""
    digest = hashlib.sha256(build.dockerfile_path.encode())
    for path in paths:
        file = Path(build.path, path)
        mode = file.lstat().st_mode
        digest.update(f"\0{path}\0{mode:o}\0".encode())
        if stat.S_ISLNK(mode):
            digest.update(os.fsencode(file.readlink()))
        elif stat.S_ISREG(mode):
            with file.open("rb") as opened:
                digest.update(hashlib.file_digest(opened, "sha256").digest())
    return digest.hexdigest()[:32]


def _build(build: Build, paths: list[str], tag: str, log: Path, memory_bytes: int | None) -> None:
    from docker.utils import create_archive

    limits = {"memory": memory_bytes, "memswap": memory_bytes} if memory_bytes else {}
    with create_archive(build.path, paths) as context, log.open("w", encoding="utf-8") as file:
        chunks = engine().api.build(
            fileobj=context,
            custom_context=True,
            dockerfile=build.dockerfile_path,
            tag=tag,
            labels={LABEL: ""},
            rm=True,
            forcerm=True,
            container_limits=limits,
            timeout=BUILD_S,
            decode=True,
        )
        _follow(chunks, build, file)


def _follow(chunks: Iterator[dict[str, Any]], build: Build, log: TextIO) -> None:
    """Write what a build prints, up to a limit; UnavailableError if it fails or takes too long."""
    last: deque[str] = deque(maxlen=LAST_LINES)
    ends_at, written, why = time.monotonic() + BUILD_S, 0, None
    for chunk in chunks:
        if error := chunk.get("error"):
            why = ""  # the stream ends after it
        for line in str(error or chunk.get("stream") or chunk.get("status") or "").splitlines():
            if line.strip():
                last.append(line[:1_000])
                if written < LOG_BYTES:
                    written += log.write(f"{line}\n")
                    log.flush()
        if time.monotonic() > ends_at:
            why = f" in {BUILD_S // 60} minutes"
            break
    if why is not None:
        lines = "\n".join(last)
        raise UnavailableError(f"the image of {build.path} cannot be built{why}; the last lines are:\n{lines}")
