"""When: what people write for a position or a time."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from goldfish.domain.moments import read_moment
from goldfish.errors import MomentAhead, NotAMoment

NOW = datetime(2026, 11, 22, 12, 30, tzinfo=UTC)


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        (42, 42),
        ("42", 42),
        (" 42 ", 42),
        ("2026-04-05T06:00:00Z", datetime(2026, 4, 5, 6, tzinfo=UTC)),
        ("2026-04-05T06:00", datetime(2026, 4, 5, 6, tzinfo=UTC)),
        ("2026-04-05 08:00+02:00", datetime(2026, 4, 5, 6, tzinfo=UTC)),
        ("2026-04-05", datetime(2026, 4, 5, 23, 59, 59, 999999, tzinfo=UTC)),
        ("2026-11-22", NOW),
        (datetime(2026, 4, 5, 6, tzinfo=UTC).replace(tzinfo=None), datetime(2026, 4, 5, 6, tzinfo=UTC)),
        (datetime(2026, 4, 5, 8, tzinfo=timezone(timedelta(hours=2))), datetime(2026, 4, 5, 6, tzinfo=UTC)),
    ],
)
def test_a_moment_is_a_position_a_time_or_the_end_of_a_day(
    written: int | str | datetime, meant: int | datetime
) -> None:
    assert read_moment(written, NOW) == meant


@pytest.mark.parametrize("written", [0, -1, 1 << 70, "", "tuesday", "2026-13-01", "4_2", "٤", "9" * 400, "1e3"])
def test_what_is_neither_is_refused_with_examples(written: int | str) -> None:
    with pytest.raises(NotAMoment) as refused:
        read_moment(written, NOW)
    assert "2026-04-05T06:00" in refused.value.next_step


@pytest.mark.parametrize("written", ["2026-11-23", "2026-11-22T12:31Z", datetime(2027, 1, 1, tzinfo=UTC)])
def test_the_future_is_refused(written: str | datetime) -> None:
    with pytest.raises(MomentAhead, match="it is 2026-11-22 12:30 UTC"):
        read_moment(written, NOW)


@given(st.text(max_size=40))
def test_no_text_does_anything_else(text: str) -> None:
    try:
        found = read_moment(text, NOW)
    except (NotAMoment, MomentAhead):
        return
    assert (isinstance(found, int) and found > 0) or (isinstance(found, datetime) and found <= NOW)
