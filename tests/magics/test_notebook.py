# Copyright (c) the Jupyter ML developers.
# Distributed under the terms of the BSD 3-Clause License.

"""Run notebooks in a real kernel, with a real supervisor and executor."""

from __future__ import annotations

import json
import os

import nbformat
import pytest
from nbclient import NotebookClient

from tests.workspaces import TIMEOUT_S, until, write_notebook

pytestmark = pytest.mark.integration


WIDGET = "application/vnd.jupyter.widget-view+json"
SEEN = """
import time
from ipywidgets import Widget
from ipywidgets.widgets.widget import _instances

def widgets(kind):
    return [each for each in _instances.values() if type(each).__name__ == kind]

def seen(*texts, timeout_s=240):
    deadline = time.monotonic() + timeout_s
    while not any(all(text in each.value for text in texts) for each in widgets("HTML")):
        assert time.monotonic() < deadline, [each.value for each in widgets("HTML")]
        time.sleep(0.05)
"""


@pytest.fixture(scope="module")
def run(shared):
    """Run cells in a kernel in the workspace's directory and return the notebook."""
    folder = shared.folder.parent

    def run(*cells: str):
        notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(cell) for cell in cells])
        ours = ("MLFLOW", "JUPYTER_ML")
        environment = {name: value for name, value in os.environ.items() if not name.startswith(ours)}
        resources = {"metadata": {"path": str(folder)}}
        client = NotebookClient(notebook, kernel_name="python3", resources=resources, timeout=TIMEOUT_S)
        client.execute(env=environment)
        return notebook

    return run


def data_of(cell) -> dict[str, str]:
    (output,) = [output for output in cell.outputs if output.output_type != "stream"]
    return output["data"]


def test_a_job_is_displayed_live_and_as_html_after_its_end(run, shared, tmp_path):
    go = tmp_path / "go"
    waiting = f"import pathlib, time\nprint('waiting')\nwhile not pathlib.Path({str(go)!r}).exists(): time.sleep(0.02)"
    write_notebook(shared.folder.parent / "other.ipynb", waiting, "alpha", parameters="alpha: float = 1.0")
    notebook = run(
        "%load_ext jupyter_ml",
        SEEN,
        "half = 0.5\njob = %ml run other.ipynb -p alpha={half} --name live --tag from=notebook\njob",
        "seen('Running', 'live', 'title=\"cell [3] (2 of 3): running\"'); seen('waiting')",
        "job",
        f"from pathlib import Path\nPath({str(go)!r}).touch()\njob.wait()",
        "seen('Completed', 'title=\"cell [4] (3 of 3): completed')",
        "import threading\nwhile any('live' in each.name for each in threading.enumerate()): time.sleep(0.02)\n"
        "print(job.state)",
        "%ml jobs 'tags.from = notebook'",
    )
    record = shared.jobs.get("live")
    assert record.state == "Completed"
    assert record.parameters == {"alpha": 0.5}
    for cell in (notebook.cells[2], notebook.cells[5]):
        shown = data_of(cell)
        assert WIDGET not in shown
        assert "waiting" in shown["text/html"]
        assert shown["text/plain"].startswith("Job live · ● Completed after ")
    assert notebook.cells[7].outputs[0].text == "Completed\n"
    listed = data_of(notebook.cells[8])
    assert "<table" in listed["text/html"]
    assert "live" in listed["text/plain"]


def test_the_button_cancels_the_job(run, shared):
    write_notebook(shared.folder.parent / "endless.ipynb", "import time\ntime.sleep(600)")
    run(
        "%load_ext jupyter_ml",
        SEEN,
        "%ml run endless.ipynb --name endless",
        "seen('Running')\nbutton, *_ = [each for each in widgets('Button') if each.description]\nbutton.click()",
        "seen('Canceled')\nwhile button.layout.display != 'none': time.sleep(0.05)",
    )
    assert shared.jobs.get("endless").state == "Canceled"


