# Copyright (c) the Jupyter ML developers.
# Distributed under the terms of the BSD 3-Clause License.

"""What is around a job or an asset, also after it was deleted."""

from __future__ import annotations

import json
import uuid
from datetime import datetime
from urllib.parse import urlsplit

import pytest
from click.testing import CliRunner

from jupyter_ml.cli.app import cli
from jupyter_ml.errors import InvalidInputError, NotFoundError
from jupyter_ml.schemas.assets import AssetSource
from jupyter_ml.schemas.lineage import NodeId
from tests.store.jobs import job as stored_job


def data(name: str, version: int = 1) -> NodeId:
    return NodeId("data", name, str(version))


def job(name: str) -> NodeId:
    return NodeId("job", name)


@pytest.fixture
def chain(workspace, monkeypatch, tmp_path):
    """Yield a workspace where jobs make data from data: raw, clean, train, test."""
    monkeypatch.setattr("jupyter_ml.services.supervisor.SupervisorService.ensure", lambda _: None)
    (tmp_path / "a.csv").write_text("a\n1\n")
    for name in ("prepare", "split"):
        workspace._context.store.jobs.insert(stored_job(name, display_name=f"to {name}"), host=None)
    add = workspace._context.store.lineage.add
    spec = {"path": str(tmp_path / "a.csv")}
    workspace.data.create({"name": "raw", **spec})
    add(data("raw"), job("prepare"), "input", "source")
    workspace.data.create({"name": "clean", **spec}, source=AssetSource(job="prepare"))
    add(data("clean"), job("split"), "input", "clean")
    for name in ("train", "test"):
        workspace.data.create({"name": name, **spec}, source=AssetSource(job="split"))
    return workspace


def around(workspace, reference, **options):
    found = workspace.lineage.get(reference, **options)
    assert found.nodes[0].id == found.id
    return [node.id for node in found.nodes[1:]]


def test_both_directions_to_a_depth(chain):
    assert around(chain, "azureml:clean:1") == ["job:prepare", "data:raw:1", "job:split", "data:train:1", "data:test:1"]
    assert around(chain, "clean", depth=1) == ["job:prepare", "job:split"]
    assert around(chain, "split", down=False) == ["data:clean:1", "job:prepare"]
    assert around(chain, "data:raw:1", depth=10) == [
        "job:prepare",
        "data:clean:1",
        "job:split",
        "data:train:1",
        "data:test:1",
    ]
    assert around(chain, "azureml://data/raw/versions/1", down=False) == []


def test_what_is_not_shown_is_counted(chain):
    [_, prepare, split] = chain.lineage.get("clean", depth=1).nodes
    assert (prepare.sources, prepare.targets) == (1, 1)
    assert (split.title, split.state, split.sources, split.targets) == ("to split", "Queued", 1, 2)


def test_at_most_so_many_nodes(chain):
    found = chain.lineage.get("clean", depth=5, limit=3)
    assert len(found.nodes) == 3
    assert {edge.source for edge in found.edges} | {edge.target for edge in found.edges} <= {n.id for n in found.nodes}


def test_hundreds_of_neighbors(chain):
    for number in range(300):
        chain._context.store.lineage.add(data("raw"), job(f"j{number}"), "input")
    found = chain.lineage.get("data:raw:1", depth=1)
    assert (len(found.nodes), found.nodes[0].targets) == (200, 301)
    assert len(chain.lineage.get("data:raw:1", depth=1, limit=302).nodes) == 302


def test_a_loop_ends(chain):
    chain._context.store.lineage.add(data("train"), job("prepare"), "input")
    assert len(around(chain, "clean", depth=10)) == 5


def test_what_was_deleted_stays_in_the_lineage(chain):
    chain.data.delete("clean:1")
    [clean, *_] = chain.lineage.get("data:clean:1").nodes
    assert clean.deleted
    assert around(chain, "prepare") == ["data:raw:1", "data:clean:1", "job:split"]
    with pytest.raises(NotFoundError, match="clean:1"):
        chain.lineage.get("azureml:clean:1")


def test_a_name_of_several_things(chain, tmp_path):
    chain.data.create({"name": "split", "path": str(tmp_path)})
    with pytest.raises(InvalidInputError, match="write job:split or data:split:1"):
        chain.lineage.get("split")
    assert around(chain, "data:split:1") == []


@pytest.mark.parametrize("reference", ["none", "azureml:none:1", "job:none", "data:none:1", "data:clean:7"])
def test_there_is_no_such_thing(chain, reference):
    with pytest.raises(NotFoundError):
        chain.lineage.get(reference)


