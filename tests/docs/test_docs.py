# Copyright (c) the Jupyter ML developers.
# Distributed under the terms of the BSD 3-Clause License.

"""The documentation describes all commands, options, settings and keys, and only those that exist."""

from __future__ import annotations

import ast
import importlib
import json
import re
import shlex
from dataclasses import replace
from pathlib import Path

import click
import pytest
import yaml
from pydantic import BaseModel

from docs import generate
from docs.resources import kind_sections
from jupyter_ml.cli.app import cli
from jupyter_ml.cli.exit_codes import ABORTED, ERRORS, STATES
from jupyter_ml.cli.resources import resource_group
from jupyter_ml.schemas.causes import CauseKind
from jupyter_ml.schemas.computes import ComputeCreate
from jupyter_ml.schemas.data import DataCreate
from jupyter_ml.schemas.datastore_credentials import S3Credentials
from jupyter_ml.schemas.datastore_types import TYPES
from jupyter_ml.schemas.datastores import DatastoreCreate
from jupyter_ml.schemas.environments import EnvironmentCreate
from jupyter_ml.schemas.mltable import read_mltable
from jupyter_ml.schemas.models import ModelCreate
from jupyter_ml.schemas.registry import KINDS
from jupyter_ml.schemas.specs import CommandJob, DataInput, NotebookJob, OutputSpec, job_adapter
from jupyter_ml.schemas.states import JobState
from jupyter_ml.schemas.workspace import WorkspaceSettings
from jupyter_ml.server.resources import resource_routes
from jupyter_ml.server.routed_kinds import routed
from jupyter_ml.server.routes import OWN, operations_of
from tests.docs.pages import blocks, first_words, prose, rows
from tests.kinds import ENDPOINT, NOTE, PAPER, declare

ROOT = Path(__file__).parents[2]
PAGES = sorted([*ROOT.glob("*.md"), *ROOT.glob("docs/**/*.md")])
JOBS = ROOT / "docs/users/jobs.md"
SETTINGS = ROOT / "docs/operators/workspace.md"

every_page = pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))


def keys(model: type[BaseModel], prefix: str = "") -> set[str]:
    """Return the dotted keys of a model, including those of nested models."""
    found = set()
    for name, field in model.model_fields.items():
        inner = field.annotation
        nested = isinstance(inner, type) and issubclass(inner, BaseModel)
        found |= keys(inner, f"{prefix}{name}.") if nested else {prefix + name}
    return found


def same(documented: list[str], there: set[str]) -> None:
    assert len(documented) == len(set(documented))
    assert set(documented) == there


@pytest.mark.parametrize("path", generate.pages(), ids=lambda path: path.name)
def test_reference_is_current(path):
    assert path.read_text() == generate.pages()[path], "run `make docs`"


@pytest.mark.parametrize("kind", [*KINDS.values(), NOTE, ENDPOINT, PAPER], ids=lambda kind: kind.singular)
def test_the_operations_of_a_kind_exist_in_each_client(kind, workspace, monkeypatch):
    declare(monkeypatch, workspace._context.store)
    own = OWN.get(kind.singular, ())
    routes = {f"{method.upper()} {path}" for path, method, _ in operations_of(resource_routes(routed(kind.name), *own))}
    commands = {f"jupyter ml {kind.name.command} {name}" for name in resource_group(kind.name).commands}
    _, table, *_ = kind_sections(kind)
    for line in table.splitlines()[2:]:
        _, _, command, route, method, _ = line.split("|")
        assert command.strip(" `").partition(" --")[0] in commands
        assert {*re.findall("`(.*?)`", route)} <= routes
        assert callable(eval(method.strip(" `"), {"workspace": workspace}))
    if kind.name.versioned:
        assert f"`GET /{kind.plural}/{{name}}/versions`" in table
        assert f"`DELETE /{kind.plural}/{{name}}`, `DELETE /{kind.plural}/{{name}}/versions/{{version}}`" in table


def test_a_kind_that_is_only_declared_has_a_reference():
    text = "\n".join(kind_sections(NOTE))
    assert "## Notes\n\nThoughts about the work." in text
    assert "| update | `jupyter ml note update` | `PATCH /notes/{name}` | `workspace.notes.update` |" in text
    assert "| `tags` | mapping to text |  |  |" in text
    few = replace(PAPER, name=replace(PAPER.name, operations=frozenset({"list"})), spec=None, changes=None)
    assert "delete" not in "\n".join(kind_sections(few))


def test_every_reference_page_is_generated():
    assert set(generate.REFERENCE.iterdir()) == generate.pages().keys()


@pytest.mark.parametrize("name", ["cli.md", "job-yaml.md", "settings.md"])
def test_every_entry_of_a_reference_has_a_meaning(name):
    text = (generate.REFERENCE / name).read_text()
    assert [line for line in text.splitlines() if line.startswith("| `") and line.endswith("|  |")] == []


@pytest.mark.parametrize("name", ["events.md", "job.md"])
def test_every_model_in_a_reference_has_a_meaning(name):
    text = (generate.REFERENCE / name).read_text()
    assert re.findall(r"^## (\w+)\n\n+\|", text, re.MULTILINE) == []


