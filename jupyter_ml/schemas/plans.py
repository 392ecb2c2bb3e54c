# Copyright (c) the Jupyter ML developers.
# Distributed under the terms of the BSD 3-Clause License.

"""What a job would be if it was submitted now."""

from __future__ import annotations

from typing import Any, Literal

from pydantic import JsonValue

from jupyter_ml.schemas.base import Schema
from jupyter_ml.schemas.job_data import InputRecord, InputType

__all__ = ["EnvironmentPlan", "JobPlan", "OutputPlan", "delivery_text", "environment_text", "plan_text"]


class EnvironmentPlan(Schema):
    """The environment in which a job would run."""

    name: str
    identity: str
    """Name of its directory: a hash of the definition."""
    state: Literal["not_built", "building", "built", "failed", "sent"]
    """Whether it is installed; if not, the job installs it before it starts. ``sent``: it is sent to the compute if it
    is not there.
    """
    message: str | None = None
    """Why the last installation failed, or what differs from the definition."""


class OutputPlan(Schema):
    """What would be made of an output."""

    type: InputType
    kind: str | None = None
    """Kind of the asset of which a version would be created, e.g. ``data``; None if none would."""
    reference: str | None = None
    """That version, e.g. ``azureml:clean:3``; without a number it is the next one."""
    path: str | None = None
    """Where it would be written, besides the files of the job."""


class JobPlan(Schema):
    """What a job would be if it was submitted now; nothing of it is stored."""

    type: str
    compute: str
    experiment_name: str
    parameters: dict[str, JsonValue] = {}
    environment: EnvironmentPlan | None = None
    """None if it would run with the packages of this server or client."""
    inputs: dict[str, InputRecord] = {}
    """The inputs of data as they are now; ``cached`` is None for what would not be downloaded."""
    outputs: dict[str, OutputPlan] = {}
    """The outputs of the spec."""

    def _repr_pretty_(self, printer: Any, cycle: bool) -> None:
        """Write it to IPython's pretty printer."""
        printer.text("…" if cycle else plan_text(self))


def environment_text(plan: JobPlan) -> str:
    """Return the environment of a job and whether it is installed, for people."""
    found = plan.environment
    if found is None:
        return "that of this Python"
    states = {
        "built": "installed",
        "building": "being installed",
        "not_built": "would be installed first",
        "failed": "its last installation failed, and would be tried again",
        "sent": f"would be installed on {plan.compute} first, unless it is there",
    }
    return f"{found.name} ({states[found.state]})"


def delivery_text(record: InputRecord) -> str:
    """Return where the data of an input is, as a job finds it, for people."""
    if record.cached is None:
        return "on this machine" if record.location.startswith("/") else ""
    return "in the cache" if record.cached else "would be downloaded"


def plan_text(plan: JobPlan) -> str:
    """Return a plan as lines."""
    lines = [
        f"{plan.type} on {plan.compute}, experiment {plan.experiment_name}; nothing was submitted",
        f"environment: {environment_text(plan)}",
    ]
    for name, record in plan.inputs.items():
        size = "" if record.bytes is None else f"{record.files:,} files, {record.bytes:,} bytes"
        found = ": ".join(filter(None, (record.state, record.detail)))
        parts = filter(None, (record.reference, record.type, size, found, delivery_text(record)))
        lines.append(f"input {name}: {', '.join(parts)}")
    for name, output in plan.outputs.items():
        registered = f"would be registered as {output.reference}" if output.reference else ""
        written = f"would be written to {output.path}" if output.path else ""
        lines.append(f"output {name}: {', '.join(filter(None, (output.type, registered, written)))}")
    return "\n".join(lines)
