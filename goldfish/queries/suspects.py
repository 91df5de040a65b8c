"""The runs that are bad in themselves: those for which all holds that a suspicion says."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass, field

from pydantic import JsonValue

from goldfish.domain.suspicion import CodeIs, InputIs, LabelIs, ScoreIs, SettingIs, Suspicion
from goldfish.projections.projector import View

_NO = ("false", "null", '""', "[]", "{}", *(f'"{word}"' for word in ("false", "no", "off", "none", "null", "disabled")))
_ON = "coalesce(number <> 0, lower(value) NOT IN ({}) AND coalesce(try_cast(trim(value, '\"') AS DOUBLE) <> 0, true))"
_IS_ON = _ON.format(", ".join(f"'{word}'" for word in _NO))

WHEN = "coalesce(happened_at, requested_at)"


@dataclass
class _Asked:
    """Conditions of SQL on a row of `runs`, and their parameters in order."""

    parts: list[str] = field(default_factory=list)
    parameters: list[object] = field(default_factory=list)

    def add(self, sql: str, *parameters: object) -> None:
        """One more condition that must hold."""
        self.parts.append(sql)
        self.parameters += parameters

    def any_of(self, entries: Iterable[tuple[str, list[object]]], *, none: bool = False) -> None:
        """One of these must hold; with `none`, none of them."""
        found = list(entries)
        if found:
            either = " OR ".join(f"({sql})" for sql, _ in found)
            self.add(f"NOT ({either})" if none else f"({either})", *(one for _, given in found for one in given))


def suspected_runs(view: View, suspicion: Suspicion, among: list[str] | None = None) -> list[str]:
    """The runs that are bad by what they have in common, oldest first; `among` asks only about these."""
    if not suspicion.picks_runs:
        return []
    asked = _Asked()
    if among is not None:
        asked.add("run IN (SELECT unnest(?::VARCHAR[]))", among)
    asked.any_of([*_named(suspicion.runs), *_of_group(suspicion.groups)])
    asked.any_of(map(_settings, suspicion.settings))
    asked.any_of(map(_settings, suspicion.sound_settings), none=True)
    asked.any_of([*map(_code, suspicion.code), *_committed(suspicion.committed)])
    asked.any_of(map(_code, suspicion.sound_code), none=True)
    asked.any_of(map(_input, suspicion.inputs))
    asked.any_of(map(_input, suspicion.sound_inputs), none=True)
    asked.any_of(map(_score, suspicion.scores))
    asked.any_of(("run IN (SELECT run FROM metrics WHERE metric = ?)", [name]) for name in suspicion.metrics)
    asked.any_of(("coalesce(seed = ?, false)", [seed]) for seed in suspicion.seeds)
    asked.any_of(map(_actor, suspicion.actors))
    asked.any_of(("coalesce(outcome, state) = ?", [name]) for name in suspicion.outcomes)
    asked.any_of(map(_label, suspicion.labels))
    if suspicion.twins:
        asked.add(_TWINS)
    if suspicion.since is not None:
        asked.add(f"{WHEN} >= ?::TIMESTAMPTZ::TIMESTAMP", suspicion.since)
    if suspicion.until is not None:
        asked.add(f"{WHEN} <= ?::TIMESTAMPTZ::TIMESTAMP", suspicion.until)
    asked.any_of([*_named(suspicion.sound_runs), *_of_group(suspicion.sound_runs)], none=True)
    sql = "SELECT run FROM runs WHERE " + " AND ".join(asked.parts) + " ORDER BY position"  # noqa: S608 made of constants
    return [row["run"] for row in view.rows(sql, *asked.parameters)]


def sound_runs(view: View, suspicion: Suspicion) -> set[str]:
    """The runs that are sound by what they have in common, whatever they build on."""
    asked = _Asked()
    sound = [*map(_settings, suspicion.sound_settings), *map(_code, suspicion.sound_code)]
    named = [*_named(suspicion.sound_runs), *_of_group(suspicion.sound_runs)]
    other = [_OTHER_DATA] if any(one.digest for one in suspicion.inputs) else []
    given: list[object] = [[(one.digest or "").removeprefix("sha256:") for one in suspicion.inputs if one.digest]]
    asked.any_of([*sound, *map(_input, suspicion.sound_inputs), *named, *((sql, given) for sql in other)])
    if not asked.parts:
        return set()
    sql = "SELECT run FROM runs WHERE " + " AND ".join(asked.parts)  # noqa: S608 made of constants
    return {row["run"] for row in view.rows(sql, *asked.parameters)}


_Condition = tuple[str, list[object]]


def _named(runs: list[str]) -> list[_Condition]:
    return [("run IN (SELECT unnest(?::VARCHAR[]))", [runs])] if runs else []


def _of_group(groups: list[str]) -> list[_Condition]:
    inside = "coalesce(run_group IN (SELECT unnest($1::VARCHAR[])), false)".replace("$1", "?")
    called = "coalesce(foreign_id IN (SELECT unnest(?::VARCHAR[])), false)"
    return [(inside, [groups]), (called, [groups])] if groups else []


def _actor(name: str) -> _Condition:
    """Who asked for a run, or whom the record of an imported one names."""
    labelled = "run IN (SELECT run FROM labels WHERE lower(value) = lower(?))"
    return f"? IN (actor, substr(actor, instr(actor, ':') + 1)) OR {labelled}", [name, name]


def _settings(all_of: list[SettingIs]) -> _Condition:
    made = [_setting(one) for one in all_of]
    return " AND ".join(sql for sql, _ in made) or "false", [one for _, given in made for one in given]


def _setting(one: SettingIs) -> _Condition:
    named = "name = ?" if "." not in one.name else "(name = ? OR stage || '.' || name = ?)"
    names: list[object] = [one.name] * named.count("?")
    inside = f"run {{}}IN (SELECT run FROM params WHERE {named}{{}})"  # noqa: S608 made of constants
    equal, given = _equals(one.value)
    match one.test:
        case "present":
            return inside.format("", ""), names
        case "absent":
            return inside.format("NOT ", ""), names
        case "on":
            return inside.format("", f" AND {_IS_ON}"), names
        case "off":
            return inside.format("NOT ", f" AND {_IS_ON}"), names
        case "equals":
            return inside.format("", f" AND {equal}"), [*names, *given]
        case "differs":
            return inside.format("", f" AND NOT {equal}"), [*names, *given]


def _equals(value: JsonValue) -> _Condition:
    """That the JSON text `value` of a parameter says the same as a value: numbers and truth also as text."""
    if value is None or isinstance(value, bool):
        return "lower(trim(value, '\"')) = ?", [json.dumps(value)]
    if isinstance(value, int | float):
        return "coalesce(coalesce(number, try_cast(trim(value, '\"') AS DOUBLE)) = ?, false)", [float(value)]
    if isinstance(value, str):
        return "(value::JSON)->>'$' = ?", [value]
    return "value = ?", [json.dumps(value, ensure_ascii=False, separators=(",", ":"))]


def _committed(wanted: bool | None) -> list[_Condition]:
    return [] if wanted is None else [("run IN (SELECT run FROM code WHERE committed = ?)", [wanted])]


def _code(one: CodeIs) -> _Condition:
    parts: list[str] = []
    given: list[object] = []
    if one.version is not None:
        parts.append("hash = (SELECT tree FROM versions WHERE version = ?)")
        given.append(one.version)
    if one.hash is not None:
        parts.append("starts_with(hash, ?)")
        given.append(one.hash)
    if one.label is not None:
        parts.append("label = ?")
        given.append(one.label)
    return f"run IN (SELECT run FROM code WHERE {' AND '.join(parts) or 'false'})", given  # noqa: S608 constants


def _input(one: InputIs) -> _Condition:
    parts: list[str] = []
    given: list[object] = []
    if one.name is not None:
        parts.append("(name = ? OR ref = ? OR starts_with(ref, ? || '@'))")
        given += [one.name] * 3
    if one.digest is not None:
        parts.append("coalesce(starts_with(replace(digest, 'sha256:', ''), ?), false)")
        given.append(one.digest.removeprefix("sha256:"))
    return f"run IN (SELECT run FROM inputs WHERE {' AND '.join(parts) or 'false'})", given  # noqa: S608 constants


def _score(one: ScoreIs) -> _Condition:
    if one.test != "near":
        beyond = "last < ?" if one.test == "below" else "last > ?"
        sql = f"run IN (SELECT run FROM metrics WHERE coalesce(metric = ?, true) AND {beyond})"  # noqa: S608 constants
        return sql, [one.metric, one.value]
    near = max(one.tolerance, abs(one.value) * 1e-12)  # what is written with the same digits is the same
    sql = "run IN (SELECT run FROM metrics WHERE coalesce(metric = ?, true) AND last BETWEEN ? AND ?)"
    return sql, [one.metric, one.value - near * (1 + 1e-9), one.value + near * (1 + 1e-9)]


def _label(one: LabelIs) -> _Condition:
    value: object = one.value
    if isinstance(value, int | float) and not isinstance(value, bool):
        equal, value = "try_cast(value AS DOUBLE) = ?", float(value)
    else:
        equal, value = "lower(value) = lower(?)", value if isinstance(value, str) else json.dumps(value)
    return f"run IN (SELECT run FROM labels WHERE name = ? AND {equal})", [one.name, value]  # noqa: S608 constants


_TWINS = """
    run IN (
        WITH came AS (
            SELECT run, list({'metric': metric, 'value': last} ORDER BY stage, metric) AS values
            FROM metrics WHERE last_is_finite GROUP BY run
        ), did AS (
            SELECT run, list({'name': name, 'value': value} ORDER BY stage, name) AS settings FROM params GROUP BY run
        ), both_of AS (
            SELECT run, values, settings FROM came JOIN did USING (run)
        )
        SELECT run FROM both_of WHERE (
            SELECT count(DISTINCT other.settings) FROM both_of AS other WHERE other.values = both_of.values) > 1
    )
"""

# Read other bytes of the same data, and is not said to have begun with what another run had learnt.
_OTHER_DATA = f"""
    run IN (
        WITH bad AS (
            SELECT DISTINCT name FROM inputs
            WHERE len([1 FOR known IN ?::VARCHAR[] IF starts_with(replace(digest, 'sha256:', ''), known)]) > 0
        )
        SELECT run FROM inputs JOIN bad USING (name) WHERE digest IS NOT NULL
    ) AND run NOT IN (
        SELECT run FROM params WHERE {_IS_ON} AND (
            regexp_matches(lower(name), '(^|[_.\\-])(init|resume|warm_?start|pre_?train|fine_?tune|checkpoint|ckpt'
                || '|teacher|distil|weights_?(from|path)|load|start_?from)')
            OR trim(value, '"') IN (SELECT run FROM runs UNION SELECT id FROM imported))
    )
"""  # noqa: S608 made of constants
