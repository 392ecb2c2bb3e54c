# Copyright (c) the Jupyter ML developers.
# Distributed under the terms of the BSD 3-Clause License.

"""What kinds of resources have in common is written once: a kind is short, and few files name it."""

from __future__ import annotations

import re
from pathlib import Path


def test_a_kind_is_declared_in_few_lines():
    declaration = Path("tests/kinds.py").read_text().partition("\nclass NoteUpdate")[2].partition("\nENDPOINT")[0]
    assert len([line for line in declaration.splitlines() if line.strip()]) <= 40


NAMED = re.compile(r"\bEXPERIMENT\b|\bExperiment|\bexperiments\b|(?<=['\"/`])experiment(?=['\"/`])")
OF_JOBS = """
    engine.py cli/job_details.py cli/plans.py cli/watching.py magics/completion.py schemas/job_kind.py
    schemas/job_spec.py schemas/options.py schemas/queries.py schemas/text.py services/jobs/reconstruction.py
    services/jobs/validation.py store/filtering.py store/imports.py store/jobs.py store/rows.py store/suggestions.py
    src/jobs tracking
"""
"""Files about the experiment that a job belongs to, or about MLflow's."""
OF_RUNS = "server/routes src/experiments/runs"
"""Files about the table of an experiment's runs."""
TEXTS = """
    magics/markup.py schemas/filter_checks.py src/sidebar/plugin.tsx src/sidebar/sidebar.tsx src/sidebar/tokens.ts
    src/workspace
"""
"""Files that have the word in a text or a comment only."""
GENERATED = "server/events store/migrations labextension src/api/schema.gen.ts"


def test_experiments_are_named_in_at_most_twelve_files():
    """What experiments have in common with other kinds is not written for them."""
    files = [path for folder in ("jupyter_ml", "src", "schema") for path in Path(folder).rglob("*.*")]
    code = [path for path in files if path.suffix in (".py", ".ts", ".tsx", ".json") and ".spec." not in path.name]
    named = {str(path) for path in code if NAMED.search(path.read_text()) and "testing" not in path.parts}
    others = [
        path if path.startswith("src/") else f"jupyter_ml/{path}"
        for path in f"{OF_JOBS} {OF_RUNS} {TEXTS} {GENERATED}".split()
    ]
    generic = {path for path in named if not path.startswith(tuple(others))}
    assert generic == {
        "jupyter_ml/cli/app.py",
        "jupyter_ml/cli/experiments.py",
        "jupyter_ml/schemas/experiments.py",
        "jupyter_ml/schemas/names.py",
        "jupyter_ml/schemas/registry.py",
        "jupyter_ml/services/experiments.py",
        "jupyter_ml/services/workspace.py",
        "jupyter_ml/store/experiments.py",
        "jupyter_ml/store/store.py",
        "jupyter_ml/store/tables.py",
        "src/experiments/experiments.tsx",
        "src/index.ts",
    }
    assert len(generic) <= 12
