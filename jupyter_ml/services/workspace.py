# Copyright (c) the Jupyter ML developers.
# Distributed under the terms of the BSD 3-Clause License.

"""The one facade: everything that anybody does with a workspace goes through it."""

from __future__ import annotations

import os
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from pydantic import TypeAdapter

from jupyter_ml.errors import ConflictError, WorkspaceError
from jupyter_ml.schemas.validation import validate
from jupyter_ml.schemas.workspace import WorkspaceInfo, WorkspaceSettings
from jupyter_ml.schemas.yaml import dump, load
from jupyter_ml.services.change_feed import ChangeFeed
from jupyter_ml.services.event_logs import EventLogService
from jupyter_ml.services.experiments import ExperimentService
from jupyter_ml.services.files import FileService
from jupyter_ml.services.forms import FormService
from jupyter_ml.services.jobs import JobService
from jupyter_ml.services.layout import FOLDER_NAME, Layout, find_folder
from jupyter_ml.services.metrics import MetricService
from jupyter_ml.services.repair import RepairService
from jupyter_ml.services.runs import SeenRuns
from jupyter_ml.services.supervisor import SupervisorService
from jupyter_ml.store.notifications import Listener, notify
from jupyter_ml.store.store import Store
from jupyter_ml.tracking.client import Tracking
from jupyter_ml.vault.vault import Vault

if TYPE_CHECKING:
    from types import TracebackType
    from typing import Self

__all__ = ["Workspace"]


class Workspace:
    """A workspace: jobs, experiments and what they leave behind.

    Use `open`; a workspace is a context manager and is closed at the end of the block.

    Attributes
    ----------
    layout : Layout
        Where its things lie on disk.
    settings : WorkspaceSettings
        What ``workspace.yml`` says.
    """

    def __init__(self, layout: Layout, settings: WorkspaceSettings) -> None:
        self.layout = layout
        self.settings = settings

    @classmethod
    def open(cls, path: str | Path | None = None, *, start: Path | None = None) -> Self:
        """Open a workspace.

        Parameters
        ----------
        path
            Its folder, or the folder that holds its ``.jupyter-ml``. When absent: ``JUPYTER_ML_WORKSPACE``, else the
            nearest ``.jupyter-ml`` upwards, else the user's default workspace, which is made when it is missing.
        start
            From where upwards; the working folder when absent.

        Raises
        ------
        WorkspaceError
            When there is none at `path`, or it cannot be opened.
        InvalidInputError
            When its ``workspace.yml`` is wrong.
        """
        layout = Layout(find_folder(path, start))
        if not layout.settings.exists():
            _create(layout, WorkspaceSettings())
        document = load(layout.settings)
        settings = validate(TypeAdapter(WorkspaceSettings), document, {"": WorkspaceSettings})
        return cls(layout, settings)

    @classmethod
    def init(cls, parent: str | Path, *, name: str | None = None) -> Self:
        """Create a workspace in the folder ``.jupyter-ml`` in `parent`, which is created too, and open it.

        Parameters
        ----------
        parent
            The folder, or a ``.jupyter-ml`` in it.
        name
            What to call it; the folder's name when absent.

        Raises
        ------
        ConflictError
            When there is one already.
        WorkspaceError
            When the folder cannot be created.
        """
        start = Path(parent).expanduser().absolute()
        if start.name == FOLDER_NAME:
            start = start.parent
        layout = Layout(start / FOLDER_NAME)
        if layout.settings.exists():
            raise ConflictError(f"there is a workspace already: {layout.folder}")
        _create(layout, WorkspaceSettings(name=name or start.name))
        return cls.open(start)

    @cached_property
    def store(self) -> Store:
        """The database, opened on first use."""
        return Store.open(self.settings.database or self.layout.database)

    @cached_property
    def vault(self) -> Vault:
        """The secrets."""
        return Vault(self.layout.vault)

    @cached_property
    def tracking(self) -> Tracking:
        """The MLflow store; heavy on first use."""
        return Tracking(self.tracking_uri, self.settings.artifacts or str(self.layout.artifacts))

    @property
    def tracking_uri(self) -> str:
        """What to give to ``mlflow.set_tracking_uri`` in a program that Jupyter ML did not start."""
        return Tracking.uri(self.settings.database, self.layout.mlflow)

    @property
    def tracking_environment(self) -> dict[str, str]:
        """Variables with which MLflow logs into this workspace, in a program that Jupyter ML did not start."""
        return Tracking.variables(self.tracking_uri, self.settings.artifacts or str(self.layout.artifacts))

    @property
    def seen_runs(self) -> SeenRuns:
        """Which MLflow runs are in the lists already."""
        return SeenRuns(self.layout.seen_runs, self.layout.mlflow)

    @cached_property
    def jobs(self) -> JobService:
        """Jobs."""
        return JobService(self)

    @cached_property
    def experiments(self) -> ExperimentService:
        """Experiments."""
        return ExperimentService(self)

    @cached_property
    def event_logs(self) -> EventLogService:
        """What attempts tell."""
        return EventLogService(self)

    @cached_property
    def files(self) -> FileService:
        """Files of jobs."""
        return FileService(self)

    @cached_property
    def metrics(self) -> MetricService:
        """Curves of jobs."""
        return MetricService(self)

    @cached_property
    def forms(self) -> FormService:
        """Forms from which jobs are submitted."""
        return FormService(self)

    @cached_property
    def repair(self) -> RepairService:
        """Jobs that have a folder and no row."""
        return RepairService(self)

    @cached_property
    def supervisor(self) -> SupervisorService:
        """The program that makes wishes true."""
        return SupervisorService(self.layout, self.settings)

    def info(self) -> WorkspaceInfo:
        """Return what to know of the workspace at a glance."""
        return WorkspaceInfo(
            name=self.settings.name,
            description=self.settings.description,
            folder=str(self.layout.folder),
            database=self.settings.database or str(self.layout.database),
            artifacts=self.settings.artifacts or str(self.layout.artifacts),
            tracking_uri=self.tracking_uri,
            jobs=self.jobs.counts(),
            supervisor=self.supervisor.status(),
        )

    def follow(self) -> ChangeFeed:
        """Return what tells of changes from now on."""
        return ChangeFeed(self)

    def notify(self) -> None:
        """Tell everybody who has this workspace open that something changed; nothing depends on it but speed."""
        notify(self.layout.folder)
        if self.store.shared:
            self.store.notify()

    def listen(self) -> Listener:
        """Return a bell that rings at every `notify`."""
        return Listener(self.layout.folder)

    def close(self) -> None:
        """Close the connections; the object is not used after that."""
        if "store" in self.__dict__:
            self.store.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self.close()

    def __repr__(self) -> str:
        return f"Workspace({str(self.layout.folder)!r})"


def _create(layout: Layout, settings: WorkspaceSettings) -> None:
    try:
        layout.folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        text = dump({"name": settings.name})
        temporary = layout.settings.with_suffix(f".{os.getpid()}.tmp")
        temporary.write_text(text, encoding="utf-8")
        temporary.replace(layout.settings)
    except OSError as error:
        raise WorkspaceError(f"the workspace {layout.folder} cannot be made: {error.strerror}") from error
