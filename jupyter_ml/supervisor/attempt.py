# Copyright (c) the Jupyter ML developers.
# Distributed under the terms of the BSD 3-Clause License.

"""Run one attempt of a job, from its claim to its last state."""

from __future__ import annotations

import asyncio
import json
import logging
from functools import partial
from typing import TYPE_CHECKING

from jupyter_ml.compute.process import Exit
from jupyter_ml.errors import GoneError, JupyterMLError
from jupyter_ml.eventlog.signing import SigningKeys
from jupyter_ml.schemas.causes import CauseKind
from jupyter_ml.schemas.outcomes import CANCELED, Outcome, failed
from jupyter_ml.schemas.warnings import JobWarning
from jupyter_ml.services.jobs.attempts import attempt_folder
from jupyter_ml.supervisor.attempt_nodes import AttemptNode, ExecutorGroup, addresses_of, nodes_of, where
from jupyter_ml.supervisor.cancellation import CancellationToken, DetachedError
from jupyter_ml.supervisor.claiming import Claim, ClaimLostError
from jupyter_ml.supervisor.environments import CanceledError, EnvironmentFailedError, EnvironmentInstaller
from jupyter_ml.supervisor.finalizing import finalize
from jupyter_ml.supervisor.node_log import NodeLog, outcome_of_nodes
from jupyter_ml.supervisor.outcome import NotStartedError, queued_again, vanished
from jupyter_ml.supervisor.preparing import ensure_run, prepare
from jupyter_ml.supervisor.retrying import Retrying
from jupyter_ml.supervisor.watching import watch

if TYPE_CHECKING:
    from collections.abc import Sequence

    from jupyter_ml.compute.base import Compute
    from jupyter_ml.compute.process import ProcessSpec
    from jupyter_ml.errors import UnavailableError
    from jupyter_ml.schemas.jobs import Job
    from jupyter_ml.services.context import WorkspaceContext
    from jupyter_ml.supervisor.preparing import Installed
    from jupyter_ml.supervisor.progress_writer import ProgressWriter
    from jupyter_ml.supervisor.threads import Threads
    from jupyter_ml.tracking.rest import TrackingServer

__all__ = ["Attempt"]

CANCELED_S = 30.0
"""How long the end of a canceled job waits for MLflow's store; what is missing then is stored later."""

_log = logging.getLogger(__name__)


