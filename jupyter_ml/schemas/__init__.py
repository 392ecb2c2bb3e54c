"""What things are: the one source of truth for YAML files, REST bodies, rows and forms."""

from __future__ import annotations
