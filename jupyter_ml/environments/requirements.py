# Copyright (c) the Jupyter ML developers.
# Distributed under the terms of the BSD 3-Clause License.

"""Read requirements: lines of PEP 508, and the options of pip's files that select packages."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from packaging.requirements import InvalidRequirement, Requirement
from packaging.utils import canonicalize_name

from jupyter_ml.errors import InvalidInputError
from jupyter_ml.schemas.reference_parts import require_url, shown

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from jupyter_ml.environments.source_files import SourceFiles

__all__ = ["Packages", "canonical", "read_lines"]

MAX_REQUIREMENTS = 5_000
MAX_DEPTH = 10
"""How deeply files of requirements may include others."""
_INDEX = {"-i": "--index-url", "--index-url": "--index-url", "--extra-index-url": "--extra-index-url"}
_INDEX |= {"-f": "--find-links", "--find-links": "--find-links"}
_INCLUDE = ("-r", "--requirement")
_FLAGS = {"--pre": "--prerelease=allow", "--prerelease=allow": "--prerelease=allow"}
"""Options of pip and uv, as a definition has them."""
_OPTION = re.compile(r"(?P<name>--?[A-Za-z][A-Za-z-]*)(?:\s*=\s*|\s+|(?<=^-\w))?(?P<value>.*)")


@dataclass
class Packages:
    """What requirements select.

    Attributes
    ----------
    requirements
        Requirements of PEP 508.
    options
        Options of uv for package indexes.
    """

    requirements: list[str] = field(default_factory=list)
    options: list[str] = field(default_factory=list)

    def add(self, other: Packages) -> None:
        """Add what other requirements select."""
        self.requirements += other.requirements
        self.options += other.options


def canonical(requirements: Iterable[str]) -> list[str]:
    """Return requirements in one spelling and order, each once."""
    return sorted({_canonical(line) for line in requirements})


def _canonical(line: str) -> str:
    requirement = _parse(line)
    extras = f"[{','.join(sorted(map(canonicalize_name, requirement.extras)))}]" if requirement.extras else ""
    versions = ",".join(sorted(str(each) for each in requirement.specifier))
    url = f" @ {requirement.url}" if requirement.url else ""
    marker = f" ; {requirement.marker}" if requirement.marker else ""
    return f"{canonicalize_name(requirement.name)}{extras}{url or versions}{marker}"


def _parse(line: str) -> Requirement:
    try:
        return Requirement(line)
    except InvalidRequirement as error:
        problem = str(error).splitlines()[0]
        raise InvalidInputError(
            f"{shown(line)} is not a requirement ({problem}): write NAME, NAME==VERSION or NAME @ URL"
        ) from None


def read_lines(lines: Iterable[str], files: SourceFiles, base: Path | None = None, depth: int = 0) -> Packages:
    """Return what the lines of a file of requirements select.

    Parameters
    ----------
    lines
        The lines; a line that ends in a backslash continues on the next one.
    files
        Reads the files that they include.
    base
        Directory of the file, to which the paths of included files are relative.
    depth
        How deeply the file is included.

    Raises
    ------
    InvalidInputError
        If a line is not valid, or refers to a package in a directory of this machine.
    """
    found = Packages()
    for line in _joined(lines):
        if line.startswith("-"):
            found.add(_option(line, files, base, depth))
        else:
            found.requirements.append(_checked(line))
        if len(found.requirements) > MAX_REQUIREMENTS:
            raise InvalidInputError(f"there are more than {MAX_REQUIREMENTS:,} requirements")
    return found


def _joined(lines: Iterable[str]) -> Iterable[str]:
    text = re.sub(r"\\\n", " ", "\n".join(lines))
    for line in text.splitlines():
        if stripped := re.sub(r"(^|\s)#.*$", "", line).strip():
            yield stripped


def _checked(line: str) -> str:
    line = re.sub(r"\s+--hash[= ]\S+", "", line)
    if re.match(r"(\.{0,2}/|file:|~)", line) or (line.endswith((".whl", ".tar.gz")) and "@" not in line):
        raise InvalidInputError(
            f"{shown(line)} is a package on this machine, which other environments do not have: publish it to a "
            "package index, or name its repository as NAME @ git+https://…"
        )
    if re.match(r"(git|hg|svn|bzr)\+", line) or "://" in line.partition("@")[0]:
        raise InvalidInputError(f"{shown(line)} has no name of the package: write NAME @ {line}")
    if url := _parse(line).url:
        _require_url(url)
    return line


def _option(line: str, files: SourceFiles, base: Path | None, depth: int) -> Packages:
    match = _OPTION.match(line)
    name, value = (match["name"], match["value"].strip()) if match else (line, "")
    if name in _INCLUDE:
        if depth >= MAX_DEPTH:
            raise InvalidInputError(f"{shown(line)}: files include each other more than {MAX_DEPTH} times")
        path = files.locate(value, base)
        return read_lines(files.read(path).splitlines(), files, path.parent, depth + 1)
    if name in _INDEX:
        _require_url(value)
        return Packages(options=[f"{_INDEX[name]}={value}"])
    if line in _FLAGS:
        return Packages(options=[_FLAGS[line]])
    if name in ("-e", "--editable"):
        raise InvalidInputError(
            f"{shown(line)} is a package on this machine, which other environments do not have: put its directory into "
            "the code of the job, or name its repository as NAME @ git+https://…"
        )
    known = ", ".join([*_INCLUDE, *_INDEX, *_FLAGS])
    raise InvalidInputError(f"the option {shown(line)} is not supported; remove it ({known} are supported)")


def _require_url(url: str) -> None:
    if "://" not in url:
        raise InvalidInputError(f"{shown(url)} is not a URL")
    require_url(url.partition("+")[2] if re.match(r"(git|hg|svn|bzr)\+", url) else url)
