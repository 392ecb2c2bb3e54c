# Copyright (c) the Jupyter ML developers.
# Distributed under the terms of the BSD 3-Clause License.

"""Messages for invalid values, by pydantic's types of errors, and for keys that only Azure ML has."""

from __future__ import annotations

from fnmatch import fnmatchcase
from typing import TYPE_CHECKING, Any

from jupyter_ml.schemas.base import SORT_KEYS
from jupyter_ml.schemas.reference_parts import ASSET_NAME, shown
from jupyter_ml.schemas.run_views import RUN_COLUMNS

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from pydantic_core import ErrorDetails

__all__ = ["JOB_KEY_HINTS", "key_hint", "message_of"]

LONGEST_INPUT = 80

_NOT_YET = "not supported yet; remove the key{option}"
JOB_KEY_HINTS = {
    "resources.instance_type": "write resources.gpus and resources.memory instead",
    **dict.fromkeys((f"resources.{key}" for key in ("shm_size", "docker_args", "max_instance_count")), _NOT_YET),
    "distribution": "a notebook runs in one process; remove the key",
    "queue_settings": "write priority: low, medium or high instead",
    "identity": "jobs run as the user who submits them; remove the key",
    "timeout": "write limits: {timeout: SECONDS} instead",
    "*.default": "write the value itself, as NAME: 0.5",
    **dict.fromkeys(("component", "jobs", "settings", "is_deterministic", "version"), _NOT_YET),
    **dict.fromkeys(("schedule", "trigger", "additional_includes"), _NOT_YET),
    **dict.fromkeys(("trial", "search_space", "objective", "sampling_algorithm", "early_termination"), _NOT_YET),
    **dict.fromkeys(("limits.max_total_trials", "limits.max_concurrent_trials", "limits.trial_timeout"), _NOT_YET),
}
"""Keys of Azure ML's job files that a reader may well expect to be known, as patterns, and what to do about them."""

_WANTED = {
    **dict.fromkeys(("bool_type", "bool_parsing"), "true or false"),
    **dict.fromkeys(("int_type", "int_parsing", "int_from_float", "int_parsing_size"), "a whole number"),
    **dict.fromkeys(("float_type", "float_parsing"), "a number"),
    **dict.fromkeys(("string_type", "string_sub_type"), "text"),
    **dict.fromkeys(("dict_type", "mapping_type", "model_type", "model_attributes_type"), "keys and values"),
    **dict.fromkeys(("list_type", "tuple_type", "set_type"), "a list"),
}
"""What a value of another type should have been."""

_PATH = "must be an absolute path, or one that begins with ~"
_PYTHON = "must be a command or a path of Python, without spaces"
_PATTERNS = {
    r"^[A-Za-z0-9][A-Za-z0-9_-]{0,127}$": "a name has letters, digits, - and _, begins with one of the first two, and "
    "has 128 characters at most",
    ASSET_NAME: "a name, version or label has letters, digits, . _ and -, begins with one of the first two, and has "
    "255 characters at most",
    r"^[A-Za-z_][A-Za-z0-9_]{0,127}$": "a name has letters, digits and _, does not begin with a digit, and has 128 "
    "characters at most",
    r"^[A-Za-z0-9-]{1,100}$": "must have letters, digits and -, and 100 characters at most",
    **dict.fromkeys((r"^(~|/)[ -~]*$", r"^(~/|/)[^\x00\r\n]*$", r"^(~|/)[^\x00\r\n]*$"), _PATH),
    **dict.fromkeys((r"^[A-Za-z0-9._/+-]{1,500}$", r"^[A-Za-z0-9._/~+-]{1,500}$"), _PYTHON),
    r"^[0-9a-f]{16}$": "must be an ID of 16 hexadecimal digits",
    r"^/": "must be an absolute path",
    r"^[A-Za-z_][A-Za-z0-9_.]{0,199}$": "must be the name of a deployer, such as slurm, or the path of a class",
    r"^(tcp|tls|ucx|ws|wss)://[^\s/]{1,300}$": "must be the address of a scheduler, such as tcp://HOST:8786",
    r"^[A-Za-z0-9][A-Za-z0-9._/:@-]{0,499}$": "must be the name of an image, such as python:3.12-slim",
    r"^[A-Za-z0-9_\[][A-Za-z0-9._:%\]-]{0,254}$": "must be the name or the address of a machine",
    r"^[A-Za-z0-9_][A-Za-z0-9._@\\-]{0,254}\$?$": "must be the name of a user",
    RUN_COLUMNS: "must be name, source, state, created_at, duration_s, user, description, starred, cost, "
    "parameters.NAME, metrics.NAME or tags.NAME",
    SORT_KEYS: "must be created_at, started_at, ended_at, name, display_name, experiment_name, state, "
    "parameters.NAME or metrics.NAME",
}
_MESSAGES = {
    "missing": "this key is required",
    "string_too_short": "must not be empty",
    "string_too_long": "may have {max_length} characters at most",
    "too_long": "may have {max_length} entries at most",
    "greater_than": "must be more than {gt}",
    "greater_than_equal": "must be {ge} or more",
    "less_than": "must be less than {lt}",
    "less_than_equal": "must be {le} or less",
    "literal_error": "must be {expected}",
    "enum": "must be {expected}",
    "finite_number": "must be a finite number",
    "json_invalid": "not valid JSON: {error}",
}
_COMPLETE = {
    "missing",
    "too_long",
    "value_error",
    "misplaced",
    "json_invalid",
}
"""Sentences that name what was given, where that helps."""


