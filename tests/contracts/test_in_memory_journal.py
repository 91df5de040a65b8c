"""The fake keeps the contract."""

from __future__ import annotations

import pytest

from tests.contracts.journal import JournalContract
from tests.fakes.journal import InMemoryJournal


class TestInMemoryJournal(JournalContract):
    @pytest.fixture
    def journal(self) -> InMemoryJournal:
        return InMemoryJournal()
