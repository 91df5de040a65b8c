"""What goldfish needs from the outside. A comment here is a contract: every adapter and every fake keeps it.

Content-addressed writes (`Snapshots.take`, `Artifacts.put…`) happen before the append and may be repeated: an orphan is
harmless. Effects (`Snapshots.place`, `Runner.launch` …) happen after it, are named by what asked for them, and may be
repeated too. Every method may raise the errors of `goldfish.errors` named in its comment, and no others on purpose.
"""

from __future__ import annotations

from goldfish.ports.code import FileChange, Snapshot, Snapshots, TreeFile
from goldfish.ports.data import Artifacts, InPlace, Prober, Remote, Sealed, Stored, Told, Unread
from goldfish.ports.execution import GRACE_SECONDS, Capture, Captured, Documents, LaunchOrder, Observation, Runner
from goldfish.ports.history import ForeignHistory, ForeignPart, Unreadable
from goldfish.ports.ledger import Clock, EventBlock, EventLog
from goldfish.ports.metrics import MetricStore, Point

__all__ = [
    "GRACE_SECONDS",
    "Artifacts",
    "Capture",
    "Captured",
    "Clock",
    "Documents",
    "EventBlock",
    "EventLog",
    "FileChange",
    "ForeignHistory",
    "ForeignPart",
    "InPlace",
    "LaunchOrder",
    "MetricStore",
    "Observation",
    "Point",
    "Prober",
    "Remote",
    "Runner",
    "Sealed",
    "Snapshot",
    "Snapshots",
    "Stored",
    "Told",
    "TreeFile",
    "Unread",
    "Unreadable",
]
