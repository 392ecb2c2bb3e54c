# Copyright (c) the Jupyter ML developers.
# Distributed under the terms of the BSD 3-Clause License.

"""The plug-in that MLflow loads inside a job, so that everything is logged to the job's run.

By itself MLflow resumes the run of ``MLFLOW_RUN_ID`` once. What is logged after that run was ended, by autologging or
by a ``with`` block, goes to a new run, and a program that calls `mlflow.set_experiment` cannot resume it at all. All
this applies to the workspace's store only: a program that logs elsewhere uses MLflow unchanged.
"""

from __future__ import annotations

import json
import os
import sys
from pathlib import Path
from typing import Any

from jupyter_ml.schemas.runs import PARENT_TAG
from jupyter_ml.tracking.artifact_access import use_broker
from jupyter_ml.tracking.journal import Journal
from jupyter_ml.tracking.model_packages import use_imported_packages
from jupyter_ml.tracking.uris import same_database

__all__ = ["JOB_RUN", "PROXIED", "JobContext", "port_variables", "through_port", "variables"]

JOB_RUN = "JUPYTER_ML_RUN"
"""Environment variable with the run and the store of a job, set as long as the job runs."""
PROXIED = "mlflow-artifacts:"
"""What artifact locations begin with for programs that log through a port: the server reads and writes them."""
_RUN_ID = "MLFLOW_RUN_ID"
_CONTEXT = "MLFLOW_RUN_CONTEXT"
_ARTIFACTS = "_MLFLOW_SERVER_ARTIFACT_ROOT"


def variables(uri: str, artifacts: str, *, run_id: str, experiment_id: str, journal: str) -> dict[str, str]:
    """Return the environment variables of a job.

    Those of MLflow's own are for programs in an environment without Jupyter ML, where this plug-in is missing.
    """
    own = {"uri": uri, "artifacts": artifacts, "run_id": run_id, "experiment_id": experiment_id, "journal": journal}
    return {
        _RUN_ID: run_id,
        "MLFLOW_EXPERIMENT_ID": experiment_id,
        _CONTEXT: json.dumps({PARENT_TAG: run_id}),
        JOB_RUN: json.dumps(own),
    }


def port_variables(port: int, token: str) -> dict[str, str]:
    """Return the environment variables of a program that logs through a port of its machine, to `tracking.rest`."""
    return {
        "MLFLOW_TRACKING_URI": f"http://127.0.0.1:{port}",
        "MLFLOW_TRACKING_TOKEN": token,
        "MLFLOW_HTTP_REQUEST_MAX_RETRIES": "10",  # the line to that machine may be cut for a while
        "MLFLOW_DISABLE_TELEMETRY": "true",
    }


def through_port(environment: dict[str, str], port: int, token: str) -> dict[str, str]:
    """Return the environment variables of a job that logs through a port; `environment` is for the database."""
    own, job = port_variables(port, token), json.loads(environment[JOB_RUN])
    if environment["MLFLOW_TRACKING_URI"] != job["uri"]:  # the job names another tracking server
        del own["MLFLOW_TRACKING_URI"], own["MLFLOW_TRACKING_TOKEN"]
    job |= {"uri": f"http://127.0.0.1:{port}", "artifacts": f"{PROXIED}/"}
    kept = {name: text for name, text in environment.items() if name != _ARTIFACTS}
    return {**kept, **own, JOB_RUN: json.dumps(job)}


class JobContext:
    """A run context provider without tags: MLflow imports this module because of it."""

    def __init__(self) -> None:
        if JOB_RUN in os.environ:
            _Job(**json.loads(os.environ[JOB_RUN])).patch_mlflow()

    def in_context(self) -> bool:
        """Return False: there are no tags."""
        return False


