"""A log within a bound: what is kept, what is left out, and that the sums agree."""

from __future__ import annotations

import re
import resource
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from goldfish.adapters.process_runner.capped_log import CappedLog


@given(chunks=st.lists(st.binary(max_size=40), max_size=20), limit=st.integers(0, 60))
def test_beginning_marker_and_end_account_for_every_byte(
    tmp_path_factory: pytest.TempPathFactory, chunks: list[bytes], limit: int
) -> None:
    path = tmp_path_factory.mktemp("log") / "log.txt"
    log, said = CappedLog(str(path), limit), b"".join(chunks)
    for chunk in chunks:
        log.add(chunk)
    log.finish()
    kept = path.read_bytes()
    assert (log.written, log.kept) == (len(said), len(kept))
    if len(said) <= limit:
        assert kept == said
        return
    marker = b"\n[goldfish: %d bytes left out here]\n" % (len(said) - limit)
    head = limit - limit // 2
    assert kept == said[:head] + marker + said[len(said) - limit // 2 :]


def test_a_disk_that_takes_no_more_ends_the_file_and_nothing_else(tmp_path: Path) -> None:
    log = CappedLog(str(tmp_path / "log.txt"), 1 << 20)
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (1000, hard))
    try:
        for _ in range(30):
            log.add(b"x" * 100)
        log.finish()
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
    assert (log.written, log.kept) == (3000, 1000)
    assert re.fullmatch("x{1000}", (tmp_path / "log.txt").read_text())
