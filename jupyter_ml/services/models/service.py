# Copyright (c) the Jupyter ML developers.
# Distributed under the terms of the BSD 3-Clause License.

"""Operations on registered models."""

from __future__ import annotations

import getpass
from functools import partial
from typing import TYPE_CHECKING, Any, BinaryIO

from jupyter_ml.errors import ConflictError, InvalidInputError, NotFoundError, UnavailableError
from jupyter_ml.schemas.assets import AssetQuery, AssetSource
from jupyter_ml.schemas.lineage import NodeId, creator_of
from jupyter_ml.schemas.model_details import ModelFiles
from jupyter_ml.schemas.models import MODEL, Model, ModelCreate
from jupyter_ml.schemas.queries import FileQuery
from jupyter_ml.schemas.reference_parts import as_text
from jupyter_ml.schemas.validation import validated
from jupyter_ml.services.asset_source import current_source
from jupyter_ml.services.jobs.archives import zip_chunks
from jupyter_ml.services.jobs.file_tree import FileTree
from jupyter_ml.services.jobs.files import list_tree
from jupyter_ml.services.jobs.mounts import mount_artifacts
from jupyter_ml.services.models.comparing import compare
from jupyter_ml.services.models.contents import ModelContents
from jupyter_ml.services.models.details import read_details
from jupyter_ml.services.models.rows import ModelRows
from jupyter_ml.services.models.sources import Files, find_content
from jupyter_ml.services.resources import BaseResourceService
from jupyter_ml.storage.contents import ContentFile, store_files
from jupyter_ml.tracking.registry_rows import NewVersion

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping
    from pathlib import Path

    from jupyter_ml.schemas.base import Schema
    from jupyter_ml.schemas.jobs import Job
    from jupyter_ml.schemas.model_details import ModelComparison, ModelDetails
    from jupyter_ml.schemas.resources import Page
    from jupyter_ml.services.context import WorkspaceContext
    from jupyter_ml.services.models.sources import Stored
    from jupyter_ml.tracking.registry_rows import ModelRow

__all__ = ["ModelService"]

MODEL_FILE = "MLmodel"
_ATTEMPTS = 3
"""How often content is stored again that another process deletes at that moment."""


