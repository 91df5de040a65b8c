"""A clock that stands still until a test moves it."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta


class FixedClock:
    """Implements `goldfish.ports.Clock`. Ids are counted, so that what a test records is the same every time."""

    def __init__(self, now: datetime = datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)) -> None:
        self.time = now
        self.seconds = 0.0
        self.ids = 0

    def now(self) -> datetime:
        """See the protocol."""
        return self.time

    def monotonic(self) -> float:
        """See the protocol."""
        return self.seconds

    def new_id(self) -> str:
        """See the protocol: counted, not random."""
        self.ids += 1
        return f"id-{self.ids:08d}"

    def advance(self, seconds: float) -> None:
        """Let time pass."""
        self.time += timedelta(seconds=seconds)
        self.seconds += seconds

    def jump(self, seconds: float) -> None:
        """Set the wall clock forward or back, as an administrator or a summer does; no time passes."""
        self.time += timedelta(seconds=seconds)
