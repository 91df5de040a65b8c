"""Read models: SQL over events."""

from __future__ import annotations