class ModelService(BaseResourceService[Model, AssetQuery]):
    """The registered models of a workspace, which are those of MLflow.

    A name is a reference: ``NAME`` is the latest version of a model, and all its versions where they are archived,
    restored or deleted; ``NAME:VERSION`` and ``NAME@ALIAS`` are one version, which an update requires.
    """

    def __init__(self, context: WorkspaceContext) -> None:
        super().__init__(context, MODEL)
        self._rows = ModelRows(context)

    @property
    def _store(self) -> ModelRows:
        return self._rows

    def versions(self, name: str, query: AssetQuery | Mapping[str, Any] | None = None) -> Page[Model]:
        """Return one page of the versions of a model; by default the newest that are not archived."""
        return self.list(self._query(query).model_copy(update={"name": as_text(name)}))

    def create(
        self, spec: Schema | Mapping[str, Any], *, source: AssetSource | None = None, root: Path | None = None
    ) -> Model:
        """Register a version of a model.

        Files are copied into the artifact store, where the same content is stored once. A model that a run has logged
        is not copied.

        Parameters
        ----------
        spec
            The version; a relative path is relative to the working directory.
        source
            The job or notebook that creates it.
        root
            Root directory of the server, to which a path is relative then.

        Raises
        ------
        InvalidInputError
            If nothing is at the path, or it is not of the type.
        ConflictError
            If the version exists; ``current`` is the version as it is.
        """
        given = spec if isinstance(spec, ModelCreate) else validated(ModelCreate, dict(spec))
        try:
            content = find_content(self._context, given.path, root)
            if isinstance(content, Files):
                return self._notify(self._copied(given, content, source, root))
            return self._notify(self._referenced(given, content, source))
        except (InvalidInputError, NotFoundError) as error:
            if getattr(error, "field", None) is not None:
                raise
            raise InvalidInputError(f"path: {error}", field="path") from None

    def register(self, name: str, path: str, **fields: Any) -> Model:
        """Register what is at a path as the next version of a model; `fields` are others of `ModelCreate`."""
        return self.create({"name": name, "path": path, **fields})

    def delete(self, name: str) -> None:
        """Delete a version or a model, with the content that no other version has."""
        self._rows.delete(name, ModelContents(self._context).remove)
        self._context.notify()

    def download(self, name: str, directory: Path) -> Path:
        """Copy the files of a version into a new directory, and return that.

        Raises
        ------
        ConflictError
            If there is something in the directory.
        """
        target = directory.expanduser().absolute()
        if target.exists() and not (target.is_dir() and not any(target.iterdir())):
            raise ConflictError(f"{target} is not empty: choose another directory")
        tree = self._tree(self._rows.registry.get(name))
        if tree.problems:
            raise UnavailableError("; ".join(tree.problems))
        store_files(target, (ContentFile(each.path, _opener(tree, each.path)) for each in tree.walk()))
        return target

    def details(self, name: str) -> ModelDetails:
        """Return flavors, signature, packages and input example of a version, and the history of its stages."""
        row = self._rows.registry.get(name)
        return read_details(row, self._tree(row))

    def compare(self, first: str, second: str) -> ModelComparison:
        """Return two versions beside each other: packages, flavors, signature, parameters and metrics."""
        return compare(self._known(first), self._known(second))

    def files(self, name: str, query: FileQuery | None = None) -> ModelFiles:
        """Return a page of the files of a version; NotFoundError if the query names a file that does not exist."""
        row = self._rows.registry.get(name)
        tree = self._tree(row)
        uri = f"models:/{row.name}/{row.version}"
        items, truncated = list_tree(tree, query or FileQuery(), f"model {name!r}", uri)
        return ModelFiles(items=items, truncated=truncated, problems=tree.problems)

    def open(self, name: str, path: str) -> BinaryIO:
        """Open the file with the `path` that `files` returns; NotFoundError if it does not exist."""
        try:
            return self._tree(self._rows.registry.get(name)).open(path)
        except NotFoundError as error:
            raise NotFoundError(f"model {name!r} has no file {path!r}") from error

    def archive_files(self, name: str, path: str = "") -> Iterator[bytes]:
        """Return a directory of a version, or all its files, as a ZIP archive that is created while it is read."""
        return zip_chunks(self._tree(self._rows.registry.get(name)), path.strip("/"))

    def _tree(self, row: ModelRow) -> FileTree:
        """Return the files of a version; why they cannot be shown is the tree's problem."""
        try:
            return FileTree([mount_artifacts(self._context, row.storage)])
        except UnavailableError as error:
            return FileTree([], [str(error)])

    def _known(self, name: str) -> tuple[Model, ModelDetails, Job | None]:
        model = self.get(name)
        job = model.source and model.source.job
        try:
            found = self._context.store.jobs.get(job) if job else None
        except NotFoundError:  # deleted since
            found = None
        return model, self.details(name), found

    def _copied(self, spec: ModelCreate, content: Files, source: AssetSource | None, root: Path | None) -> Model:
        contents = ModelContents(self._context)
        for attempt in range(_ATTEMPTS):
            try:
                with contents.stored(content.files) as (stored, location):
                    facts = {"digest": stored.digest, "files": stored.files, "bytes": stored.bytes}
                    is_mlflow = (stored.directory / MODEL_FILE).is_file()
                    new = _version(spec, location, location, content.run_id, {**facts, "type": _type(spec, is_mlflow)})
                    return self._add(new, source or content.creator, partial(contents.require, stored))
            except UnavailableError:
                if attempt == _ATTEMPTS - 1:
                    raise
                again = find_content(self._context, spec.path, root)
                assert isinstance(again, Files)
                content = again
        raise AssertionError

    def _referenced(self, spec: ModelCreate, content: Stored, source: AssetSource | None) -> Model:
        tree = FileTree([mount_artifacts(self._context, content.location)])
        facts = {key: (content.facts or {}).get(key) for key in ("digest", "files", "bytes", "type")}
        facts["type"] = _type(spec, tree.find(MODEL_FILE) is not None)
        new = _version(spec, content.source, content.location, content.run_id, facts)
        return self._add(new, source, lambda: None)

    def _add(self, new: NewVersion, source: AssetSource | None, check: Callable[[], None]) -> Model:
        source = source or current_source(self._context.layout.folder)
        creator = {} if source is None else source.model_dump(exclude_none=True)
        model = self._rows.create(new._replace(own={**new.own, **creator}), check)
        made_by = creator_of(model.source)
        if made_by is not None:
            created = NodeId(MODEL.singular, model.name, model.version)
            self._context.store.lineage.add(made_by, created, "output")
        return model


def _opener(tree: FileTree, path: str) -> Any:
    return lambda: tree.open(path)


def _version(spec: ModelCreate, source: str, location: str, run_id: str | None, facts: dict[str, Any]) -> NewVersion:
    if max(len(source), len(location)) > 500:
        raise InvalidInputError(f"the location has more than 500 characters, which MLflow allows: {location}")
    known = {key: value for key, value in facts.items() if value is not None}
    given = {key: value for key, value in (("properties", spec.properties), ("flavors", spec.flavors)) if value}
    return NewVersion(
        name=spec.name,
        version=int(spec.version) if spec.version else None,
        source=source,
        location=location,
        run_id=run_id,
        user=getpass.getuser(),
        description=spec.description,
        stage=spec.stage or "None",
        tags=dict(spec.tags),
        aliases=spec.labels,
        own={**known, **given},
    )


def _type(spec: ModelCreate, is_mlflow: bool) -> str:
    if spec.type == "mlflow_model" and not is_mlflow:
        raise InvalidInputError(
            f"path: {spec.path} has no {MODEL_FILE} file: write type: custom_model, or save it with MLflow",
            field="type",
        )
    return spec.type or ("mlflow_model" if is_mlflow else "custom_model")
