"""Two runs, or two versions, side by side."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from typing import Literal

from pydantic import JsonValue

from goldfish.domain.event import Value
from goldfish.errors import CannotCompare
from goldfish.ports import FileChange
from goldfish.projections import Row
from goldfish.projections.projector import View
from goldfish.queries.references import Reference, resolve

PATCH_LINES = 60  # lines of a file's patch that are shown
FILES = 50  # files whose patch is shown

CodeDiff = Callable[[str, str], Sequence[FileChange]]  # two trees → every file that differs
Packages = Callable[[str], Mapping[str, str]]  # the digest of a package list → package → version


class Difference(Value):
    """Something that differs; None where one side has nothing of the name."""

    name: str
    left: JsonValue
    right: JsonValue


class MetricDifference(Value):
    """A metric on both sides: last finite value, and by how much the right one is larger."""

    stage: str
    metric: str
    left: float | None
    right: float | None
    delta: float | None
    left_range: tuple[float | None, float | None]
    right_range: tuple[float | None, float | None]


class FileDifference(Value):
    """A file that differs. `patch` is cut to its first lines; `cut` counts those that are left out."""

    path: str
    change: Literal["added", "removed", "modified"]
    added: int
    removed: int
    patch: str
    cut: int


class Comparison(Value):
    """What differs, and what came of it. `same` names the aspects in which nothing differs."""

    as_of: int
    kind: Literal["runs", "versions"]
    left: str
    right: str
    config: list[Difference]
    code: list[FileDifference]
    code_left_out: int
    inputs: list[Difference]
    environment: list[Difference]
    metrics: list[MetricDifference]
    outcome: list[Difference]
    same: list[str]


def compare(
    view: View, left: str, right: str, code_diff: CodeDiff | None = None, packages: Packages | None = None
) -> Comparison:
    """Configuration, code, inputs, environment, metrics and outcome of two runs; or the code of two versions.

    Raises `CannotCompare`, or as `resolve` and the functions given.
    """
    one, other = _comparable(view, left, right), _comparable(view, right, left)
    if one.kind != other.kind:
        raise CannotCompare(left=left, right=right, why=f"{left} is a {one.kind} and {right} is a {other.kind}")
    if one.kind == "version":
        return _versions(view, one.id, other.id, code_diff)
    return _runs(view, one.id, other.id, code_diff, packages)


def _comparable(view: View, given: str, beside: str) -> Reference:
    reference = resolve(view, given)
    match reference.kind:
        case "run" | "version":
            return reference
        case "workspace":
            row = view.rows("SELECT workspace || '@v' || latest AS id FROM workspaces WHERE workspace = ?", given)[0]
            return resolve(view, row["id"])
        case _:
            raise CannotCompare(left=given, right=beside, why=f"{given} is neither a run nor a version")


def _versions(view: View, left: str, right: str, code_diff: CodeDiff | None) -> Comparison:
    rows = {row["version"]: row for row in view.rows("SELECT * FROM versions WHERE version IN (?, ?)", left, right)}
    code, left_out = _code(rows[left]["tree"], rows[right]["tree"], code_diff)
    aspects: dict[str, Sequence[Value]] = {"code": code}
    return Comparison(
        as_of=view.position,
        kind="versions",
        left=left,
        right=right,
        config=[],
        code=code,
        code_left_out=left_out,
        inputs=[],
        environment=[],
        metrics=[],
        outcome=[],
        same=_same(aspects, rows[left]["tree"] == rows[right]["tree"]),
    )


def _runs(view: View, left: str, right: str, code_diff: CodeDiff | None, packages: Packages | None) -> Comparison:
    rows = {row["run"]: row for row in view.rows("SELECT * FROM runs WHERE run IN (?, ?)", left, right)}
    one, other = rows[left], rows[right]
    code, left_out = _code(one["tree"], other["tree"], code_diff)
    config = _different(_config(view, left), _config(view, right))
    inputs = _different(_inputs(view, left), _inputs(view, right))
    environment = _different(_environment(one, packages), _environment(other, packages))
    facts = ("version", "pipeline", "state", "outcome", "cause", "seed", "seconds")
    outcome = _different({name: one[name] for name in facts}, {name: other[name] for name in facts})
    aspects: dict[str, Sequence[Value]] = {"config": config, "code": code, "inputs": inputs, "environment": environment}
    return Comparison(
        as_of=view.position,
        kind="runs",
        left=left,
        right=right,
        config=config,
        code=code,
        code_left_out=left_out,
        inputs=inputs,
        environment=environment,
        metrics=_metrics(view, left, right),
        outcome=outcome,
        same=_same(aspects, one["tree"] is not None and one["tree"] == other["tree"]),
    )


def _same(aspects: Mapping[str, Sequence[Value]], same_tree: bool) -> list[str]:
    return [name for name, found in aspects.items() if not found and (name != "code" or same_tree)]


def _different(left: Mapping[str, JsonValue], right: Mapping[str, JsonValue]) -> list[Difference]:
    names = sorted({*left, *right})
    return [
        Difference(name=name, left=left.get(name), right=right.get(name))
        for name in names
        if (name in left) != (name in right) or not _equal(left[name], right[name])
    ]


def _equal(left: JsonValue, right: JsonValue) -> bool:
    """Equal as values: 3e-4 is 0.0003 and 1 is 1.0, but 1 is not true."""
    return left == right and isinstance(left, bool) == isinstance(right, bool)


def _config(view: View, run: str) -> dict[str, JsonValue]:
    rows = view.rows("SELECT concat_ws('.', nullif(stage, ''), name) AS name, value FROM params WHERE run = ?", run)
    return {row["name"]: json.loads(row["value"]) for row in rows}


def _inputs(view: View, run: str) -> dict[str, JsonValue]:
    """Inputs by digest: bytes that came from elsewhere but are the same do not differ."""
    rows = view.rows("SELECT concat_ws('.', nullif(stage, ''), name) AS name, digest FROM inputs WHERE run = ?", run)
    return {row["name"]: row["digest"] for row in rows}


def _environment(run: Row, packages: Packages | None) -> dict[str, JsonValue]:
    found: dict[str, JsonValue] = {"python": run["python"], "platform": run["platform"]}
    if packages is None or run["packages"] is None:
        return {**found, "packages": run["packages"]}
    return {**found, **{f"package {name}": version for name, version in packages(run["packages"]).items()}}


def _metrics(view: View, left: str, right: str) -> list[MetricDifference]:
    rows = view.rows("SELECT * FROM metrics WHERE run IN (?, ?)", left, right)
    found = {(row["run"], row["stage"], row["metric"]): row for row in rows}
    return [
        _metric(stage, metric, found.get((left, stage, metric), {}), found.get((right, stage, metric), {}))
        for stage, metric in sorted({(row["stage"], row["metric"]) for row in rows})
    ]


def _metric(stage: str, metric: str, left: Row, right: Row) -> MetricDifference:
    one, other = (row.get("last") if row.get("last_is_finite") else None for row in (left, right))
    delta = other - one if one is not None and other is not None else None
    return MetricDifference(
        stage=stage,
        metric=metric,
        left=one,
        right=other,
        delta=delta if delta is None or abs(delta) <= _LARGEST else None,
        left_range=(left.get("min"), left.get("max")),
        right_range=(right.get("min"), right.get("max")),
    )


_LARGEST = 1.7976931348623157e308  # the largest finite float: a difference can be larger


def _code(left: str | None, right: str | None, code_diff: CodeDiff | None) -> tuple[list[FileDifference], int]:
    if left == right or left is None or right is None or code_diff is None:  # imported runs have no files
        return [], 0
    changes = code_diff(left, right)
    return [_file(change) for change in changes[:FILES]], max(0, len(changes) - FILES)


def _file(change: FileChange) -> FileDifference:
    lines = change.patch.splitlines()
    return FileDifference(
        path=change.path,
        change=change.change,
        added=change.added,
        removed=change.removed,
        patch="\n".join(lines[:PATCH_LINES]),
        cut=max(0, len(lines) - PATCH_LINES),
    )