def key_hint(field: str, hints: Mapping[str, str], *, in_file: bool) -> str | None:
    """Return what to do about an unknown key, by the hints of the model; None if there is no hint.

    Of a file that stays as it is, a key is taken out by an option of the command line.
    """
    found = next((text for pattern, text in hints.items() if fnmatchcase(field, pattern)), None)
    return found and found.replace("{option}", f", or use --set {field}=null" if in_file else "")


def message_of(items: Sequence[ErrorDetails], written: str | None, *, secret: bool = False) -> str:
    """Return what is wrong with one value; of a union, pydantic has an error for each of its branches.

    Parameters
    ----------
    items
        All errors of the value.
    written
        The text that it was written as, where that is known.
    secret
        Whether it must not be shown.
    """
    other = next((item for item in items if item["type"] not in _WANTED), None)
    text = _detail(other) if other is not None else f"must be {_wanted([item['type'] for item in items])}"
    if secret or (other is not None and other["type"] in _COMPLETE):
        return text
    return f"{text} (got {_shown(items[0]['input'], written)})"


def _wanted(types: Sequence[str]) -> str:
    wanted = list(dict.fromkeys(_WANTED[kind] for kind in types))
    if "a number" in wanted:
        wanted = [each for each in wanted if each != "a whole number"]
    return " or ".join([", ".join(wanted[:-1]), wanted[-1]] if wanted[:-1] else wanted)


def _detail(item: ErrorDetails) -> str:
    kind, context = item["type"], item.get("ctx", {})
    if kind == "string_pattern_mismatch" and context["pattern"] in _PATTERNS:
        return _PATTERNS[context["pattern"]]
    if kind == "too_long" and context["field_type"] == "Value":  # a secret
        kind = "string_too_long"
    if kind.startswith(("datetime_", "date_", "timezone_")):
        return "must be a time, as 2026-11-22T10:00:00Z"
    if kind in _MESSAGES:
        return _MESSAGES[kind].format(**{key: _bound(value) for key, value in context.items()})
    text = str(item["msg"]).removeprefix("Value error, ")
    return text[:1].lower() + text[1:]


def _bound(value: Any) -> str:
    """Return a bound as text: a number with all of its digits."""
    return f"{value:.15g}" if isinstance(value, float) else str(value)


def _shown(value: Any, written: str | None) -> str:
    if isinstance(value, dict | list | tuple):
        return "a list" if not isinstance(value, dict) else "keys and values"
    if written:
        return written if len(written) <= LONGEST_INPUT else f"{written[:LONGEST_INPUT]}…"
    return "nothing" if value is None else shown(value, LONGEST_INPUT)