class Attempt:
    """Takes one attempt as far as it goes.

    It can be killed at any point together with the supervisor: the next one runs the same code again, which finds in
    database, event log and processes how far things are. After any unforeseen exception `run` returns, and the
    supervisor does just that.

    Parameters
    ----------
    workspace, threads, progress_writer, compute, job, tracking_server
        What it works on.
    token
        Identifies its claim.
    adopted
        Whether the attempt was claimed before, by a supervisor that has ended, or by papermill itself.

    Attributes
    ----------
    job : Job
        Whose attempt it is.
    cancellation : CancellationToken
        What it has to react to.
    """

    def __init__(
        self,
        workspace: WorkspaceContext,
        threads: Threads,
        progress_writer: ProgressWriter,
        compute: Compute,
        job: Job,
        *,
        tracking_server: TrackingServer,
        token: str,
        adopted: bool,
    ) -> None:
        self.job = job
        self.cancellation = CancellationToken()
        self._workspace, self._threads, self._progress_writer = workspace, threads, progress_writer
        self._adopted = self._may_have_run = adopted
        self._claim = Claim(workspace, threads, job.name, token, self.cancellation)
        self._folder = attempt_folder(workspace.layout, job)
        self._tracking_server = tracking_server
        self._use([compute])

    async def run(self) -> bool:
        """Run it to its end, or until the supervisor ends; return whether it has ended."""
        try:
            outcome = await self._outcome()
            async with self._claim.held():
                await self._kill()
                for node in self._nodes:
                    await node.tracking.close()
                retrying = self._retrying(canceled_s=CANCELED_S)
                given = self._workspace, self._threads, self.job, self._folder
                await finalize(*given, outcome=outcome, retrying=retrying)
            for node in self._nodes:
                await node.mirror.remove()
        except ClaimLostError as error:
            _log.warning("%s; it is left to that", error)
        except DetachedError:
            _log.info("%s goes on without this supervisor", self.job.name)
        except Exception:
            _log.exception("%s: the supervisor could not go on with it and will try again", self.job.name)
        else:
            _log.info("%s attempt %d: %s", self.job.name, self.job.attempt, outcome.state)
            return True
        finally:
            for node in self._nodes:
                await node.release()
        return False

    async def _outcome(self) -> Outcome:
        async with self._claim.held(adopt=self._adopted):
            if not self.job.supervised:
                await self._send_environment()
            try:
                if not await self._find() and (outcome := await self._start()):
                    return outcome
            except GoneError as error:  # the node on which an earlier supervisor has started it, or was about to
                return vanished(self._folder, Exit(lost=f"{error}", unreachable=True), started=True, forged=False)
        for node in self._nodes:
            node.tracking.resume()
        first, *others = self._nodes
        given = self._workspace, self._threads, self.job
        logs = [await self._threads.store(NodeLog, *given, node) for node in others]
        processes = [node.process for node in self._nodes if node.process is not None]
        group = ExecutorGroup(processes) if len(processes) > 1 else None
        outcome = await watch(
            *given,
            self._folder,
            group or first.process,
            mirror=first.mirror,
            others=logs,
            progress_writer=self._progress_writer,
            kill=self._kill,
            cancellation=self.cancellation,
        )
        if group is None or group.failed is None:
            return outcome
        if self.cancellation.canceled:
            return CANCELED
        return await outcome_of_nodes(outcome, group.failed, f"{self._nodes[group.failed].compute.node}", logs)

    async def _send_environment(self) -> None:
        """Give the process that runs the job by itself the variables of its kernel."""
        self.job = await self._retrying().call(self._with_run)
        await self._threads.slow(self._write_environment)

    def _write_environment(self) -> None:
        assert self.job.run_id is not None
        variables = self._workspace.tracking.environment(self.job.run_id, self._folder.metrics)
        environment = self._folder.environment
        temporary = environment.with_suffix(".tmp")
        temporary.write_text(json.dumps(variables), encoding="utf-8")
        temporary.replace(environment)
        self._workspace.notify()

    async def _find(self) -> bool:
        """Return whether the attempt has started already, and attach to its executor if that is stored.

        The node of a cluster is stored before anything starts on it. An executor creates its event log before it runs
        anything. One that is not stored, because a supervisor was killed just then, is killed; if it had no event log,
        the attempt can start as if there had been none.
        """
        if not self._adopted:
            return False
        info = await self._threads.store(self._workspace.store.jobs.process, self.job.name) or {}
        others = info.pop("others", [])
        if (node := info.pop("node", None)) is not None:
            await self._reserve([node, *(each.pop("node") for each in others)])
        elif self._nodes[0].compute.capabilities.scales:
            return False
        if info:
            for each, known in zip(self._nodes, [info, *others], strict=True):
                each.process = await each.compute.attach(known)
            return True
        # before the kill, which cannot find a process that is about to start
        for each in self._nodes:
            await each.mirror.fence(self._claim.token)
        await self._kill()
        for each in self._nodes:
            await each.mirror.fetch()
        if not self._folder.event_log.exists():
            return False
        self.job = await self._threads.slow(self._with_run)  # it has one: a row that was restored has not
        return True

    async def _start(self) -> Outcome | None:
        """Start the executor; return an outcome where that failed."""
        if self.cancellation.canceled:
            return CANCELED
        if self._nodes[0].compute.node is None:
            await self._reserve()
        retrying = self._retrying()
        try:
            self.job = await retrying.call(self._with_run, on_wait=self._warn_of_waiting)
        except DetachedError:
            raise
        except Exception as error:
            if self.cancellation.canceled:
                return CANCELED
            _log.exception("%s: no MLflow run", self.job.name)
            return failed(CauseKind.TRACKING, f"The job's MLflow run could not be created: {error}")
        return await self._spawned(retrying)

    async def _spawned(self, retrying: Retrying) -> Outcome | None:
        try:
            await self._spawn(await self._sent(retrying, await self._installed()))
        except NotStartedError as error:
            return CANCELED if self.cancellation.canceled else queued_again(error)
        except DetachedError:
            raise
        except CanceledError:
            return CANCELED
        except EnvironmentFailedError as error:
            return failed(CauseKind.ENVIRONMENT, str(error))
        except Exception as error:
            _log.exception("%s: not started", self.job.name)
            return failed(CauseKind.STARTUP, f"The job could not be started: {error}")
        return None

    async def _installed(self) -> list[Installed | None]:
        """Return the environment that the job names on each node, where it is installed first if it is not."""
        given = self._workspace, self._threads, self._progress_writer
        nodes = (
            EnvironmentInstaller(*given, node.compute, self.job, cancellation=self.cancellation) for node in self._nodes
        )
        try:
            return [await each.install() for each in nodes]
        except GoneError as error:
            raise NotStartedError(error) from error
        except JupyterMLError as error:
            raise EnvironmentFailedError(f"The environment of the job could not be installed: {error}") from error

    async def _sent(self, retrying: Retrying, installed: Sequence[Installed | None]) -> list[ProcessSpec]:
        """Bring everything to all nodes, and return the executors to start there; NotStartedError if one is lost."""
        assert self.job.run_id is not None
        keys, store = SigningKeys.create(), self._workspace.store.jobs
        given = self._workspace, self.job, self.job.run_id, self._claim.token, keys.signing
        executors = []
        try:
            nodes = await addresses_of(self.job, self._nodes)
            for number in range(len(self._nodes)):
                prepared = partial(prepare, *given, installed=installed[number], node=number, nodes=nodes)
                executors.append(await retrying.call(prepared))
            # before any code of the job can run
            await self._threads.store(store.set_verifying_key, self.job.name, keys.verifying)
            if self._nodes[0].compute.node is not None:
                await self._threads.store(store.set_process, self.job.name, where(self._nodes))
            return [await node.send(each) for node, each in zip(self._nodes, executors, strict=True)]
        except GoneError as error:
            raise NotStartedError(error) from error

    async def _spawn(self, executors: Sequence[ProcessSpec]) -> None:
        for node, executor in zip(self._nodes, executors, strict=True):
            await node.spawn(executor)
        await self._threads.store(self._workspace.store.jobs.set_process, self.job.name, where(self._nodes))

    async def _reserve(self, nodes: Sequence[str] = ()) -> None:
        """Go on with nodes of the compute, if it has nodes."""
        self._use(await self._nodes[0].compute.reserve_all(nodes_of(self.job), nodes))

    def _use(self, computes: Sequence[Compute]) -> None:
        self._nodes = [
            AttemptNode(self._threads, self._tracking_server, each, self._folder.node(number))
            for number, each in enumerate(computes)
        ]

    async def _kill(self) -> None:
        """Kill what is left of the attempt, sockets included; papermill itself is not ours to kill."""
        await asyncio.gather(*(node.kill(supervised=self.job.supervised) for node in self._nodes))

    def _retrying(self, *, canceled_s: float = 0.0) -> Retrying:
        limit_s = self.job.spec.limits.timeout if self.job.spec else None
        return Retrying(self.job.name, self._threads, self.cancellation, limit_s=limit_s, canceled_s=canceled_s)

    async def _warn_of_waiting(self, error: UnavailableError) -> None:
        message = f"The job had to wait for the MLflow store before it could start: {error}"
        warning = JobWarning(message=message)
        await self._threads.store(self._workspace.store.jobs.add_warnings, self.job.name, [warning])

    def _with_run(self) -> Job:
        adopted, self._may_have_run = self._may_have_run, True  # where this fails, the run may exist the next time
        return self.job.model_copy(update={"run_id": ensure_run(self._workspace, self.job, adopted=adopted)})
