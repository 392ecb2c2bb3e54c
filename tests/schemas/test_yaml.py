from __future__ import annotations

import pytest
from pydantic import TypeAdapter

from jupyter_ml.errors import InvalidInputError, TooLargeError
from jupyter_ml.schemas import yaml
from jupyter_ml.schemas.specs import CommandJob, NotebookJob, job_adapter
from jupyter_ml.schemas.workspace import WorkspaceSettings

MODELS = {"notebook": NotebookJob, "command": CommandJob}


def read(tmp_path, text):
    path = tmp_path / "job.yml"
    path.write_text(text)
    return yaml.validate(job_adapter, yaml.load(path), MODELS)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        (
            "type: command\ncomand: ls\n",
            ["job.yml:2", "comand", "did you mean 'command'", "command: this key is required"],
        ),
        (
            "type: command\ncommand: ls\nlimits:\n  timeot: 5\n",
            ["job.yml:4", "limits.timeot", "did you mean 'timeout'"],
        ),
        ("type: command\ncommand: ls\nenvironment: azureml:sklearn:1\n", ["job.yml:3", "environment of their compute"]),
        ("type: command\ncommand: ls\nretries: many\n", ["job.yml:3", "retries", "'many'"]),
        ("type: notebok\nnotebook: a.ipynb\n", ["job.yml:1", "notebok", "notebook"]),
        ("type: command\ncommand: ls\ncommand: rm\n", ["job.yml:3", "again", "line 2"]),
        ("type: command\n  command: ls\n", ["job.yml:2", "not YAML"]),
        ("- a\n- b\n", ["keys and values", "list"]),
        (
            "type: command\ncommand: ls\ninputs:\n  data:\n    type: uri_file\n    pth: x\n",
            ["job.yml:6", "inputs.data.pth", "unknown key"],
        ),
        ("type: command\ncommand: ls\ntags: {a: [1]}\n", ["job.yml:3", "tags.a"]),
    ],
)
def test_an_error_names_line_key_and_nearest_spelling(tmp_path, text, words):
    with pytest.raises(InvalidInputError) as caught:
        read(tmp_path, text)
    for word in words:
        assert word in str(caught.value)


def test_what_cannot_be_read_is_named(tmp_path):
    with pytest.raises(InvalidInputError, match="cannot be read"):
        yaml.load(tmp_path / "missing.yml")
    large = tmp_path / "large.yml"
    large.write_bytes(b"#" * (yaml.MAX_BYTES + 1))
    with pytest.raises(TooLargeError):
        yaml.load(large)
    bomb = tmp_path / "bomb.yml"
    bomb.write_text("a: &a [x, x]\nb: &b [*a, *a]\nc: [*b, *b]\n")
    assert yaml.load(bomb).data["c"]


def test_a_password_has_no_place_in_the_settings(tmp_path):
    path = tmp_path / "workspace.yml"
    path.write_text("name: team\ndatabase: postgresql+psycopg://ann:secret@db/ml\n")
    with pytest.raises(InvalidInputError, match=r"workspace.yml:2: database: .*\.pgpass") as caught:
        yaml.validate(TypeAdapter(WorkspaceSettings), yaml.load(path), {"": WorkspaceSettings})
    assert "secret" not in str(caught.value)
