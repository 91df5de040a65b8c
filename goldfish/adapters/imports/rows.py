"""A row of experiments.jsonl as an experiment. docs/how-to/import.md names the fields."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime

from pydantic import JsonValue

from goldfish.adapters.imports import words
from goldfish.adapters.imports.fields import NAME, Fields, numbers, short, summaries, summary, text, written
from goldfish.adapters.imports.json_values import Unusable
from goldfish.domain.imported import (
    Change,
    ForeignCode,
    ForeignExperiment,
    ForeignInput,
    ForeignJudgement,
    ForeignVerdict,
    System,
)
from goldfish.domain.specs import Direction
from goldfish.domain.values import MetricSummary, Outcome, Reason
from goldfish.ports import Point

_HASH = re.compile(r"[0-9a-f]{7,64}")
_CAUSE = 2_000  # characters
_UNNAMED = "curve"  # what a curve is called whose metric nobody names


@dataclass(frozen=True, slots=True)
class Columns:
    """What the file as a whole says of fields that no row explains: further metrics, and the one that counts."""

    metrics: frozenset[str] = frozenset()
    main: str | None = None


@dataclass(frozen=True, slots=True)
class Row:
    """A row: the experiment as it was known first, what was said of it later, and its points."""

    experiment: ForeignExperiment
    later: list[ForeignJudgement]
    curve: dict[str, list[tuple[int | None, float]]] = field(default_factory=dict)

    def points(self) -> Iterator[Point]:
        """Every point of its curves."""
        for name, series in self.curve.items():
            yield from (Point(name, value, step) for step, value in series)


def read_row(given: JsonValue, system: System, columns: Columns, direction: Direction | None = None) -> Row:
    """What a row says. Raises `Unusable`."""
    row = Fields(given)
    id_ = row.text("id", limit=NAME)
    if id_ is None:
        raise Unusable("it has no id")
    began, ended = row.when("started_at", "began"), row.when("date", "at", "ended_at", "finished_at", "timestamp")
    happened = ended or began
    if happened is None:
        raise Unusable("it has no date")
    metric, values, others = _metrics(row, columns)
    changed = _changed(row)
    verdict, later = _verdicts(row, id_, happened)
    note = row.text("note", "notes", "comment")
    error = row.text("error", "cause")
    ends = _outcome(row, verdict, error, any(one.last_is_finite for one in values.values()))
    experiment = ForeignExperiment(
        system=system,
        id=id_,
        item=row.text("pr", "item", "issue", limit=NAME),
        group=row.text("group", "experiment", "sweep", limit=NAME),
        happened=happened,
        began=began,
        by=row.text("agent", "by", "author", limit=NAME),
        reason=_reason(row, id_, changed, note if not later else None),
        changed=changed,
        config=row.mapping("config", "params"),
        inputs=_inputs(row),
        code=_code(row),
        seed=row.whole("seed"),
        parents=row.texts("parents", "parent"),
        metrics=values,
        metric=metric,
        direction=direction,
        against=row.text("baseline_id", "against", limit=NAME),
        against_metrics=others,
        outcome=ends,
        cause=(error or (note if not later else None) or "")[:_CAUSE] or None if ends == "failed" else error,
        seconds=_seconds(row, began, ended),
        verdict=verdict,
        note=None if later else note,
        labels={},
    )
    if later and note is not None:
        later[-1] = later[-1].model_copy(update={"note": note})
    curve = _curve(row, metric or columns.main or _UNNAMED)
    known = experiment.model_copy(update={"labels": row.rest()})
    return Row(known, later, curve)


def _metrics(row: Fields, columns: Columns) -> tuple[str | None, dict[str, MetricSummary], dict[str, float]]:
    metric = row.text("metric", limit=NAME)
    values = summaries(row.mapping("metrics"), "metrics")
    others = numbers(row.mapping("baseline_metrics"), "baseline_metrics")
    for name in sorted(columns.metrics):
        found = row.number(name)
        if found is not None:
            values.setdefault(name, summary(found))
    value = row.number("value") if metric is not None else None
    if metric is not None and value is not None:
        values.setdefault(metric, summary(value))
    other = row.number("baseline") if metric is not None else None
    if metric is not None and other is not None:
        others.setdefault(metric, other)
    return metric or columns.main, values, others


def _changed(row: Fields) -> list[Change]:
    given = row.take("changed", "changes")
    if isinstance(given, dict):
        return [Change(name=short(name), after=written(value)) for name, value in given.items()]
    found: dict[str, Change] = {}
    for one in given if isinstance(given, list) else [] if given is None else [given]:
        said = Fields(one)
        name = said.text("param", "name", limit=NAME)
        if name is None:
            raise Unusable("a change does not say what it changed")
        before, after = written(said.take("from", "before", "old")), written(said.take("to", "after", "new"))
        found[name] = Change(name=name, before=before, after=after)
    return list(found.values())


def _verdicts(row: Fields, id_: str, happened: datetime) -> tuple[ForeignVerdict | None, list[ForeignJudgement]]:
    """What was said first, and what later: only what was known when the experiment ended belongs to it."""
    word = row.text("verdict", limit=NAME)
    if word is None and isinstance(status := row.look("status"), str) and words.tells(status):
        word = text(status, "status", NAME)
    last = None if word is None else _verdict(word)
    told: list[ForeignJudgement] = []
    for one in row.entries("verdict_history"):
        said = Fields(one)
        at, was = said.when("at", "date"), said.text("verdict", limit=NAME)
        if at is None or was is None:
            raise Unusable("an entry of verdict_history has no time or no verdict")
        by = said.text("by", limit=NAME)
        told.append(ForeignJudgement(of=id_, happened=at, by=by, **_verdict(was).model_dump()))
    told.sort(key=lambda one: one.happened)
    if not told:
        return last, []
    if last is not None and last.said != told[-1].said:
        told.append(ForeignJudgement(of=id_, happened=told[-1].happened, **last.model_dump()))
    if told[0].happened <= happened:
        first = ForeignVerdict(verdict=told[0].verdict, said=told[0].said)
        return first, told[1:]
    return None, told


def _verdict(word: str) -> ForeignVerdict:
    return ForeignVerdict(verdict=words.judgement(word) or "unknown", said=word)


def _outcome(row: Fields, verdict: ForeignVerdict | None, error: str | None, measured: bool) -> Outcome | None:
    status = row.look("status")
    status = status if isinstance(status, str) else ""
    said = words.outcome(status)
    if verdict is not None and words.outcome(verdict.said) == "failed":
        return "failed"
    if said is not None and said != "succeeded":
        return said
    if error is not None:
        return "failed"
    if words.is_open(status) and not measured:
        return None
    if said == "succeeded" or measured:
        return "succeeded"
    return "succeeded" if verdict is not None and verdict.verdict != "unknown" else None


def _reason(row: Fields, id_: str, changed: list[Change], note: str | None) -> Reason:
    told = ", ".join(f"{one.name} {one.before or 'unset'} → {one.after or 'unset'}" for one in changed)
    description = row.text("title", "description", "name", "summary")
    return Reason(
        description=description or told[:_CAUSE] or note or f"experiment {id_}",
        hypothesis=row.text("hypothesis"),
        approach=row.text("approach", "method"),
        expected=row.text("expected"),
    )


def _inputs(row: Fields) -> list[ForeignInput]:
    given = row.take("inputs", "data")
    listed: list[JsonValue] = (
        [{"name": name, "digest": digest} for name, digest in given.items()]
        if isinstance(given, dict)
        else given
        if isinstance(given, list)
        else []
        if given is None
        else [given]
    )
    found = []
    for one in listed:
        if isinstance(one, str):
            found.append(ForeignInput(name=short(one)))
            continue
        said = Fields(one)
        name = said.text("name", limit=NAME)
        if name is None:
            raise Unusable("an input has no name")
        digest = said.text("sha256", "digest", "hash", limit=NAME)
        plain = digest is not None and re.fullmatch(r"[0-9a-f]{64}", digest)
        found.append(ForeignInput(name=name, digest=f"sha256:{digest}" if plain else digest))
    return found


def _code(row: Fields) -> ForeignCode | None:
    given = row.take("code")
    said = Fields(given if isinstance(given, dict) else {})
    plain = None if isinstance(given, dict) else text(given, "code", NAME)
    is_hash = plain is not None and _HASH.fullmatch(plain) is not None
    found = ForeignCode(
        hash=row.text("code_hash", "commit", "sha", limit=NAME)
        or said.text("hash", "commit", limit=NAME)
        or (plain if is_hash else None),
        label=row.text("code_label", limit=NAME) or said.text("label", limit=NAME) or (None if is_hash else plain),
        committed=row.truth("code_committed"),
    )
    return None if found == ForeignCode() else found


def _seconds(row: Fields, began: datetime | None, ended: datetime | None) -> float | None:
    given = row.number("seconds", "duration")
    if given is None and began is not None and ended is not None and ended > began:
        return (ended - began).total_seconds()
    return given if given is None or given >= 0 else None


def _curve(row: Fields, metric: str) -> dict[str, list[tuple[int | None, float]]]:
    """Points by metric: a list of [step, value], of the metric that counts, or such lists by name."""
    given = row.take("curve", "curves")
    if given is None or given == [] or given == {}:
        return {}
    if isinstance(given, list):
        return {metric: _series(given)}
    if not isinstance(given, dict):
        raise Unusable("its curve is no list of [step, value]")
    return {short(name): _series(points) for name, points in given.items()}


def _series(given: JsonValue) -> list[tuple[int | None, float]]:
    found: list[tuple[int | None, float]] = []
    for one in given if isinstance(given, list) else [None]:
        match one:
            case [int(step), int() | float() | None as value] if not isinstance(step, bool | None):
                found.append((step, float("nan") if value is None else float(value)))
            case int() | float() as value if not isinstance(value, bool):
                found.append((None, float(value)))
            case _:
                raise Unusable("its curve is no list of [step, value]")
    return found
