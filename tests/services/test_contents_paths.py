# Copyright (c) the Jupyter ML developers.
# Distributed under the terms of the BSD 3-Clause License.

"""Contents paths in requests and responses."""

from __future__ import annotations

from pathlib import Path

import pytest

from jupyter_ml.services.contents_paths import contents_paths_in_text


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("/srv/lab/a.ipynb, cell 3: no", "a.ipynb, cell 3: no"),
        ("code (/srv/lab); the job", "code (/); the job"),
        ("'/srv/lab/' is not a directory", "'/' is not a directory"),
        ("/srv/laboratory/x and /data/srv/lab/x", "/srv/laboratory/x and /data/srv/lab/x"),
        ("/srv/lab/.jupyter-ml/x to /srv/lab/y z", ".jupyter-ml/x to y z"),
    ],
)
def test_a_text_contains_contents_paths(text, told):
    assert contents_paths_in_text(Path("/srv/lab"), text) == told


def test_a_root_that_is_a_link_or_the_file_system(tmp_path):
    (tmp_path / "real").mkdir()
    (tmp_path / "link").symlink_to("real")
    for name in ("real", "link"):
        assert contents_paths_in_text(tmp_path / "link", f"no {tmp_path}/{name}/x") == "no x"
    assert contents_paths_in_text(Path("/"), "no /etc/x") == "no /etc/x"
