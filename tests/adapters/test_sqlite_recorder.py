"""The eventsourcing library's own suites, unchanged, against our recorder."""

from __future__ import annotations

import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any
from unittest import TestCase

from eventsourcing.persistence import StoredEvent
from eventsourcing.tests.persistence import (
    AggregateRecorderTestCase,
    ApplicationRecorderTestCase,
    NonInterleavingNotificationIDsBaseCase,
)

from goldfish.adapters.sqlite_ledger import LedgerRecorder, open_recorder


class _TextIds(TestCase):
    """Streams are text here."""

    _ids = 0

    def new_originator_id(self) -> str:
        type(self)._ids += 1
        return f"stream-{self._ids}"


class _Silent(LedgerRecorder):
    """The suites disagree: positions must be returned for an application, and must not be for aggregates alone."""

    def insert_events(self, stored_events: Sequence[StoredEvent], **kwargs: Any) -> None:
        super().insert_events(stored_events, **kwargs)


class _InFile(_TextIds):
    def create_recorder(self) -> LedgerRecorder:
        directory = tempfile.TemporaryDirectory()
        recorder = open_recorder(Path(directory.name) / "ledger.db")
        self.addCleanup(directory.cleanup)
        self.addCleanup(recorder.datastore.close)
        return recorder


class _InMemory(_TextIds):
    def create_recorder(self) -> LedgerRecorder:
        recorder = open_recorder(f"file:{self.id()}?mode=memory&cache=shared")
        self.addCleanup(recorder.datastore.close)
        return recorder


class TestAggregatesInAFile(_InFile, AggregateRecorderTestCase):
    def create_recorder(self) -> LedgerRecorder:
        return _Silent(super().create_recorder().datastore)


class TestAggregatesInMemory(_InMemory, AggregateRecorderTestCase):
    def create_recorder(self) -> LedgerRecorder:
        return _Silent(super().create_recorder().datastore)


class TestApplicationInAFile(_InFile, ApplicationRecorderTestCase):
    pass


class TestApplicationInMemory(_InMemory, ApplicationRecorderTestCase):
    pass


class TestPositionsDoNotInterleaveInAFile(_InFile, NonInterleavingNotificationIDsBaseCase):
    pass


class TestPositionsDoNotInterleaveInMemory(_InMemory, NonInterleavingNotificationIDsBaseCase):
    pass
