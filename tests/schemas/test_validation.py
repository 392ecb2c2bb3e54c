# Copyright (c) the Jupyter ML developers.
# Distributed under the terms of the BSD 3-Clause License.

"""One sentence for each thing that is wrong, in the order of what was given."""

from __future__ import annotations

import re

import pytest
from pydantic_core import to_json

from jupyter_ml.errors import InvalidInputError
from jupyter_ml.schemas import yaml
from jupyter_ml.schemas.experiments import ExperimentCreate
from jupyter_ml.schemas.queries import JobQuery
from jupyter_ml.schemas.resources import RevisionQuery
from jupyter_ml.schemas.specs import JobSubmission, job_adapter, parse_job, spec_model
from jupyter_ml.schemas.validation import validate, validated
from jupyter_ml.server.parsing import parse_body, parse_query

BASE = {"type": "command", "command": "ls"}


def messages(data):
    """Return the error message for a job from Python, which is the same over REST."""
    with pytest.raises(InvalidInputError) as caught:
        parse_job(data)
    with pytest.raises(InvalidInputError) as over_rest:
        parse_body(JobSubmission, to_json({"job": data}), 10_000_000)
    assert str(over_rest.value) == str(caught.value)
    assert over_rest.value.field == caught.value.field
    return str(caught.value).splitlines()


def read(tmp_path, text):
    path = tmp_path / "job.yml"
    path.write_text(text)
    document = yaml.load(path)
    return validate(job_adapter, document, spec_model(document.data))


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"type": "pipeline"}, "type: 'pipeline' jobs are not supported; there are 'notebook', 'command'"),
        ({"type": 5}, "type: '5' jobs are not supported; there are 'notebook', 'command'"),
        ({"inputs": {"x": [1]}}, "inputs.x: must be true or false, a number or text (got a list)"),
        ({"inputs": {"x": None}}, "inputs.x: must be true or false, a number or text (got nothing)"),
        ({"inputs": {"x": "a" * 5_001}}, f"inputs.x: may have 5000 characters at most (got '{'a' * 80}…')"),
        ({"display_name": True}, "display_name: must be text (got true)"),
        ({"inputs": {"x": {}}}, "inputs.x.path: this key is required"),
        (
            {"inputs": {"x": {"type": "uri_folder", "pth": "a", "path": "a"}}},
            "inputs.x.pth: unknown key (did you mean 'path'?)",
        ),
        (
            {"inputs": {"x": {"type": "triton_model", "path": "a"}}},
            (
                "inputs.x.type: must be 'uri_file', 'uri_folder', 'mltable', 'mlflow_model' or 'custom_model' "
                "(got 'triton_model')"
            ),
        ),
        (
            {"inputs": {"a-b": 1}},
            "inputs.a-b: a name has letters, digits and _, does not begin with a digit,",
        ),
        ({"inputs": [1]}, "inputs: must be keys and values (got a list)"),
        ({"tags": {"a": [1]}}, "tags.a: must be text (got a list)"),
        ({"tags": {"a": {"$b": 1}}}, "tags.a: must be text (got keys and values)"),
        ({"retries": -1}, "retries: must be 0 or more (got -1)"),
        ({"retries": 1.5}, "retries: must be a whole number (got 1.5)"),
        ({"limits": {"timeout": 0}}, "limits.timeout: must be more than 0 (got 0)"),
        ({"limits": {"timeot": 5}}, "limits.timeot: unknown key (did you mean 'timeout'?)"),
        ({"limits": 5}, "limits: must be keys and values (got 5)"),
        ({"priority": "urgent"}, "priority: must be 'low', 'medium' or 'high' (got 'urgent')"),
        ({"name": "a/b"}, "name: a name has letters, digits, - and _,"),
        ({"display_name": ""}, "display_name: must not be empty (got '')"),
        ({"code": "https://x"}, "code: 'https://x' is not a local path, and only local paths are possible here"),
        ({"code": "azureml:src:1"}, "code: 'azureml:src:1' is not a local path"),
        ({"code": "C:\\src"}, "code: 'C:\\\\src' is a path of Windows"),
        ({"compute": "azureml:gpu:1"}, "compute: 'azureml:gpu:1' is not a compute: write azureml:NAME or NAME"),
        ({"compute": "azureml:"}, "compute: 'azureml:' is not a compute: write azureml:NAME or NAME"),
        ({"inputs": {"x": {"type": "uri_file", "path": "azureml:d:"}}}, "inputs.x.path: 'azureml:d:': the version is"),
        (
            {"inputs": {"x": {"type": "uri_file", "path": "azureml://datastore/d/paths/x"}}},
            "inputs.x.path: 'azureml://datastore/d/paths/x': unknown 'datastore' (did you mean 'datastores'?)",
        ),
        (
            {"inputs": {"x": {"type": "uri_file", "path": "https://example.org/x.csv?sig=abc"}}},
            "inputs.x.path: the https URL has a secret ('sig')",
        ),
        ({"command": "${{inputs.x}}"}, "command: ${{inputs.x}} refers to nothing under inputs"),
        ({"command": "${{x}}"}, "command: ${{x}} is not an expression"),
        ({"distribution": {}}, "distribution.type: this key is required"),
        (
            {"resources": {"instance_count": 2}},
            "resources.instance_count: 2 nodes need the key distribution: which processes run there?",
        ),
        (
            {
                "resources": {"instance_count": 3},
                "distribution": {"type": "tensorflow", "worker_count": 1, "parameter_server_count": 1},
            },
            "resources.instance_count: 3 nodes are more than the processes of the distribution, 2",
        ),
        ({"resources": {"instance_count": 0}}, "resources.instance_count: must be 1 or more (got 0)"),
        (
            {"distribution": {"type": "ray"}},
            "distribution.type: must be 'pytorch', 'mpi' or 'tensorflow' (got 'ray')",
        ),
        (
            {"distribution": {"type": "pytorch", "process_count_per_instance": 0}},
            "distribution.process_count_per_instance: must be 1 or more (got 0)",
        ),
        (
            {"distribution": {"type": "mpi", "worker_count": 2}},
            "distribution.worker_count: is not of type 'mpi'; remove the key",
        ),
        ({"schedule": {}}, "schedule: not supported yet; remove the key"),
        (
            {"services": {"s": {"type": "ssh"}}},
            "services.s.type: 'ssh' is not supported: it needs an SSH server in the job; use type: jupyter_lab",
        ),
        ({"services": {"s": {"type": "custom", "port": 0}}}, "services.s.port: must be 1 or more (got 0)"),
        ({"services": {"s": {"type": "custom"}}}, "services.s.port: this key is required"),
        (
            {"services": {"s": {"type": "jupyterlab"}}},
            "services.s.type: must be jupyter_lab, tensor_board or custom (got",
        ),
        ({"services": {"s": {"port": 1}}}, "services.s.type: must be"),
        ({"services": {"a/b": {"type": "jupyter_lab"}}}, "services.a/b: a name has letters, digits, - and _"),
        (
            {"outputs": {"m": {"mode": "mount"}}},
            "outputs.m.mode: must be 'rw_mount', 'upload' or 'direct' (got 'mount')",
        ),
        ({"outputs": {"m": {"pth": "x"}}}, "outputs.m.pth: unknown key"),
        ({"secrets": "A"}, "secrets: must be a list"),
    ],
)
def test_a_message_describes_the_error(change, message):
    said = "\n".join(messages({**BASE, **change}))
    assert said.startswith(message)
    assert len(said.splitlines()) == len(message.splitlines())


