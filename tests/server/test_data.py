# Copyright (c) the Jupyter ML developers.
# Distributed under the terms of the BSD 3-Clause License.

"""Data over REST: paths are contents paths, and nothing outside of the root can be read."""

from __future__ import annotations

import pytest
from PIL import Image


@pytest.fixture
def table(shared, root):
    (root / "titanic.csv").write_text("name,age\nAllen,29\nAllison,1\n")
    yield root / "titanic.csv"
    for item in shared.data.list().items:
        shared.data.delete(item.name)


async def test_a_data_asset_is_registered_checked_and_deleted(api, table):
    created = await api("POST", "/data", {"name": "titanic", "path": "titanic.csv"}, expect=201)
    assert api.response.headers["Location"].endswith("/data/titanic/versions/1")
    assert (created["type"], created["path"]) == ("uri_file", str(table))
    assert (await api("GET", "/data/titanic/versions/1"))["fingerprint"]["files"] == 1
    assert (await api("GET", "/data/titanic/check"))["state"] == "unchanged"
    table.write_text("name\n")
    assert (await api("GET", "/data/titanic/check"))["state"] == "changed"
    await api("DELETE", "/data/titanic", expect=204)
    await api.refused("GET", "/data/titanic", status=404)


@pytest.mark.parametrize("path", ["titanic.csv", "/titanic.csv", "azureml:titanic:1"])
async def test_rows_and_the_profile_of_a_file(api, table, path):
    await api("POST", "/data", {"name": "titanic", "path": "titanic.csv"}, expect=201)
    rows = await api("GET", "/data-view/rows", path=path, offset=1)
    assert (rows["rows"], rows["total"]) == ([["Allison", 1]], 2)
    early = await api("GET", "/data-view/profile", path=path, exact="false")
    assert early["rows"] == 2
    assert (await api("GET", "/data-view/profile", path=path))["complete"]


async def test_rows_that_match_conditions(api, table):
    one, other = '{"column": "age", "lower": 0, "upper": 10}', '{"column": "name", "value": "Allison"}'
    rows = await api("GET", "/data-view/rows", path="titanic.csv", filters=[one, other])
    assert (rows["rows"], rows["total"], rows["progress"]) == ([["Allison", 1]], 1, None)
    error = await api.refused("GET", "/data-view/rows", path="titanic.csv", filters='{"column": "a"}', status=400)
    assert error["field"].startswith("filters")
    many = await api.refused("GET", "/data-view/rows", path="titanic.csv", filters=[one] * 21, status=400)
    assert many["field"] == "filters"


async def test_images_of_a_directory(api, root):
    (root / "images").mkdir()
    Image.new("RGB", (20, 10)).save(root / "images" / "a.png")
    assert (await api("GET", "/data-view/rows", path="images"))["format"]["format"] == "images"
    (item,) = (await api("GET", "/data-view/thumbnails", path="images"))["items"]
    assert (item["name"], item["width"], item["source"][:22]) == ("a.png", 20, "data:image/jpeg;base64")


@pytest.mark.usefixtures("table")
@pytest.mark.parametrize(
    ("query", "status", "message"),
    [
        ({"path": "../../etc/passwd"}, 400, "outside of the root directory"),
        ({"path": "none.csv"}, 404, "does not exist"),
        ({"path": "azureml:none:1"}, 404, "none"),
        ({"path": "titanic.csv", "limit": 100_000}, 400, "limit"),
        ({"path": "titanic.csv", "offset": 10**30}, 400, "offset"),
        ({"path": ""}, 400, "path"),
    ],
)
async def test_what_cannot_be_read(api, query, status, message):
    error = await api.refused("GET", "/data-view/rows", status=status, **query)
    assert message in error["message"]
