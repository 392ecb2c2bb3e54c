"""What tests of every layer share."""

from __future__ import annotations

pytest_plugins = ["tests.postgresql", "tests.workspaces"]
