# Copyright (c) the Jupyter ML developers.
# Distributed under the terms of the BSD 3-Clause License.

"""MLflow's registry by its tables: writers of one version, and what another program wrote."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING

import pytest

from jupyter_ml.errors import ConflictError
from jupyter_ml.schemas.assets import AssetQuery
from jupyter_ml.tracking.client import Tracking
from jupyter_ml.tracking.registry_rows import NewVersion

if TYPE_CHECKING:
    from pathlib import Path

ROUNDS = 50


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.integration)])
def registry(request: pytest.FixtureRequest, tmp_path: Path, mlflow_template: Path):
    if request.param == "sqlite":
        (tmp_path / "mlflow.db").write_bytes(mlflow_template.read_bytes())
        uri = Tracking.uri(None, tmp_path / "mlflow.db")
    else:
        uri = Tracking.uri(request.getfixturevalue("postgresql_url"), tmp_path / "unused.db")
    return Tracking(uri, str(tmp_path)).registry


def new(name: str, version: int | None = None, **fields) -> NewVersion:
    values = {
        "source": "/x",
        "location": "/x",
        "run_id": None,
        "user": "ann",
        "description": None,
        "stage": "None",
        "tags": {},
        "aliases": (),
        "own": {"type": "custom_model"},
    }
    return NewVersion(name=name, version=version, **{**values, **fields})


def test_two_writers_of_one_version(registry):
    registry.create(new("m"))

    def write(version: int) -> int:
        try:
            registry.create(new("m", version))
        except ConflictError:
            return 0
        return 1

    with ThreadPoolExecutor(2) as threads:
        for version in range(2, ROUNDS + 2):
            assert sum(threads.map(write, [version, version])) == 1


def test_writers_of_the_next_version_leave_no_gap(registry):
    with ThreadPoolExecutor(4) as threads:
        versions = [row.version for row in threads.map(lambda _: registry.create(new("m")), range(ROUNDS))]
    assert sorted(versions) == list(range(1, ROUNDS + 1))


def test_lists_sort_and_filter(registry):
    for name, text in (("b", "Größe"), ("a", None), ("c", "x")):
        registry.create(new(name, description=text, tags={"t": name}, aliases=["champion"]))
    registry.create(new("a"))
    assert [(row.name, row.version, row.aliases) for row in registry.list(AssetQuery())[0]] == [
        ("a", 2, []),
        ("c", 1, ["champion"]),
        ("b", 1, ["champion"]),
    ]
    assert [row.name for row in registry.list(AssetQuery(filter="GRÖSSE"))[0]] == ["b"]
    assert [row.name for row in registry.list(AssetQuery(filter="-größe", sort="name", descending=False))[0]] == [
        "a",
        "c",
    ]
    rows, total = registry.list(AssetQuery(limit=1, offset=1))
    assert ([row.name for row in rows], total) == (["c"], 3)
    rows, total = registry.list(AssetQuery(name="a"))
    assert ([row.version for row in rows], [row.latest for row in rows], total) == ([2, 1], [True, False], 2)
    [row] = registry.list(AssetQuery(name="c"))[0]
    assert row.tags["t"] == "c"


def test_content_is_not_removed_while_it_is_registered(registry):
    registry.create(new("m"))
    removed: list[str] = []
    registry.create(new("n"))
    registry.delete("m", removed.extend)
    assert removed == []
    registry.delete("n", removed.extend)
    assert removed == ["/x"]

    def gone() -> None:
        raise LookupError

    with pytest.raises(LookupError):
        registry.create(new("m"), check=gone)
    assert registry.list(AssetQuery())[1] == 0
