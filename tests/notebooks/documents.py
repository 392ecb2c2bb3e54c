# Copyright (c) the Jupyter ML developers.
# Distributed under the terms of the BSD 3-Clause License.

"""Notebooks as JSON documents."""

from __future__ import annotations

from typing import Any


def code(source: str, *tags: str) -> dict[str, Any]:
    return {
        "cell_type": "code",
        "source": source,
        "metadata": {"tags": list(tags)},
        "outputs": [],
        "execution_count": None,
    }


def document(*cells: str | dict[str, Any], kernel: str = "python3") -> dict[str, Any]:
    whole = [code(cell) if isinstance(cell, str) else cell for cell in cells]
    return {
        "nbformat": 4,
        "nbformat_minor": 5,
        "metadata": {"kernelspec": {"name": kernel, "display_name": kernel, "language": "python"}},
        "cells": [cell | {"id": f"cell-{number}"} for number, cell in enumerate(whole)],
    }
