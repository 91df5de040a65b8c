"""Configuration, environment, outcome, checks and cost side by side."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from math import fsum

from pydantic import JsonValue

from goldfish.domain.samples import LARGEST
from goldfish.projections import Row
from goldfish.projections.projector import View
from goldfish.queries.among import rows_of
from goldfish.queries.comparing.answers import Difference, Origin
from goldfish.queries.comparing.parties import Party, differences, plain, together

Packages = Callable[[str], Mapping[str, str]]  # the digest of a package list → package → version

FACTS = ("version", "pipeline", "seed")
_CODE = 'SELECT run, version, "hash", label, committed FROM code WHERE run IN {}'
ENDS = ("state", "outcome", "cause", "verdict")


def config(view: View, sides: Sequence[Party]) -> list[Difference]:
    """Settings that differ, each with who set it. What was recorded elsewhere knows no stages, and needs none."""
    rows = rows_of(view, "SELECT run, stage, name, value, origin FROM params WHERE run IN {}", _runs(sides))
    homes: dict[str, set[str]] = {}
    for row in rows:
        if row["stage"]:
            homes.setdefault(row["name"], set()).add(row["stage"])
    values: dict[str, dict[str, JsonValue]] = {}
    origins: dict[str, dict[str, Origin]] = {}
    for row in rows:
        home = homes.get(row["name"], set())
        stage = row["stage"] or (next(iter(home)) if len(home) == 1 else "")
        name = f"{stage}.{row['name']}" if stage else row["name"]
        values.setdefault(row["run"], {})[name] = json.loads(row["value"])
        origins.setdefault(row["run"], {})[name] = row["origin"]
    return [
        one.model_copy(update={"origins": [_origin(side, one.name, origins) for side in sides]})
        for one in differences(sides, values)
    ]


def _origin(side: Party, name: str, origins: Mapping[str, Mapping[str, Origin]]) -> Origin | None:
    """Who set a value; None where nobody did, or not all runs of a group in the same way."""
    found = {origins.get(run, {}).get(name) for run in side.runs}
    return found.pop() if len(found) == 1 else None


def environment(view: View, sides: Sequence[Party], packages: Packages | None) -> list[Difference]:
    """Interpreter, platform and packages that differ; beside runs from elsewhere, what their records call the code."""
    rows = {row["run"]: row for side in sides for row in side.rows}
    digests = {row["packages"] for row in rows.values() if row["packages"] is not None}
    told = {digest: packages(digest) for digest in digests} if packages is not None and len(digests) > 1 else {}
    ours = [side for side in sides if any(row["system"] is None for row in side.rows)]
    found = differences(ours, {run: _environment(row, told) for run, row in rows.items() if row["system"] is None})
    if all(row["system"] is None for row in rows.values()):
        return found
    beside = [_beside(one, ours, sides) for one in found]  # a record from elsewhere says nothing of these
    known = rows_of(view, _CODE, sorted(rows))
    code: dict[str, dict[str, JsonValue]] = {row["run"]: _code(row) for row in known}
    return [*beside, *differences(sides, code)]


def _beside(one: Difference, ours: Sequence[Party], sides: Sequence[Party]) -> Difference:
    values = iter(one.values)
    return one.model_copy(update={"values": [next(values) if side in ours else None for side in sides]})


def _environment(run: Row, told: Mapping[str, Mapping[str, str]]) -> dict[str, JsonValue]:
    found: dict[str, JsonValue] = {"python": run["python"], "platform": run["platform"]}
    if run["packages"] not in told:
        return {**found, "packages": run["packages"]}
    return {**found, **{f"package {name}": version for name, version in told[run["packages"]].items()}}


def _code(row: Row) -> dict[str, JsonValue]:
    facts = {"code": row["version"] or row["hash"], "code, called": row["label"], "code, committed": row["committed"]}
    return {name: value for name, value in facts.items() if value is not None}


def outcome(view: View, sides: Sequence[Party]) -> list[Difference]:
    """How the sides ended, and what was said of them. Of a group, how many runs ended in which way."""
    rows = rows_of(view, "SELECT run, verdict FROM verdicts WHERE holds AND run IN {}", _runs(sides))
    verdicts = {row["run"]: row["verdict"] for row in rows}
    judged = {side.id: [{**row, "verdict": verdicts.get(row["run"])} for row in side.rows] for side in sides}
    facts: dict[str, dict[str, JsonValue]] = {
        row["run"]: {name: row[name] for name in FACTS} for side in sides for row in side.rows
    }
    made = differences(sides, facts)
    for name in ENDS:
        values = [_counted([row[name] for row in judged[side.id]], side.is_group) for side in sides]
        if any(value != values[0] for value in values):
            made.append(Difference(name=name, values=values))
    return made


def _counted(values: Sequence[JsonValue], is_group: bool) -> JsonValue:
    if not is_group:
        return values[0]
    known = [str(value) for value in values if value is not None]
    if len({*known}) <= 1 and len(known) == len(values):
        return values[0]
    counts = {value: known.count(value) for value in dict.fromkeys(known)}
    first = sorted(counts.items(), key=lambda one: -one[1])
    more = f", and {len(first) - 3} more" if len(first) > 3 else ""
    return ", ".join(f"{count} {value}" for value, count in first[:3]) + more if first else None


def checks(view: View, sides: Sequence[Party]) -> list[Difference]:
    """What checks found, with what each side has of it: a sentence, or None where nothing was found."""
    rows = rows_of(
        view,
        "SELECT run, stage, check_name, subject, sentence FROM checks WHERE verdict = 'failed' "
        "AND run IN {} ORDER BY stage, check_name, subject, position",
        _runs(sides),
    )
    found: dict[str, dict[str, JsonValue]] = {}
    for row in rows:
        found.setdefault(f"{row['stage']}.{row['check_name']}: {row['subject']}", {})[row["run"]] = row["sentence"]
    return [Difference(name=name, values=[_found(side, by_run) for side in sides]) for name, by_run in found.items()]


def _found(side: Party, by_run: Mapping[str, JsonValue]) -> JsonValue:
    hit = [by_run[run] for run in side.runs if run in by_run]
    if not side.is_group or not hit:
        return plain(together(hit)) if hit else None
    return f"{len(hit)} of {len(side.runs)}: {hit[0]}"


def cost(view: View, sides: Sequence[Party]) -> list[Difference]:
    """What the sides took: seconds, summed over the runs of a group, and the most memory of a stage."""
    asked = "SELECT run, max(peak_memory) AS most FROM executions WHERE run IN {} GROUP BY run"
    memory = {row["run"]: row["most"] for row in rows_of(view, asked, _runs(sides))}
    seconds = [[row["seconds"] for row in side.rows if row["seconds"] is not None] for side in sides]
    rows: dict[str, list[JsonValue]] = {"seconds": [_sum(found) for found in seconds]}
    if any(side.is_group for side in sides):
        rows["seconds per run"] = [_mean(found) for found in seconds]
    peaks = [[memory[run] for run in side.runs if memory.get(run) is not None] for side in sides]
    rows["peak memory"] = [max(found, default=None) for found in peaks]
    return [
        Difference(name=name, values=values)
        for name, values in rows.items()
        if any(value is not None for value in values)
    ]


def _sum(found: Sequence[float]) -> float | None:
    return round(min(LARGEST, fsum(found)), 3) if found else None


def _mean(found: Sequence[float]) -> float | None:
    return round(fsum(one / len(found) for one in found), 3) if found else None


def _runs(sides: Sequence[Party]) -> list[str]:
    return list(dict.fromkeys(run for side in sides for run in side.runs))
