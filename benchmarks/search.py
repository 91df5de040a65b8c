"""How fast search is: making the index, and questions of one to five words, with and without filters.

    python -m benchmarks.search [--runs 40000] [--top 100000]

The runs are those of `benchmarks.read_models`, each with a reason of its own: 12 words and a hypothesis of 25, out of
20,000 words that are as unequally frequent as those of a language.
"""

from __future__ import annotations

import argparse
import itertools
import random
import statistics
import tempfile
from collections.abc import Iterator, Sequence
from pathlib import Path

from benchmarks import table
from benchmarks.read_models import Row, TableLog, beginning, events, seconds
from goldfish.projections.projector import Projector
from goldfish.projections.text_index import TextIndex
from goldfish.queries.search import search

WORDS = 20_000
TIMES = 5  # that each question is asked
LETTERS = "abcdefghijklmnopqrstuvwxyz"
DESCRIPTION, HYPOTHESIS = "try something else for once", "it might work"
FILTERS = ("status:succeeded", "metric:extra>0.9", "p0=0.123456", "after:2026-01-01 stage:train", "kind:run")


class Vocabulary:
    """Words, the first ones the most frequent."""

    def __init__(self) -> None:
        self._random = random.Random(1)
        self.words = ["".join(self._random.choices(LETTERS, k=self._random.randint(3, 9))) for _ in range(WORDS)]
        self._weights = list(itertools.accumulate(1 / (rank + 2) for rank in range(WORDS)))

    def text(self, length: int) -> str:
        """So many words."""
        return " ".join(self._random.choices(self.words, cum_weights=self._weights, k=length))


def worded(rows: Iterator[Row], vocabulary: Vocabulary) -> Iterator[Row]:
    """The same events, each run with a reason of its own."""
    for position, stream, version, name, record in rows:
        text = record
        if name == "run.requested":
            text = text.replace(DESCRIPTION, f"try {vocabulary.text(11)}").replace(
                HYPOTHESIS, f"it might {vocabulary.text(24)}"
            )
        yield position, stream, version, name, text


def questions(vocabulary: Vocabulary) -> dict[str, list[str]]:
    """Kinds of questions, 40 of each."""
    chance = random.Random(2)
    common, rare = vocabulary.words[:30], vocabulary.words[100:5_000]
    asked = {
        f"{count} word{'s' * (count > 1)}": [vocabulary.text(count) for _ in range(40)] for count in (1, 2, 3, 4, 5)
    }
    asked["common words only"] = [" ".join(chance.sample(common, 3)) for _ in range(40)]
    asked["rare words only"] = [" ".join(chance.sample(rare, 3)) for _ in range(40)]
    asked["words and a filter"] = [f"{vocabulary.text(3)} {FILTERS[n % len(FILTERS)]}" for n in range(40)]
    asked["a filter alone"] = [FILTERS[n % len(FILTERS)] for n in range(40)]
    return asked


def percentile(times: Sequence[float], share: float) -> float:
    """In milliseconds."""
    return sorted(times)[min(len(times) - 1, int(len(times) * share))] * 1e3


def made(runs: int, directory: Path, vocabulary: Vocabulary) -> tuple[TableLog, Projector]:
    """A log of so many runs, and its read models."""
    log = TableLog(directory / "log.db")
    log.add(beginning())
    log.add(worded(events(range(1, runs + 1), log.head()), vocabulary))
    projector = Projector(log, directory / "cache")
    projector.at().rows("SELECT count(*) FROM runs")
    return log, projector


def measure(runs: int, directory: Path) -> list[table.Row]:
    """Building, and asking."""
    vocabulary = Vocabulary()
    log, projector = made(runs, directory, vocabulary)
    index = TextIndex(log, directory / "cache")
    took = seconds(lambda: index.ask(projector.at(), lambda texts: texts.count('"x"')))
    rows = [table.Row("texts indexed per second (reason and hypothesis)", f"{2 * runs / took:,.0f}")]
    every: list[float] = []
    for kind, asked in questions(vocabulary).items():
        times = []
        for text in asked:
            search(projector.at(), index, text)
            times += [seconds(lambda text=text: search(projector.at(), index, text)) for _ in range(TIMES)]  # type: ignore[misc]
        every += times
        rows.append(table.Row(kind, f"{statistics.median(times) * 1e3:.1f} · {percentile(times, 0.95):.1f} ms"))
    rows.append(table.Row("all of them", f"{statistics.median(every) * 1e3:.1f} · {percentile(every, 0.95):.1f} ms"))
    return rows


def top(runs: int, directory: Path) -> list[table.Row]:
    """The best 20 by a metric of those with a value of a parameter."""
    log, projector = made(runs, directory, Vocabulary())
    index = TextIndex(log, directory / "cache")
    text = "sort:extra p0=0.123456"
    search(projector.at(), index, text)
    times = [seconds(lambda: search(projector.at(), index, text)) for _ in range(25)]
    name = f"top 20 by metric where parameter = x, {runs:,} runs"
    return [table.Row(name, f"{statistics.median(times) * 1e3:.1f} · {percentile(times, 0.95):.1f} ms")]


def main(runs: int = 40_000, most: int = 100_000) -> str:
    """The table: median and 95th percentile."""
    rows: list[table.Row] = []
    with tempfile.TemporaryDirectory() as directory:
        rows += measure(runs, Path(directory))
    with tempfile.TemporaryDirectory() as directory:
        rows += top(most, Path(directory))
    return table.markdown(f"Search, at {runs:,} runs: median · 95th percentile", rows)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--runs", type=int, default=40_000)
    parser.add_argument("--top", type=int, default=100_000)
    given = parser.parse_args()
    print(main(given.runs, given.top))
