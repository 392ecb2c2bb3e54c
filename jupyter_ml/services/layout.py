# Copyright (c) the Jupyter ML developers.
# Distributed under the terms of the BSD 3-Clause License.

"""Paths of the files of a workspace."""

from __future__ import annotations

import os
import shlex
from dataclasses import dataclass
from pathlib import Path

from jupyter_ml.errors import WorkspaceError

__all__ = ["FOLDER_NAME", "Layout", "find_folder", "workspace_in"]

FOLDER_NAME = ".jupyter-ml"
SETTINGS_NAME = "workspace.yml"
VARIABLE = "JUPYTER_ML_WORKSPACE"


@dataclass(frozen=True)
class Layout:
    """Paths inside the directory of a workspace."""

    folder: Path

    @property
    def settings(self) -> Path:
        """The settings file."""
        return self.folder / SETTINGS_NAME

    @property
    def database(self) -> Path:
        """The SQLite database, unless the settings name another database."""
        return self.folder / "workspace.db"

    @property
    def mlflow(self) -> Path:
        """MLflow's SQLite database, unless the settings name another database."""
        return self.folder / "mlflow.db"

    @property
    def imported_runs(self) -> Path:
        """Position up to which runs logged directly with MLflow have been imported."""
        return self.folder / "mlflow.seen.json"

    @property
    def artifacts(self) -> Path:
        """Artifacts of runs, unless the settings name another location."""
        return self.folder / "artifacts"

    @property
    def data(self) -> Path:
        """Directory of the datastores that every workspace has."""
        return self.folder / "data"

    @property
    def data_cache(self) -> Path:
        """Data of other machines that was downloaded for jobs."""
        return self.folder / "data-cache"

    @property
    def profiles(self) -> Path:
        """Profiles of data files."""
        return self.folder / "profiles"

    @property
    def environments(self) -> Path:
        """Installed environments by the hashes of their definitions."""
        return self.folder / "environments"

    @property
    def kernels(self) -> Path:
        """Kernels of environments and computes; its parent directory can be in Jupyter's search path."""
        return self.environments / "jupyter" / "kernels"

    @property
    def kernel_files(self) -> Path:
        """Sockets of running kernels, where a compute sees the files of the workspace."""
        return self.folder / "kernels"

    @property
    def snapshots(self) -> Path:
        """Code snapshots by content hash."""
        return self.folder / "snapshots"

    @property
    def vault(self) -> Path:
        """Encrypted secrets."""
        return self.folder / "vault"

    @property
    def supervisor_lock(self) -> Path:
        """The lock that a running supervisor holds."""
        return self.folder / "supervisor.lock"

    @property
    def supervisor_log(self) -> Path:
        """The log of the supervisor."""
        return self.folder / "supervisor.log"

    @property
    def jobs(self) -> Path:
        """Directories of jobs by name."""
        return self.folder / "jobs"

    def compute(self, name: str) -> Path:
        """Return where a compute keeps files of its own."""
        return self.folder / "computes" / name

    def job(self, name: str) -> Path:
        """Return the directory of a job."""
        return self.jobs / name

    def record(self, name: str) -> Path:
        """Return the copy of a job's row."""
        return self.job(name) / "job.json"

    def claim(self, name: str) -> Path:
        """Return the lock that is held while an attempt of a job is started or finalized."""
        return self.job(name) / "claim.lock"

    def git_state(self, name: str) -> Path:
        """Return the file with the state of the job's git repository at submission."""
        return self.job(name) / "git.json"

    def ignored(self, name: str) -> Path:
        """Return the file that lists what ignore files excluded from the job's code."""
        return self.job(name) / "ignored.json"

    def attempt(self, name: str, number: int) -> Path:
        """Return the directory of an attempt of a job."""
        return self.job(name) / str(number)


def find_folder(path: str | Path | None = None, start: Path | None = None) -> Path:
    """Return the directory of the workspace.

    `path`, else the environment variable ``JUPYTER_ML_WORKSPACE``, else the nearest ``.jupyter-ml`` from `start` or the
    working directory upwards, else a default for the user in Jupyter's data directory.

    Raises
    ------
    WorkspaceError
        If `path` or the variable names a directory without a workspace, or the working directory was removed.
    """
    named = path or os.environ.get(VARIABLE)
    if named:
        given = Path(named).expanduser().absolute()
        if (folder := workspace_in(given)) is not None:
            return folder
        origin = "--workspace" if path else VARIABLE
        if given.exists() and not given.is_dir():
            raise WorkspaceError(f"{origin}: {given} is not a directory")
        wrong = f"there is no workspace in {given}" if given.exists() else f"{given} does not exist"
        raise WorkspaceError(f"{origin}: {wrong}; create one with: jupyter ml workspace init {shlex.quote(str(named))}")
    try:
        here = start.absolute() if start else Path.cwd()
    except FileNotFoundError:
        raise WorkspaceError("the working directory does not exist any more: change to another one") from None
    for parent in (here, *here.parents):
        if (parent / FOLDER_NAME / SETTINGS_NAME).is_file():
            return parent / FOLDER_NAME
    from jupyter_core.paths import jupyter_data_dir

    return Path(jupyter_data_dir()) / "jupyter-ml" / "default"


def workspace_in(given: Path) -> Path | None:
    """Return the directory of the workspace that is, or is in, a directory; None if there is none."""
    return next((each for each in (given / FOLDER_NAME, given) if (each / SETTINGS_NAME).is_file()), None)
