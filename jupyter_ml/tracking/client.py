# Copyright (c) the Jupyter ML developers.
# Distributed under the terms of the BSD 3-Clause License.

"""The MLflow store of a workspace: the interface for the rest of Jupyter ML."""

from __future__ import annotations

import logging
import os
import shutil
import threading
import time
from contextlib import contextmanager
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING, Any

from jupyter_ml.errors import ConflictError, NotFoundError, UnavailableError, WorkspaceError
from jupyter_ml.schemas.runs import PARENT_TAG
from jupyter_ml.tracking import conversion
from jupyter_ml.tracking.history import read_history
from jupyter_ml.tracking.journal import Journal
from jupyter_ml.tracking.metric_writer import store_part
from jupyter_ml.tracking.opening import open_store
from jupyter_ml.tracking.plugin import variables
from jupyter_ml.tracking.run_details import read_details, read_models
from jupyter_ml.tracking.uris import SCHEMA, artifact_root, sqlite_file, store_uri

if TYPE_CHECKING:
    from collections.abc import Hashable, Iterable, Iterator, Mapping, Sequence
    from datetime import datetime

    from pydantic import JsonValue

    from jupyter_ml.schemas.run_details import RunDetails
    from jupyter_ml.schemas.runs import Metric, Run
    from jupyter_ml.schemas.series import MetricSeries
    from jupyter_ml.schemas.states import JobState
    from jupyter_ml.tracking.metric_writer import Refused
    from jupyter_ml.tracking.run_details import StoredModel

__all__ = ["JOB_TAG", "Tracking"]

_log = logging.getLogger(__name__)

_PAGE = 1_000
_CREATED = 1_000
_OVERLAP_MS = 60_000
_LOCKED = "database is locked"
"""SQLite's message."""
JOB_TAG = "jupyter_ml.job"
"""Tag of an MLflow run that names its job."""


@contextmanager
def _translated() -> Iterator[None]:
    from mlflow.exceptions import MlflowException

    try:
        yield
    except MlflowException as error:
        if error.error_code == "TEMPORARILY_UNAVAILABLE":  # the driver's message, without the statement
            raise UnavailableError(f"the tracking store failed: {getattr(error.__cause__, 'orig', error)}") from error
        kinds = {"RESOURCE_DOES_NOT_EXIST": NotFoundError}
        raise kinds.get(error.error_code, ConflictError)(f"the tracking store failed: {error}") from error


