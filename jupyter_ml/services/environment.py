# Copyright (c) the Jupyter ML developers.
# Distributed under the terms of the BSD 3-Clause License.

"""Select the environment variables that a client passes to its jobs, and to the supervisor that it starts.

A job runs with variables of the client that submits it, never with those of the supervisor, which another user may have
started at another time. Neither gets all of them, because an environment contains tokens for other programs.
"""

from __future__ import annotations

import os
import re
import sys
from dataclasses import asdict, dataclass, field
from fnmatch import fnmatchcase
from itertools import filterfalse
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from jupyter_ml.broker.messages import VARIABLE as BROKER
from jupyter_ml.compute.process import MARKER
from jupyter_ml.errors import InvalidInputError
from jupyter_ml.schemas.launch import OVERLAY_BASE
from jupyter_ml.services.artifact_store import ACCESS, SETTINGS
from jupyter_ml.vault.keys import KEY_VARIABLE

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from jupyter_ml.schemas.job_spec import JobSpec
    from jupyter_ml.schemas.workspace import WorkspaceSettings

__all__ = [
    "COMPUTING",
    "SYSTEM",
    "Client",
    "client_of",
    "executor_environment",
    "lasting_python",
    "supervisor_environment",
]

SYSTEM = tuple(
    "PATH HOME USER LOGNAME SHELL LANG LANGUAGE LC_* TZ TMPDIR XDG_* "
    "HTTP_PROXY HTTPS_PROXY FTP_PROXY ALL_PROXY NO_PROXY http_proxy https_proxy ftp_proxy all_proxy no_proxy "
    "SSL_CERT_FILE SSL_CERT_DIR REQUESTS_CA_BUNDLE CURL_CA_BUNDLE "
    "PYTHONPATH PYTHONHOME PYTHONNOUSERSITE PYTHONUSERBASE PYTHONUTF8 LD_LIBRARY_PATH DYLD_* "
    "CONDA_PREFIX CONDA_PREFIX_* CONDA_DEFAULT_ENV CONDA_EXE CONDA_PYTHON_EXE CONDA_SHLVL MAMBA_EXE MAMBA_ROOT_PREFIX "
    "JUPYTER_PATH JUPYTER_CONFIG_DIR JUPYTER_CONFIG_PATH JUPYTER_DATA_DIR JUPYTER_RUNTIME_DIR "
    "JUPYTER_PLATFORM_DIRS JUPYTER_PREFER_ENV_PATH".split()
)
"""Variables that every program needs: for jobs and for the supervisor."""
COMPUTING = tuple("OMP_* KMP_* GOMP_* MKL_* OPENBLAS_* BLIS_* NUMEXPR_* VECLIB_* CUDA_* NVIDIA_* ROCR_* HIP_*".split())
"""Variables with which libraries share processors and devices: for jobs."""
INSTALLING = ("UV_*", "NETRC", "PIP_CERT")
"""Variables with which uv finds packages: for the installation of the environment of a job, and not for the job."""
DOCKER = ("DOCKER_HOST", "DOCKER_TLS_VERIFY", "DOCKER_CERT_PATH")
"""Variables that name the engine of instances: for the supervisor."""
GPUS = ("CUDA_VISIBLE_DEVICES",)
"""Variables that name the GPUs of a user, of which the supervisor gives some to each job: for the supervisor."""
NEVER = (MARKER, BROKER, KEY_VARIABLE, "JPY_*", "JUPYTERHUB_*")
"""Variables that identify a process, or give access to secrets or to JupyterHub: no pattern passes them on."""
MAX_NAMES = 2_000
"""Maximum number of names of the client's other variables that are stored."""


@dataclass(frozen=True)
class Client:
    """What a job takes from the process that submits it.

    Attributes
    ----------
    python
        Its Python, with which the job runs.
    environment
        The variables that the job gets.
    others
        Names of those that it does not get, to explain why one is missing.
    access
        Variables with which its artifacts are accessed on its behalf; it does not get them.
    installing
        The variables with which its environment is installed: they may contain the password of a package index, and the
        job does not get them.
    """

    python: str
    environment: dict[str, str]
    others: list[str]
    access: dict[str, str] = field(default_factory=dict)
    installing: dict[str, str] = field(default_factory=dict)

    def document(self) -> dict[str, Any]:
        """Return it as JSON."""
        return asdict(self)


def client_of(settings: WorkspaceSettings, job: JobSpec | None = None) -> Client:
    """Return what `job`, or any job, takes from this process.

    Raises
    ------
    InvalidInputError
        If the job names a variable that is not set.
    """
    named = job.pass_environment if job else []
    missing = sorted(set(named) - os.environ.keys())
    if missing:
        raise InvalidInputError(
            f"pass_environment: {', '.join(missing)} is not set in your environment: set it, or give a value with "
            f"--env {missing[0]}=VALUE",
            field="pass_environment",
        )
    if KEY_VARIABLE in named:
        raise InvalidInputError(
            f"pass_environment: {KEY_VARIABLE} gives access to all secrets", field="pass_environment"
        )
    scheme = _scheme(settings)
    patterns = (*SYSTEM, *COMPUTING, *_database(settings), *SETTINGS.get(scheme, ()), *settings.pass_environment)
    environment = _matching(patterns) | {name: os.environ[name] for name in named}
    others = sorted(filter(str.isidentifier, filterfalse(_is_never, os.environ.keys() - environment.keys())))
    access = _matching(ACCESS.get(scheme, ()))
    return Client(lasting_python(), environment, others[:MAX_NAMES], access, _matching(INSTALLING))


def lasting_python() -> str:
    """Return the Python of this process; in a job, the one below the overlay that is removed with the job."""
    try:
        note = Path(sys.prefix, "pyvenv.cfg").read_text(encoding="utf-8")
    except OSError:
        return sys.executable
    below = re.search(rf"^{OVERLAY_BASE} = (.+)$", note, re.MULTILINE)
    return below[1] if below else sys.executable


def supervisor_environment(settings: WorkspaceSettings) -> dict[str, str]:
    """Return the environment of the supervisor: only the variables that it needs itself."""
    key = os.environ.get(KEY_VARIABLE) if settings.vault.key == "environment" else None
    used = (*SYSTEM, *DOCKER, *GPUS, *INSTALLING, *_database(settings), *ACCESS.get(_scheme(settings), ()))
    return _matching(used) | ({KEY_VARIABLE: key} if key is not None else {})


def executor_environment(client: Client) -> dict[str, str]:
    """Return the environment of the executor: what the client's Python needs, and nothing that the job names."""
    return _matching(SYSTEM, client.environment)


def _matching(patterns: Iterable[str], environment: Mapping[str, str] = os.environ) -> dict[str, str]:
    patterns = tuple(patterns)
    return {
        name: value
        for name, value in environment.items()
        if not _is_never(name) and any(fnmatchcase(name, pattern) for pattern in patterns)
    }


def _is_never(name: str) -> bool:
    return any(fnmatchcase(name, pattern) for pattern in NEVER)


def _database(settings: WorkspaceSettings) -> Iterable[str]:
    """Return patterns of the variables that give access to a remote database of the workspace."""
    return ("PG*",) if (settings.database or "").startswith("postgresql") else ()


def _scheme(settings: WorkspaceSettings) -> str:
    return urlsplit(settings.artifacts or "").scheme
