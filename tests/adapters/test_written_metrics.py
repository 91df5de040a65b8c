"""Metrics that any program can write: lines of metrics.txt, and lines that were only printed."""

from __future__ import annotations

import json
import math
import struct
from pathlib import Path

import pyarrow.parquet as pq
import pytest
from hypothesis import given
from hypothesis import strategies as st

from goldfish.adapters.file_artifacts import FileArtifacts
from goldfish.adapters.parquet_metrics import ParquetMetrics
from goldfish.adapters.parquet_metrics.pairs import pairs
from goldfish.ports import Sealed


class Bench:
    """A stage's directory and the store."""

    def __init__(self, root: Path) -> None:
        self.directory = root / "execution"
        self.directory.mkdir()
        self.artifacts = FileArtifacts(root / "artifacts")
        self.metrics = ParquetMetrics(self.artifacts, root / "scratch")

    def seal(self, text: str | bytes = "", log: str = "", *, printed: bool = False) -> Sealed:
        data = text.encode() if isinstance(text, str) else text
        (self.directory / "metrics.txt").write_bytes(data)
        (self.directory / "log.txt").write_text(log)
        return self.metrics.seal(self.directory, printed=printed)

    def series(self, sealed: Sealed) -> dict[str, list[tuple[int | None, float]]]:
        return self.metrics.series(sealed.digest) if sealed.digest is not None else {}

    def log(self, name: str, step: int, value: float) -> None:
        """As the Python library writes a point."""
        (self.directory / "metrics.names").write_text(f"{json.dumps(name)}\n")
        (self.directory / "metrics.bin").write_bytes(struct.pack("<Iqdd", 0, step, value, 1.7e9))


@pytest.fixture
def bench(tmp_path: Path) -> Bench:
    return Bench(tmp_path)


# ── metrics.txt ───────────────────────────────────────────────────────────────────────────────────────────────────────


def test_a_line_is_a_name_a_value_and_maybe_a_step_and_a_time(bench: Bench) -> None:
    sealed = bench.seal("loss 0.5\n# a comment\n\nloss 0.25 3\n  val/acc\t1e-3 7 1700000000.5\nloss .5 - 1700000001\n")
    assert sealed.unread is None
    assert bench.series(sealed) == {"loss": [(None, 0.5), (3, 0.25), (None, 0.5)], "val/acc": [(7, 0.001)]}
    assert sealed.digest is not None
    times = pq.read_table(bench.artifacts.path(sealed.digest)).column("at").to_pylist()
    assert [at and at.timestamp() for at in times] == [None, None, 1700000000.5, 1700000001.0]


def test_values_that_are_no_numbers_are_kept_as_printf_writes_them(bench: Bench) -> None:
    series = bench.series(bench.seal("a nan\na -nan\na NaN\na inf\na -inf\na +INFINITY\n"))["a"]
    assert [math.isnan(value) for _, value in series] == [True] * 3 + [False] * 3
    assert [value for _, value in series[3:]] == [math.inf, -math.inf, math.inf]


@given(points=st.lists(st.tuples(st.sampled_from(["a", "b/c"]), st.none() | st.integers(0, 2**63 - 1), st.floats())))
def test_what_is_written_as_text_comes_back(
    tmp_path_factory: pytest.TempPathFactory, points: list[tuple[str, int | None, float]]
) -> None:
    bench = Bench(tmp_path_factory.mktemp("law"))
    sealed = bench.seal("".join(f"{name} {value!r} {'-' if step is None else step}\n" for name, step, value in points))
    assert (sealed.points, sealed.unread) == (len(points), None)
    found = [(name, step, repr(value)) for name, series in bench.series(sealed).items() for step, value in series]
    assert sorted(found, key=str) == sorted(((n, s, repr(v)) for n, s, v in points), key=str)


@pytest.mark.parametrize(
    ("line", "says"),
    [
        ("loss", "'loss': it has 1 words"),
        ("loss 0.1 2 3 4", "it has 5 words"),
        ("loss 0,31", "the value is no number"),
        ("loss 0x1p3", "the value is no number"),
        ("loss 1_000", "the value is no number"),
        ("loss 0.1 -1", "the step is no number from 0 on"),
        ("loss 0.1 1.5", "the step is no number from 0 on"),
        ("loss 0.1 9223372036854775808", "the step is no number from 0 on"),
        ("loss 0.1 1 nan", "the time is no number"),
        ("1loss 0.1", "the name cannot be used"),
        ("lóss 0.1", "the name cannot be used"),
        ("x" * 257 + " 1", "the name cannot be used"),
        ("loss 0.1" + " " * 1000, "it is too long"),
    ],
)
def test_a_line_that_cannot_be_read_is_counted_and_named_and_the_others_stand(
    bench: Bench, line: str, says: str
) -> None:
    sealed = bench.seal(f"a 1\n{line}\nb 2\n")
    assert bench.series(sealed) == {"a": [(None, 1.0)], "b": [(None, 2.0)]}
    assert sealed.unread is not None
    assert (sealed.unread.file, sealed.unread.lines) == ("metrics.txt", 1)
    assert sealed.unread.named[0].startswith("line 2: ")
    assert says in sealed.unread.named[0]


def test_many_unreadable_lines_are_counted_and_the_first_are_named(bench: Bench) -> None:
    sealed = bench.seal(b"\xff\x00\n" * 20)
    assert sealed.digest is None
    assert sealed.unread is not None
    assert (sealed.unread.lines, len(sealed.unread.named)) == (20, 5)