def test_the_order_is_that_of_what_was_given(tmp_path):
    with pytest.raises(InvalidInputError) as caught:
        read(
            tmp_path,
            "type: command\nretries: many\nschedule: {}\ninputs:\n  x: [1]\n  y: ok\n  z: [2]\ncomand: ls\n"
            "tags:\n  a: [1]\n",
        )
    assert [re.sub(r".*job.yml(:\d*)?", r"\1", line).split(": ")[:2] for line in str(caught.value).splitlines()] == [
        [":2", "retries"],
        [":3", "schedule"],
        [":5", "inputs.x"],
        [":7", "inputs.z"],
        [":8", "comand"],
        [":10", "tags.a"],
        ["", "command"],
    ]
    assert messages({"retries": "a", "type": "command", "tags": 1}) == [
        "retries: must be a whole number (got 'a')",
        "tags: must be keys and values (got 1)",
        "command: this key is required",
    ]


def test_a_reference_to_nothing_has_a_line(tmp_path):
    with pytest.raises(InvalidInputError, match=r"job\.yml:3: command: \$\{\{inputs\.nope}} refers to") as caught:
        read(tmp_path, "type: command\nretries: 1\ncommand: |\n  ls ${{inputs.nope}}\n")
    assert caught.value.field == "command"
    with pytest.raises(InvalidInputError, match=r"job\.yml:4: parameters\.b: \$\{\{outputs\.c}} refers to"):
        read(tmp_path, "type: notebook\nnotebook: a.ipynb\nparameters:\n  b: ${{outputs.c}}\n")


def test_options_are_named_where_there_is_a_file(tmp_path):
    with pytest.raises(InvalidInputError, match=r"remove the key, or use --set limits\.trial_timeout=null$"):
        read(tmp_path, "type: command\ncommand: ls\nlimits: {trial_timeout: 5}\n")
    for key in ("schedule", "environment", "component"):
        assert "--set" not in messages({**BASE, key: {}})[0]


@pytest.mark.parametrize("job", ["5", "null", "[]", '"a"'])
def test_a_job_of_another_type_is_named(job):
    with pytest.raises(InvalidInputError, match=r"^job: must be keys and values") as caught:
        parse_body(JobSubmission, f'{{"job": {job}}}'.encode(), 1_000)
    assert caught.value.field == "job"


def test_a_flood_of_errors_is_cut():
    said = messages({**BASE, "tags": {f"a{number}": 1 for number in range(100)}})
    assert len(said) == 21
    assert said[-1] == "and 80 more"