def test_every_key_of_a_job():
    there = keys(NotebookJob) | keys(CommandJob)
    there |= {f"inputs.NAME.{name}" for name in keys(DataInput)} | {f"outputs.NAME.{name}" for name in keys(OutputSpec)}
    same(first_words(JOBS, "Job files"), there)


def test_every_state():
    same(first_words(JOBS, "States"), set(JobState))


def test_every_cause():
    same(first_words(JOBS, "Causes"), set(CauseKind))


def test_every_exit_code():
    there = {0, 1, ABORTED, *ERRORS.values(), *STATES.values()}
    same(first_words(JOBS, "Exit codes"), set(map(str, there)))


def test_every_setting():
    same(first_words(SETTINGS, "Settings"), keys(WorkspaceSettings))


def test_defaults_of_settings():
    """Defaults that are numbers are the same in the table and in the class."""
    for name, _, default in rows(SETTINGS, "Settings"):
        *parents, last = name.strip("`").split(".")
        model = WorkspaceSettings
        for parent in parents:
            model = model.model_fields[parent].annotation
        value = model.model_fields[last].default
        if isinstance(value, int | float):
            assert json.loads(default.strip("`")) == value, name


@every_page
def test_links_resolve(page):
    for target in re.findall(r"\[[^\]]*\]\(([^)\s]+)\)", prose(page)):
        if "://" in target:
            continue
        path, _, anchor = target.partition("#")
        found = (page.parent / path).resolve() if path else page
        assert found.exists(), target
        assert not anchor or anchor in anchors(found), target


def anchors(page: Path) -> set[str]:
    """Return the anchors of a page's headings, as GitHub generates them."""
    headings = re.findall(r"^#+ (.*)$", prose(page), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}


def command_lines(text: str) -> list[list[str]]:
    """Return the arguments of each ``jupyter ml`` command in a shell text."""
    found = []
    for line in text.replace("\\\n", " ").splitlines():
        if not re.search(r"\bjupyter ml\b", line):
            continue
        lexer = shlex.shlex(line, posix=True, punctuation_chars=True)
        lexer.whitespace_split = True
        words: list[str] = []
        for word in [*lexer, ";"]:
            if not set(word) <= set("();<>|&"):
                words.append(word)
                continue
            starts = [i for i in range(1, len(words)) if words[i] == "ml" and words[i - 1].endswith("jupyter")]
            found += [words[start + 1 :] for start in starts]
            words = []
    return found


def parse(words: list[str], *, complete: bool) -> None:
    """Parse a command line without running it; a mention of a command need not be complete."""
    command, context = cli, click.Context(cli, info_name="jupyter ml")
    while isinstance(command, click.Group):
        _, rest, _ = command.make_parser(context).parse_args(list(words))
        if not rest:
            return
        name, *words = rest
        command = command.get_command(context, name)
        assert command is not None, f"{context.command_path} has no command {name!r}"
        context = click.Context(command, parent=context, info_name=name)
    if words or complete:
        command.make_context(context.info_name, words, parent=context.parent)


@pytest.mark.parametrize("line", ["jobs list", "job list --stat x", "job show", "run a --timeout x"])
def test_an_invalid_command_line_is_found(line):
    [words] = command_lines(f"jupyter ml {line}")
    with pytest.raises((AssertionError, click.UsageError)):
        parse(words, complete=True)


@every_page
def test_command_lines_exist(page):
    if page.name == "cli.md":
        pytest.skip("generated from the commands")
    for text in blocks(page, r"\w*"):
        for words in command_lines(text):
            parse(words, complete=True)
    for text in re.findall(r"`(jupyter ml[^`]*)`", prose(page)):
        for words in command_lines(text):
            parse(words, complete=False)


@every_page
def test_python_compiles_and_its_names_exist(page):
    for text in blocks(page, "python"):
        for node in ast.walk(ast.parse(text)):
            if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("jupyter_ml"):
                module = importlib.import_module(node.module)
                assert [item.name for item in node.names if not hasattr(module, item.name)] == []


@every_page
def test_yaml_is_valid(page):
    for text in blocks(page, "yaml"):
        data = yaml.safe_load(text)
        if page == SETTINGS or "vault" in data:
            WorkspaceSettings.model_validate(data)
        elif "paths" in data:
            read_mltable(text, "MLTable")
        elif page.name == "data.md":
            DataCreate.model_validate(data)
        elif page.name == "environments.md" and "name" in data:
            EnvironmentCreate.model_validate(data)
        elif page.name in ("clusters.md", "computes.md") and "type" in data:
            ComputeCreate.model_validate(data)
        elif page.name == "models.md":
            ModelCreate.model_validate(data)
        elif "credentials" in data:  # a part of a datastore
            S3Credentials.model_validate(data["credentials"])
        elif data.get("type") in TYPES:
            DatastoreCreate.model_validate(data)
        else:
            job_adapter.validate_python({"type": "notebook" if "notebook" in data else "command", **data})