def test_a_torn_last_line_is_dropped(bench: Bench) -> None:
    assert bench.series(bench.seal("loss 0.5\nloss 0.2")) == {"loss": [(None, 0.5)]}


def test_names_beyond_the_limit_are_refused_by_line(bench: Bench) -> None:
    sealed = bench.seal("".join(f"m{n} 1\n" for n in range(10_001)))
    assert (sealed.points, sealed.unread and sealed.unread.lines) == (10_000, 1)


def test_points_of_the_library_and_of_the_text_are_one_series(bench: Bench) -> None:
    bench.log("loss", 0, 0.5)
    assert bench.series(bench.seal("acc 1 0\nloss 0.25 1\n")) == {"acc": [(0, 1.0)], "loss": [(0, 0.5), (1, 0.25)]}


def test_a_record_of_an_unknown_name_does_not_get_the_name_of_a_line(bench: Bench) -> None:
    bench.log("loss", 0, 0.5)
    with (bench.directory / "metrics.bin").open("ab") as file:
        file.write(struct.pack("<Iqdd", 1, 0, 666.0, 1.7e9))
    assert bench.series(bench.seal("acc 1\n")) == {"acc": [(None, 1.0)], "loss": [(0, 0.5)]}


def test_a_link_in_its_place_is_not_followed(bench: Bench, tmp_path: Path) -> None:
    (tmp_path / "secret").write_text("secret 1\n")
    (bench.directory / "metrics.txt").symlink_to(tmp_path / "secret")
    assert bench.metrics.seal(bench.directory) == Sealed(None)


# ── printed lines ─────────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("loss: 0.31", {"loss": 0.31}),
        ("loss:0.31", {"loss": 0.31}),
        ("val/loss = 1e-3", {"val/loss": 0.001}),
        ("epoch=3 loss=0.31 acc 0.9", {"loss": 0.31, "acc": 0.9}),
        ("Epoch 3/10 - loss: 0.31 - val_acc: 0.9", {"loss": 0.31, "val_acc": 0.9}),
        ("Epoch [3/10], Step [3/600], Loss: 0.3", {"Loss": 0.3}),
        ("step 3: train loss 4.28, val loss 4.27", {"train_loss": 4.28, "val_loss": 4.27}),
        ("iter 3: loss 4.2, time 1.1ms, mfu 3.1%", {"loss": 4.2}),
        ("{'loss': 0.3, 'epoch': 3.0}", {"loss": 0.3}),
        ("Train Epoch: 3 [0/60000 (0%)]\tLoss: 2.3", {"Loss": 2.3}),
        ("Train Loss: 0.3 Val Loss: 0.4", {"Train_Loss": 0.3, "Val_Loss": 0.4}),
        ("2026-01-01 12:00:00,123 INFO train: loss=0.3", {"loss": 0.3}),
        ("\x1b[32mloss: 0.3\x1b[0m", {"loss": 0.3}),
        ("loss: -inf", {"loss": -math.inf}),
    ],
)
def test_a_name_and_a_number_are_a_metric(bench: Bench, line: str, said: dict[str, float]) -> None:
    series = bench.series(bench.seal(log=f"step 3\n{line}\n", printed=True))
    assert {name: points[0][1] for name, points in series.items()} == said
    assert {step for points in series.values() for step, _ in points} == {3}


@pytest.mark.parametrize(
    "line",
    [
        "port 8080",
        "listening on localhost:8080",
        "http://host:80/",
        "date: 2026-01-02",
        "started: 12:30:01",
        "size: 3 MB",
        "took: 5 s",
        "took: 5s",
        "shape: 3 x 4",
        "values: 1, 2, 3",
        "total: 1,234",
        "acc: 91.2%",
        "torch: 2.1.0",
        "saved to out/model.pt: 3",
        "/home/x: 4",
        "Namespace(lr=0.1, epochs=3)",
        " 10%|## | 1/10 [00:01<00:09, 9.8it/s, loss=0.3]",
        "restored from step 500",
        "this is what we have found out to be true: 7",
        "[goldfish: 300 bytes left out here]",
        "loss: " + "9" * 3000,
    ],
)
def test_other_lines_are_none(bench: Bench, line: str) -> None:
    assert bench.seal(log=f"{line}\n", printed=True) == Sealed(None)


def test_a_step_holds_until_the_next_one(bench: Bench) -> None:
    log = "loss: 4\nEpoch 1/2\nloss: 3\nval loss: 3.5\nEpoch 2/2\nloss: 2\nglobal_step=7 epoch=3 loss=1\n"
    series = bench.series(bench.seal(log=log, printed=True))
    assert series["loss"] == [(None, 4.0), (1, 3.0), (2, 2.0), (7, 1.0)]
    assert series["val_loss"] == [(1, 3.5)]


def test_what_was_logged_makes_printed_lines_mere_words(bench: Bench) -> None:
    assert list(bench.series(bench.seal("acc 1\n", "loss: 3\n", printed=True))) == ["acc"]
    bench.log("lr", 0, 0.5)
    assert list(bench.series(bench.seal("", "loss: 3\n", printed=True))) == ["lr"]
    assert bench.seal("acc 1\n", "loss: 3\n").points == 2


def test_printed_lines_are_words_unless_the_plan_says_otherwise(bench: Bench) -> None:
    assert bench.seal(log="loss: 3\n") == Sealed(None)


@given(st.text(max_size=300))
def test_no_line_is_too_strange(line: str) -> None:
    for pair in pairs(line):
        assert pair.name
        assert isinstance(pair.value, float)
