# Copyright (c) the Jupyter ML developers.
# Distributed under the terms of the BSD 3-Clause License.

"""Run the job that a launch file describes."""

from __future__ import annotations

import asyncio
import os
import sys
from typing import TYPE_CHECKING

from jupyter_ml.agent.free_ports import free_ports
from jupyter_ml.errors import InvalidInputError, reason
from jupyter_ml.executor.broker import brokered
from jupyter_ml.executor.command import run_command
from jupyter_ml.executor.deliveries import inputs_delivered, upload_outputs
from jupyter_ml.executor.missing_files import explain_file
from jupyter_ml.executor.missing_variables import explain_variable
from jupyter_ml.executor.outcome import COMPLETED, Outcome, did_not_start, request_stop, timed_out
from jupyter_ml.executor.overlay import Overlay
from jupyter_ml.executor.packages import write_packages
from jupyter_ml.executor.services import serving
from jupyter_ml.notebooks.imports import imported_modules, may_install
from jupyter_ml.notebooks.kernels import DEFAULT_KERNEL, check_kernel, kernel_name_of
from jupyter_ml.notebooks.prepare import inject, prepare, runs, write_input
from jupyter_ml.notebooks.reading import read_notebook
from jupyter_ml.schemas.connections import Connection
from jupyter_ml.schemas.distribution import NodeAddress

if TYPE_CHECKING:
    from collections.abc import Mapping

    from jupyter_ml.executor.attempt import Stop
    from jupyter_ml.executor.recorder import Recorder
    from jupyter_ml.schemas.distribution import RankedProcess
    from jupyter_ml.schemas.executor_input import ExecutorInput
    from jupyter_ml.schemas.launch import AttemptFolder, Launch

__all__ = ["run_job"]

LOOPBACK = "127.0.0.1"
NO_MPIRUN = "The processes have the variables of Open MPI, but mpirun has not started them: MPI does not connect them."
NO_MPIRUN_HINT = "A program that calls MPI_Init sees one process: remove distribution, and call mpirun in the command."


async def run_job(
    folder: AttemptFolder, launch: Launch, given: ExecutorInput, recorder: Recorder, stop: Stop
) -> Outcome:
    """Run the job of an attempt and return its outcome; EventLogFullError if the disk is full.

    Parameters
    ----------
    folder
        The attempt's folder.
    launch
        Describes the job.
    given
        Variables of the kernel or the command, and datastores that it can read.
    recorder
        Records all events except the last.
    stop
        Ends the job early.
    """
    if launch.timeout is not None:
        asyncio.get_running_loop().call_later(launch.timeout, request_stop, stop, timed_out(launch.timeout))
    folder.outputs.mkdir(parents=True, exist_ok=True)
    if launch.type == "command" or launch.data is not None:
        recorder.started([])  # a notebook starts once more, when its cells are known
    connections = {name: Connection.of(each) for name, each in given.connections.items()}
    try:
        async with (
            brokered(folder, connections, given.workspace, given.environment, recorder) as environment,
            inputs_delivered(folder, launch.data, given, recorder, stop) as failure,
            serving(folder, launch, environment, recorder),
        ):
            if failure is not None:
                return failure
            if launch.type == "command":
                outcome = await _run_command(folder, launch, environment, recorder, stop)
            else:
                outcome = await _run_notebook(folder, launch, environment, recorder, stop)
            if outcome == COMPLETED and launch.data is not None and launch.data.uploads:
                outcome = await upload_outputs(launch.data, given, recorder, stop) or outcome
    except (InvalidInputError, OSError) as error:
        return did_not_start(str(error))
    return explain_file(explain_variable(outcome, folder, launch), folder, launch)


async def _run_command(
    folder: AttemptFolder, launch: Launch, environment: Mapping[str, str], recorder: Recorder, stop: Stop
) -> Outcome:
    program = launch.python or sys.executable
    overlay = Overlay.of(folder.overlay, program, environment)
    await asyncio.to_thread(write_packages, folder.packages, program, environment)
    outcome = await run_command(
        launch.command or "",
        cwd=folder.work,
        env=overlay.environment(environment),
        recorder=recorder,
        stop=stop,
        processes=_processes(launch, recorder),
    )
    await _list_installed(folder, program, environment, overlay, recorder)
    return outcome


def _processes(launch: Launch, recorder: Recorder) -> list[RankedProcess]:
    if launch.distribution is None:
        return []
    if launch.distribution.type == "mpi" and launch.node == 0:
        recorder.warn(NO_MPIRUN, hint=NO_MPIRUN_HINT)
    addresses = launch.nodes or [NodeAddress(host=LOOPBACK, ports=free_ports(launch.distribution.ports(0, 1)))]
    return launch.distribution.on_node(launch.node, addresses)


async def _list_installed(
    folder: AttemptFolder, program: str, environment: Mapping[str, str], overlay: Overlay | None, recorder: Recorder
) -> None:
    if overlay is None or not overlay.installed():
        return
    try:
        await asyncio.to_thread(write_packages, folder.packages, program, environment, overlay.packages)
    except OSError as error:  # the job has replaced the file
        recorder.warn(f"The packages that the job has installed are not listed: {reason(error)}")


async def _run_notebook(
    folder: AttemptFolder, launch: Launch, environment: Mapping[str, str], recorder: Recorder, stop: Stop
) -> Outcome:
    from jupyter_ml.executor.provisioned_kernel import create_kernel

    notebook = read_notebook(folder.work / (launch.notebook or ""))
    name = DEFAULT_KERNEL if launch.python else check_kernel(launch.kernel_name or kernel_name_of(notebook))
    # the kernel starts while the rest is imported: both take half a second
    kernel = create_kernel(
        name,
        cwd=folder.work / folder.start,
        env=_with_code(folder, environment),
        redactor=recorder.redactor,
        folder=folder,
        with_overlay=True,
        python=launch.python,
        fork=launch.fork,
        bare=may_install(notebook),
    )
    try:
        from jupyter_ml.executor.output_messages import number_of
        from jupyter_ml.executor.run import NotebookRun

        prepare(notebook, cells=launch.cells)
        nb = inject(notebook, launch.parameters, name, kernel.language)
        write_input(folder, nb, recorder.redactor)
        recorder.started([number_of(cell) for cell in nb.cells if runs(cell)])
        await asyncio.to_thread(write_packages, folder.packages, kernel.program, environment)
        run = NotebookRun(nb=nb, kernel=kernel, recorder=recorder, stop=stop, cell_timeout=launch.cell_timeout)
        outcome = await run.run()
        await _list_installed(folder, kernel.program, environment, kernel.overlay, recorder)
        imported = imported_modules(notebook) if outcome == COMPLETED else []
        await asyncio.to_thread(kernel.prepare_forks, imported)
        return outcome
    finally:
        await kernel.stop(0)


def _with_code(folder: AttemptFolder, environment: Mapping[str, str]) -> Mapping[str, str]:
    """Return the kernel's variables, with the root of the code on the path from which modules are imported."""
    if not folder.start:
        return environment
    paths = [str(folder.work), *filter(None, [environment.get("PYTHONPATH")])]
    return {**environment, "PYTHONPATH": os.pathsep.join(paths)}
