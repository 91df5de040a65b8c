"""Filters of a search as SQL over the read models. Values of people are always parameters."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime

from goldfish.domain.canonical import canonical
from goldfish.domain.search_grammar import NOTE_STATES, Filter
from goldfish.domain.search_values import Typed, is_number

_RUNS_ONLY = frozenset({"metric", "param", "status", "verdict", "stage", "input", "group", "system"})


def of_runs(one: Filter) -> bool:
    """Whether nothing but runs can pass a filter."""
    return one.field in _RUNS_ONLY and not of_notes(one)


def of_notes(one: Filter) -> bool:
    """Whether nothing but notes can pass it."""
    return one.field == "about" or (one.field == "status" and _text(one) in NOTE_STATES)


@dataclass(slots=True)
class Condition:
    """A condition on rows of the model `runs`, and its parameters in order."""

    sql: str = "true"
    parameters: list[object] = field(default_factory=list)


def condition(filters: Sequence[Filter]) -> Condition:
    """All of the filters at once; `kind` is none for runs alone."""
    parts, parameters = ["true"], list[object]()
    for one in filters:
        if one.field != "kind":
            made = _WAYS[one.field](one)
            parts.append(f"NOT coalesce({made.sql}, false)" if one.negated else f"({made.sql})")
            parameters += made.parameters
    return Condition(" AND ".join(parts), parameters)


def _text(one: Filter) -> str:
    return one.value.text if isinstance(one.value, Typed) else str(one.value)


def _metric(one: Filter) -> Condition:
    held, parameters = "metric = ?", list[object]([one.name])
    if one.operator is not None:
        held += f" AND last_is_finite AND last {one.operator} ?"
        parameters.append(_number(one))
    return Condition(f"run IN (SELECT run FROM metrics WHERE {held})", parameters)  # noqa: S608 operators are known


def _param(one: Filter) -> Condition:
    name = one.name or ""
    stage, _, rest = name.partition(".")
    held, parameters = "name = ?", list[object]([name])
    if rest:  # a name within a stage, or a name with dots
        held, parameters = "(name = ? OR (stage = ? AND name = ?))", [name, stage, rest]
    if one.operator in ("=", "!="):
        equal, values = _equal(one)
        held += f" AND {equal}" if one.operator == "=" else f" AND NOT coalesce({equal}, false)"
        parameters += values
    elif one.operator is not None:
        held += f" AND number {one.operator} ?"
        parameters.append(_number(one))
    return Condition(f"run IN (SELECT run FROM params WHERE {held})", parameters)  # noqa: S608 operators are known


def _equal(one: Filter) -> tuple[str, list[object]]:
    """Whether a parameter has the value: as it is written, or as what that means."""
    value = one.value if isinstance(one.value, Typed) else Typed("")
    written, meant = canonical(value.text).decode(), value.meant
    if is_number(meant):
        return "(number = ? OR value = ?)", [_number(one), written]
    means = canonical(meant).decode()
    return ("value = ?", [written]) if means == written else ("(value = ? OR value = ?)", [written, means])


def _number(one: Filter) -> float:
    meant = one.value.meant if isinstance(one.value, Typed) else 0.0
    try:
        return float(meant) if isinstance(meant, int | float) else 0.0
    except OverflowError:
        return float("inf") if meant > 0 else float("-inf")  # type: ignore[operator]  # a large whole number


def _time(one: Filter) -> object:
    return one.value.astimezone(UTC).replace(tzinfo=None) if isinstance(one.value, datetime) else None


_WHEN = "coalesce(happened_at, requested_at)"

_WAYS: dict[str, Callable[[Filter], Condition]] = {
    "metric": _metric,
    "param": _param,
    "status": lambda one: Condition("? IN (outcome, state)", [_text(one)]),
    "stage": lambda one: Condition("list_contains(stages, ?::VARCHAR)", [_text(one)]),
    "workspace": lambda one: Condition("workspace = ?", [_text(one)]),
    "group": lambda one: Condition("run_group = ?", [_text(one)]),
    "system": lambda one: Condition("system = ?", [_text(one)]),
    "about": lambda _one: Condition("false"),
    "actor": lambda one: Condition("(actor = ? OR ends_with(actor, ':' || ?))", [_text(one), _text(one)]),
    "before": lambda one: Condition(f"{_WHEN} < ?", [_time(one)]),
    "after": lambda one: Condition(f"{_WHEN} >= ?", [_time(one)]),
    "tag": lambda one: Condition("run IN (SELECT target FROM tags WHERE tag = ?)", [_text(one).removeprefix("@")]),
    "id": lambda one: Condition("? IN (run, foreign_id, item)", [_text(one)]),
    "verdict": lambda one: Condition(
        "run IN (SELECT run FROM verdicts WHERE holds AND ? IN (verdict, lower(said)))", [_text(one).lower()]
    ),
    "input": lambda one: Condition(
        "run IN (SELECT run FROM inputs WHERE ? IN (name, ref, digest) OR starts_with(ref, ? || '@'))",
        [_text(one), _text(one)],
    ),
}
