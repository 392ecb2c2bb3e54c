# Copyright (c) the Jupyter ML developers.
# Distributed under the terms of the BSD 3-Clause License.

"""The job before: the last completed one with the same notebook."""

from __future__ import annotations

from jupyter_ml.schemas.resources import LifecycleStage
from jupyter_ml.schemas.specs import CommandJob, NotebookJob
from jupyter_ml.schemas.states import JobState
from tests.store.jobs import job, run


def add(store, name, notebook="/a/100%_train.ipynb", state=JobState.COMPLETED, **values):
    return store.jobs.insert(job(name, spec=NotebookJob(notebook=notebook), state=state, **values), host=None)


def test_a_selection_of_cells_is_another_run(store):
    for name, cells in (("whole", None), ("some", ["a"]), ("others", ["b"]), ("again", ["a"])):
        spec = NotebookJob(notebook="/a/train.ipynb", cells=cells)
        store.jobs.insert(job(name, spec=spec, state=JobState.COMPLETED), host=None)
    assert latest_similar_job(store, "again") == "some"
    assert latest_similar_job(store, "whole") is None


def latest_similar_job(store, name):
    found = store.jobs.latest_similar_job(name)
    return found.name if found else None


def test_only_the_same_notebook_counts_and_the_same_experiment_first(store):
    add(store, "first", experiment_name="one")
    assert latest_similar_job(store, "first") is None
    add(store, "second", experiment_name="two")
    add(store, "failed", experiment_name="one", state=JobState.FAILED)
    add(store, "longer", "/b/a/100%_train.ipynb")
    add(store, "pattern", "/a/100xxtrain.ipynb")
    add(store, "case", "/A/100%_TRAIN.IPYNB")
    parameters = {"notebook": "/a/100%_train.ipynb"}
    quoting = NotebookJob(notebook="/else.ipynb", parameters=parameters)
    for number in range(3):
        store.jobs.insert(job(f"quoting-{number}", spec=quoting, state=JobState.COMPLETED), host=None)
    store.jobs.insert(job("command", type="command", spec=CommandJob(command="true")), host=None)
    store.jobs.import_runs([run(1)])

    assert latest_similar_job(store, "first") == "second"
    assert latest_similar_job(store, "failed") == "first"
    assert latest_similar_job(store, "command") is None
    assert latest_similar_job(store, "run-1") is None
    add(store, "new", experiment_name="three")
    assert latest_similar_job(store, "new") == "second"
    store.jobs.set_stage("second", LifecycleStage.ARCHIVED)
    assert latest_similar_job(store, "new") == "second", "who tidies up does not forget"
    store.jobs.request_delete("second")
    assert latest_similar_job(store, "new") == "first"
