"""Metric points sealed as Parquet: nothing invented, nothing dropped, the same bytes for the same points."""

from __future__ import annotations

import json
import math
import struct
import time
from pathlib import Path

import numpy as np
import pyarrow.parquet as pq
import pytest
from hypothesis import given
from hypothesis import strategies as st

from goldfish import ports
from goldfish.adapters.file_artifacts import FileArtifacts
from goldfish.adapters.parquet_metrics import ParquetMetrics, store
from goldfish.domain.names import Digest
from goldfish.errors import ArtifactMissing
from goldfish.ports import Sealed

Point = tuple[str, int | None, float]
NAMES = ["loss", "acc", "lr"]
POINTS = st.tuples(st.sampled_from(NAMES), st.none() | st.integers(0, 2**63 - 1), st.floats())


class Bench:
    """A stage's directory and the store."""

    def __init__(self, root: Path) -> None:
        self.directory = root / "execution"
        self.directory.mkdir()
        self.artifacts = FileArtifacts(root / "artifacts")
        self.metrics = ParquetMetrics(self.artifacts, root / "scratch")

    def log(self, points: list[Point], names: list[str] | None = None) -> None:
        """Write the files of a stage that logged these points, one a second."""
        names = names or list(dict.fromkeys(name for name, _, _ in points))
        (self.directory / "metrics.names").write_text("".join(f"{json.dumps(n)}\n" for n in names))
        records = [
            struct.pack("<Iqdd", names.index(name), -1 if step is None else step, value, 1.7e9 + second)
            for second, (name, step, value) in enumerate(points)
        ]
        (self.directory / "metrics.bin").write_bytes(b"".join(records))

    def seal(self) -> Digest:
        digest = self.metrics.seal(self.directory).digest
        assert digest is not None
        return digest


@pytest.fixture
def bench(tmp_path: Path) -> Bench:
    return Bench(tmp_path)


def same(left: float | None, right: float | None) -> bool:
    return left == right or (left is not None and right is not None and math.isnan(left) and math.isnan(right))


def test_points_come_back_in_the_order_they_were_logged(bench: Bench) -> None:
    bench.log([("loss", 0, 0.5), ("acc", None, 1.0), ("loss", 5, 0.25), ("loss", 1, -0.0)])
    digest = bench.seal()
    assert bench.metrics.series(digest) == {"acc": [(None, 1.0)], "loss": [(0, 0.5), (5, 0.25), (1, -0.0)]}
    assert bench.metrics.series(digest, "acc") == {"acc": [(None, 1.0)]}
    assert bench.metrics.series(digest, "none") == {}


def test_the_columns_are_as_promised(bench: Bench) -> None:
    bench.log([("loss", 0, math.nan), ("loss", None, math.inf)])
    table = pq.read_table(bench.artifacts.path(bench.seal()))
    assert str(table.schema.field("metric").type) == "dictionary<values=string, indices=int32, ordered=0>"
    assert [str(table.schema.field(n).type) for n in ("step", "value", "at")] == [
        "int64",
        "double",
        "timestamp[us, tz=UTC]",
    ]
    assert [str(v) for v in table.column("value").to_pylist()] == ["nan", "inf"]
    assert table.column("step").to_pylist() == [0, None]
    assert table.column("at").to_pylist()[1].timestamp() == 1.7e9 + 1


def test_a_summary_is_of_finite_values_and_counts_the_others(bench: Bench) -> None:
    bench.log([("loss", 10, 3.0), ("loss", 11, 1.0), ("loss", 12, 1.0), ("loss", 13, 2.0), ("loss", 14, math.nan)])
    sealed = bench.metrics.seal(bench.directory)
    assert (sealed.points, sealed.more) == (5, 0)
    assert sealed.summary["loss"].model_dump() == {
        "count": 5,
        "non_finite": 1,
        "first": 3.0,
        "last": 2.0,
        "last_is_finite": False,
        "min": 1.0,
        "max": 3.0,
        "min_step": 11,
        "max_step": 10,
        "last_step": 13,
    }


