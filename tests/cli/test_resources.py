# Copyright (c) the Jupyter ML developers.
# Distributed under the terms of the BSD 3-Clause License.

"""Test the commands that are built for a kind of resource, with experiments and with a kind that is only declared."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from io import StringIO

import pytest
from click import Command, Context, NoSuchOption, UsageError
from rich.console import Console

from jupyter_ml.cli import rendering
from jupyter_ml.cli.app import cli, run
from jupyter_ml.cli.exit_codes import ABORTED
from jupyter_ml.cli.resources import resource_group
from jupyter_ml.schemas.kinds import Column
from jupyter_ml.schemas.states import JobState
from tests.kinds import ENDPOINT, NOTE, Note, declare
from tests.store.jobs import WHEN
from tests.store.jobs import job as make_job


@pytest.fixture
def ml(workspace, monkeypatch, capsys):
    """Run a command in the workspace and return its output."""
    monkeypatch.setenv("JUPYTER_ML_WORKSPACE", str(workspace.folder))

    def ml(*arguments, code=0):
        assert run(arguments) == code, capsys.readouterr().err
        out, err = capsys.readouterr()
        return out + err

    return ml


def test_an_experiment_is_created_updated_archived_and_deleted(ml, tmp_path):
    (tmp_path / "trees.yml").write_text("name: trees\ndescription: Forests\n")
    assert ml("experiment", "create", "-f", str(tmp_path / "trees.yml")) == "trees: created\n"
    assert ml("experiment", "create", "--set", "name=nets", "--set", "description=2026") == "nets: created\n"
    listed = json.loads(ml("experiment", "list", "--sort", "name", "--ascending", "-o", "json"))
    assert [(item["name"], item["description"]) for item in listed] == [("nets", "2026"), ("trees", "Forests")]
    table = ml("experiment", "list", "tre").splitlines()
    assert table[0].split() == ["name", "jobs", "last", "job", "description"]
    assert table[1].split() == ["trees", "0", "Forests"]

    revision = json.loads(ml("experiment", "show", "trees", "-o", "json"))["revision"]
    ml("experiment", "update", "trees", "--set", "description=Woods", "--revision", f"{revision}")
    refused = ml("experiment", "update", "trees", "--set", "description=x", "--revision", f"{revision}", code=4)
    assert f"revision {revision + 1}, not {revision}" in refused
    shown = ml("experiment", "show", "trees")
    assert "Woods" in shown
    assert " UTC" in shown
    assert "+00:00" not in shown
    ml("experiment", "update", "trees", "--set", "description=null")
    assert json.loads(ml("experiment", "show", "trees", "-o", "json"))["description"] is None

    assert ml("experiment", "archive", "trees", "nets") == "trees: archived\nnets: archived\n"
    assert ml("experiment", "list") == "No experiments.\n"
    assert ml("experiment", "list", "oak") == "No experiments match the filter.\n"
    assert "trees" in ml("experiment", "list", "--archived")
    ml("experiment", "restore", "trees")
    assert ml("experiment", "delete", "--yes", "trees") == "trees: deleted\n"
    assert "there is no experiment 'trees'" in ml("experiment", "show", "trees", code=3)


def test_an_experiment_is_shown_with_its_newest_jobs(ml, workspace):
    workspace._context.imported_runs.write(None, None)  # no supervisor is needed to import what was logged
    names = [f"run-{number:02}" for number in range(12)]
    for name in names:
        made = make_job(name, experiment_name="many trees", state=JobState.COMPLETED, ended_at=WHEN)
        workspace._context.store.jobs.insert(made, host=None)
    shown = ml("experiment", "show", "many trees")
    assert [name for name in names if name in shown] == names[2:]
    assert "2 more: jupyter ml job list --experiment-name 'many trees'" in shown
    assert json.loads(ml("experiment", "show", "many trees", "-o", "json"))["jobs"] == 12
    ml("experiment", "create", "--set", "name=none")
    assert "more" not in ml("experiment", "show", "none")


def test_a_job_is_renamed_described_tagged_and_starred(ml, workspace):
    made = make_job("run", state=JobState.COMPLETED, ended_at=WHEN, tags={"old": "1", "team.name": "red"})
    before = workspace._context.store.jobs.insert(made, host=None).revision
    options = ["display_name=Best", "tags.size=05", "tags.team.name=blue", "tags.old=null", "starred=true"]
    assert ml("job", "update", "run", *(each for text in options for each in ("--set", text))) == "run: updated\n"
    job = json.loads(ml("job", "show", "run", "-o", "json"))
    assert (job["display_name"], job["starred"]) == ("Best", True)
    assert job["tags"] == {"size": "05", "team.name": "blue"}
    refused = ml("job", "update", "run", "--set", "starred=false", "--revision", f"{before}", code=4)
    assert f"revision {before + 1}, not {before}" in refused
    assert "--set stared" in ml("job", "update", "run", "--set", "stared=true", code=2)


def test_all_jobs_that_match_a_filter_are_archived(ml, workspace, monkeypatch):
    for number in range(3):
        made = make_job(f"run-{number}", state=JobState.FAILED if number else JobState.COMPLETED, ended_at=WHEN)
        workspace._context.store.jobs.insert(made, host=None)
    workspace._context.imported_runs.write(None, None)  # no supervisor is needed to import what was logged
    assert ml("job", "for-all", "archive", "is:failed", "--yes") == "archive done for 2 of 2 jobs\n"
    assert [item["name"] for item in json.loads(ml("job", "list", "-o", "json"))] == ["run-0"]
    monkeypatch.setattr("sys.stdin", StringIO("n\n"))
    assert "Delete all jobs that match 'is:failed'?" in ml("job", "for-all", "delete", "is:failed", code=ABORTED)
    assert "unknown value 'nonsense' of is" in ml("job", "for-all", "delete", "is:nonsense", "--yes", code=2)


def test_an_error_names_the_line_or_the_option(ml, tmp_path):
    (tmp_path / "bad.yml").write_text("name: trees\ndescripton: x\n")
    assert "bad.yml:2: descripton: unknown key" in ml("experiment", "create", "-f", str(tmp_path / "bad.yml"), code=2)
    assert "--set jobs" in ml("experiment", "create", "--set", "name=a", "--set", "jobs=5", code=2)
    assert "name" in ml("experiment", "create", code=2)
    assert "sort" in ml("experiment", "list", "--sort", "speed", code=2)


@pytest.mark.parametrize("kind", [NOTE, ENDPOINT], ids=lambda kind: kind.name.command)
def test_a_declared_kind_has_all_commands(ml, workspace, monkeypatch, kind):
    declare(monkeypatch, workspace._context.store)
    word, title = kind.name.command, kind.name.title
    monkeypatch.setitem(cli.commands, word, resource_group(kind.name))
    assert ml(word, "create", "--set", "name=one", "--set", "pages=3") == "one: created\n"
    assert f"there is already {kind.name.one} 'one'" in ml(word, "create", "--set", "name=one", code=4)
    assert ml(word, "update", "one", "--set", "pages=4", "--set", "tags.a=b") == "one: updated\n"
    assert ml(word, "update", "one", "--set", "pages=4") == "one: unchanged\n"
    assert "nothing to change" in ml(word, "update", "one", code=2)
    assert [line.split() for line in ml(word, "list").splitlines()] == [["name", "pages"], ["one", "4"]]
    shown = dict(line.split(None, 1) for line in ml(word, "show", "one").splitlines())
    assert (shown["archived"].strip(), shown["tags"].strip()) == ("false", '{"a": "b"}')
    assert ml(word, "archive", "one") + ml(word, "restore", "one") == "one: archived\none: restored\n"
    assert ml(word, "delete", "-y", "one") == "one: deleted\n"
    assert ml(word, "list") == f"No {title}s.\n"
    assert getattr(workspace, kind.plural).list().total == 0


def test_a_resource_is_created_or_updated(ml, workspace, monkeypatch):
    declare(monkeypatch, workspace._context.store)
    monkeypatch.setitem(cli.commands, "note", resource_group(NOTE.name))
    assert ml("note", "create-or-update", "--set", "name=one", "--set", "pages=3") == "one: created\n"
    assert "--set pages: must be a whole number (got many)" in ml("note", "create", "--set", "pages=many", code=2)
    revision = json.loads(ml("note", "show", "one", "-o", "json"))["revision"]
    replace = ("note", "create-or-update", "--set", "name=one", "--revision", f"{revision}")
    assert ml(*replace, "--set", "description=Why") == "one: updated\n"
    assert f"revision {revision + 1}, not {revision}" in ml(*replace, "--set", "description=What", code=4)
    shown = json.loads(ml("note", "show", "one", "-o", "json"))
    assert (shown["description"], shown["pages"]) == ("Why", None)


def test_a_column_of_states_has_the_text_of_its_kind_and_only_job_states_have_colors(monkeypatch):
    class Ended(Note):
        state: JobState = JobState.COMPLETED

    screen = StringIO()
    monkeypatch.setattr(rendering, "console", lambda: Console(file=screen, force_terminal=True, highlight=False))
    column = Column("state", lambda note: f"read {note.name}")
    with Context(Command("list")):
        for note in (Note, Ended):
            rendering.render_resources([note(name=note.__name__, created_at=WHEN)], [column], "")
    _, plain, _, colored = screen.getvalue().splitlines()
    assert plain.strip() == "read Note"
    assert colored.strip().startswith("\x1b[32mread Ended")


@pytest.mark.parametrize("operations", [{"list", "get"}, {"create", "archive"}, {"delete"}], ids=sorted)
def test_a_kind_has_a_command_for_each_of_its_operations_and_no_other(operations):
    group = resource_group(replace(NOTE.name, operations=frozenset(operations)))
    assert set(group.commands) == {"show" if operation == "get" else operation for operation in operations}


@pytest.mark.parametrize(
    ("arguments", "hint"),
    [
        (["-is:archived"], "A filter that begins with a minus follows --, e.g. list -- '-is:archived'"),
        (["--sort", "name", "forest", "-user:ann"], "e.g. list -- '-user:ann'"),
    ],
)
def test_a_filter_that_begins_with_a_minus_is_not_an_option(arguments, hint):
    command = resource_group(NOTE.name).commands["list"]
    with pytest.raises(UsageError, match=re.escape(hint)):
        command.make_context("list", arguments)


def test_an_unknown_option_is_no_filter():
    command = resource_group(NOTE.name).commands["list"]
    with pytest.raises(NoSuchOption) as raised:
        command.make_context("list", ["--nmae"])
    assert "minus" not in raised.value.format_message()