def test_text_is_taken_as_it_was_written(tmp_path):
    job = read(
        tmp_path,
        "type: command\ncommand: ls\nname: 0123\ndisplay_name: 1.10\nexperiment_name: 2026-11-22\ndescription: yes\n"
        "tags: {zip: 01234, rate: 1e-3, flag: true, 5: 0x10}\nenvironment_variables: {OMP_NUM_THREADS: 1}\n",
    )
    assert (job.name, job.display_name, job.experiment_name, job.description) == ("0123", "1.10", "2026-11-22", "yes")
    assert job.tags == {"zip": "01234", "rate": "1e-3", "flag": "true", "5": "0x10"}
    assert job.environment_variables == {"OMP_NUM_THREADS": "1"}


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("retries: 0x1F0\n", "job.yml:3: retries: must be 100 or less (got 0x1F0)"),
        ("limits: {timeout: -1e3}\n", "job.yml:3: limits.timeout: must be more than 0 (got -1e3)"),
        ("tags: {a: }\n", "job.yml:3: tags.a: must be text (got nothing)"),
        ("retries: yes\n", "job.yml:3: retries: must be a whole number (got yes)"),
        ("retries: '007x'\n", "job.yml:3: retries: must be a whole number (got '007x')"),
    ],
)
def test_an_error_quotes_what_was_written(tmp_path, text, message):
    with pytest.raises(InvalidInputError) as caught:
        read(tmp_path, "type: command\ncommand: ls\n" + text)
    assert str(caught.value).removeprefix(f"{tmp_path}/") == message


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"tags": {f"a{number}": "" for number in range(201)}}, "tags: may have 200 entries at most"),
        ({"inputs": {f"a{number}": 1 for number in range(1001)}}, "inputs: may have 1000 entries at most"),
        ({"outputs": {f"a{number}": {} for number in range(201)}}, "outputs: may have 200 entries at most"),
        ({"secrets": [f"a{number}" for number in range(201)]}, "secrets: may have 200 entries at most"),
        (
            {"environment_variables": {"A": "x" * 100_001}},
            "environment_variables.A: may have 100000 characters at most",
        ),
        ({"code": "x" * 4_097}, "code: may have 4096 characters at most"),
        ({"command": "x" * 100_001}, "command: may have 100000 characters at most"),
    ],
)
def test_everything_has_a_bound(change, message):
    assert messages({**BASE, **change})[0].startswith(message)


def test_parameters_have_a_bound():
    large = {"type": "notebook", "notebook": "a.ipynb", "parameters": {"a": ["x" * 1_000] * 1_100}}
    assert "1,048,576" in messages(large)[0]
    deep = []
    for _ in range(100_000):
        deep = [deep]
    with pytest.raises(InvalidInputError, match="nested too deeply"):
        parse_job({**large, "parameters": {"a": deep}})


def test_a_secret_is_in_no_message():
    body = to_json({"job": BASE, "secrets": {"A": 4711, "B": ["hunter2"], "C": "x" * 100_001}})
    with pytest.raises(InvalidInputError) as caught:
        parse_body(JobSubmission, body, 1_000_000)
    assert str(caught.value).splitlines() == [
        "secrets.A: must be text",
        "secrets.B: must be text",
        "secrets.C: may have 100000 characters at most",
    ]


def test_a_wrong_name_is_quoted_and_not_its_value(tmp_path):
    with pytest.raises(InvalidInputError, match=r"^\S+:3: environment_variables\.A B: a name has .* \(got 'A B'\)$"):
        read(tmp_path, "type: command\ncommand: ls\nenvironment_variables: {A B: c}\n")


def test_a_bound_has_all_of_its_digits():
    for value, message in ((2**31, "must be 2147483647 or less"), (0, "must be 1 or more")):
        with pytest.raises(InvalidInputError, match=f"revision: {message}"):
            validated(RevisionQuery, {"revision": value})


def test_queries_have_the_same_messages():
    with pytest.raises(InvalidInputError, match=r"^limit: must be 1000 or less \(got '5000'\)$"):
        parse_query(JobQuery, {"limit": [b"5000"]})
    with pytest.raises(InvalidInputError, match=r"^sort: must be created_at, .* or metrics\.NAME \(got 'foo'\)$"):
        parse_query(JobQuery, {"sort": [b"foo"]})
    with pytest.raises(InvalidInputError, match="created_after: must be a time, as 2026"):
        parse_query(JobQuery, {"created_after": [b"x"]})
    with pytest.raises(InvalidInputError, match=r"states\.1: must be 'NotStarted', "):
        validated(JobQuery, {"states": ["Failed", "failed"]})
    with pytest.raises(InvalidInputError, match="unknown key"):
        parse_query(JobQuery, {"": [b"true"]})
    with pytest.raises(InvalidInputError, match="not valid JSON"):
        parse_body(JobSubmission, b"{", 10)


def test_what_to_do_about_a_key_of_azure_depends_on_the_model():
    with pytest.raises(InvalidInputError) as caught:
        validated(ExperimentCreate, {"name": "a", "environment": "b", "version": 1})
    assert str(caught.value) == "environment: unknown key\nversion: unknown key"
