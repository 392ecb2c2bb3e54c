# Copyright (c) the Jupyter ML developers.
# Distributed under the terms of the BSD 3-Clause License.

"""The launch file of an executor, and the layout of the directory of an attempt."""

from __future__ import annotations

import json
import shutil
import sys
from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path, PurePosixPath
from typing import Literal, Self

from pydantic import Field, JsonValue, ValidationError, field_validator, model_validator

from jupyter_ml.errors import InvalidInputError, reason
from jupyter_ml.schemas.base import Schema
from jupyter_ml.schemas.delivery import DeliveryRequest
from jupyter_ml.schemas.distribution import Distribution, NodeAddress
from jupyter_ml.schemas.job_services import JobService

__all__ = [
    "OVERLAY_BASE",
    "PYTHON_VARIABLE",
    "SUPPORT",
    "AttemptFolder",
    "Ignored",
    "Launch",
    "process_log",
    "start_of",
    "write_file",
]

SUPPORT = ".jupyter-ml-support"
"""File in a directory with what Jupyter ML adds to environments, which does not count as packages of theirs."""
PYTHON_VARIABLE = "JUPYTER_ML_ENVIRONMENT_PYTHON"
"""Variable of a notebook's kernel with the Python of the environment in which it runs."""
OVERLAY_BASE = "jupyter-ml-base"
"""Key in the ``pyvenv.cfg`` of an attempt's environment, with the Python that it is based on."""


class Ignored(Schema):
    """A file or directory that is in the source directory of the code, but not in the copy of it."""

    path: str
    """Relative to that directory."""
    rule: str
    """File, line and pattern that exclude it, e.g. ``.gitignore:3: data/``."""


class Launch(Schema):
    """One attempt of a job; the executor reads only this, the code and its own environment."""

    type: Literal["notebook", "command"]
    marker: str
    """Value of the environment variable that marks every process of the job."""
    token: str = ""
    """The claim under which it was started; an executor that was started under another one does nothing."""
    signed: bool = False
    """Whether the last event has to be signed: the key is then the first of the values on standard input."""
    notebook: str | None = None
    """Path of the .ipynb inside ``work``."""
    command: str | None = None
    """For ``bash``, expressions already substituted."""
    distribution: Distribution | None = None
    """The processes that run the command; None for one."""
    nodes: list[NodeAddress] = []
    """The nodes on which they run, if there are several."""
    node: int = 0
    """Which of these this is."""
    parameters: dict[str, JsonValue] = {}
    """Parameters, encoded (see `jupyter_ml.schemas.parameters`), expressions already substituted."""
    cells: list[str] | None = None
    """IDs of the cells of the notebook that run, besides the parameters cell; None for all."""
    kernel_name: str | None = None
    python: str | None = None
    """The Python of the job's environment, which runs the kernel or the command; by default that of the executor."""
    timeout: float | None = Field(default=None, gt=0)
    """Seconds for the whole attempt."""
    cell_timeout: float | None = Field(default=None, gt=0)
    """Seconds for each cell."""
    secrets: list[str] = []
    """Names of environment variables whose values must never be written."""
    source: str | None = None
    """Folder that the code was copied from."""
    copied: bool = True
    """Whether that directory was copied, and not the notebook alone."""
    ignored: list[Ignored] = []
    """What was not copied, the first 1,000."""
    data: DeliveryRequest | None = None
    """Inputs that are checked or downloaded before it starts, and outputs that are uploaded after its end."""
    services: dict[str, JobService] = {}
    """Services by their names."""
    not_passed: list[str] = []
    """Names of variables that the client had and the job has not."""
    fork: bool = False
    """Whether the kernel may be forked."""
    version: str = ""
    """Of the Jupyter ML that wrote this."""

    @field_validator("notebook")
    @classmethod
    def _inside_work(cls, value: str | None) -> str | None:
        if value is not None and (PurePosixPath(value).is_absolute() or ".." in PurePosixPath(value).parts):
            raise ValueError("the notebook must be inside the job's code")
        return value

    @property
    def start(self) -> str:
        """Folder inside ``work`` in which the job starts: a notebook's own, as in JupyterLab."""
        return start_of(self.notebook) if self.notebook is not None else ""

    @model_validator(mode="after")
    def _something_to_run(self) -> Self:
        if (self.notebook if self.type == "notebook" else self.command) is None:
            raise ValueError(f"a {self.type} job needs {self.type!r}")
        return self