class Tracking:
    """Runs, their metrics and artifacts.

    Creating one is cheap. The first call that needs the store opens it, which takes seconds; `prepare` opens it at
    once. Every method may be called from any thread.

    Parameters
    ----------
    uri
        Database, as `Tracking.uri` returns it.
    artifacts
        Directory or address for artifacts.
    """

    def __init__(self, uri: str, artifacts: str) -> None:
        self._uri, self._root = uri, artifact_root(artifacts)
        self._opening = threading.Lock()
        self._opened: Any = None
        self._read: Hashable = None
        self._created: dict[str, Any] = {}
        """Information on the latest runs that this process created: MLflow changes neither experiment nor location."""

    @staticmethod
    def uri(database: str | None, file: Path) -> str:
        """Return the ``MLFLOW_TRACKING_URI`` of a workspace, given its database and the path of an SQLite file."""
        return store_uri(database, file)

    @staticmethod
    def variables(uri: str, artifacts: str) -> dict[str, str]:
        """Return the environment variables with which a program logs to a workspace."""
        return {
            "MLFLOW_TRACKING_URI": uri,
            "MLFLOW_DISABLE_TELEMETRY": "true",
            "_MLFLOW_SERVER_ARTIFACT_ROOT": artifact_root(artifacts),  # for experiments that the program creates
        }

    def prepare(self) -> None:
        """Open the store; see `jupyter_ml.tracking.opening.open_store`.

        Raises
        ------
        UnavailableError
            When another process has locked it for too long: try again.
        """
        with self._opening:
            if self._opened is not None:
                return
            try:
                self._opened = open_store(self._uri, self._root)
            except WorkspaceError as error:
                if _LOCKED not in str(error):
                    raise
                raise UnavailableError(f"the tracking store failed: {_LOCKED}") from error

    @property
    def opened(self) -> bool:
        """Whether the store is open, so that the next call does not take seconds."""
        return self._opened is not None

    def close(self) -> None:
        """Close the store's connections; the next call opens them again."""
        if self._opened is not None:
            self._opened.engine.dispose()

    @property
    def _store(self) -> Any:
        if self._opened is None:
            self.prepare()
        return self._opened

    def create_run(self, *, experiment: str, name: str, tags: Mapping[str, str]) -> str:
        """Start a run and return its id; the experiment is created, or restored, where necessary.

        Parameters come at the end (`end_run`): MLflow takes each key once, and a notebook that logs its own ``alpha``
        as a number of another form would fail, with everything logged in the same call.
        """
        store = self._store
        from mlflow.entities import RunTag

        named = {conversion.key(key): value for key, value in tags.items()}  # of two with one name, the last
        with _translated():
            entity = store.create_run(
                experiment_id=self._experiment(experiment),
                user_id=tags.get("mlflow.user", ""),
                start_time=_now_ms(),
                tags=[RunTag(key, conversion.text(value, 8_000)) for key, value in named.items()],
                run_name=conversion.text(name, 250),
            )
        run_id = str(entity.info.run_id)
        self._created[run_id] = entity.info
        while len(self._created) > _CREATED:
            self._created.pop(next(iter(self._created)), None)
        return run_id

    def _experiment(self, name: str) -> str:
        from mlflow.exceptions import MlflowException

        found = self._find_experiment(name)
        if found is None:
            try:
                return str(self._store.create_experiment(name))
            except MlflowException as error:
                found = self._find_experiment(name)  # another process was faster
                if found is None:
                    raise error from None
        experiment_id, stage = found
        if stage != "active":
            self._store.restore_experiment(experiment_id)
        return experiment_id

    def _find_experiment(self, name: str) -> tuple[str, str] | None:
        """Return the ID and the stage of an experiment, without its tags: MLflow's own call takes 5 times as long."""
        from mlflow.store.tracking.dbmodels.models import SqlExperiment

        columns = SqlExperiment.experiment_id, SqlExperiment.lifecycle_stage
        with self._store.ManagedSessionMaker() as session:
            query = self._store._get_query(session, SqlExperiment)  # noqa: SLF001 -- those of this MLflow workspace
            found = query.filter(SqlExperiment.name == name).with_entities(*columns).one_or_none()
        return found and (str(found[0]), str(found[1]))

    def environment(self, run_id: str, journal: Path) -> dict[str, str]:
        """Return the environment variables with which a program logs to the run.

        A run that the program starts in addition becomes its child. Metrics go into the file `journal`, from which
        `store_metrics` takes them.
        """
        own = {"run_id": run_id, "experiment_id": self._info(run_id).experiment_id, "journal": str(journal)}
        return self.variables(self._uri, self._root) | variables(self._uri, self._root, **own)

    def end_run(self, run_id: str, state: JobState, parameters: Mapping[str, JsonValue] | None = None) -> None:
        """Write the parameters and the final state of a run, and of its children that still seem to run.

        A parameter that the program has logged itself is not changed.
        """
        store = self._store
        from mlflow.entities import Param, RunStatus

        status = RunStatus.from_string(conversion.STATUSES[state])
        with _translated():
            for each, started_ms in self._started_ms(run_id).items():  # the clock may have been set since
                store.update_run_info(each, status, max(_now_ms(), started_ms or 0), None)
            given = {conversion.key(name): conversion.parameter(value) for name, value in (parameters or {}).items()}
            if given:
                taken = store.get_run(run_id).data.params
                store._log_params(run_id, [Param(*item) for item in given.items() if item[0] not in taken])  # noqa: SLF001

    def update_run(self, run_id: str, *, name: str | None = None, tags: Mapping[str, str | None]) -> None:
        """Change the name and tags of a run; None removes a tag. A run that was deleted is not changed."""
        store = self._store
        from mlflow.entities import RunTag

        with _translated():
            run = store.get_run(run_id)
            if run.info.lifecycle_stage != "active":
                return
            if name is not None:
                store.update_run_info(run_id, None, None, conversion.text(name, 250))
            for key, value in {conversion.key(key): value for key, value in tags.items()}.items():
                if value is not None:
                    store.set_tag(run_id, RunTag(key, conversion.text(value, 8_000)))
                elif key in run.data.tags:
                    store.delete_tag(run_id, key)

    def running(self, tag: str) -> dict[str, str]:
        """Return the unfinished runs that have a tag, as ids with the tag's value."""
        store = self._store
        from mlflow.store.tracking.dbmodels.models import SqlRun, SqlTag

        with _translated(), store.ManagedSessionMaker() as session:
            query = session.query(SqlRun.run_uuid, SqlTag.value).join(SqlTag, SqlTag.run_uuid == SqlRun.run_uuid)
            running = (SqlRun.status == "RUNNING", SqlRun.lifecycle_stage == "active", SqlTag.key == tag)
            return {run_id: value for run_id, value in query.filter(*running)}  # noqa: C416 -- rows

    def _started_ms(self, run_id: str) -> dict[str, int | None]:
        """Return when a run and those of its children that still seem to run have started."""
        from mlflow.store.tracking.dbmodels.models import SqlRun, SqlTag

        started_ms: dict[str, int | None] = {run_id: 0}
        with self._store.ManagedSessionMaker() as session:
            columns = session.query(SqlRun.run_uuid, SqlRun.start_time)
            running = columns.join(SqlTag, SqlTag.run_uuid == SqlRun.run_uuid).filter(
                SqlRun.status == "RUNNING", SqlTag.key == PARENT_TAG, SqlTag.value == run_id
            )
            return started_ms | dict([*columns.filter(SqlRun.run_uuid == run_id).all(), *running.all()])

    def attach(
        self, run_id: str, path: Path, artifact_path: str | None = None, *, link: bool = False
    ) -> dict[Path, Exception]:
        """Copy a file or the content of a directory into the run's artifacts, below `artifact_path`.

        With `link`, files that are never changed are linked where artifacts are on the same disk, to save space.

        Returns
        -------
        dict
            The files that could not be copied, and why.
        """
        repository = _repository(self._info(run_id))
        if link and path.is_dir() and hasattr(repository, "artifact_dir"):
            target = Path(repository.artifact_dir, artifact_path or "")
            shutil.copytree(path, target, symlinks=True, dirs_exist_ok=True, copy_function=_link)
            return {}
        if not path.is_dir():
            return _attach_each(repository, {path: artifact_path})
        root = PurePosixPath(artifact_path or "")
        files = {file: str(root / file.relative_to(path).parent) for file in _files(path)}
        try:
            if all(file.is_file() for file in files):  # MLflow waits for the other end of a pipe
                repository.log_artifacts(str(path), artifact_path)
                return {}
        except Exception:  # noqa: BLE001 -- each kind of store for artifacts has its own
            _log.warning("%s could not be attached at once", path, exc_info=True)
        return _attach_each(repository, files)

    def _info(self, run_id: str) -> Any:
        """Return a run's information, of which experiment and artifact location are up to date."""
        if (info := self._created.get(run_id)) is not None:
            return info
        with _translated():
            return self._store.get_run(run_id).info

    def store_metrics(self, journal: Path, *, wait_s: float) -> Refused | None:
        """Store the next part of what a job logged; return None when nothing is left.

        Raises
        ------
        UnavailableError
            When the database does not answer, or is locked for `wait_s` seconds: try again, nothing is lost.
        """
        return store_part(self._uri, Journal(journal), wait_s=wait_s)

    def metrics(self, run_id: str) -> dict[str, Metric]:
        """Return the last value of each metric of a run, in a millisecond or two; nothing for an unknown run."""
        store = self._store
        from mlflow.store.tracking.dbmodels.models import SqlLatestMetric as Row

        with _translated(), store.ManagedSessionMaker() as session:
            columns = (Row.key, Row.value, Row.step, Row.timestamp, Row.is_nan)
            return conversion.metrics(session.query(*columns).filter(Row.run_uuid == run_id))

    def history(self, run_id: str, *, keys: Sequence[str], max_points: int) -> list[MetricSeries]:
        """Return the series of a run's metrics, of those in `keys` or of all, without opening the store."""
        return read_history(self._uri, run_id, keys=keys, max_points=max_points)

    def details(self, run_id: str) -> RunDetails | None:
        """Return parameters, tags and datasets of a run, without opening the store; None if there is no such run."""
        return read_details(self._uri, run_id)

    def models(self, run_id: str) -> list[StoredModel]:
        """Return the models that a run has logged, without opening the store."""
        return read_models(self._uri, run_id)

    def delete_run(self, run_id: str) -> None:
        """Remove a run and its artifacts permanently, but not the models that it logged.

        It is marked as deleted first: when the store does not answer, its artifacts are not removed either. They are
        removed before the run itself: when that fails, or is interrupted, it can be repeated.

        Raises
        ------
        NotFoundError
            When there is no such run.
        """
        with _translated():
            artifacts = _repository(self._store.get_run(run_id).info)
        with _translated():
            if self._store.get_run(run_id).info.lifecycle_stage == "active":
                self._store.delete_run(run_id)
        _delete_artifacts(artifacts)
        with _translated():
            self._store._hard_delete_run(run_id)  # noqa: SLF001 -- as `mlflow gc` does

    def runs(self, *, since: datetime | None = None, ids: Iterable[str] = ()) -> Iterator[list[Run]]:
        """Yield the runs that started at `since` or later, and those of `ids`, in pages, newest first.

        Those of the minute before `since` are included, because clocks differ. Deleted runs are not.
        """
        version = self._version()
        oldest_ms = int(since.timestamp() * 1000) - _OVERLAP_MS if since else 0
        wanted = [f"'{run_id}'" for run_id in ids]
        parts = (wanted[start : start + 500] for start in range(0, len(wanted), 500))
        yield from self._search(f"attributes.start_time >= {oldest_ms}")
        for part in parts:
            yield from self._search(f"attributes.run_id IN ({','.join(part)})")
        self._read = version

    def job_run(self, name: str) -> Run | None:
        """Return the run that was created for a job, whether or not the job knows of it."""
        quoted = name.replace("'", "")
        pages = self._search(f"tags.`{JOB_TAG}` = '{quoted}'")
        return next((run for page in pages for run in page if PARENT_TAG not in run.tags), None)

    @property
    def in_file(self) -> bool:
        """Whether the store is a file on this machine, which `changed` looks at in microseconds."""
        return sqlite_file(self._uri) is not None

    def changed(self) -> bool:
        """Return, at almost no cost, whether anything has changed since `runs` was last iterated to its end."""
        return self._version() != self._read

    def _search(self, condition: str) -> Iterator[list[Run]]:
        store = self._store
        from mlflow.entities import ViewType

        with _translated():
            found = store.search_experiments(view_type=ViewType.ALL, max_results=50_000)
        experiments = {experiment.experiment_id: experiment.name for experiment in found}
        token, order = None, ["attributes.start_time DESC"]
        while True:
            with _translated():
                page = store.search_runs(list(experiments), condition, ViewType.ACTIVE_ONLY, _PAGE, order, token)
            if page:
                yield [conversion.run(entity, experiments) for entity in page]
            token = page.token
            if not token:
                return

    def _version(self) -> Hashable:
        file = sqlite_file(self._uri)
        if file:
            stats = [each.stat() for each in (file, file.with_name(f"{file.name}-wal")) if each.exists()]
            return tuple((stat.st_mtime_ns, stat.st_size) for stat in stats)
        with self._store.engine.connect() as connection:
            changes = "SELECT sum(n_tup_ins + n_tup_upd + n_tup_del) FROM pg_stat_user_tables"
            return str(connection.exec_driver_sql(f"{changes} WHERE schemaname = '{SCHEMA}'").scalar())

    def optimize(self) -> None:
        """Update SQLite's statistics, which MLflow never does: without them, searches can take minutes."""
        if sqlite_file(self._uri):
            with self._store.engine.begin() as connection:
                connection.exec_driver_sql("PRAGMA analysis_limit = 1000")
                connection.exec_driver_sql("ANALYZE")


