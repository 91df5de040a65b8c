"""What every test may ask for."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

from goldfish.adapters.sqlite_ledger import SqliteJournal
from goldfish.ledger.codec import LedgerMapper
from goldfish.ledger.redaction import Redactor
from tests.fakes.clock import FixedClock

# "dev" keeps the suite short; "ci" looks further and prints what reproduces a failure; "nightly" looks far.
settings.register_profile("dev", max_examples=40, deadline=None)
settings.register_profile(
    "ci", max_examples=150, deadline=None, print_blob=True, suppress_health_check=[HealthCheck.too_slow]
)
settings.register_profile("nightly", settings.get_profile("ci"), max_examples=3_000)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "ci" if os.environ.get("CI") else "dev"))


@pytest.fixture
def mapper() -> LedgerMapper:
    """The codec with a key that is no secret."""
    return LedgerMapper(Redactor(b"a key for tests"))


@pytest.fixture
def clock() -> FixedClock:
    """A clock that stands still until it is moved."""
    return FixedClock()


@pytest.fixture
def journal(tmp_path: Path, mapper: LedgerMapper) -> Iterator[SqliteJournal]:
    """A real ledger in a file of its own."""
    opened = SqliteJournal(tmp_path / "ledger.db", mapper)
    yield opened
    opened.close()
