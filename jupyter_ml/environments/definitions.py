# Copyright (c) the Jupyter ML developers.
# Distributed under the terms of the BSD 3-Clause License.

"""Read the definition of an environment from the files that list its packages."""

from __future__ import annotations

from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pydantic import ValidationError

from jupyter_ml.environments.conda import read_conda
from jupyter_ml.environments.projects import read_project
from jupyter_ml.environments.pythons import choose
from jupyter_ml.environments.requirements import Packages, canonical, read_lines
from jupyter_ml.environments.scripts import read_script
from jupyter_ml.errors import InvalidInputError
from jupyter_ml.schemas.environment_definition import Definition
from jupyter_ml.schemas.environment_source import EnvironmentSource, InlineEnvironment
from jupyter_ml.schemas.yaml import read

if TYPE_CHECKING:
    from collections.abc import Iterator

    from jupyter_ml.environments.source_files import SourceFiles

__all__ = ["read_definition"]


def read_definition(source: EnvironmentSource, files: SourceFiles) -> tuple[dict[str, Any], Definition]:
    """Return the contents of the files of an environment, by the keys that name them, and what they mean.

    Raises
    ------
    InvalidInputError
        With the key, if a file cannot be read or is not valid.
    """
    readers = {"conda_file": _conda, "requirements": _requirements, "script": _script, "pyproject": _project}
    key = next(name for name in readers if getattr(source, name) is not None)
    with _in_field(key):
        content, python, packages, exclude_newer = readers[key](getattr(source, key), files)
        requirements = canonical(packages.requirements)
    return content, Definition(
        python=choose(source.python or python),
        requirements=requirements,
        options=list(dict.fromkeys(packages.options)),
        exclude_newer=source.exclude_newer or exclude_newer,
    )


_Read = tuple[dict[str, Any], str | None, Packages, str | None]


def _conda(given: str | dict[str, Any], files: SourceFiles) -> _Read:
    data, base = given, None
    if isinstance(given, str):
        base = Path(given).parent
        document = read(files.read(Path(given)), given)
        document.write_as_text(("python",)) if "python" in document.data else None
        data = document.data
    assert isinstance(data, dict)
    python, packages = read_conda(data, files, base)
    return {"conda_file": data}, python, packages, None


def _requirements(given: str | list[str], files: SourceFiles) -> _Read:
    if isinstance(given, list):
        return {}, None, read_lines(given, files), None
    lines = files.read(Path(given)).splitlines()
    packages = read_lines(lines, files, Path(given).parent)
    return {"requirements": packages.options + packages.requirements}, None, packages, None


def _script(given: str, files: SourceFiles) -> _Read:
    block = read_script(files.read(Path(given)), notebook=given.endswith(".ipynb"))
    requirements = _text_list(block.get("dependencies", []))
    settings = block.get("tool", {}).get("uv", {}) if isinstance(block.get("tool", {}), dict) else {}
    return {}, block.get("requires-python"), read_lines(requirements, files), _date(settings)


def _project(given: str, files: SourceFiles) -> _Read:
    python, requirements, settings = read_project(Path(given), files)
    return {}, python, read_lines(requirements, files), _date(settings)


def _text_list(value: Any) -> list[str]:
    if not isinstance(value, list) or not all(isinstance(each, str) for each in value):
        raise InvalidInputError("dependencies must be a list of requirements")
    return value


def _date(settings: dict[str, Any]) -> str | None:
    """Return the date in the settings of uv, as environments have it."""
    if (value := settings.get("exclude-newer")) is None:
        return None
    try:
        return InlineEnvironment(requirements=[], exclude_newer=str(value)).exclude_newer
    except ValidationError:
        raise InvalidInputError(f"exclude-newer: {value!r} is not a date") from None


@contextmanager
def _in_field(field: str) -> Iterator[None]:
    """Name the field in the errors of a block."""
    try:
        yield
    except InvalidInputError as error:
        raise InvalidInputError(f"{field}: {error}", field=error.field or field) from error
