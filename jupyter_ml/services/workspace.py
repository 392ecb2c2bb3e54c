# Copyright (c) the Jupyter ML developers.
# Distributed under the terms of the BSD 3-Clause License.

"""The public facade: every client uses a workspace through it.

Services are imported when they are used: a client that submits a job needs few of them.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from jupyter_ml.errors import nearest
from jupyter_ml.schemas import registry
from jupyter_ml.schemas.workspace import WorkspaceInfo
from jupyter_ml.services.change_feed import ChangeFeed
from jupyter_ml.services.context import WorkspaceContext
from jupyter_ml.services.jobs.service import JobService
from jupyter_ml.services.once import once
from jupyter_ml.services.servers import ServerService
from jupyter_ml.store import Store

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping
    from pathlib import Path
    from types import TracebackType
    from typing import Self

    from jupyter_ml.schemas.doctor import Check
    from jupyter_ml.services.computes import ComputeService
    from jupyter_ml.services.data import DataService
    from jupyter_ml.services.datastores import DatastoreService
    from jupyter_ml.services.environments import EnvironmentService
    from jupyter_ml.services.experiments import ExperimentService
    from jupyter_ml.services.filters import FilterService
    from jupyter_ml.services.jobs.event_logs import EventLogService
    from jupyter_ml.services.jobs.files import FileService
    from jupyter_ml.services.jobs.forms import FormService
    from jupyter_ml.services.jobs.metrics import MetricService
    from jupyter_ml.services.jobs.repair import RepairService
    from jupyter_ml.services.jobs.runs import RunService
    from jupyter_ml.services.jobs.service_connections import ServiceConnections
    from jupyter_ml.services.lineage import LineageService
    from jupyter_ml.services.models.service import ModelService
    from jupyter_ml.services.resources import BaseResourceService
    from jupyter_ml.services.supervisor import SupervisorService
    from jupyter_ml.services.vault import VaultService
    from jupyter_ml.tracking.ui import TrackingUI

__all__ = ["Workspace"]


class Workspace:
    """A workspace: its jobs, experiments and results.

    Use `open`; a workspace is a context manager and is closed at the end of the block.
    """

    def __init__(self, context: WorkspaceContext) -> None:
        self._context = context

    @classmethod
    def open(cls, path: str | Path | None = None, *, start: Path | None = None) -> Self:
        """Open a workspace.

        Parameters
        ----------
        path
            Its directory, or the directory that contains its ``.jupyter-ml``. By default ``JUPYTER_ML_WORKSPACE``, else
            the nearest ``.jupyter-ml`` upwards, else the user's default workspace, which is created if it is missing.
        start
            The directory from which to search upwards; the working directory by default.

        Raises
        ------
        WorkspaceError
            If there is none at `path`, or it cannot be opened.
        InvalidInputError
            If its ``workspace.yml`` is invalid.
        """
        return cls(WorkspaceContext.open(path, start=start))

    @classmethod
    def init(cls, parent: str | Path, *, name: str | None = None) -> Self:
        """Create a workspace in the directory ``.jupyter-ml`` in `parent`, which is created too, and open it.

        Parameters
        ----------
        parent
            The directory, or a ``.jupyter-ml`` in it.
        name
            Name of the workspace; the directory's name by default.

        Raises
        ------
        ConflictError
            If there is one already.
        WorkspaceError
            If the directory cannot be created.
        """
        return cls(WorkspaceContext.init(parent, name=name))

    @property
    def name(self) -> str:
        """Name of the workspace."""
        return self._context.settings.name

    @property
    def folder(self) -> Path:
        """Directory of the workspace."""
        return self._context.layout.folder

    @property
    def forks(self) -> bool:
        """Whether programs are forked from processes that have imported what they need (``local.fork``)."""
        return self._context.settings.local.fork

    @once
    def jobs(self) -> JobService:
        """Jobs."""
        return JobService(self._context)

    @once
    def experiments(self) -> ExperimentService:
        """Experiments."""
        from jupyter_ml.services.experiments import ExperimentService

        return ExperimentService(self._context)

    @once
    def datastores(self) -> DatastoreService:
        """Datastores."""
        from jupyter_ml.services.datastores import DatastoreService

        return DatastoreService(self._context)

    @once
    def data(self) -> DataService:
        """Data assets, and the content of data files."""
        from jupyter_ml.services.data import DataService

        return DataService(self._context)

    @once
    def environments(self) -> EnvironmentService:
        """Environments: the Python and the packages of jobs."""
        from jupyter_ml.services.environments import EnvironmentService

        return EnvironmentService(self._context)

    @once
    def models(self) -> ModelService:
        """Models in MLflow's registry."""
        from jupyter_ml.services.models.service import ModelService

        return ModelService(self._context)

    @once
    def computes(self) -> ComputeService:
        """Computes: where jobs run."""
        from jupyter_ml.services.computes import ComputeService

        return ComputeService(self._context)

    @once
    def vault(self) -> VaultService:
        """Secrets of the workspace."""
        from jupyter_ml.services.vault import VaultService

        return VaultService(self._context)

    @once
    def resources(self) -> Mapping[str, BaseResourceService[Any, Any]]:
        """The services of all kinds of resources, by the singular name of the kind."""
        from jupyter_ml.services.kinds import resource_service

        with_code: tuple[BaseResourceService[Any, Any], ...] = (
            self.jobs,
            self.experiments,
            self.datastores,
            self.data,
            self.environments,
            self.models,
            self.computes,
        )
        services = {service.kind.singular: service for service in with_code}
        return {
            name: services.get(name) or resource_service(self._context, kind) for name, kind in registry.KINDS.items()
        }

    if not TYPE_CHECKING:  # a type checker has to find the properties above

        def __getattr__(self, name: str) -> BaseResourceService[Any, Any]:
            """Return the service of a kind that needs no code of its own, by its plural."""
            service = next((each for each in self.resources.values() if each.kind.plural == name), None)
            if service is None:
                raise AttributeError(f"a workspace has no {name!r}{nearest(name, dir(self))}", name=name, obj=self)
            return service

    def __dir__(self) -> Iterable[str]:
        return {*super().__dir__(), *(kind.plural for kind in registry.KINDS.values())}

    @once
    def event_logs(self) -> EventLogService:
        """Event logs of attempts."""
        from jupyter_ml.services.jobs.event_logs import EventLogService

        return EventLogService(self._context, self.jobs)

    @once
    def files(self) -> FileService:
        """Files of jobs."""
        from jupyter_ml.services.jobs.files import FileService

        return FileService(self._context, self.jobs)

    @once
    def runs(self) -> RunService:
        """MLflow runs of jobs: parameters, tags, datasets and models."""
        from jupyter_ml.services.jobs.runs import RunService

        return RunService(self._context, self.jobs)

    @once
    def metrics(self) -> MetricService:
        """Metric and usage series of jobs."""
        from jupyter_ml.services.jobs.metrics import MetricService

        return MetricService(self._context, self.jobs, self.event_logs)

    @once
    def forms(self) -> FormService:
        """Forms from which jobs are submitted."""
        from jupyter_ml.services.jobs.forms import FormService

        return FormService(self._context, self.jobs)

    @once
    def filters(self) -> FilterService:
        """Completion of filters."""
        from jupyter_ml.services.filters import FilterService

        return FilterService(
            self._context, {name: each.kind.query.filter_keys for name, each in self.resources.items()}
        )

    @once
    def lineage(self) -> LineageService:
        """What jobs and assets came from, and what uses them."""
        from jupyter_ml.services.lineage import LineageService

        return LineageService(self._context, lambda: self.resources)

    @once
    def service_connections(self) -> ServiceConnections:
        """Connections to the services of running jobs."""
        from jupyter_ml.services.jobs.service_connections import ServiceConnections

        return ServiceConnections(self._context)

    @once
    def repair(self) -> RepairService:
        """Recovery of jobs that have a directory but no row."""
        from jupyter_ml.services.jobs.repair import RepairService

        return RepairService(self._context)

    @property
    def supervisor(self) -> SupervisorService:
        """The background process that schedules and runs jobs."""
        return self._context.supervisor

    @once
    def servers(self) -> ServerService:
        """Running Jupyter servers."""
        return ServerService(self._context.layout, self._context.settings)

    @property
    def tracking_uri(self) -> str:
        """The argument of ``mlflow.set_tracking_uri`` in a program that Jupyter ML did not start."""
        return self._context.tracking_uri

    @property
    def tracking_environment(self) -> dict[str, str]:
        """Variables with which MLflow logs into this workspace, in a program that Jupyter ML did not start."""
        return self._context.tracking_environment

    @property
    def tracking_ui(self) -> TrackingUI:
        """MLflow's own UI, which runs from its first use until this object is closed."""
        return self._context.tracking_ui

    def info(self) -> WorkspaceInfo:
        """Return a summary of the workspace: its settings, the number of jobs in each state, its supervisor."""
        settings, layout = self._context.settings, self._context.layout
        return WorkspaceInfo(
            name=self.name,
            description=settings.description,
            folder=str(self.folder),
            database=settings.database or str(layout.database),
            artifacts=settings.artifacts or str(layout.artifacts),
            tracking_uri=self.tracking_uri,
            jobs=self.jobs.counts(),
            supervisor=self.supervisor.status(),
        )

    def follow(self) -> ChangeFeed:
        """Return a feed of the changes from now on."""
        return ChangeFeed(self._context)

    def diagnose(self) -> Iterator[Check]:
        """Yield the results of the checks of ``jupyter ml doctor``, each as soon as it is known."""
        from jupyter_ml.services.doctor import diagnose

        return diagnose(self._context)

    def close(self) -> None:
        """Close the connections; the object must not be used afterwards."""
        if "data" in self.__dict__:
            self.data.close()
        self._context.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self.close()

    def __repr__(self) -> str:
        return f"Workspace({str(self.folder)!r})"


for _kind in registry.KINDS.values():
    if not hasattr(Workspace, _kind.plural):  # it needs no code of its own
        Store.require_tables(_kind)
