# Copyright (c) the Jupyter ML developers.
# Distributed under the terms of the BSD 3-Clause License.

"""Create, change, end and delete the MLflow runs of jobs."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any

from jupyter_ml.schemas.runs import PARENT_TAG
from jupyter_ml.tracking import conversion
from jupyter_ml.tracking.artifacts import attach, delete_artifacts, repository_of
from jupyter_ml.tracking.plugin import variables
from jupyter_ml.tracking.store import TrackingStore, translated_errors

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from pydantic import JsonValue

    from jupyter_ml.schemas.states import JobState

__all__ = ["RunWriter"]

_CREATED = 1_000


class RunWriter(TrackingStore):
    """Writes runs and their artifacts."""

    def __init__(self, uri: str, artifacts: str) -> None:
        super().__init__(uri, artifacts)
        self._created: dict[str, Any] = {}
        """Information on the latest runs that this process created: MLflow changes neither experiment nor location."""

    def create_run(self, *, experiment: str, name: str, tags: Mapping[str, str]) -> str:
        """Start a run and return its id; the experiment is created, or restored, where necessary.

        Parameters come at the end (`end_run`): MLflow takes each key once, and a notebook that logs its own ``alpha``
        as a number of another form would fail, with everything logged in the same call.
        """
        store = self._store
        from mlflow.entities import RunTag

        named = {conversion.key(key): value for key, value in tags.items()}  # of two with one name, the last
        with translated_errors():
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
        from mlflow.entities import Param
        from mlflow.store.tracking.dbmodels.models import SqlRun, SqlTag

        with translated_errors():
            with store.ManagedSessionMaker(read_only=False) as session:  # MLflow's own call takes 3 times as long
                run = store._get_run(session, run_id)  # noqa: SLF001
                store._check_run_is_active(run)  # noqa: SLF001
                children = session.query(SqlRun).join(SqlTag, SqlTag.run_uuid == SqlRun.run_uuid)
                of_this = (SqlRun.status == "RUNNING", SqlTag.key == PARENT_TAG, SqlTag.value == run_id)
                for each in [run, *children.filter(*of_this)]:
                    each.status = conversion.STATUSES[state]
                    each.end_time = max(_now_ms(), each.start_time or 0)  # the clock may have been set since
            given = {conversion.key(name): conversion.parameter(value) for name, value in (parameters or {}).items()}
            if given:
                taken = store.get_run(run_id).data.params
                store._log_params(run_id, [Param(*item) for item in given.items() if item[0] not in taken])  # noqa: SLF001

    def update_run(self, run_id: str, *, name: str | None = None, tags: Mapping[str, str | None]) -> None:
        """Change the name and tags of a run; None removes a tag. A run that was deleted is not changed."""
        store = self._store
        from mlflow.entities import RunTag

        with translated_errors():
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

        with translated_errors(), store.ManagedSessionMaker() as session:
            query = session.query(SqlRun.run_uuid, SqlTag.value).join(SqlTag, SqlTag.run_uuid == SqlRun.run_uuid)
            running = (SqlRun.status == "RUNNING", SqlRun.lifecycle_stage == "active", SqlTag.key == tag)
            return {run_id: value for run_id, value in query.filter(*running)}  # noqa: C416 -- rows

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
        return attach(repository_of(self._info(run_id)), path, artifact_path, link=link)

    def _info(self, run_id: str) -> Any:
        """Return a run's information, of which experiment and artifact location are up to date."""
        if (info := self._created.get(run_id)) is not None:
            return info
        with translated_errors():
            return self._store.get_run(run_id).info

    def delete_run(self, run_id: str) -> None:
        """Remove a run and its artifacts permanently, but not the models that it logged.

        It is marked as deleted first: when the store does not answer, its artifacts are not removed either. They are
        removed before the run itself: when that fails, or is interrupted, it can be repeated.

        Raises
        ------
        NotFoundError
            When there is no such run.
        """
        with translated_errors():
            artifacts = repository_of(self._store.get_run(run_id).info)
        with translated_errors():
            if self._store.get_run(run_id).info.lifecycle_stage == "active":
                self._store.delete_run(run_id)
        delete_artifacts(artifacts)
        with translated_errors():
            self._store._hard_delete_run(run_id)  # noqa: SLF001 -- as `mlflow gc` does


def _now_ms() -> int:
    return time.time_ns() // 1_000_000
