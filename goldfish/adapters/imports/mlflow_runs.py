"""What both stores of MLflow say about a run, as an experiment. docs/how-to/import.md names the fields."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

from pydantic import JsonValue

from goldfish.adapters.imports.curves import Curves
from goldfish.adapters.imports.fields import MOST, NAME, moment, short, text
from goldfish.adapters.imports.json_values import Unusable
from goldfish.domain.imported import ForeignCode, ForeignExperiment, ForeignInput
from goldfish.domain.values import Outcome, Reason
from goldfish.ports import ForeignPart

PARENT: Final = "mlflow.parentRunId"
OPEN: Final = frozenset({"RUNNING", "SCHEDULED"})
NUMBERED: Final = {1: "RUNNING", 2: "SCHEDULED", 3: "FINISHED", 4: "FAILED", 5: "KILLED"}  # in files
_OUTCOMES: Final[dict[str, Outcome]] = {"FINISHED": "succeeded", "FAILED": "failed", "KILLED": "cancelled"}
_TOLD: Final = frozenset(  # tags that have a field of their own
    {PARENT, "mlflow.runName", "mlflow.note.content", "mlflow.user", "mlflow.source.git.commit"}
)
_CONSTANTS: Final[dict[str, JsonValue]] = {"True": True, "False": False, "None": None}


@dataclass(frozen=True, slots=True)
class Told:
    """A run as a store tells of it. Times are in milliseconds since 1970."""

    id: str
    status: str
    name: str | None = None
    user: str | None = None
    experiment: str | None = None
    began: int | None = None
    ended: int | None = None
    version: str | None = None  # of the source
    params: Mapping[str, str] = field(default_factory=dict)
    tags: Mapping[str, str] = field(default_factory=dict)
    inputs: list[ForeignInput] = field(default_factory=list)
    more: Mapping[str, JsonValue] = field(default_factory=dict)  # labels


def part(where: str, told: Told, curves: Curves) -> ForeignPart:
    """The run to be recorded. Raises `Unusable`."""
    began = moment(told.began, "start_time") if told.began is not None else None
    ended = moment(told.ended, "end_time") if told.ended is not None else None
    happened = ended or began
    if happened is None:
        raise Unusable("it has neither a start nor an end")
    tags = told.tags
    config = {short(name): written(_text(value, name)) for name, value in told.params.items()}
    seed = config.get("seed")
    name = text(tags.get("mlflow.runName") or told.name, "mlflow.runName", NAME)
    commit = text(tags.get("mlflow.source.git.commit") or told.version, "mlflow.source.git.commit", NAME)
    parent = text(tags.get(PARENT), PARENT, NAME)
    labels: dict[str, JsonValue] = {short(n): _text(v, n) for n, v in tags.items() if n not in _TOLD and v}
    said = ForeignExperiment(
        system="mlflow",
        id=short(told.id),
        group=text(told.experiment, "experiment", 500),
        happened=happened,
        began=began,
        by=text(tags.get("mlflow.user") or told.user, "mlflow.user", NAME),
        reason=Reason(description=name or f"run {told.id}"),
        config=config,
        inputs=told.inputs,
        code=ForeignCode(hash=commit) if commit else None,
        seed=seed if isinstance(seed, int) and not isinstance(seed, bool) else None,
        parents=[parent] if parent else [],
        metrics=curves.metrics,
        outcome=_OUTCOMES.get(told.status),
        seconds=max(0.0, (ended - began).total_seconds()) if began is not None and ended is not None else None,
        note=text(tags.get("mlflow.note.content"), "mlflow.note.content"),
        labels={**labels, **told.more, **({"not taken over": curves.left_out} if curves.left_out else {})},
    )
    return ForeignPart(where, said, curves.points)


def named_input(name: object, digest: object) -> ForeignInput:
    """A dataset; MLflow's digests are eight characters of its own making."""
    if not isinstance(name, str) or not isinstance(digest, str | None):
        raise Unusable("a dataset has no name")
    return ForeignInput(name=short(name[:NAME]), digest=text(digest, "digest", NAME))


def within(number: int, what: str) -> None:
    """Raises `Unusable` for more of something than anybody has."""
    if number > MOST:
        raise Unusable(f"it has more than {MOST} {what}")


def written(value: str) -> JsonValue:
    """A setting as it was before MLflow wrote it with str(): the value whose text this is, else the text."""
    if value in _CONSTANTS:
        return _CONSTANTS[value]
    if len(value) > 30 or not value.isascii():  # no number of Python's is longer
        return value
    for kind in (int, float):
        try:
            found = kind(value)
        except ValueError:
            continue
        if str(found) == value and value not in ("nan", "inf", "-inf"):
            return found
    return value


def _text(value: object, what: str) -> str:
    if not isinstance(value, str):
        raise Unusable(f"{what[:60]} is no text")
    return text(value, what[:60]) or ""