def test_a_cell_runs_in_another_kernel_of_the_same_name(run, shared):
    notebook = run(
        "%load_ext jupyter_ml",
        "secret_of_mine = 1\nwords = ['a', 'b c']",
        "%%ml job --name cell -p words={words}\nprint(words)\nsecret_of_mine",
        "job = _\njob.wait()\nprint(job.cause.exception, job.job.spec.kernel_name)",
        "job",
    )
    record = shared.jobs.get("cell")
    assert record.state == "Failed"
    printed = [output.text for output in notebook.cells[3].outputs if output.output_type == "stream"]
    assert "".join(printed) == "NameError python3\n"  # a busy machine sends a line in pieces
    shown = data_of(notebook.cells[4])
    assert "['a', 'b c']" in shown["text/html"].replace("&#x27;", "'")
    assert "secret_of_mine" in shown["text/html"]
    assert "✕ Failed" in shown["text/plain"]
    assert not list(shared.folder.parent.glob("cell-*"))


def test_mlflow_runs_of_a_notebook_are_listed_with_the_jobs(run, shared):
    notebook = run(
        "%load_ext jupyter_ml",
        "import mlflow\nwith mlflow.start_run(run_name='by-hand') as run:\n    mlflow.log_metric('score', 7)",
        "print(run.info.artifact_uri)",
        "%ml jobs 'metrics.score = 7'",
    )
    assert notebook.cells[2].outputs[0].text.startswith(str(shared._context.layout.artifacts))
    until(lambda: any(job.display_name == "by-hand" for job in shared.jobs.list().items))


def test_an_error_stops_the_notebook_with_one_line(run):
    from nbclient.exceptions import CellExecutionError

    with pytest.raises(CellExecutionError) as raised:
        run("%load_ext jupyter_ml", "%ml run nowhere.ipynb")
    assert raised.value.ename == "UsageError"
    assert "nowhere.ipynb" in raised.value.evalue


def test_a_notebook_saved_while_a_job_runs_contains_a_line_of_text(run, shared):
    notebook = run(
        "%load_ext jupyter_ml",
        "%%ml job --name still\nimport time\ntime.sleep(600)",
    )
    shown = data_of(notebook.cells[1])
    assert set(shown) == {WIDGET, "text/plain"}
    assert shown["text/plain"].startswith("Job still · ")
    json.dumps(notebook)
    shared.jobs.cancel("still")


def test_a_deleted_job_shows_its_last_known_state(run, shared):
    notebook = run(
        "%load_ext jupyter_ml",
        "from jupyter_ml import Workspace\njobs = Workspace.open().jobs",
        "%%ml job --name deleted-job\n1",
        "record = jobs.get('deleted-job')\njobs.wait('deleted-job')\njobs.delete('deleted-job')",
        "%ml jobs deleted-job",  # no word of generated names
        "jobs.handle(record)",
    )
    assert data_of(notebook.cells[4])["text/plain"].startswith("No jobs match the filter.")
    shown = data_of(notebook.cells[5])["text/plain"]
    assert shown.startswith("Job deleted-job · ")
    assert shown.endswith("there is no job 'deleted-job'")


def test_jobs_do_not_inherit_the_display_settings_of_a_kernel(workspace, monkeypatch):
    monkeypatch.setenv("JPY_PARENT_PID", "1")
    monkeypatch.setenv("FORCE_COLOR", "1")
    monkeypatch.setenv("MPLBACKEND", "module://matplotlib_inline.backend_inline")
    monkeypatch.setenv("MINE", "passed")
    job = workspace.jobs.submit({"type": "command", "command": "env", "pass_environment": ["MINE"]})
    workspace.jobs.wait(job.name)
    printed = workspace.jobs.folder(job.name).std_log.read_text()
    assert "MINE=passed" in printed
    assert not {"JPY_PARENT_PID", "FORCE_COLOR", "MPLBACKEND"} & {
        line.partition("=")[0] for line in printed.splitlines()
    }
