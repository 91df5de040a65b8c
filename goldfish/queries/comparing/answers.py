"""What a comparison says."""

from __future__ import annotations

from typing import Literal

from pydantic import Field, JsonValue

from goldfish.domain.event import Value
from goldfish.domain.noise import Contrast
from goldfish.domain.specs import Direction, Pick, Split
from goldfish.queries.warnings import Caution

Origin = Literal["default", "config", "override", "imported"]
Change = Literal["added", "removed", "modified"]
Progress = Literal["better", "worse", "same"]


class Side(Value):
    """One of the things compared. Everything else in the answer has its values in the order of the sides.

    `seeds` counts runs with different seeds, `configurations` what the runs of a group have not in common otherwise.
    """

    ref: str  # as it was asked for
    id: str  # "run-3", "baseline@v2", "group:seeds"
    kind: Literal["run", "version", "group"]
    runs: list[str]  # those of a group: the newest ones
    count: int  # how many it has in all
    description: str | None = None
    system: str | None = None  # where it was imported from …
    foreign_id: str | None = None  # … and what it is called there
    seeds: int | None = None
    configurations: int | None = None
    warnings: list[Caution] = Field(default_factory=list)  # what was found out that spoils it, or a run of it


class Difference(Value):
    """Something that differs. None stands where a side has nothing of the name.

    A group whose runs do not agree has `{"several": […], "more": 0}`. `origins` say who set a value of the
    configuration: the pipeline's default, its file, the request, or the record of an imported run.
    """

    name: str
    values: list[JsonValue]
    origins: list[Origin | None] = Field(default_factory=list)


class InputDifference(Value):
    """Data that differs: its digests, where it came from, and what is known of how it differs."""

    name: str
    values: list[JsonValue]
    refs: list[JsonValue]
    data: list[Difference] = Field(default_factory=list)
    left_out: int = 0  # differences of the data that are not listed


class FileDifference(Value):
    """A file that differs between the first side and another one.

    `side` is the place of that other side. `patch` is cut to its first lines, and left out where more than two sides
    are compared; `cut` counts the lines that are left out.
    """

    path: str
    change: Change
    added: int
    removed: int
    patch: str
    cut: int
    side: int = 1


class Measured(Value):
    """What a side reached: the number of a run, or the mean over the runs of a group.

    `n` counts what tells something: runs that succeeded, each seed once. `without` counts the runs that do not: they
    did not succeed, or logged no number. `sd` is the deviation (n - 1), `best` the best value over all steps.
    """

    value: float | None
    n: int = 1
    sd: float | None = None
    low: float | None = None
    high: float | None = None
    without: int = 0
    best: float | None = None
    best_step: int | None = None
    best_run: str | None = None


class Versus(Value):
    """How a side compares with the first one. `delta` is its value minus the first one's.

    `contrast` says whether that is more than noise, wherever one can ask that; `why` says why one cannot.
    """

    delta: float | None
    change: Progress | None
    contrast: Contrast | None = None
    sentence: str | None = None
    floor: str | None = None  # what the noise is known from, when it is known from other runs
    why: str | None = None


class MetricComparison(Value):
    """One metric on all sides. `judged` marks those that a results spec names; its `pick` says which value counts.

    Which way is better is what the spec says, or else guessed from the name, as `guessed` tells.
    """

    stage: str
    metric: str
    direction: Direction
    guessed: bool
    judged: bool = False
    split: Split | None = None
    pick: Pick = "last"
    values: list[Measured | None]
    versus: list[Versus | None]  # one less than there are sides


class Comparison(Value):
    """What differs, and what came of it. `same` names the aspects in which nothing differs."""

    as_of: int
    kind: Literal["runs", "versions"]
    sides: list[Side]
    config: list[Difference] = Field(default_factory=list)
    code: list[FileDifference] = Field(default_factory=list)
    code_left_out: int = 0
    inputs: list[InputDifference] = Field(default_factory=list)
    environment: list[Difference] = Field(default_factory=list)
    metrics: list[MetricComparison] = Field(default_factory=list)
    cost: list[Difference] = Field(default_factory=list)
    checks: list[Difference] = Field(default_factory=list)
    outcome: list[Difference] = Field(default_factory=list)
    same: list[str]
    notes: list[str] = Field(default_factory=list)
