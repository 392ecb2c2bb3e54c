# Copyright (c) the Jupyter ML developers.
# Distributed under the terms of the BSD 3-Clause License.

"""``--dry-run``: show what would be submitted."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from jupyter_ml.cli.options import output_format
from jupyter_ml.cli.printing import echo
from jupyter_ml.schemas.options import DRY_RUN_OPTION

if TYPE_CHECKING:
    from jupyter_ml.schemas.job_data import InputRecord
    from jupyter_ml.schemas.plans import JobPlan, OutputPlan

__all__ = ["DRY_RUN", "render_plan"]

DRY_RUN = click.option(*DRY_RUN_OPTION.flags, DRY_RUN_OPTION.key, is_flag=True, help=DRY_RUN_OPTION.help)


def render_plan(plan: JobPlan) -> int:
    """Show what would be submitted, and return the exit code."""
    from jupyter_ml.cli.rendering import render_details, render_list
    from jupyter_ml.schemas.plans import environment_text

    parameters = ", ".join(f"{name}={value}" for name, value in plan.parameters.items() if name not in plan.inputs)
    pairs = {"compute": plan.compute, "experiment": plan.experiment_name, "parameters": parameters}
    pairs["environment"] = environment_text(plan)
    render_details(plan, {"type": plan.type, **pairs})
    if output_format() != "table":
        return 0
    if plan.inputs:
        echo("")
        inputs = [_input(name, record) for name, record in plan.inputs.items()]
        render_list([], ["input", "is", "type", "files>", "bytes>", "data", "delivery", "location"], inputs, "")
    if plan.outputs:
        echo("")
        outputs = [_output(name, output) for name, output in plan.outputs.items()]
        render_list([], ["output", "type", "would be registered as", "written to"], outputs, "")
    echo("Nothing was submitted (--dry-run).", err=True)
    return 0


def _input(name: str, record: InputRecord) -> list[str]:
    from jupyter_ml.schemas.plans import delivery_text

    data = ": ".join(filter(None, (record.state, record.detail)))
    numbers = ["" if value is None else f"{value:,}" for value in (record.files, record.bytes)]
    return [name, record.reference, record.type, *numbers, data, delivery_text(record), record.location]


def _output(name: str, output: OutputPlan) -> list[str]:
    version = f"{output.kind}: {output.reference}" if output.reference else ""
    return [name, output.type, version, output.path or ""]
