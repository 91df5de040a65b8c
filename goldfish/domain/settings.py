"""Settings: values that a request puts over the configuration of its stages."""

from __future__ import annotations

import difflib
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from pydantic import JsonValue

from goldfish.domain.json_values import DEPTH, dotted, json_problem
from goldfish.domain.names import nearest
from goldfish.domain.scalars import core_scalar, finite, whole
from goldfish.errors import BadSetting

Config = dict[str, JsonValue]

_SLIP = 0.8  # likeness of two keys, by difflib, from which one is taken for a misspelling of the other
_SLIP_LENGTH = 4  # characters; shorter keys are often alike and both meant: lr and lr2


@dataclass(frozen=True, slots=True)
class Setting:
    """One `key=value`. The key's parts are separated by dots; the first may name a stage."""

    key: str
    value: JsonValue

    @property
    def parts(self) -> list[str]:
        """The key, split at its dots."""
        return self.key.split(".")


@dataclass(frozen=True, slots=True)
class Configured:
    """The configuration of one stage, and which of its dotted keys the request set, in order."""

    config: Config
    overridden: list[str]


def parse_setting(given: str) -> Setting:
    """The setting that `train.lr=0.1` says.

    The value is read as YAML reads an unquoted scalar (1e-3 is a number, yes is text), or as JSON when it begins with
    a bracket, a brace or a quote. Raises `BadSetting`.
    """
    key, equals, value = given.partition("=")
    key, value = key.strip(), value.strip()
    if not equals:
        raise BadSetting(given=given, why="it has no =")
    if not key or not all(part and part == part.strip() for part in key.split(".")):
        raise BadSetting(given=given, why="a part of its key is empty")
    if key.count(".") >= DEPTH:
        raise BadSetting(given=given, why=f"its key has more than {DEPTH} parts")
    if not value:
        raise BadSetting(given=given, why='it has no value; write null for nothing, "" for empty text')
    try:
        result = _value(value)
    except (ValueError, RecursionError) as error:
        raise BadSetting(given=given, why=str(error)) from error
    if problem := json_problem(key) or json_problem(result, key):
        raise BadSetting(given=given, why=problem)
    return Setting(key, result)


def apply_settings(
    configs: Mapping[str, Config],
    settings: Sequence[Setting] = (),
    overrides: Mapping[str, Config] | None = None,
    *,
    stages: Iterable[str] = (),
) -> dict[str, Configured]:
    """The configurations of the selected stages with the settings applied; the arguments stay as they are.

    A key whose first part is a selected stage belongs to that stage and may be new. Any other key must exist in
    exactly one of them. A mapping is merged with a mapping and never replaced by anything else. `overrides` says the
    same as mappings by stage and goes first; of two settings of one key the last wins. `stages` are all names in the
    pipeline, for better answers. Raises `BadSetting`.
    """
    targets = {stage: _Target(stage, config) for stage, config in configs.items()}
    for stage, values in (overrides or {}).items():
        if stage not in targets:
            raise BadSetting(given=stage, why=_absent(stage, stages), near=nearest(stage, targets))
        if problem := _no_mapping(values) or json_problem(values, stage):
            raise BadSetting(given=stage, why=problem)
        for key, value in values.items():
            targets[stage].set(dotted(stage, key), [key], value)
    for setting in settings:
        stage, path = _place(setting, configs, stages)
        targets[stage].set(setting.key, path, setting.value)
    return {stage: Configured(target.config, list(target.overridden)) for stage, target in targets.items()}