class _Job:
    """The job that a process belongs to."""

    def __init__(self, *, uri: str, artifacts: str, run_id: str, experiment_id: str, journal: str) -> None:
        self._uri, self._artifacts, self._journal = uri, artifacts, journal
        self._run_id, self._experiment_id = run_id, experiment_id
        # `mlflow.projects.run` starts a program with a run of its own: it resumes that, once
        self._own_run = os.environ.get(_RUN_ID, run_id) != run_id
        self._resumable = _RUN_ID in os.environ and not self._own_run
        self._experiment_variable: Any = None
        self._open: dict[str, Any] = {}

    def patch_mlflow(self) -> None:
        """Change what MLflow looks up and where it writes, in this process."""
        from mlflow.environment_variables import MLFLOW_EXPERIMENT_ID, MLFLOW_RUN_ID
        from mlflow.tracking._tracking_service import utils

        self._experiment_variable = MLFLOW_EXPERIMENT_ID.get
        MLFLOW_EXPERIMENT_ID.get = self._experiment  # type: ignore[method-assign]
        MLFLOW_RUN_ID.get = self._run_to_resume  # type: ignore[method-assign]
        stores: Any = utils._tracking_store_registry  # noqa: SLF001 -- its public twin is for packages, not processes
        self._open = {scheme: stores.get_store_builder(f"{scheme}://") for scheme in ("sqlite", "postgresql")}
        for scheme in self._open:
            stores.register(scheme, self._store)
        use_imported_packages()
        use_broker(self._artifacts)
        ours = os.environ.get(_CONTEXT) == json.dumps({PARENT_TAG: self._run_id})
        if ours and not self._uri.startswith("http"):
            del os.environ[_CONTEXT]  # the store does it, for runs in the workspace only

    def _here(self) -> bool:
        """Return whether MLflow logs to the workspace now."""
        from mlflow.tracking._tracking_service import utils

        return same_database(utils.get_tracking_uri(), self._uri)

    def _store(self, store_uri: str, artifact_uri: str | None = None) -> Any:
        """Open a store; called by MLflow."""
        from mlflow.store.tracking import DEFAULT_LOCAL_FILE_AND_ARTIFACT_PATH

        here = same_database(store_uri, self._uri)
        reachable = Path(self._journal).parent.is_dir()  # not from another machine
        if here and reachable and "MLFLOW_ENABLE_WORKSPACES" not in os.environ:
            from jupyter_ml.tracking.job_store import JobStore

            root, journal = artifact_uri or self._artifacts, Journal(Path(self._journal))
            return JobStore(store_uri, root, run_id=self._run_id, journal=journal)
        if artifact_uri is None and not here and os.environ.get(_ARTIFACTS) == self._artifacts:
            artifact_uri = DEFAULT_LOCAL_FILE_AND_ARTIFACT_PATH  # not among the workspace's
        return self._open[store_uri.partition(":")[0].partition("+")[0]](store_uri, artifact_uri)

    def _experiment(self) -> str | None:
        """Return what is in ``MLFLOW_EXPERIMENT_ID``, unless it is the job's and the program wants another."""
        found: str | None = self._experiment_variable()
        other = "MLFLOW_EXPERIMENT_NAME" in os.environ or not self._here()
        return None if found == self._experiment_id and other else found

    def _run_to_resume(self) -> str | None:
        """Return the run that `mlflow.start_run`, the only caller, is to resume instead of creating a new one.

        The program's own call resumes the job's run once, as MLflow documents. A call on behalf of something that was
        logged without a run always does, and one for a nested run never.
        """
        given = os.environ.get(_RUN_ID)
        others = None if given == self._run_id else given
        call = sys._getframe(1)  # noqa: SLF001 -- its arguments, and who called it, are the only thing that tells them apart
        if not self._here() or call.f_locals.get("nested") or call.f_locals.get("parent_run_id"):
            return others
        implied = call.f_back and call.f_back.f_code.co_name == "_get_or_start_run" and not self._own_run
        taken = not given and self._resumable  # MLflow takes the variable away when any run ends, as one of a thread
        if implied or taken:
            given = os.environ[_RUN_ID] = self._run_id
        self._resumable = self._resumable and given != self._run_id
        if given:
            from mlflow.tracking import fluent

            fluent._active_experiment_id = None  # noqa: SLF001 -- the job's run has its experiment; new runs find theirs in the environment
        return given
