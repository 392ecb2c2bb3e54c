# Copyright (c) the Jupyter ML developers.
# Distributed under the terms of the BSD 3-Clause License.

"""Find the environment that a job names, when it is submitted and when it starts."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from jupyter_ml.environments.capture import captured
from jupyter_ml.environments.curated import curated, find_curated
from jupyter_ml.environments.definitions import read_definition
from jupyter_ml.environments.source_files import SourceFiles
from jupyter_ml.errors import InvalidInputError, NotFoundError, nearest
from jupyter_ml.schemas.environment_source import InlineEnvironment
from jupyter_ml.schemas.reference_fields import CURRENT
from jupyter_ml.schemas.reference_scopes import is_here
from jupyter_ml.schemas.references import AssetRef
from jupyter_ml.schemas.validation import validated

if TYPE_CHECKING:
    from pathlib import Path

    from jupyter_ml.schemas.environment_definition import Definition
    from jupyter_ml.schemas.environments import Environment
    from jupyter_ml.schemas.job_spec import JobSpec
    from jupyter_ml.services.context import WorkspaceContext
    from jupyter_ml.services.jobs.loaded_spec import LoadedSpec

__all__ = ["JobEnvironment", "environment_of", "read_inline", "resolve_environment"]

REGISTRY = "registries/azureml"
"""Scope of the environments that Azure ML provides."""


class JobEnvironment(NamedTuple):
    """The environment of a job."""

    name: str
    """What to call it in messages."""
    definition: Definition
    variables: dict[str, str]
    image: str | None
    """A Docker image, which is not used."""


def resolve_environment(context: WorkspaceContext, loaded: LoadedSpec[Any]) -> LoadedSpec[Any]:
    """Return a spec whose environment does not change any more: a version, or an environment with its definition.

    Raises
    ------
    InvalidInputError
        If there is no such environment, or it cannot be used on a compute without Docker.
    """
    given = loaded.spec.environment
    if given is None:
        return loaded
    with loaded.located("environment"):
        found = read_inline(given) if isinstance(given, InlineEnvironment) else _named(context, given)
        return loaded.replace(loaded.spec.model_copy(update={"environment": found}))


def environment_of(context: WorkspaceContext, spec: JobSpec) -> JobEnvironment | None:
    """Return the environment of a submitted job; None if it runs with the Python of the client.

    Raises
    ------
    NotFoundError
        If it has been deleted.
    """
    given = spec.environment
    if given is None:
        return None
    if isinstance(given, InlineEnvironment):
        assert given.definition is not None, "it is set when the job is submitted"
        return JobEnvironment(given.name or "of the job", given.definition, given.variables, given.image)
    found = context.store.environments.get(AssetRef.parse(given).short)
    assert found.definition is not None, "checked when the job was submitted"
    return JobEnvironment(found.reference, found.definition, found.variables, found.image)


def _named(context: WorkspaceContext, name: str) -> str | InlineEnvironment:
    if name == CURRENT:
        here = captured()
        fields = {"name": CURRENT, "requirements": here["requirements"], "python": here["python"]}
        return read_inline(validated(InlineEnvironment, fields))
    reference = AssetRef.parse(name)
    known = find_curated(reference.name)
    if is_here(reference.scope, context.settings.name):
        try:
            found = context.store.environments.get(reference.short)
        except NotFoundError as error:
            if known is None:
                raise InvalidInputError(f"environment: {error}{_hint(reference.name)}", field="environment") from None
        else:
            return _pinned(found)
    if known is None or reference.scope not in (None, REGISTRY):
        raise InvalidInputError(
            f"environment: {name} is not in this workspace, and its packages are not known here: create an environment "
            f"with them, and write azureml:NAME:VERSION{_hint(reference.name)}",
            field="environment",
        )
    return read_inline(known)


def _hint(name: str) -> str:
    return nearest(name, curated()) or f"; known names of Azure ML: {', '.join(curated())}"


def _pinned(found: Environment) -> str:
    if found.definition is None:
        raise InvalidInputError(_only_image(found.reference), field="environment")
    return str(AssetRef(found.name, found.version))


def read_inline(given: InlineEnvironment, root: Path | None = None) -> InlineEnvironment:
    """Return the environment in the spec of a job with the contents of its files, which have to be in `root`."""
    if not given.has_packages:
        raise InvalidInputError(_only_image(given.name or given.image or "of the job"), field="environment")
    if given.definition is not None:  # of a job that runs again, whose files may have changed
        return given
    try:
        contents, definition = read_definition(given, SourceFiles(root))
    except InvalidInputError as error:
        raise InvalidInputError(f"environment.{error}", field=f"environment.{error.field}") from error
    return given.model_copy(update={**contents, "definition": definition})


def _only_image(name: str) -> str:
    return (
        f"environment: {name} has only a Docker image, and the computes of this workspace run no images: add a "
        "conda_file or requirements, or remove the key"
    )
