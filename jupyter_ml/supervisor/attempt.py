"""One attempt of a job, from its claim to its last state, in a thread of its own."""

from __future__ import annotations

import logging
import threading
from typing import TYPE_CHECKING

from jupyter_ml.errors import JupyterMLError
from jupyter_ml.executor.spool import SpoolReader
from jupyter_ml.schemas.causes import CauseKind
from jupyter_ml.schemas.launch import AttemptFolder
from jupyter_ml.schemas.spool import ExecutorStarted
from jupyter_ml.supervisor.finalizing import finalize
from jupyter_ml.supervisor.outcome import Outcome, canceled, failed, vanished
from jupyter_ml.supervisor.preparing import ensure_run, marker, prepare
from jupyter_ml.supervisor.watching import DetachedError, Watch

if TYPE_CHECKING:
    from jupyter_ml.compute.base import Compute, Process
    from jupyter_ml.schemas.jobs import Job
    from jupyter_ml.services.workspace import Workspace

__all__ = ["AttemptThread"]

_log = logging.getLogger(__name__)


class AttemptThread(threading.Thread):
    """Takes one attempt as far as it goes.

    It can be killed at any point together with the supervisor: the next one starts the same thread again, which finds
    in database, spool and processes how far things are. When anything unforeseen is raised in here, the thread ends,
    and the supervisor does just that.

    Attributes
    ----------
    job : Job
        What it is about.
    cancel : threading.Event
        Set when somebody wants the job to end.
    detach : threading.Event
        Set when the supervisor itself has to go.
    """

    def __init__(self, workspace: Workspace, compute: Compute, job: Job) -> None:
        super().__init__(name=job.name, daemon=True)
        self.cancel = threading.Event()
        self.detach = threading.Event()
        self.job = job
        self._workspace, self._compute = workspace, compute
        self._folder = AttemptFolder(workspace.layout.attempt(job.name, job.attempt))

    def run(self) -> None:
        """Do it."""
        try:
            outcome = self._outcome()
            self._compute.kill_marked(marker(self._workspace, self.job))
            finalize(self._workspace, self.job, self._folder, outcome)
            _log.info("%s attempt %d: %s", self.job.name, self.job.attempt, outcome.state)
        except DetachedError:
            _log.info("%s goes on without this supervisor", self.job.name)
        except Exception:
            _log.exception("%s: the supervisor could not go on with it and will try again", self.job.name)
        finally:
            self._workspace.nudge()

    def _outcome(self) -> Outcome:
        process = self._find()
        if process is None:
            if self.cancel.is_set():
                return canceled()
            process = self._start()
        if isinstance(process, Outcome):
            return process
        return Watch(self._workspace, self.job, self._folder, process, cancel=self.cancel, detach=self.detach).run()

    def _find(self) -> Process | Outcome | None:
        """Return the executor that an earlier supervisor or somebody else's papermill has started, if there is one.

        An executor says that it is there before it runs anything. One that nobody remembers and that has not said so
        can be ended and started anew; one that has said so, and is not remembered, was alone when it ended.
        """
        info = self._workspace.store.jobs.process(self.job.name)
        if self.job.external:
            self.job = self._with_run()
        if info is not None:
            return self._compute.attach(info)
        started = next(
            (event for event, _ in SpoolReader(self._folder.spool) if isinstance(event, ExecutorStarted)), None
        )
        self._compute.kill_marked(marker(self._workspace, self.job))
        if started is None:
            return None
        return vanished(self._folder, 0, started=True)

    def _start(self) -> Process | Outcome:
        try:
            self.job = self._with_run()
        except Exception as error:
            _log.exception("%s: no MLflow run", self.job.name)
            return failed(CauseKind.TRACKING, f"The job's MLflow run could not be made: {error}")
        try:
            assert self.job.run_id is not None
            process = self._compute.spawn(prepare(self._workspace, self.job, self.job.run_id))
        except (JupyterMLError, OSError) as error:
            _log.exception("%s: not started", self.job.name)
            return failed(CauseKind.STARTUP, f"The job could not be started: {error}")
        self._workspace.store.jobs.set_process(self.job.name, process.info())
        return process

    def _with_run(self) -> Job:
        return self.job.model_copy(update={"run_id": ensure_run(self._workspace, self.job)})
