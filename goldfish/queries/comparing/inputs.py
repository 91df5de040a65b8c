"""Data side by side: digests, where they came from, and how the data differ as far as that was found out."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence

from pydantic import JsonValue

from goldfish.projections.projector import View
from goldfish.queries.among import rows_of
from goldfish.queries.comparing.answers import Difference, InputDifference
from goldfish.queries.comparing.parties import ABSENT, Cell, Party, equal, plain, together

MOST = 50  # differences of one input's data that are listed


def inputs(view: View, sides: Sequence[Party]) -> list[InputDifference]:
    """Inputs by digest: bytes that came from elsewhere but are the same do not differ."""
    runs = list(dict.fromkeys(run for side in sides for run in side.runs))
    rows = rows_of(view, "SELECT run, stage, name, digest, ref FROM inputs WHERE run IN {}", runs)
    digests: dict[str, dict[str, JsonValue]] = {}
    refs: dict[str, dict[str, JsonValue]] = {}
    for row in rows:
        name = f"{row['stage']}.{row['name']}" if row["stage"] else row["name"]
        digests.setdefault(name, {})[row["run"]] = row["digest"] or row["ref"]
        refs.setdefault(name, {})[row["run"]] = row["ref"]
    found = []
    for name in sorted(digests):
        cells = [_cell(side, digests[name]) for side in sides]
        if any(not equal(cells[0], cell) for cell in cells[1:]):
            found.append((name, [plain(cell) for cell in cells], [plain(_cell(side, refs[name])) for side in sides]))
    known = _described(view, {value for _, values, _ in found for value in values if isinstance(value, str)})
    return [_difference(name, values, named, known) for name, values, named in found]


def _cell(side: Party, by_run: Mapping[str, JsonValue]) -> Cell:
    return together([by_run.get(run, ABSENT) for run in side.runs])


def _difference(
    name: str, values: list[JsonValue], refs: list[JsonValue], known: Mapping[str, Mapping[str, JsonValue]]
) -> InputDifference:
    facts = [known.get(value, {}) if isinstance(value, str) else {} for value in values]
    differing = []
    # of data of which nothing is known one cannot say that it lacks something
    if sum(bool(one) for one in facts) > 1:
        for fact in dict.fromkeys(key for one in facts for key in one):
            cells = [one.get(fact, ABSENT) for one in facts if one]
            if any(not equal(cells[0], cell) for cell in cells[1:]):
                differing.append(Difference(name=fact, values=[one.get(fact) for one in facts]))
    return InputDifference(
        name=name, values=values, refs=refs, data=differing[:MOST], left_out=max(0, len(differing) - MOST)
    )


def _described(view: View, digests: set[str]) -> dict[str, dict[str, JsonValue]]:
    """What is known of bytes, as facts by name: of registered sources, and of what stages wrote."""
    if not digests:
        return {}
    rows = view.rows(
        """
        SELECT digest, described, size FROM outputs
        WHERE described IS NOT NULL AND digest IN (SELECT unnest($1::VARCHAR[]))
        UNION ALL
        SELECT digest, described, size FROM sources
        WHERE described IS NOT NULL AND digest IN (SELECT unnest($1::VARCHAR[]))
        """,
        sorted(digests),
    )
    return {row["digest"]: {"bytes": row["size"], **facts(json.loads(row["described"]))} for row in rows}


def facts(described: Mapping[str, JsonValue]) -> dict[str, JsonValue]:
    """What was found in data, flat: `rows`, `column age` with its type, `arrays.x.shape`."""
    found: dict[str, JsonValue] = {}
    types = described.get("dtypes")
    types = types if isinstance(types, dict) else {}
    for name, value in described.items():
        if name == "columns" and isinstance(value, list):
            found["columns"] = len(value)
            found.update({f"column {column}": types.get(str(column), "there") for column in value})
        elif name == "columns" and isinstance(value, dict):
            found["columns"] = len(value)
            found.update(_flat("column ", value))
        elif name != "dtypes" or "columns" not in described:
            found.update(_flat("", {name: value}))
    return found


def _flat(prefix: str, given: Mapping[str, JsonValue]) -> dict[str, JsonValue]:
    found: dict[str, JsonValue] = {}
    for name, value in given.items():
        if isinstance(value, dict) and value:
            found.update(_flat(f"{prefix}{name}.", value))
        else:
            found[f"{prefix}{name}"] = value
    return found
