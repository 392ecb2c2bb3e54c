# Copyright (c) the Jupyter ML developers.
# Distributed under the terms of the BSD 3-Clause License.

"""The Python package and the JupyterLab extension have the same version."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import jupyter_ml

ROOT = Path(__file__).parents[1]


def test_one_version():
    package = json.loads((ROOT / "package.json").read_text())
    assert package["version"] == jupyter_ml.__version__


def test_develop_finds_the_front_end_where_it_is_built():
    package = json.loads((ROOT / "package.json").read_text())
    [found] = jupyter_ml._jupyter_labextension_paths()
    assert found["dest"] == package["name"]
    assert ROOT / package["jupyterlab"]["outputDir"] == ROOT / "jupyter_ml" / found["src"]


def test_no_host_in_the_lock_file():
    assert "://" not in (ROOT / "yarn.lock").read_text()


def test_shortcuts_are_not_those_of_jupyterlab():
    theirs = {}
    for path in Path(sys.prefix, "share/jupyter/lab/schemas/@jupyterlab").glob("*/*.json"):
        for shortcut in json.loads(path.read_text(encoding="utf-8")).get("jupyter.lab.shortcuts", []):
            theirs.setdefault(tuple(shortcut["keys"]), set()).add(shortcut["selector"])
    assert ("Accel S",) in theirs
    ours = [
        (tuple(shortcut["keys"]), shortcut["selector"])
        for path in (ROOT / "schema").glob("*.json")
        for shortcut in json.loads(path.read_text(encoding="utf-8")).get("jupyter.lab.shortcuts", [])
    ]
    assert len({command for command, _ in ours}) >= 5
    everywhere = {"body", "[data-jp-undoer]"}
    for keys, selector in ours:
        assert not theirs.get(keys, set()) & ({selector} | everywhere), keys
        assert selector not in everywhere or keys not in theirs, keys
    assert len(ours) == len(set(ours))
