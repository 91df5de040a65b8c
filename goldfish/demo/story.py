"""The demo: four runs on scikit-learn's digits, and what the ledger makes of them."""

from __future__ import annotations

import csv
import shutil
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from importlib.resources import as_file, files
from pathlib import Path
from typing import Protocol

from goldfish.api import Actor, Goldfish
from goldfish.api.answers import RunAnswer, RunProgress, VerifyAnswer
from goldfish.errors import ExtraMissing, PlaceTaken
from goldfish.queries.compare import Comparison
from goldfish.queries.lineage import Lineage
from goldfish.queries.status_lines import Status

WORKSPACE = "baseline"
PATIENCE_SECONDS = 600


class Stage(Protocol):
    """Where the story is told: a terminal, or a test's notebook."""

    def chapter(self, title: str, text: str) -> None: ...
    def command(self, line: str) -> None: ...
    def follow(self, run: RunAnswer, wait: Callable[[Callable[[RunProgress], None]], RunProgress]) -> RunProgress: ...
    def tried(self, answer: RunAnswer) -> None: ...
    def comparison(self, answer: Comparison) -> None: ...
    def lineage(self, answer: Lineage) -> None: ...
    def status(self, answer: Status) -> None: ...
    def verified(self, answer: VerifyAnswer) -> None: ...
    def farewell(self, directory: Path, commands: Sequence[str]) -> None: ...


@dataclass(frozen=True, slots=True)
class Ending:
    """What came of it: the runs by the learning rate they tried."""

    directory: Path
    baseline: RunProgress
    better: RunProgress
    diverged: RunProgress
    asked_again: RunAnswer
    verified: VerifyAnswer


def tell(directory: Path, stage: Stage) -> Ending:
    """Found a project in an empty or new directory and tell the story. Raises `PlaceTaken`, `ExtraMissing`."""
    if directory.exists() and any(directory.iterdir()):
        raise PlaceTaken(path=directory)
    stage.chapter("A project", "Data goes in as a source, pinned by the digest of all its bytes; code as a workspace.")
    actor = Actor(kind="human", name="demo")
    goal = "Recognize handwritten digits with one hidden layer"
    goldfish = Goldfish.found(directory, actor, name="digits", goal=goal)
    stage.command(f"goldfish init {directory}")
    _add_data(goldfish, directory)
    stage.command("goldfish source add digits data/digits.csv")
    _add_code(goldfish)
    stage.command(f"goldfish create {WORKSPACE} && goldfish mount {WORKSPACE}")

    stage.chapter("A baseline", "prepare → train → evaluate, in one call. The files are recorded as a version first.")
    baseline = _try(goldfish, stage, 0.02, "A careful learning rate, to have something to beat")
    stage.chapter("A better idea", "The same code with one setting changed. prepare's bytes are the same, by digest.")
    better = _try(goldfish, stage, 0.3, "The loss was still falling at the end: a larger rate should get further")
    stage.chapter("One too many", "The process exits with 0 and writes a model. It is garbage, and goldfish says so.")
    diverged = _try(goldfish, stage, 10.0, "If 0.3 is better than 0.02, then 10 might be better still")
    stage.chapter("The same again", "An agent that has forgotten asks for it once more. Nothing is started.")
    again = _ask(goldfish, stage, 10.0, "Let us try a much larger learning rate than before")
    stage.tried(again)
    goldfish.log_thought(
        f"{better.run} is the one to beat; learning rates of 10 and above are not worth another run.",
        workspace=WORKSPACE,
        about=better.run,
    )

    stage.chapter("What changed", f"{baseline.run} and {better.run} side by side.")
    stage.command(f"goldfish compare {baseline.run} {better.run}")
    stage.comparison(goldfish.compare([baseline.run, better.run]))
    stage.chapter("Where it came from", "The best model, from the raw data to the metric.")
    stage.command(f"goldfish lineage {better.run}/evaluate")
    stage.lineage(goldfish.lineage(f"{better.run}/evaluate"))
    stage.chapter("One call to go on", "What an agent needs after its context was wiped.")
    stage.command("goldfish status")
    stage.status(goldfish.status())
    stage.chapter("Can this be trusted?", "Every event, every tree and every artifact, hashed again.")
    stage.command("goldfish verify")
    verified = goldfish.verify()
    stage.verified(verified)
    stage.farewell(directory, ["goldfish history", f"goldfish show {diverged.run}", "goldfish log", "goldfish serve"])
    return Ending(directory, baseline, better, diverged, again, verified)


def _add_data(goldfish: Goldfish, directory: Path) -> None:
    try:
        from sklearn.datasets import load_digits
    except ImportError as error:
        raise ExtraMissing(feature="goldfish demo", package="scikit-learn", extra="demo") from error
    digits = load_digits()
    path = directory / "data" / "digits.csv"
    path.parent.mkdir()
    with path.open("w", newline="") as file:
        writer = csv.writer(file)
        writer.writerow([*(f"pixel_{n}" for n in range(digits.data.shape[1])), "digit"])
        for pixels, digit in zip(digits.data, digits.target, strict=True):
            writer.writerow([*map(int, pixels), int(digit)])
    goldfish.add_source("digits", path)


def _add_code(goldfish: Goldfish) -> None:
    goldfish.create_workspace(WORKSPACE, goal="A network small enough to train in a second")
    place = Path(goldfish.mount(WORKSPACE).path or "")
    with as_file(files("goldfish.demo") / "project") as project:
        shutil.copytree(project, place, dirs_exist_ok=True, ignore=shutil.ignore_patterns("__pycache__"))
    goldfish.save_version(WORKSPACE, "the pipeline: prepare, train, evaluate")


def _ask(goldfish: Goldfish, stage: Stage, rate: float, reason: str) -> RunAnswer:
    stage.command(f'goldfish run {WORKSPACE} --set train.lr={rate} --reason "{reason}" --wait')
    return goldfish.run(WORKSPACE, settings=[f"train.lr={rate}"], reason=reason)


def _try(goldfish: Goldfish, stage: Stage, rate: float, reason: str) -> RunProgress:
    asked = _ask(goldfish, stage, rate, reason)
    return stage.follow(asked, lambda tell: goldfish.wait(asked.run, seconds=PATIENCE_SECONDS, on_progress=tell))