def _repository(info: Any) -> Any:
    from mlflow.store.artifact.artifact_repository_registry import get_artifact_repository

    with _translated():
        return get_artifact_repository(info.artifact_uri)


def _delete_artifacts(repository: Any) -> None:
    if not hasattr(repository, "artifact_dir"):
        repository.delete_artifacts()
    elif Path(repository.artifact_dir).exists():  # MLflow decodes quotes in the path: another directory's
        shutil.rmtree(repository.artifact_dir)


def _files(folder: Path) -> Iterator[Path]:
    """Yield everything but directories, below directories that can be read."""
    for parent, _, names in os.walk(folder):
        yield from (Path(parent, name) for name in names)


def _attach_each(repository: Any, files: Mapping[Path, str | None]) -> dict[Path, Exception]:
    left_out: dict[Path, Exception] = {}
    for file, place in files.items():
        try:
            if not file.is_file():
                raise FileNotFoundError("not a regular file")  # noqa: TRY301 -- as if MLflow did
            repository.log_artifact(str(file), place)
        except Exception as error:  # noqa: BLE001 -- the others are not to suffer
            left_out[file] = error
    return left_out


def _link(source: str, target: str) -> None:
    try:
        os.link(source, target)
    except FileExistsError:
        return
    except OSError:  # another disk, or a file system without links
        shutil.copy2(source, target)


def _now_ms() -> int:
    return time.time_ns() // 1_000_000