def test_a_metric_that_was_never_finite_has_no_extremes(bench: Bench) -> None:
    bench.log([("loss", None, math.nan), ("loss", None, -math.inf)])
    summary = bench.metrics.seal(bench.directory).summary["loss"]
    assert (summary.count, summary.non_finite, summary.last_is_finite) == (2, 2, False)
    assert {summary.first, summary.last, summary.min, summary.max, summary.min_step, summary.last_step} == {None}


@given(points=st.lists(POINTS, max_size=60), chunk=st.integers(1, 7))
def test_series_and_summary_say_what_was_logged(
    tmp_path_factory: pytest.TempPathFactory, points: list[Point], chunk: int
) -> None:
    bench = Bench(tmp_path_factory.mktemp("law"))
    bench.log(points, NAMES)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(store, "_CHUNK", chunk)
        sealed = bench.metrics.seal(bench.directory)
    digest, summary = sealed.digest, sealed.summary
    assert sealed.points == len(points)
    assert (digest is None) == (not points)
    assert sorted(summary) == sorted({name for name, _, _ in points})
    series = bench.metrics.series(digest) if digest is not None else {}
    for name, found in series.items():
        logged = [(step, value) for n, step, value in points if n == name]
        assert [step for step, _ in found] == [step for step, _ in logged]
        assert all(same(a, b) for (_, a), (_, b) in zip(found, logged, strict=True))
        finite = [(i if step is None else step, v) for i, (step, v) in enumerate(logged) if math.isfinite(v)]
        said = summary[name]
        assert (said.count, said.non_finite) == (len(logged), len(logged) - len(finite))
        assert said.last_is_finite == math.isfinite(logged[-1][1])
        lowest, highest = (f(finite, key=lambda p: p[1]) if finite else (None, None) for f in (min, max))
        assert (said.min_step, said.min) == lowest
        assert (said.max_step, said.max) == highest
        assert (said.last_step, said.last) == (finite[-1] if finite else (None, None))
        assert said.first == (finite[0][1] if finite else None)


def test_the_same_points_give_the_same_digest_whoever_was_named_first(bench: Bench) -> None:
    points: list[Point] = [("loss", 0, 0.5), ("acc", 0, 1.0)]
    digests = set()
    for names in (["loss", "acc"], ["acc", "loss"], ["unused", "acc", "loss"]):
        bench.log(points, names)
        digests.add(bench.seal())
    assert len(digests) == 1


def test_without_points_there_is_no_file(bench: Bench) -> None:
    assert bench.metrics.seal(bench.directory) == Sealed(None)
    bench.log([], ["loss"])
    assert bench.metrics.seal(bench.directory) == Sealed(None)


def test_a_torn_last_record_is_dropped(bench: Bench) -> None:
    bench.log([("loss", 0, 0.5), ("loss", 1, 0.25)])
    whole = bench.seal()
    with (bench.directory / "metrics.bin").open("ab") as file:
        file.write(b"x" * 27)
    assert bench.seal() == whole


def test_points_of_unknown_names_are_dropped(bench: Bench) -> None:
    bench.log([("loss", 0, 0.5)])
    with (bench.directory / "metrics.bin").open("ab") as file:
        file.write(struct.pack("<Iqdd", 1, 0, 1.0, 1.7e9) + struct.pack("<Iqdd", 2**32 - 1, 0, 1.0, math.nan))
    assert bench.metrics.seal(bench.directory).points == 1


@pytest.mark.parametrize("line", ["{torn", '["list"]', '"a b"', '"loss"', "\udcff"])
def test_an_unusable_name_ends_the_known_names(bench: Bench, line: str) -> None:
    bench.log([("loss", 0, 0.5), ("acc", 0, 1.0)])
    text = f'"loss"\n{line}\n"acc"\n'
    (bench.directory / "metrics.names").write_text(text, errors="surrogateescape")
    assert list(bench.metrics.seal(bench.directory).summary) == ["loss"]


def test_times_out_of_reach_do_not_lose_the_point(bench: Bench) -> None:
    (bench.directory / "metrics.names").write_text('"loss"\n')
    times = [math.inf, -1.0, 1e300, math.nan]
    data = b"".join(struct.pack("<Iqdd", 0, 0, 1.0, at) for at in times)
    (bench.directory / "metrics.bin").write_bytes(data)
    column = pq.read_table(bench.artifacts.path(bench.seal())).column("at").to_pylist()
    assert [at and at.year for at in column] == [9999, 1970, 9999, None]


