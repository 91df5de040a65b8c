"""Refusals about history that was recorded elsewhere."""

from __future__ import annotations

from goldfish.errors.base import Refusal


class RecordChanged(Refusal):
    """{id} is recorded as {run}, and says something else by now: {fields}.
    What was imported stays. Import it under another id with --prefix, or log a note about {run}."""


class CannotImport(Refusal):
    """{path} cannot be imported: {why}.
    Correct that and import it again: what is recorded already is passed over."""
