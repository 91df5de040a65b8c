"""results.tsv: a line for each commit that was tried."""

from __future__ import annotations

import os
from datetime import UTC, datetime
from pathlib import Path

import pytest

from goldfish.adapters.imports import open_history
from goldfish.errors import CannotImport
from tests.adapters.imports.given import experiments, parts, refused

HEAD = "commit\tval_bpb\tmemory_gb\tstatus\tdescription"


def table(path: Path, *lines: str, head: str = HEAD) -> Path:
    path.write_text("\n".join([head, *lines]) + "\n")
    os.utime(path, (1_770_000_000, 1_770_000_000))
    return path


def test_each_line_is_a_commit_with_a_metric_and_a_verdict(tmp_path: Path) -> None:
    path = table(
        tmp_path / "results.tsv",
        "a1b2c3d\t0.9979\t44.0\tkeep\tbaseline",
        "b2c3d4e\t0.9932\t44.2\tkeep\tlr to 0.04",
        "c3d4e5f\t1.0050\t44.0\tdiscard\tGeLU",
        "d4e5f6a\t0.000000\t0.0\tcrash\tdouble the width (OOM)",
    )
    found = experiments(parts("results", path))
    assert [said.id for said in found] == ["a1b2c3d", "b2c3d4e", "c3d4e5f", "d4e5f6a"]
    assert {(said.metric, said.direction) for said in found} == {("val_bpb", "minimize")}
    assert [said.verdict and said.verdict.verdict for said in found] == ["success", "success", "miss", "unknown"]
    assert {name: value.last for name, value in found[1].metrics.items()} == {"val_bpb": 0.9932, "memory_gb": 44.2}
    crash = found[3]
    assert (crash.outcome, crash.metrics, crash.cause) == ("failed", {}, "double the width (OOM)")
    assert crash.code is not None
    assert crash.code.hash == "d4e5f6a"


def test_without_times_all_of_it_was_known_when_the_file_was_written(tmp_path: Path) -> None:
    (said,) = experiments(parts("results", table(tmp_path / "results.tsv", "a1b2c3d\t0.9\t4\tkeep\tx")))
    assert said.happened == datetime.fromtimestamp(1_770_000_000, UTC)


def test_a_column_of_times_says_when(tmp_path: Path) -> None:
    path = table(
        tmp_path / "results.tsv",
        "a1b2c3d\t0.9\tkeep\t2026-02-03\tx",
        head="commit\taccuracy\tstatus\tdate\tdescription",
    )
    (said,) = experiments(parts("results", path))
    assert (said.happened, said.metric) == (datetime(2026, 2, 3, tzinfo=UTC), "accuracy")


def test_a_commit_that_was_tried_twice_has_two_ids(tmp_path: Path) -> None:
    path = table(tmp_path / "results.tsv", "a1b2c3d\t0.9\t4\tkeep\tx", "a1b2c3d\t0.8\t4\tkeep\ta\ttab")
    found = experiments(parts("results", path))
    assert [said.id for said in found] == ["a1b2c3d", "a1b2c3d#2"]
    assert found[1].reason.description == "a\ttab"


def test_short_lines_and_bytes_that_are_no_text_are_named(tmp_path: Path) -> None:
    path = table(tmp_path / "results.tsv", "a1b2c3d\t0.9\t4\tkeep\tx", "a1b2c3d\t0.9")
    path.write_bytes(path.read_bytes() + b"\xff\t1\t1\tkeep\tx\n")
    assert refused(parts("results", path)) == [
        ("line 3", "it has 2 columns, not 5"),
        ("line 4", "byte 1 is not UTF-8"),
    ]


@pytest.mark.parametrize("head", ["", "a\tb", "commit\tcommit\tstatus", "\x00\tstatus"])
def test_a_file_without_its_columns_is_refused(tmp_path: Path, head: str) -> None:
    with pytest.raises(CannotImport, match="its first line"):
        open_history("results", table(tmp_path / "results.tsv", head=head))