def test_a_link_is_not_followed(bench: Bench, tmp_path: Path) -> None:
    bench.log([("loss", 0, 0.5)])
    (bench.directory / "metrics.bin").rename(tmp_path / "elsewhere")
    (bench.directory / "metrics.bin").symlink_to(tmp_path / "elsewhere")
    assert bench.metrics.seal(bench.directory) == Sealed(None)


def test_more_metrics_than_a_summary_holds_are_counted(bench: Bench) -> None:
    bench.log([(f"m{n:04}", 0, float(n)) for n in range(1005)])
    sealed = bench.metrics.seal(bench.directory)
    assert (sealed.points, len(sealed.summary), sealed.more) == (1005, 1000, 5)
    assert sealed.digest is not None
    assert list(sealed.summary) == sorted(sealed.summary)
    assert bench.metrics.series(sealed.digest, "m1004") == {"m1004": [(0, 1004.0)]}


def test_a_damaged_file_is_missing_rather_than_wrong(bench: Bench) -> None:
    bench.log([("loss", n, float(n)) for n in range(1000)])
    digest = bench.seal()
    path = bench.artifacts.path(digest)
    data = bytearray(path.read_bytes())
    data[len(data) // 3] ^= 0xFF
    path.chmod(0o644)
    path.write_bytes(data)
    with pytest.raises(ArtifactMissing):
        bench.metrics.series(digest)
    with pytest.raises(ArtifactMissing):
        bench.metrics.series(Digest("sha256:" + "0" * 64))


def test_a_million_points_are_sealed_in_about_a_second(bench: Bench) -> None:
    count = 1_000_000
    (bench.directory / "metrics.names").write_text('"loss"\n"acc"\n')
    points = np.zeros(count, dtype=[("name", "<u4"), ("step", "<i8"), ("value", "<f8"), ("at", "<f8")])
    points["name"], points["step"] = np.arange(count) % 2, np.arange(count)
    points["value"], points["at"] = np.random.default_rng(1).normal(size=count), 1.7e9 + np.arange(count) / 1000
    (bench.directory / "metrics.bin").write_bytes(points.tobytes())
    bench.metrics.seal(bench.directory)
    began = time.monotonic()
    assert bench.metrics.seal(bench.directory).points == count
    assert time.monotonic() - began < 3  # 0.4 s on an idle machine; benchmarks/metrics.py measures it


def test_points_from_elsewhere_are_sealed_like_those_of_a_stage(tmp_path: Path) -> None:
    bench = Bench(tmp_path)
    bench.log([("loss", 1, 0.5), ("loss", 2, 0.25)])
    sealed = bench.metrics.keep([ports.Point("loss", 0.5, 1, 1.7e9), ports.Point("loss", 0.25, 2, 1.7e9 + 1)])
    assert sealed.digest == bench.seal()
    assert (sealed.points, sealed.summary["loss"].last, sealed.unread) == (2, 0.25, None)


def test_metrics_of_elsewhere_may_have_any_name_and_what_cannot_be_used_is_counted(tmp_path: Path) -> None:
    points = [
        ports.Point("eval accuracy (%)", 1.0, -1),
        ports.Point("eval accuracy (%)", math.nan),
        ports.Point("", 1.0),
        ports.Point("x" * 300, 1.0),
        ports.Point("loss", 1.0, 1 << 70),
    ]
    sealed = Bench(tmp_path).metrics.keep(points)
    assert list(sealed.summary) == ["eval accuracy (%)"]
    assert (sealed.summary["eval accuracy (%)"].count, sealed.summary["eval accuracy (%)"].non_finite) == (2, 1)
    assert sealed.unread is not None
    assert sealed.unread.lines == 3


def test_few_points_and_many_give_the_same_bytes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    bench = Bench(tmp_path)
    points = [ports.Point("loss", float(n), n) for n in range(50)]
    few = bench.metrics.keep(points)
    monkeypatch.setattr(store, "_FEW", 10)
    assert bench.metrics.keep(points) == few
