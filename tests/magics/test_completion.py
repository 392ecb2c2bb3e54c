# Copyright (c) the Jupyter ML developers.
# Distributed under the terms of the BSD 3-Clause License.

from __future__ import annotations

import pytest

from tests.store.jobs import job
from tests.workspaces import write_notebook


@pytest.fixture(scope="module")
def workspace(make_workspace, tmp_path_factory):
    """A workspace with jobs, beside notebooks."""
    folder = tmp_path_factory.mktemp("completion")
    (folder / "tree").mkdir()
    write_notebook(folder / "train.ipynb", "alpha", parameters="alpha = 0.5\nl1_ratio = 0.1")
    for name in ("notes.txt", "tree/leaf.ipynb", "tree/script.py", "tree/.hidden.ipynb"):
        (folder / name).touch()
    with make_workspace(folder) as made:
        for name in ("bold_otter", "bold_owl", "calm_heron"):
            made.store.jobs.insert(job(name), host=None)
        yield made


@pytest.fixture
def complete(shell):
    def complete(text: str) -> list[str]:
        """What the line becomes, for each offer; IPython's own offers are there only where we have none."""
        from IPython.core.completer import provisionalcompleter

        with provisionalcompleter():
            found = list(shell.Completer.completions(text, len(text)))
        ours = [item for item in found if item._origin == "jupyter_ml"]
        assert not ours or ours == found
        return [text[: item.start] + item.text for item in ours]

    return complete


@pytest.mark.parametrize(
    ("text", "offers"),
    [
        ("%ml ", ["cancel", "experiments", "help", "jobs", "run", "show"]),
        ("%ml j", ["jobs"]),
        ("job = %ml ru", ["run"]),
        ("%%ml ", ["job"]),
        ("%ml help ca", ["cancel"]),
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
        ("%%ml job -p ", []),
        ("%ml run tree/", ["tree/leaf.ipynb", "tree/script.py"]),
    ],
)
def test_what_is_offered(complete, text, offers):
    start = text.rpartition(" ")[0]
    assert complete(text) == [f"{start} {offer}" for offer in offers]


def test_folders_upwards_are_offered(complete, workspace):
    assert f"%ml run ../{workspace.layout.folder.parent.name}/" in complete("%ml run ../")


@pytest.mark.parametrize("text", ["jobs", "%l", "%mlx ", "%%ml job\npri", "x = 1 # ml jobs "])
def test_other_lines_are_left_to_others(complete, text):
    assert complete(text) == []


def test_a_workspace_that_cannot_be_opened_offers_nothing(complete, workspace):
    settings = workspace.layout.settings.read_text()
    workspace.layout.settings.write_text("name: [")
    try:
        assert complete("%ml show b") == []
        assert complete("%ml sho") == ["%ml show"]
    finally:
        workspace.layout.settings.write_text(settings)
