# Copyright (c) the Jupyter ML developers.
# Distributed under the terms of the BSD 3-Clause License.

"""What the services of one workspace share: its files, settings, database, tracking store and secrets."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from pydantic import TypeAdapter

from jupyter_ml.errors import ConflictError, WorkspaceError
from jupyter_ml.schemas.base import now
from jupyter_ml.schemas.validation import validate
from jupyter_ml.schemas.workspace import WorkspaceSettings
from jupyter_ml.schemas.yaml import dump, load
from jupyter_ml.services.imported_runs import ImportedRuns
from jupyter_ml.services.layout import FOLDER_NAME, Layout, find_folder
from jupyter_ml.services.once import once
from jupyter_ml.services.supervisor import SupervisorService
from jupyter_ml.store.notifications import Listener, notify
from jupyter_ml.store.store import Store
from jupyter_ml.tracking.client import Tracking
from jupyter_ml.tracking.ui import TrackingUI
from jupyter_ml.vault.files import EncryptedFiles
from jupyter_ml.vault.jobs import JobSecrets
from jupyter_ml.vault.keys import key_source
from jupyter_ml.vault.registry import open_vault

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime
    from types import TracebackType
    from typing import Self

    from jupyter_ml.vault.base import Vault

__all__ = ["WorkspaceContext"]


@dataclass(frozen=True, eq=False)
class WorkspaceContext:
    """The parts of an open workspace, each created on first use; services take it, and users take `Workspace`.

    Attributes
    ----------
    layout : Layout
        Paths of its files.
    settings : WorkspaceSettings
        The content of ``workspace.yml``.
    clock : Callable
        Returns the current time, aware and in UTC.
    """

    layout: Layout
    settings: WorkspaceSettings
    clock: Callable[[], datetime] = now

    @classmethod
    def open(cls, path: str | Path | None = None, *, start: Path | None = None) -> Self:
        """Open a workspace; see `Workspace.open`."""
        layout = Layout(find_folder(path, start))
        if not layout.settings.exists():
            _create(layout, WorkspaceSettings())
        document = load(layout.settings)
        return cls(layout, validate(TypeAdapter(WorkspaceSettings), document, WorkspaceSettings))

    @classmethod
    def init(cls, parent: str | Path, *, name: str | None = None) -> Self:
        """Create a workspace and open it; see `Workspace.init`."""
        start = Path(parent).expanduser().absolute()
        if start.name == FOLDER_NAME:
            start = start.parent
        layout = Layout(start / FOLDER_NAME)
        if layout.settings.exists():
            raise ConflictError(f"there is a workspace already: {layout.folder}")
        _create(layout, WorkspaceSettings(name=name or start.name))
        return cls.open(start)

    @once
    def store(self) -> Store:
        """The database."""
        store = Store.open(self.settings.database or self.layout.database)
        if store.upgraded:
            self.supervisor.end_before_upgrade()
        return store

    @once
    def vault(self) -> Vault:
        """The credentials of datastores and the secrets of the workspace."""
        settings = self.settings.vault
        return open_vault(settings.kind, self.layout.folder, settings.settings, self.encrypted_files)

    @once
    def job_secrets(self) -> JobSecrets:
        """The secrets of jobs that have not ended."""
        return JobSecrets(self.encrypted_files)

    @once
    def encrypted_files(self) -> EncryptedFiles:
        """The files of the embedded vault."""
        return EncryptedFiles(self.layout.vault, key_source(self.settings.vault.key, self.layout.vault))

    @once
    def tracking(self) -> Tracking:
        """The MLflow store; heavy on first use."""
        return Tracking(self.tracking_uri, self.settings.artifacts or str(self.layout.artifacts))

    @once
    def tracking_ui(self) -> TrackingUI:
        """MLflow's own UI, which is started on first use."""
        return TrackingUI(self.tracking_uri, self.settings.artifacts or str(self.layout.artifacts))

    @once
    def supervisor(self) -> SupervisorService:
        """The background process that schedules and runs jobs."""
        return SupervisorService(self.layout, self.settings)

    @property
    def tracking_uri(self) -> str:
        """The argument of ``mlflow.set_tracking_uri`` in a program that Jupyter ML did not start."""
        return Tracking.uri(self.settings.database, self.layout.mlflow)

    @property
    def tracking_environment(self) -> dict[str, str]:
        """Variables with which MLflow logs into this workspace, in a program that Jupyter ML did not start."""
        return Tracking.variables(self.tracking_uri, self.settings.artifacts or str(self.layout.artifacts))

    @property
    def imported_runs(self) -> ImportedRuns:
        """The record of the MLflow runs that have been imported."""
        return ImportedRuns(self.layout.imported_runs, self.layout.mlflow)

    def notify(self) -> None:
        """Notify every process that has this workspace open of a change; only speed depends on it."""
        notify(self.layout.folder)
        if self.store.shared:
            self.store.notify()

    def listen(self) -> Listener:
        """Return a listener that wakes at every `notify`."""
        return Listener(self.layout.folder)

    def close(self) -> None:
        """Close the connections; the object must not be used afterwards."""
        if "store" in self.__dict__:
            self.store.close()
        if "tracking_ui" in self.__dict__:
            self.tracking_ui.stop()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self.close()


def _create(layout: Layout, settings: WorkspaceSettings) -> None:
    try:
        layout.folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        text = dump({"name": settings.name})
        temporary = layout.settings.with_suffix(f".{os.getpid()}.tmp")
        temporary.write_text(text, encoding="utf-8")
        temporary.replace(layout.settings)
    except OSError as error:
        raise WorkspaceError(f"the workspace {layout.folder} cannot be created: {error.strerror}") from error
