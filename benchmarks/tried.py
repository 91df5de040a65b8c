"""How fast it is told that something was tried, exactly, nearly or as an idea, when 100,000 runs are recorded.

    python -m benchmarks.tried [--runs 100000]

The runs are imported a hundred to a commit. Each changes one to three of 20 settings of a baseline that moves on, and
gives a reason of 6 to 16 words. Every figure is of a new process, as `goldfish run` is one.
"""

from __future__ import annotations

import argparse
import json
import random
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from pydantic import JsonValue

from benchmarks.ledger import import_batch
from benchmarks.table import Row, markdown
from goldfish.adapters.sqlite_ledger import SqliteJournal
from goldfish.application import Application
from goldfish.bootstrap import SystemClock
from goldfish.domain.canonical import digest_of
from goldfish.domain.names import Stream
from goldfish.domain.runs import Run
from goldfish.domain.values import Environment, InputPlan, Reason, StagePlan
from goldfish.ledger.codec import LedgerMapper
from goldfish.ledger.envelope import Actor
from goldfish.ledger.redaction import Redactor
from goldfish.policies.earlier import earlier_run
from goldfish.projections.projector import Projector
from goldfish.queries.differing import Experiment
from goldfish.queries.near import near_runs
from goldfish.queries.similarity.similar import Idea, similar

TAIL = 150  # runs recorded after the newest base
PROCESSES = 7  # of which the median is told
SYLLABLES = ("lo", "ra", "mi", "te", "su", "ko", "ne", "pa", "fi", "dro", "gram", "lin", "ver", "tas", "nop", "quer")
WORDS = [a + b + c for a in SYLLABLES for b in SYLLABLES for c in ("ss", "der", "mix")]


class Requests:
    """Makes requests, always the same ones."""

    def __init__(self) -> None:
        self._random = random.Random(1)
        self._usual: dict[str, JsonValue] = {f"parameter_{n}": n * 0.1 for n in range(20)}

    def __call__(self, number: int) -> Run.Requested:
        """The request of a run."""
        config = dict(self._usual)
        for name in self._random.sample(list(config), self._random.choice((1, 1, 1, 2, 3))):
            config[name] = round(self._random.uniform(0, 1), self._random.choice((1, 2, 3)))
        if number % 50 == 0:
            self._usual = config
        said = [WORDS[int(self._random.paretovariate(0.5)) % len(WORDS)] for _ in range(self._random.randint(6, 16))]
        digest = "sha256:" + f"{number % 3:064x}"
        given = InputPlan(name="data", type="npy", digest=digest, ref="digits@r1")
        return Run.Requested(
            workspace=f"w{number % 7}", number=1, tree=f"{number // 20:040x}", pipeline="p", seed=number % 5,
            stages=[StagePlan(name="train", module="modules/train.py", config=config, inputs=[given])],
            fingerprint=digest_of(number), reason=Reason(description=" ".join(said)),
            environment=Environment(python="3.11", platform="linux"),
        )  # fmt: skip


def opened(directory: Path) -> SqliteJournal:
    """The ledger."""
    return SqliteJournal(directory / "ledger.db", LedgerMapper(Redactor(b"benchmark")))


def make(directory: Path, runs: int) -> None:
    """The ledger, its base, and a tail behind that."""
    journal, request = opened(directory), Requests()
    application = Application(journal, SystemClock(), Actor(kind="human", name="benchmark"))
    for first in range(1, runs + 1, 100):
        import_batch(application, range(first, first + 100), request)
    Projector(journal, directory / "cache").at()
    import_batch(application, range(runs + 1, runs + 1 + TAIL), request)
    journal.close()


def look(directory: Path, number: int) -> dict[str, float]:
    """In a new process: was this tried, and nearly this? Seconds of each step."""
    journal = opened(directory)
    asked = journal.load(Stream(f"run-{number}"))[0].event
    journal.close()
    if not isinstance(asked, Run.Requested):
        raise TypeError(asked)
    began = time.perf_counter()
    found = earlier_run(journal, asked.fingerprint)
    exact = time.perf_counter()
    earlier_run(journal, asked.fingerprint)
    again = time.perf_counter()
    view = Projector(journal, directory / "cache").at()
    view.row("SELECT 1")
    attached = time.perf_counter()
    config = {**asked.stages[0].config, "parameter_3": 0.77}
    stages = [asked.stages[0].model_copy(update={"config": config})]
    new = Experiment(stages, asked.tree, asked.seed, asked.environment, asked.reason)
    first = near_runs(view, journal, new)
    near = time.perf_counter()
    near_runs(view, journal, new)
    end = time.perf_counter()
    idea = Idea(f"smaller steps: {asked.reason.description}", {"train.parameter_3": 0.77})
    like = similar(view, idea)
    told = time.perf_counter()
    similar(view, idea)
    last = time.perf_counter()
    known = found is not None and found.name == f"run-{number}" and first and first[0].run == f"run-{number}"
    if not known or f"run-{number}" not in [one.run for one in like.candidates]:
        raise LookupError(number)
    return {
        "exact": exact - began,
        "exact again": again - exact,
        "attach": attached - again,
        "near": near - attached,
        "near again": end - near,
        "idea": told - end,
        "idea again": last - told,
    }


def main(runs: int = 100_000) -> str:
    """The table."""
    with tempfile.TemporaryDirectory() as name:
        make(Path(name), runs)
        found = []
        for process in range(PROCESSES):
            number = 1 + (process * 7919 + runs // 3) % runs
            command = [sys.executable, "-m", "benchmarks.tried", "--look", name, str(number)]
            done = subprocess.run(command, capture_output=True, text=True, check=True)
            found.append(json.loads(done.stdout))
    ms = {step: sorted(times[step] for times in found)[PROCESSES // 2] * 1e3 for step in found[0]}
    both = ms["attach"] + ms["near"]
    rows = [
        Row("exactly this? in a new process", f"{ms['exact']:.1f} ms", "≤ 20 ms", ms["exact"] <= 20),
        Row("the same, asked again", f"{ms['exact again'] * 1e3:,.0f} µs"),
        Row("nearly this? in a new process, read models open", f"{ms['near']:.0f} ms", "≤ 100 ms", ms["near"] <= 100),
        Row("the same, asked again", f"{ms['near again']:.0f} ms"),
        Row("anything like this idea? in a new process, read models open", f"{ms['idea']:.0f} ms"),
        Row("the same, asked again", f"{ms['idea again']:.0f} ms", "≤ 100 ms", ms["idea again"] <= 100),
        Row(f"nearly this, with DuckDB and its base opened, {TAIL} runs behind the base", f"{both:.0f} ms"),
    ]
    return markdown(f"Tried before? At {runs:,} runs", rows)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--runs", type=int, default=100_000)
    parser.add_argument("--look", nargs=2, help=argparse.SUPPRESS)
    given = parser.parse_args()
    print(json.dumps(look(Path(given.look[0]), int(given.look[1]))) if given.look else main(given.runs))
