"""The conductor: one process per project that carries out what the log asks for. It keeps no state of its own."""

from goldfish.conductor.election import Election, ensure_conductor
from goldfish.conductor.loop import Conductor

__all__ = ["Conductor", "Election", "ensure_conductor"]
