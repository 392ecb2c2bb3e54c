# Copyright (c) the Jupyter ML developers.
# Distributed under the terms of the BSD 3-Clause License.

"""One attempt of a job, from its claim to its last state, in a thread of its own."""

from __future__ import annotations

import json
import logging
import threading
from functools import partial
from typing import TYPE_CHECKING

from jupyter_ml.eventlog.signing import SigningKeys
from jupyter_ml.schemas.causes import CauseKind
from jupyter_ml.schemas.outcomes import CANCELED, Outcome, failed
from jupyter_ml.schemas.warnings import JobWarning
from jupyter_ml.services.jobs.rerun import attempt_folder
from jupyter_ml.supervisor.claiming import Claim, ClaimLostError, DetachedError
from jupyter_ml.supervisor.finalizing import finalize
from jupyter_ml.supervisor.patience import Patience
from jupyter_ml.supervisor.preparing import ensure_run, marker, prepare
from jupyter_ml.supervisor.watching import Watch

if TYPE_CHECKING:
    from jupyter_ml.compute.base import Compute, Process
    from jupyter_ml.errors import UnavailableError
    from jupyter_ml.schemas.jobs import Job
    from jupyter_ml.services.context import WorkspaceContext

__all__ = ["AttemptThread"]

CANCELED_S = 30.0
"""How long the end of a canceled job waits for MLflow's store; what is missing then is made up for later."""

_log = logging.getLogger(__name__)


class AttemptThread(threading.Thread):
    """Takes one attempt as far as it goes.

    It can be killed at any point together with the supervisor: the next one starts the same thread again, which finds
    in database, event log and processes how far things are. When anything unforeseen is raised in here, the thread
    ends, and the supervisor does just that.

    Parameters
    ----------
    workspace, compute, job
        What it works on.
    token
        What it is claimed with.
    adopted
        Whether the attempt was claimed before, by a supervisor or thread that is gone, or by papermill itself.

    Attributes
    ----------
    job : Job
        What it is about.
    cancel : threading.Event
        Set when somebody wants the job to end.
    detach : threading.Event
        Set when the supervisor itself has to go.
    """

    def __init__(self, workspace: WorkspaceContext, compute: Compute, job: Job, *, token: str, adopted: bool) -> None:
        super().__init__(name=job.name, daemon=True)
        self.cancel = threading.Event()
        self.detach = threading.Event()
        self.job = job
        self._workspace, self._compute = workspace, compute
        self._adopted = self._may_have_run = adopted
        self._claim = Claim(workspace, job.name, token, self.detach)
        self._process: Process | None = None
        self._folder = attempt_folder(workspace.layout, job)

    def run(self) -> None:
        """Do it."""
        try:
            outcome = self._outcome()
            with self._claim.held():
                self._kill()
                finalize(self._workspace, self.job, self._folder, outcome, self._patience(canceled_s=CANCELED_S))
            _log.info("%s attempt %d: %s", self.job.name, self.job.attempt, outcome.state)
        except ClaimLostError as error:
            _log.warning("%s; it is left alone", error)
        except DetachedError:
            _log.info("%s goes on without this supervisor", self.job.name)
        except Exception:
            _log.exception("%s: the supervisor could not go on with it and will try again", self.job.name)
        finally:
            self._workspace.notify()

    def _outcome(self) -> Outcome:
        with self._claim.held(adopt=self._adopted):
            if not self.job.supervised:
                self._welcome()
            if not self._find() and (outcome := self._start()):
                return outcome
        return Watch(
            self._workspace,
            self.job,
            self._folder,
            self._process,
            kill=self._kill,
            cancel=self.cancel,
            detach=self.detach,
        ).run()

    def _welcome(self) -> None:
        """Tell the process that runs the job by itself what its kernel needs."""
        self.job = self._patience(canceled_s=0).insist(self._with_run)
        assert self.job.run_id is not None
        variables = self._workspace.tracking.environment(self.job.run_id, self._folder.metrics)
        environment = self._folder.environment
        temporary = environment.with_suffix(".tmp")
        temporary.write_text(json.dumps(variables), encoding="utf-8")
        temporary.replace(environment)
        self._workspace.notify()

    def _find(self) -> bool:
        """Tell whether the attempt has started already, and attach to its executor if that is remembered.

        An executor says that it is there before it runs anything. One that is not remembered, because a supervisor was
        killed just then, goes; if it had not said so, the attempt can start as if there had been none.
        """
        if not self._adopted:
            return False
        info = self._workspace.store.jobs.process(self.job.name)
        if info is not None:
            self._process = self._compute.attach(info)
            return True
        self._folder.fence(self._claim.token)  # before the kill, which cannot find what is just about to start
        self._kill()
        if not self._folder.event_log.exists():
            return False
        self.job = self._with_run()  # it has one: a row that was read back does not know it
        return True

    def _start(self) -> Outcome | None:
        """Start the executor; return an outcome where that did not come about."""
        if self.cancel.is_set():
            return CANCELED
        patience = self._patience(canceled_s=0)
        try:
            self.job = patience.insist(self._with_run, on_wait=self._tell_of_waiting)
        except DetachedError:
            raise
        except Exception as error:
            if self.cancel.is_set():
                return CANCELED
            _log.exception("%s: no MLflow run", self.job.name)
            return failed(CauseKind.TRACKING, f"The job's MLflow run could not be made: {error}")
        try:
            assert self.job.run_id is not None
            keys, store = SigningKeys.create(), self._workspace.store.jobs
            executor = patience.insist(
                partial(prepare, self._workspace, self.job, self.job.run_id, self._claim.token, keys.signing)
            )
            store.set_verifying_key(self.job.name, keys.verifying)  # before anything of the job can run
            self._process = self._compute.spawn(executor)
        except DetachedError:
            raise
        except Exception as error:
            _log.exception("%s: not started", self.job.name)
            return failed(CauseKind.STARTUP, f"The job could not be started: {error}")
        store.set_process(self.job.name, self._process.info())
        return None

    def _kill(self) -> None:
        """End whatever is left of the attempt, sockets included; papermill itself is not ours to end."""
        if self._process is None or not self.job.supervised:
            self._compute.kill_marked(marker(self._workspace, self.job))
        else:
            self._process.kill()
        self._folder.remove_sockets()

    def _patience(self, *, canceled_s: float) -> Patience:
        limit_s = self.job.spec.limits.timeout if self.job.spec else None
        return Patience(self.job.name, cancel=self.cancel, detach=self.detach, limit_s=limit_s, canceled_s=canceled_s)

    def _tell_of_waiting(self, error: UnavailableError) -> None:
        message = f"The job had to wait for the MLflow store before it could start: {error}"
        self._workspace.store.jobs.add_warnings(self.job.name, [JobWarning(message=message)])

    def _with_run(self) -> Job:
        adopted, self._may_have_run = self._may_have_run, True  # where this fails, the run may be there the next time
        return self.job.model_copy(update={"run_id": ensure_run(self._workspace, self.job, adopted=adopted)})
