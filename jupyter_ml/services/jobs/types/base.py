# Copyright (c) the Jupyter ML developers.
# Distributed under the terms of the BSD 3-Clause License.

"""What a type of jobs consists of."""

from __future__ import annotations

from abc import ABC, abstractmethod
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar, Generic, TypeVar

from jupyter_ml.errors import InvalidInputError
from jupyter_ml.schemas.job_spec import JobSpec
from jupyter_ml.services.jobs.form_fields import job_form
from jupyter_ml.services.jobs.loaded_spec import LoadedSpec
from jupyter_ml.services.jobs.snapshots import Capture, capture_code, git_state

if TYPE_CHECKING:
    from collections.abc import Mapping

    from pydantic import JsonValue

    from jupyter_ml.schemas.forms import Form
    from jupyter_ml.schemas.launch import AttemptFolder, Launch
    from jupyter_ml.schemas.yaml import Document
    from jupyter_ml.services.context import WorkspaceContext

__all__ = ["JobType"]

S = TypeVar("S", bound=JobSpec)


class JobType(ABC, Generic[S]):
    """What is particular to a type of jobs, from its spec to its processes.

    A type has a model of its spec in `jupyter_ml.schemas.specs.JOB_SPECS`, and an instance of a subclass in
    `jupyter_ml.services.jobs.types.registry.JOB_TYPES`.
    """

    suffixes: ClassVar[tuple[str, ...]] = ()
    """Suffixes of the files that are run as jobs of this type, in lower case; see `from_file`."""
    mlflow_source_type: ClassVar[str] = "JOB"
    """MLflow's tag ``mlflow.source.type`` of its runs."""

    def load(self, spec: S, document: Document) -> LoadedSpec[S]:
        """Return a spec that was read from a YAML file."""
        return LoadedSpec(spec, document=document)

    @abstractmethod
    def from_file(
        self, path: Path, parameters: Mapping[str, str], settings: Mapping[str, Any], code: Path | None
    ) -> LoadedSpec[S]:
        """Return the job that runs a file with one of the `suffixes`.

        Parameters
        ----------
        path
            The file.
        parameters
            Values as text.
        settings
            Further keys of the job.
        code
            Directory of its code; None if there is none.
        """

    def convert(self, loaded: LoadedSpec[S]) -> S:
        """Return a loaded spec with its parameters that were given as text converted to their types."""
        return loaded.spec

    def with_parameters(self, spec: S, parameters: Mapping[str, Any], *, from_text: bool) -> LoadedSpec[S]:  # noqa: ARG002 -- for overrides
        """Return a job with some of its parameters replaced.

        Parameters
        ----------
        spec
            The job.
        parameters
            The new values by name.
        from_text
            Whether they are text, to be converted to the types of the parameters.

        Raises
        ------
        InvalidInputError
            If the job has no such parameter.
        """
        if parameters:
            raise InvalidInputError(f"parameters: a {spec.type} job has none", field="parameters")
        return LoadedSpec(spec)

    @abstractmethod
    def validate(self, loaded: LoadedSpec[S], notebook: Path | None, kernels: Path) -> tuple[S, dict[str, JsonValue]]:
        """Return the spec with converted parameters, and the values with which the job runs.

        Parameters
        ----------
        loaded
            The job, with absolute paths.
        notebook
            File of its notebook, if that is not the one that the spec names.
        kernels
            Directory with the kernels of the environments of the workspace.

        Raises
        ------
        InvalidInputError
            With the field, and what to do.
        """

    def capture(self, context: WorkspaceContext, spec: S, notebook: Path | None) -> Capture:
        """Take a snapshot of the code of a job.

        Parameters
        ----------
        context
            Context of the workspace.
        spec
            The job, with absolute paths.
        notebook
            File of its notebook, if that is not among the code.
        """
        if spec.code is None:
            return Capture(git=git_state(Path.cwd()))
        inside = spec.notebook_in_code()
        return capture_code(context, Path(spec.code), {inside: notebook} if notebook and inside else {})

    @abstractmethod
    def launch(self, spec: S, folder: AttemptFolder, common: Mapping[str, Any]) -> Launch:
        """Return the launch file of an attempt.

        Parameters
        ----------
        spec
            The job.
        folder
            Directory of the attempt, with the copy of the code.
        common
            Fields that do not depend on the type.
        """

    def variables(self, spec: S, folder: AttemptFolder) -> dict[str, str]:  # noqa: ARG002 -- for overrides
        """Return the environment variables that an attempt has because of its type."""
        return {}

    def form(self, data: dict[str, Any], notebook: Path | None, rerun_of: str | None) -> Form:  # noqa: ARG002 -- the same
        """Return the form to submit such a job.

        Parameters
        ----------
        data
            What the form shows at first.
        notebook
            File of the job's notebook, if it has one.
        rerun_of
            The job whose snapshot runs again.
        """
        return job_form(data, rerun_of=rerun_of)
