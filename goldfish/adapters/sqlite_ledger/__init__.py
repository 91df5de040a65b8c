"""The embedded ledger: one SQLite file, written through the eventsourcing library's recorder."""

from goldfish.adapters.sqlite_ledger.journal import SqliteJournal
from goldfish.adapters.sqlite_ledger.recorder import LedgerRecorder, open_recorder

__all__ = ["LedgerRecorder", "SqliteJournal", "open_recorder"]