def test_openlineage(chain):
    prepare, split = chain.lineage.export()
    assert prepare["job"] == {"namespace": "jupyter-ml://test", "name": "prepare"}
    assert [each["name"] for each in split["inputs"]] == ["data/clean"]
    assert [each["name"] for each in split["outputs"]] == ["data/train", "data/test"]
    assert split["outputs"][0]["facets"]["version"]["datasetVersion"] == "1"
    assert uuid.UUID(prepare["run"]["runId"]) != uuid.UUID(split["run"]["runId"])


def test_events_have_what_the_schema_of_openlineage_requires(chain, monkeypatch, tmp_path):
    monkeypatch.setenv("JPY_SESSION_NAME", str(tmp_path / "ä b.ipynb"))
    chain.data.create({"name": "more", "path": str(tmp_path / "a.csv")})
    events = list(chain.lineage.export())
    assert len(events) == 3
    for event in events:
        assert event.keys() == {*("eventType", "eventTime", "producer", "schemaURL", "run", "job", "inputs", "outputs")}
        assert event["eventType"] == "COMPLETE"
        assert datetime.fromisoformat(event["eventTime"]).tzinfo is not None
        assert uuid.UUID(event["run"]["runId"])
        datasets = [*event["inputs"], *event["outputs"]]
        assert datasets
        for each in [event["job"], *datasets]:
            assert isinstance(each["namespace"], str)
            assert isinstance(each["name"], str)
        for facet in [each["facets"]["version"] for each in datasets]:
            assert isinstance(facet["datasetVersion"], str)
            assert urlsplit(facet["_producer"]).scheme
            assert urlsplit(facet["_schemaURL"]).netloc == "openlineage.io"
        assert urlsplit(event["producer"]).scheme
        assert urlsplit(event["schemaURL"]).netloc == "openlineage.io"
        json.dumps(event)


def test_command(chain):
    def run(*arguments):
        return CliRunner().invoke(cli, ["--workspace", str(chain.folder), "lineage", *arguments])

    assert run("clean").stdout == (
        "data clean:1\n"
        "Came from:\n"
        "  made by: job to prepare (Queued)\n"
        "    input source: data raw:1\n"
        "Used by:\n"
        "  input of clean: job to split (Queued)\n"
        "    made: data train:1\n"
        "    made: data test:1\n"
    )
    assert run("raw", "--up").stdout == "data raw:1\nCame from:\n  nothing\n"
    assert "and 1 more" in run("split", "--up", "--depth", "1").stdout
    assert [json.loads(line)["job"]["name"] for line in run("--export").stdout.splitlines()] == ["prepare", "split"]
    assert "either REFERENCE or --export" in run().output


def test_an_asset_comes_from_the_notebook_whose_kernel_creates_it(chain, monkeypatch, tmp_path):
    notebook = str(tmp_path / "a: b.ipynb")
    monkeypatch.setenv("JPY_SESSION_NAME", notebook)
    (tmp_path / "b.csv").write_text("b\n1\n")
    table = chain.data.create({"name": "table", "path": str(tmp_path / "b.csv")})
    net = chain.models.register("net", str(tmp_path / "b.csv"))
    assert table.source.notebook == net.source.notebook == notebook
    found = chain.lineage.get("azureml:table:1")
    assert [(node.id, node.title, node.deleted) for node in found.nodes[1:2]] == [
        (f"notebook:{notebook}", notebook, False)
    ]
    assert around(chain, f"notebook:{notebook}") == ["data:table:1", "model:net:1"]
    assert [node.kind for node in chain.lineage.get("model:net:1", kinds={"model"}).nodes] == ["model"]
    with pytest.raises(NotFoundError, match="no lineage is recorded of notebook"):
        chain.lineage.get("notebook:other.ipynb")
    monkeypatch.setenv("JPY_SESSION_NAME", "console-1")
    assert chain.data.create({"name": "table", "path": str(tmp_path / "b.csv")}).source is None


def test_an_asset_comes_from_the_job_whose_code_creates_it(chain, monkeypatch, tmp_path):
    monkeypatch.setenv("JPY_SESSION_NAME", "submitted-from.ipynb")
    monkeypatch.setenv("JUPYTER_ML_JOB", "split")
    monkeypatch.setenv("JUPYTER_ML_WORKSPACE", str(chain.folder))
    spec = {"name": "more", "path": str(tmp_path / "a.csv")}
    assert chain.data.create(spec).source == AssetSource(job="split")
    assert around(chain, "azureml:more:1", depth=1) == ["job:split"]
    monkeypatch.setenv("JUPYTER_ML_WORKSPACE", str(tmp_path / "another"))
    assert chain.data.create(spec).source is None
