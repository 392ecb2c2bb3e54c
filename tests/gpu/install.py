# Copyright (c) the Jupyter ML developers.
# Distributed under the terms of the BSD 3-Clause License.

"""Install this directory as an editable installation does, without the tools that build the front end."""

from __future__ import annotations

import sysconfig
import tomllib
from pathlib import Path

project = tomllib.loads(Path("pyproject.toml").read_text())["project"]
site = Path(sysconfig.get_path("purelib"))
(site / "jupyter_ml.pth").write_text(f"{Path.cwd()}\n")
info = site / "jupyter_ml-0.dist-info"
info.mkdir(exist_ok=True)
(info / "METADATA").write_text("Metadata-Version: 2.1\nName: jupyter-ml\nVersion: 0\n")
groups = project["entry-points"].items()
sections = (f"[{group}]\n" + "".join(f"{key} = {value}\n" for key, value in each.items()) for group, each in groups)
(info / "entry_points.txt").write_text("\n".join(sections))
