"""The grammar of `results`: what a stage is judged by, in pipeline.yaml and in a request for a run."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping, Sequence
from typing import TypeVar, get_args

from pydantic import JsonValue

from goldfish.domain.names import SAFE, is_run, split_execution, split_version
from goldfish.domain.problems import Problems, brief, kind
from goldfish.domain.specs import Direction, Pick, ResultsSpec, Split
from goldfish.domain.values import StagePlan
from goldfish.errors import BadResultsSpec

KEYS = tuple(ResultsSpec.model_fields)
DIRECTIONS: tuple[Direction, ...] = get_args(Direction)
SPLITS: tuple[Split, ...] = get_args(Split)
PICKS: tuple[Pick, ...] = get_args(Pick)

_METRIC = re.compile(r"[A-Za-z][A-Za-z0-9_.\-/:]{0,255}")
_TAG = re.compile(rf"@{SAFE}")
_LONGEST = 4_000  # characters of a text

W = TypeVar("W", bound=str)


def read_results_spec(where: str, given: JsonValue, problems: Problems) -> ResultsSpec | None:
    """The spec as written, or None when there is none or something is wrong with it, which goes to `problems`."""
    if given is None:
        return None
    before = len(problems.found)
    document = problems.mapping(where, given)
    if len(problems.found) > before:
        return None
    problems.unknown_keys(where, document, KEYS)
    metric = _metric(f"{where}, metric", document.get("metric"), problems)
    direction = _word(f"{where}, direction", document.get("direction"), DIRECTIONS, problems)
    found: dict[str, object] = {
        "split": _word(f"{where}, split", document.get("split", "val"), SPLITS, problems),
        "pick": _word(f"{where}, pick", document.get("pick", "last"), PICKS, problems),
        "minimum": _number(f"{where}, minimum", document.get("minimum"), problems),
        "goal": _number(f"{where}, goal", document.get("goal"), problems),
        "tolerance": _tolerance(f"{where}, tolerance", document.get("tolerance"), problems),
        "secondary": _secondary(f"{where}, secondary", document.get("secondary"), metric, problems),
        "baseline": _baseline(f"{where}, baseline", document.get("baseline"), problems),
        "context": _text(f"{where}, context", document.get("context"), problems),
        "caveats": _texts(f"{where}, caveats", document.get("caveats"), problems),
    }
    if len(problems.found) > before:
        return None
    spec = ResultsSpec.model_validate({"metric": metric, "direction": direction, **found})
    if spec.minimum is not None and spec.goal is not None and spec.gain(spec.goal, spec.minimum) < 0:
        order = "below" if spec.direction == "maximize" else "above"
        problems.add(where, f"the goal {spec.goal:g} is {order} the minimum {spec.minimum:g}, but {_wanted(spec)}")
        return None
    return spec


def merged_spec(where: str, below: ResultsSpec | None, given: JsonValue, problems: Problems) -> ResultsSpec | None:
    """A spec with another one laid over it, key by key. A key that is given as nothing takes the lower one away."""
    if not isinstance(given, dict):
        if given is not None:
            problems.add(where, f"this is a mapping of keys to values, not {kind(given)}")
        return below
    written = below.model_dump(mode="json", exclude_none=True) if below is not None else {}
    whole = {key: value for key, value in {**written, **given}.items() if value is not None}
    return read_results_spec(where, whole, problems)


def with_results(stages: Sequence[StagePlan], given: Mapping[str, JsonValue]) -> list[StagePlan]:
    """The stages of a plan with the specs of a request (stage → spec) laid over those of the pipeline.

    Raises `BadResultsSpec` with everything that is wrong, unknown stages included.
    """
    problems = Problems()
    problems.unknown_keys("results", given, [stage.name for stage in stages])
    merged = {
        stage.name: merged_spec(f"stage {stage.name!r}, results", stage.results, given[stage.name], problems)
        for stage in stages
        if stage.name in given
    }
    if problems.found:
        raise BadResultsSpec(why=problems.found)
    return [
        stage.model_copy(update={"results": merged[stage.name]}) if stage.name in merged else stage for stage in stages
    ]


def _wanted(spec: ResultsSpec) -> str:
    return f"{spec.metric} is to be {'large' if spec.direction == 'maximize' else 'small'}"


def _metric(where: str, given: JsonValue, problems: Problems) -> str | None:
    if given is None:
        problems.add(where, "say which metric counts")
    elif not isinstance(given, str) or not _METRIC.fullmatch(given):
        rule = "a letter, then letters, digits and _ . - / :, at most 256 characters"
        problems.add(where, f"{brief(given)} is no name of a metric: {rule}")
    else:
        return given
    return None


def _word(where: str, given: JsonValue, known: Sequence[W], problems: Problems) -> W | None:
    for word in known:
        if given == word:
            return word
    choice = f"say {' or '.join(known)}" if given is None else f"it is one of {', '.join(known)}, not {brief(given)}"
    problems.add(where, choice + (problems.hint(given, known) if isinstance(given, str) else ""))
    return None


def _number(where: str, given: JsonValue, problems: Problems) -> float | None:
    if given is None:
        return None
    if isinstance(given, bool) or not isinstance(given, int | float) or not math.isfinite(given):
        problems.add(where, f"this is a finite number, not {brief(given)}")
        return None
    return float(given)


def _tolerance(where: str, given: JsonValue, problems: Problems) -> float:
    found = _number(where, given, problems) or 0.0
    if found < 0:
        problems.add(where, f"a tolerance is not negative, as {brief(given)} is")
        return 0.0
    return found


def _secondary(where: str, given: JsonValue, metric: str | None, problems: Problems) -> list[str]:
    names = [_metric(where, name, problems) for name in _list(where, given, "names of metrics", problems)]
    found = [name for name in names if name is not None]
    for name in dict.fromkeys(found):
        if name == metric or found.count(name) > 1:
            problems.add(where, f"{name!r} is named twice")
    return found


def _baseline(where: str, given: JsonValue, problems: Problems) -> str | None:
    if given is None:
        return None
    if isinstance(given, str) and (
        _TAG.fullmatch(given) or is_run(given) or split_execution(given) or split_version(given)
    ):
        return given
    problems.add(where, f"{brief(given)} names nothing to compare with: write @tag, run-3 or baseline@v2")
    return None


def _text(where: str, given: JsonValue, problems: Problems) -> str | None:
    found = problems.text(where, given)
    if len(found) > _LONGEST:
        problems.add(where, f"it has {len(found)} characters, more than {_LONGEST}")
    return found or None


def _texts(where: str, given: JsonValue, problems: Problems) -> list[str]:
    found = [_text(where, item, problems) for item in _list(where, given, "texts", problems)]
    return [text for text in found if text is not None]


def _list(where: str, given: JsonValue, of: str, problems: Problems) -> list[JsonValue]:
    if given is None or isinstance(given, list):
        return given or []
    problems.add(where, f"this is a list of {of}, not {kind(given)}")
    return []