class _Target:
    """The configuration of one stage while settings are applied: copied along the path of each change."""

    def __init__(self, stage: str, config: Config) -> None:
        self.stage = stage
        self.config = config
        self.overridden: dict[str, None] = {}

    def set(self, given: str, path: list[str], value: JsonValue) -> None:
        self.config = self._with(given, self.config, "", path, value)

    def _with(self, given: str, base: Config, at: str, path: list[str], value: JsonValue) -> Config:
        key, rest, here = path[0], path[1:], dotted(at, path[0])
        present = base.get(key)
        if rest:
            if present is not None and not isinstance(present, dict):
                shown = json.dumps(present)[:40]
                raise BadSetting(
                    given=given, why=f"{here} of stage {self.stage} is {shown}, which has no keys below it"
                )
            return {**base, key: self._with(given, present or {}, here, rest, value)}
        if isinstance(value, dict) and (isinstance(present, dict) or (value and present is None)):
            result: Config = present or {}
            for inner, below in value.items():
                result = self._with(given, result, here, [inner], below)
            return {**base, key: result}
        if isinstance(present, dict):
            keys = ", ".join(present) or "none yet"
            raise BadSetting(given=given, why=f"{here} of stage {self.stage} is a mapping; set one of its keys: {keys}")
        self.overridden[here] = None
        return {**base, key: value}


def _place(setting: Setting, configs: Mapping[str, Config], stages: Iterable[str]) -> tuple[str, list[str]]:
    """The stage that a setting belongs to, and the path within its configuration."""
    first, *rest = setting.parts
    if first in configs and rest:
        _refuse_a_slip(setting, first, rest, configs[first])
        return first, rest
    holders = [stage for stage, config in configs.items() if _has(config, setting.parts)]
    if len(holders) == 1:
        return holders[0], setting.parts
    if holders:
        near = [f"{stage}.{setting.key}" for stage in holders]
        raise BadSetting(given=setting.key, why=f"{len(holders)} stages have this key; say which", near=near)
    if first in stages and rest:
        raise BadSetting(given=setting.key, why=_absent(first, stages))
    known = {f"{stage}.{key}": key for stage, config in configs.items() for key in _keys(config)}
    close = nearest(setting.key, known.values(), limit=1)
    near = [full for key in close for full in known if known[full] == key][:3] or list(nearest(setting.key, known))
    stage = near[0].split(".")[0] if near else next(iter(configs), "stage")
    example = f"{stage}.{setting.key}=VALUE"
    raise BadSetting(
        given=setting.key, why=f"no selected stage has this key; to add it, name the stage: {example}", near=near
    )


def _no_mapping(values: object) -> str | None:
    return None if isinstance(values, dict) else "its overrides are not a mapping of keys to values"


def _absent(stage: str, stages: Iterable[str]) -> str:
    return f"the stage {stage!r} is not part of this run" if stage in stages else f"there is no stage {stage!r}"


def _refuse_a_slip(setting: Setting, stage: str, path: list[str], config: Config) -> None:
    """A new key that looks like a known one is more likely mistyped than meant."""
    if len(path[-1]) < _SLIP_LENGTH or _has(config, path):
        return
    alike = difflib.get_close_matches(".".join(path), list(_keys(config)), n=1, cutoff=_SLIP)
    if alike:
        why = f"stage {stage} has no such key; to add it all the same, write it into configs/{stage}.yaml"
        raise BadSetting(given=setting.key, why=why, near=[f"{stage}.{alike[0]}"])


def _has(config: JsonValue, path: list[str]) -> bool:
    for key in path:
        if not isinstance(config, dict) or key not in config:
            return False
        config = config[key]
    return True


def _keys(config: Config, at: str = "") -> Iterable[str]:
    for key, value in config.items():
        yield dotted(at, key)
        if isinstance(value, dict):
            yield from _keys(value, dotted(at, key))


def _value(text: str) -> JsonValue:
    if text[0] == "'" and text[-1] == "'" and len(text) > 1:
        return text[1:-1].replace("''", "'")
    if text[0] not in '[{"':
        return core_scalar(text)
    try:
        parsed: JsonValue = json.loads(
            text, object_pairs_hook=_unique, parse_int=whole, parse_float=finite, parse_constant=finite
        )
    except json.JSONDecodeError as error:
        meant = "text" if text[0] == '"' else "a list" if text[0] == "[" else "a mapping"
        raise ValueError(
            f"it begins like {meant} in JSON but is none ({error.msg} at character {error.pos + 1})"
        ) from error
    return parsed


def _unique(pairs: list[tuple[str, JsonValue]]) -> Config:
    result = dict(pairs)
    if len(result) < len(pairs):
        raise ValueError("a key is written twice")
    return result