def process_log(rank: int) -> str:
    """Return the path of the log of one of several processes in the directory of an attempt."""
    return f"user_logs/std_log_process_{rank}.txt"


def start_of(notebook: str) -> str:
    """Return the directory of a notebook, given its path in the code; empty for one at the top."""
    folder = PurePosixPath(notebook).parent.as_posix()
    return "" if folder == "." else folder


def write_file(path: Path, text: str, *, errors: str = "strict") -> None:
    """Write a file that only its owner can read; when the process is killed, there is the former one or none."""
    temporary = path.with_suffix(".tmp")
    temporary.touch(mode=0o600)
    temporary.write_text(text, encoding="utf-8", errors=errors)
    temporary.replace(path)


@dataclass(frozen=True)
class AttemptFolder:
    """The directory of one attempt; executor, supervisor and services know its files by these names."""

    path: Path
    start: str = ""
    """Where in `work` the job starts."""

    @property
    def launch(self) -> Path:
        """The launch file (`Launch`)."""
        return self.path / "launch.json"

    @property
    def environment(self) -> Path:
        """Variables for a kernel that another process starts, as JSON."""
        return self.path / "environment.json"

    @property
    def tracking(self) -> Path:
        """How the programs of the attempt reach the workspace's MLflow store from another machine, as JSON."""
        return self.path / "tracking.json"

    @property
    def event_log(self) -> Path:
        """The event log, one event a line."""
        current = self.path / "events.jsonl"
        return self.old_event_log if self.old_event_log.exists() and not current.exists() else current

    @property
    def old_event_log(self) -> Path:
        """The event log of an attempt that was started before the file was renamed."""
        return self.path / "spool.jsonl"

    @property
    def metrics(self) -> Path:
        """Metrics that kernel or command have logged and that MLflow's tables may not have yet."""
        return self.path / "metrics.jsonl"

    @property
    def log(self) -> Path:
        """Standard output and error of the executor itself."""
        return self.path / "executor.log"

    @property
    def sockets(self) -> Path:
        """Link to the directory with the kernel's sockets, which needs a short path, as long as that is there."""
        return self.path / "sockets"

    @property
    def services(self) -> Path:
        """Link to the directory with the sockets of services, which need a short path, as long as that is there."""
        return self.path / "services"

    @property
    def overlay(self) -> Path:
        """A virtual environment, for what the job installs."""
        return self.path / "environment"

    @property
    def work(self) -> Path:
        """A copy of the code, in which kernel or command starts, see `start`."""
        return self.path / "work"

    @property
    def inputs(self) -> Path:
        """Links to downloaded inputs, by their names."""
        return self.path / "inputs"

    @property
    def outputs(self) -> Path:
        """What the user's code writes in here is kept with the job."""
        return self.work / self.start / "outputs"

    @property
    def stored_outputs(self) -> Path:
        """Location of `outputs` after the end, when ``work`` is removed."""
        return self.path / "outputs"

    @property
    def outside(self) -> Path:
        """List of what was written in ``work`` but not in `outputs` (`OutsideFiles`), written at the end."""
        return self.path / "outside.json"

    @property
    def stored_files(self) -> Path:
        """Location of those files after the end, if the job keeps them."""
        return self.path / "files"

    @property
    def input(self) -> Path:
        """The notebook as it was sent to the kernel, parameters included, before anything ran."""
        return self.path / "input.ipynb"

    @property
    def output(self) -> Path:
        """The executed notebook."""
        return self.path / "output.ipynb"

    @property
    def packages(self) -> Path:
        """``name==version`` of every package in the environment, one a line."""
        return self.path / "packages.txt"

    @property
    def broker(self) -> Path:
        """Socket at which the job's processes ask for the credentials of datastores."""
        return self.path / "broker.sock"

    @property
    def responses(self) -> Path:
        """Directory in which the supervisor responds to `DataRequested`, until the end."""
        return self.path / "responses"

    def response(self, identifier: str) -> Path:
        """Return where the response to a request is."""
        return self.responses / f"{identifier}.json"

    @property
    def refusal(self) -> Path:
        """The response to all requests above those that a job may send."""
        return self.response("refused")

    @property
    def std_log(self) -> Path:
        """Everything that kernel or command printed, as text."""
        return self.path / "std_log.txt"

    @property
    def process_logs(self) -> Path:
        """Directory with what each of several processes printed."""
        return self.path / "user_logs"

    @property
    def nodes(self) -> Path:
        """Directories of the executors on further nodes."""
        return self.path / "nodes"

    def node(self, number: int) -> AttemptFolder:
        """Return the directory of the executor on one of several nodes."""
        return replace(self, path=self.nodes / f"{number}") if number else self

    def further_nodes(self) -> list[AttemptFolder]:
        """Return the directories of the executors on further nodes."""
        found = self.nodes.iterdir() if self.nodes.is_dir() else ()
        return [self.node(number) for number in sorted(int(each.name) for each in found if each.name.isdecimal())]

    def process_log(self, rank: int) -> Path:
        """Return where the output of one of several processes is; named as by Azure ML."""
        return self.path / process_log(rank)

    @property
    def uncommitted(self) -> Path:
        """The uncommitted changes of the git repository that the code comes from."""
        return self.path / "uncommitted.diff"

    def owns(self, name: str) -> bool:
        """Return whether what has this name in the directory belongs to Jupyter ML, temporary files included."""
        places = [getattr(self, each) for each, value in vars(type(self)).items() if isinstance(value, property)]
        return name.partition(".")[0] in {place.name.partition(".")[0] for place in places}

    def results(self) -> list[Path]:
        """Return the files of an attempt that has ended which are of use to users."""
        found = (self.output, self.stored_outputs, self.stored_files, self.std_log, self.process_logs, self.packages)
        return [path for path in found if not path.is_symlink() and (path.is_file() or path.is_dir())]

    def remove_sockets(self) -> None:
        """Remove the sockets of a kernel and of services that have ended, that of the broker, and its responses."""
        self.broker.unlink(missing_ok=True)
        shutil.rmtree(self.responses, ignore_errors=True)
        for link in (self.sockets, self.services):
            with suppress(OSError):
                shutil.rmtree(link.readlink(), ignore_errors=True)
            link.unlink(missing_ok=True)

    def write_launch(self, launch: Launch) -> None:
        """Create the directory and write `launch` into it, readable by the owner only."""
        self.path.mkdir(mode=0o700, parents=True, exist_ok=True)
        text = launch.model_dump_json(indent=1, exclude_defaults=True)  # an older executor knows fewer fields
        write_file(self.launch, text)

    def fence(self, token: str) -> None:
        """Prevent executors from running that were started under another claim."""
        if self.launch.exists():
            self.write_launch(self.read_launch().model_copy(update={"token": token}))

    def read_launch(self) -> Launch:
        """Return the launch; InvalidInputError where the file is missing or wrong."""
        try:
            return Launch.model_validate_json(self.launch.read_bytes())
        except (OSError, ValidationError) as error:
            raise InvalidInputError(f"{self.launch} cannot be read{self._written_by()}: {reason(error)}") from error

    def _written_by(self) -> str:
        """Return a message for a launch file that another version wrote, e.g. in another environment."""
        try:
            version = json.loads(self.launch.read_bytes())["version"]
        except (OSError, ValueError, KeyError, TypeError):
            return ""
        return f" with what is installed for {sys.executable} (Jupyter ML {version} wrote it)"
