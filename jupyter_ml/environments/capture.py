# Copyright (c) the Jupyter ML developers.
# Distributed under the terms of the BSD 3-Clause License.

"""List the packages of a Python, this one or another one, in which this file is run as a program."""

from __future__ import annotations

import json
import subprocess
import sys
from importlib.metadata import distributions
from pathlib import Path

__all__ = ["captured", "packages_here"]

CAPTURE_S = 60
OWN = {"jupyter-ml", "jupyter-ml-executor", "jupyter-ml-plugins", "jupyter-ml-datastores"}


def packages_here(support: str) -> dict[str, object]:
    """Return the version of this Python, its packages as requirements, and those that no other machine can install.

    Packages in a directory with a file `support` are left out.
    """
    requirements: dict[str, str] = {}
    local: dict[str, str] = {}
    for each in distributions():  # of two versions, the first one on the import path is imported
        name = (each.metadata["Name"] or "").lower().replace("_", "-")
        if not name or name in OWN or name in requirements or name in local:
            continue
        if Path(str(each.locate_file(support))).exists():
            continue
        origin = json.loads(each.read_text("direct_url.json") or "{}")
        version = origin.get("vcs_info")
        if version:
            requirements[name] = "{} @ {}+{}@{}".format(name, version["vcs"], origin["url"], version["commit_id"])
        elif origin.get("url", "").startswith("file:"):
            local[name] = "{} ({})".format(name, origin["url"])
        elif "url" in origin:
            requirements[name] = "{} @ {}".format(name, origin["url"])
        else:
            requirements[name] = f"{name}=={each.version}"
    return {
        "python": "{}.{}.{}".format(*sys.version_info[:3]),
        "requirements": sorted(requirements.values()),
        "local": sorted(local.values()),
    }


def captured(python: str | None = None) -> dict[str, object]:
    """Return the packages of a Python, by default of this one; InvalidInputError if it cannot be run."""
    from jupyter_ml.errors import InvalidInputError
    from jupyter_ml.schemas.launch import SUPPORT

    if python is None:
        return packages_here(SUPPORT)
    command = [python, "-I", "-c", Path(__file__).read_text(encoding="utf-8"), SUPPORT]
    try:
        done = subprocess.run(command, capture_output=True, text=True, check=True, timeout=CAPTURE_S)
        return dict(json.loads(done.stdout))
    except (OSError, ValueError, TypeError, subprocess.SubprocessError) as error:
        raise InvalidInputError(f"{python} is not a Python whose packages can be listed: {error}") from error


if __name__ == "__main__":
    print(json.dumps(packages_here(sys.argv[1])))  # noqa: T201
