# Copyright (c) the Jupyter ML developers.
# Distributed under the terms of the BSD 3-Clause License.

from __future__ import annotations

import pytest

from tests.store.jobs import job
from tests.workspaces import write_notebook


@pytest.fixture(scope="module")
def workspace(make_workspace, tmp_path_factory):
    """Return a workspace with jobs, in a directory with notebooks."""
    folder = tmp_path_factory.mktemp("completion")
    (folder / "tree").mkdir()
    write_notebook(folder / "train.ipynb", "alpha", parameters="alpha = 0.5\nl1_ratio = 0.1")
    for name in ("notes.txt", "tree/leaf.ipynb", "tree/script.py", "tree/.hidden.ipynb"):
        (folder / name).touch()
    with make_workspace(folder) as created:
        for name in ("bold_otter", "bold_owl", "calm_heron"):
            created._context.store.jobs.insert(job(name, parameters={"alpha": 0.5}), host=None)
        yield created


@pytest.fixture
def complete(shell):
    def complete(text: str) -> list[str]:
        """Return the completed lines; IPython's own completions are returned only where there are none of ours."""
        from IPython.core.completer import provisionalcompleter

        with provisionalcompleter():
            found = list(shell.Completer.completions(text, len(text)))
        ours = [item for item in found if item._origin == "jupyter_ml"]
        assert not ours or ours == found
        return [text[: item.start] + item.text for item in ours]

    return complete


@pytest.mark.parametrize(
    ("text", "completions"),
    [
        (
            "%ml ",
            "cancel compute computes data datastores environment environments experiments files help jobs models "
            "rerun run show update".split(),
        ),
        ("%ml j", ["jobs"]),
        ("job = %ml ru", ["run"]),
        ("%%ml ", ["job"]),
        ("%ml help ca", ["cancel"]),
        ("%ml environment ", ["capture"]),
        ("%ml jobs --sta", ["--state"]),
        ("%ml jobs --state Ca", ["CancelRequested", "Canceled"]),
        ("%ml jobs --state=Ru", ["--state=Running"]),
        ("%ml run x.ipynb --priority ", ["high", "low", "medium"]),
        ("%ml run x.ipynb --na", ["--name"]),
        ("%%ml job --exp", ["--experiment-name"]),
        ("%ml run --name ", []),
        ("%ml run a.ipynb ", []),
        ("%ml nothing ", []),
        ("%ml show bold", ["bold_otter", "bold_owl"]),
        ("%ml cancel bold_ow", ["bold_owl"]),
        ("%ml show bold_owl b", []),
        ("%ml jobs -e dia", ["diabetes"]),
        ("%ml run tr", ["train.ipynb", "tree/"]),
        ("%ml run -p x=1 --no-code tra", ["train.ipynb"]),
        ("%ml run train.ipynb -p ", ["alpha=", "l1_ratio="]),
        ("%ml run train.ipynb -p alpha=1 --parameter l1", ["l1_ratio="]),
        ("%ml run tree/leaf.ipynb -p ", []),
        ("%ml rerun bold_ow", ["bold_owl"]),
        ("%ml rerun bold_owl --snapshot -p ", ["alpha="]),
        ("%ml rerun nothing -p ", []),
        ("%%ml job -p ", []),
        ("%ml run tree/", ["tree/leaf.ipynb", "tree/script.py"]),
    ],
)
def test_completions(complete, text, completions):
    start = text.rpartition(" ")[0]
    assert complete(text) == [f"{start} {completion}" for completion in completions]


def test_parent_directories_are_completed(complete, workspace):
    assert f"%ml run ../{workspace.folder.parent.name}/" in complete("%ml run ../")


@pytest.mark.parametrize("text", ["jobs", "%l", "%mlx ", "%%ml job\npri", "x = 1 # ml jobs "])
def test_other_lines_are_left_to_other_matchers(complete, text):
    assert complete(text) == []


def test_without_a_workspace_only_commands_are_completed(complete, workspace):
    settings = workspace._context.layout.settings.read_text()
    workspace._context.layout.settings.write_text("name: [")
    try:
        assert complete("%ml show b") == []
        assert complete("%ml sho") == ["%ml show"]
    finally:
        workspace._context.layout.settings.write_text(settings)
