# Copyright (c) the Jupyter ML developers.
# Distributed under the terms of the BSD 3-Clause License.

"""Generate ``docs/reference`` from the code: ``python -m docs.generate``. A test fails when a page is out of date."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, get_args

import click
from pydantic import BaseModel

from docs.http import server
from docs.resources import kind_sections
from docs.shapes import code, fields_table, table
from jupyter_ml import errors
from jupyter_ml.cli.app import cli
from jupyter_ml.cli.exit_codes import ABORTED, ERRORS, STATES
from jupyter_ml.schemas import causes, clock, event_log, job_data, jobs, requests, specs, warnings, workspace
from jupyter_ml.schemas.distribution import Distribution
from jupyter_ml.schemas.environment_definition import Definition
from jupyter_ml.schemas.environment_source import Build, InlineEnvironment
from jupyter_ml.schemas.job_resources import JobResources
from jupyter_ml.schemas.job_services import CustomService, JupyterLabService, TensorBoardService
from jupyter_ml.schemas.json_schema import plain
from jupyter_ml.schemas.registry import KINDS

if TYPE_CHECKING:
    from collections.abc import Iterator


__all__ = ["REFERENCE", "commands", "pages"]

REFERENCE = Path(__file__).parent / "reference"
NOTE = "Generated from the code by `make docs`. Do not edit this page.\n"
COMMON = {"workspace", "output"}
"""Options of nearly all commands, which are described once."""


def pages() -> dict[Path, str]:
    """Return the path and the text of each page."""
    texts = {
        "cli.md": _cli(),
        "settings.md": _settings(),
        "job-yaml.md": _job_yaml(),
        "job.md": _job(),
        "resources.md": _resources(),
        "events.md": _events(),
        "errors.md": _errors(),
        "server.md": _server(),
    }
    return {REFERENCE / name: "\n".join(filter(None, parts)) for name, parts in texts.items()}


def commands(group: click.Group = cli, path: str = "jupyter ml") -> Iterator[tuple[str, click.Command]]:
    """Yield the full name and the object of each command and command group."""
    yield path, group
    for name, command in group.commands.items():
        if isinstance(command, click.Group):
            yield from commands(command, f"{path} {name}")
        else:
            yield f"{path} {name}", command


def _cli() -> Iterator[str]:
    yield f"# Command line\n\n{NOTE}"
    listing = next(command for name, command in commands() if name == "jupyter ml job list")
    yield "All commands that open a workspace have these options:\n"
    yield _options(listing, only=COMMON)
    yield "See also [errors and exit codes](errors.md).\n"
    for name, command in commands():
        yield f"## {name}\n"
        yield f"{plain(command.help)}\n"
        if isinstance(command, click.Group):
            names = (f"[{found}](#{f'{name} {found}'.replace(' ', '-')})" for found in command.commands)
            yield f"Commands: {', '.join(names)}.\n"
        else:
            arguments = [item.make_metavar(click.Context(command)) for item in command.params if _is_argument(item)]
            yield f"```\n{' '.join([name, *arguments])}\n```\n"
            yield _options(command, but=COMMON)


def _is_argument(parameter: click.Parameter) -> bool:
    return isinstance(parameter, click.Argument)


def _options(command: click.Command, *, only: set[str] | None = None, but: set[str] | None = None) -> str:
    found = [item for item in command.params if isinstance(item, click.Option) and item.name not in (but or set())]
    rows = [[_words(item), _help(item)] for item in found if only is None or item.name in only]
    return table(["Option", "Meaning"], rows) if rows else ""


def _words(option: click.Option) -> str:
    names = ", ".join(sorted([*option.opts, *option.secondary_opts], key=lambda name: name.startswith("--")))
    if option.is_flag:
        return code(names)
    choices = "|".join(option.type.choices) if isinstance(option.type, click.Choice) else ""
    return code(f"{names} {option.metavar or choices or option.type.name.partition(' ')[0].upper()}")


def _help(option: click.Option) -> str:
    words = " ".join((option.help or "").split())
    parts = [words]
    if option.required:
        parts.append("Required.")
    if option.multiple and "repeat" not in words:
        parts.append("Can be repeated.")
    if option.show_default:
        default = option.opts[0] if option.default is True else option.default
        parts.append(f"Default: {code(str(default))}.")
    return " ".join(parts)


def _settings() -> Iterator[str]:
    yield f"# Settings\n\n{NOTE}"
    yield "Keys of `workspace.yml`. See [Workspaces](../operators/workspace.md) for examples.\n"
    settings = workspace.WorkspaceSettings
    types = {name: field.annotation for name, field in settings.model_fields.items()}
    nested = {name: kind for name, kind in types.items() if isinstance(kind, type) and issubclass(kind, BaseModel)}
    yield fields_table(settings, [name for name in settings.model_fields if name not in nested])
    for name, model in nested.items():
        yield f"## {name}\n\n{plain(model.__doc__)}\n"
        yield fields_table(model, prefix=f"{name}.")


def _job_yaml() -> Iterator[str]:
    yield f"# Keys of a job\n\n{NOTE}\nSee [Jobs](../users/jobs.md) for examples.\n"
    notebook, command = specs.NotebookJob.model_fields, specs.CommandJob.model_fields
    own = [name for name in notebook if name not in command or name == "type"]
    yield "## Every job\n"
    yield fields_table(specs.NotebookJob, [name for name in notebook if name not in own])
    yield f"## Notebook job\n\n{plain(specs.NotebookJob.__doc__)}\n"
    yield fields_table(specs.NotebookJob, own)
    yield f"## Command job\n\n{plain(specs.CommandJob.__doc__)}\n"
    yield fields_table(specs.CommandJob, [name for name in command if name not in notebook or name == "type"])
    shared = (specs.DataInput, specs.OutputSpec, specs.Limits, JobResources, Distribution)
    services = (JupyterLabService, TensorBoardService, CustomService)
    yield from _sections(*shared, *services, InlineEnvironment, Build, Definition)


def _sections(*models: type[BaseModel]) -> Iterator[str]:
    for model in models:
        yield f"## {model.__name__}\n\n{plain(model.__doc__)}\n"
        yield fields_table(model)


def _job() -> Iterator[str]:
    yield f"# Job resource\n\n{NOTE}"
    yield "The REST API and the Python API return a job in this form. `--output json` and `--output yaml` print it.\n"
    yield from _sections(
        jobs.Job,
        jobs.Attempt,
        jobs.Progress,
        event_log.ProgressBar,
        event_log.Usage,
        causes.Cause,
        warnings.JobWarning,
        job_data.InputRecord,
        job_data.OutputRecord,
        requests.PendingRequest,
    )


def _resources() -> Iterator[str]:
    yield f"# Resources\n\n{NOTE}"
    yield "All kinds of resources have these operations. Some have further ones, which the pages for users describe.\n"
    for kind in KINDS.values():
        yield from kind_sections(kind)


def _events() -> Iterator[str]:
    yield f"# Events of a job\n\n{NOTE}"
    yield f"{plain(event_log.__doc__)}\n"
    yield "They are stored in the attempt's `events.jsonl`. In Python, `workspace.jobs.stream` yields them.\n"
    union = get_args(event_log.AttemptEvent)[0]
    yield from _sections(*get_args(union), clock.ClockReading)


def _errors() -> Iterator[str]:
    yield f"# Errors and exit codes\n\n{NOTE}"
    yield "The Python API raises these classes of `jupyter_ml.errors`. The command line prints the message and exits.\n"
    kinds = [kind for kind in vars(errors).values() if isinstance(kind, type) and kind.__module__ == errors.__name__]
    yield table(["Class", "Base class", "Exit code", "Meaning"], map(_error, kinds))
    yield "## Other exit codes\n"
    yield "`jupyter ml run` and `jupyter ml job stream` exit with a code for the final state of the job.\n"
    rows = [[str(number), f"The job ended as `{state}`."] for state, number in STATES.items()]
    rows += [[str(ABORTED), "The user pressed Ctrl-C; the job continues."], ["2", "The command line is invalid."]]
    yield table(["Exit code", "Meaning"], rows)


def _error(kind: type[errors.JupyterMLError]) -> list[str]:
    number = next(ERRORS[base] for base in kind.__mro__ if base in ERRORS)
    meaning = plain(kind.__doc__).partition("\n\n")[0]
    return [code(kind.__name__), code(kind.__mro__[1].__name__), str(number), meaning]


def _server() -> Iterator[str]:
    yield f"# Jupyter Server\n\n{NOTE}"
    yield from server()


def main() -> None:
    """Write all pages."""
    REFERENCE.mkdir(exist_ok=True)
    for path, text in pages().items():
        path.write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
