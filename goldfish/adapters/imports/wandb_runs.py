"""What the directory of a run of W&B says: its log, or, without W&B's package, the files beside it."""

from __future__ import annotations

import json
import math
from collections import Counter
from collections.abc import Callable, Iterator
from typing import Any, Final

from pydantic import JsonValue

from goldfish.adapters.imports.fields import MOST, moment, short
from goldfish.adapters.imports.folders import Folder
from goldfish.adapters.imports.json_values import Unusable, check_text, read_json
from goldfish.adapters.imports.wandb_log import records
from goldfish.adapters.imports.yaml_values import read_yaml
from goldfish.domain.specs import Direction
from goldfish.ports import Point

_GOALS: Final[dict[int, Direction]] = {1: "minimize", 2: "maximize"}


class Told:
    """All that was said of a run, as far as it was read."""

    def __init__(self) -> None:
        self.clear()

    def clear(self) -> None:
        """Forget it: the log is read from its beginning."""
        self.texts: dict[str, str] = {}
        self.tags: list[str] = []
        self.config: dict[str, JsonValue] = {}
        self.summary: dict[str, JsonValue] = {}
        self.goals: dict[str, Direction] = {}
        self.inputs: list[str] = []
        self.began: float | None = None
        self.latest: float | None = None
        self.exit: int | None = None
        self.runtime: float = 0.0
        self.others: Counter[str] = Counter()

    @property
    def ended(self) -> float | None:
        """When its outcome was known, in seconds since 1970: the latest time that anything says."""
        known = [self.latest] if self.latest is not None else []
        known += [self.began + self.runtime] if self.began is not None else []
        return max(known, default=None)

    def see(self, values: dict[str, JsonValue]) -> float | None:
        """The time that a step or a summary states."""
        at = values.get("_timestamp")
        if not isinstance(at, int | float) or isinstance(at, bool) or not math.isfinite(at):
            return None
        self.latest = at if self.latest is None else max(self.latest, at)
        return float(at)


def log_points(told: Told, folder: Folder, path: str, kind: Any) -> Iterator[Point | None]:
    """Every point of a log; the rest of it is told. Raises `Unusable`."""
    told.clear()
    for record in records(folder, path, kind):
        if record is None:
            told.others["ends cut off"] += 1
            continue
        name = record.WhichOneof("record_type")
        if name == "history":
            yield from _step(told, record.history)
        elif name in _TELLS:
            _TELLS[name](told, getattr(record, name))


def read_files(told: Told, folder: Folder, place: str) -> bool:
    """What the files beside a log say; whether there are any. Raises `Unusable`."""
    found = {entry.name for entry in folder.entries(place) if entry.kind == "file"}
    if "config.yaml" in found:
        config = read_yaml(folder.read(f"{place}/config.yaml", 4 << 20))
        for name, value in config.items() if isinstance(config, dict) else ():
            if name not in ("_wandb", "wandb_version"):
                told.config[short(name)] = value["value"] if isinstance(value, dict) and "value" in value else value
    if "wandb-summary.json" in found:
        summary = _json(folder.text(f"{place}/wandb-summary.json", 4 << 20))
        told.summary.update(summary if isinstance(summary, dict) else {})
        told.see(told.summary)
    if "wandb-metadata.json" in found:
        said = read_json(folder.read(f"{place}/wandb-metadata.json"))
        said = said if isinstance(said, dict) else {}
        git = said.get("git")
        pairs = (("by", said.get("username")), ("program", said.get("program")))
        told.texts.update({name: value for name, value in pairs if isinstance(value, str)})
        commit = git.get("commit") if isinstance(git, dict) else None
        if isinstance(commit, str):
            told.texts["commit"] = commit
        if said.get("startedAt") is not None:
            told.began = moment(said["startedAt"], "startedAt").timestamp()
    runtime = told.summary.get("_runtime")
    if isinstance(runtime, int | float) and math.isfinite(runtime):
        told.runtime = max(told.runtime, float(runtime))
    return bool(found & {"config.yaml", "wandb-summary.json"})


def _run(told: Told, run: Any) -> None:
    known = {
        "project": run.project,
        "name": run.display_name,
        "note": run.notes,
        "group": run.run_group,
        "sweep": run.sweep_id,
        "job_type": run.job_type,
        "host": run.host,
        "commit": run.git.commit,
        "parent": run.branch_point.run if run.HasField("branch_point") else "",
    }
    told.texts.update({name: value for name, value in known.items() if value})
    told.tags = list(run.tags)[:MOST] or told.tags
    _update(told.config, run.config)
    _update(told.summary, run.summary)
    if run.start_time.seconds:
        told.began = run.start_time.seconds + run.start_time.nanos / 1e9


def _settings(told: Told, record: Any) -> None:
    _update(told.config, record)


def _results(told: Told, record: Any) -> None:
    _update(told.summary, record)
    told.see(told.summary)


def _metric(told: Told, metric: Any) -> None:
    if metric.goal in _GOALS and metric.name:
        told.goals[short(metric.name)] = _GOALS[metric.goal]


def _environment(told: Told, environment: Any) -> None:
    told.texts.setdefault("by", environment.username)
    told.texts.setdefault("program", environment.program)
    if environment.git.commit:
        told.texts["commit"] = environment.git.commit


def _input(told: Told, artifact: Any) -> None:
    if artifact.name:
        told.inputs.append(short(artifact.name))


def _exit(told: Told, ended: Any) -> None:
    told.exit = ended.exit_code
    told.runtime = max(told.runtime, float(ended.runtime))


_TELLS: Final[dict[str, Callable[[Told, Any], None]]] = {
    "run": _run,
    "config": _settings,
    "summary": _results,
    "metric": _metric,
    "environment": _environment,
    "use_artifact": _input,
    "exit": _exit,
}


def _update(values: dict[str, JsonValue], record: Any) -> None:
    for one in record.update:
        name = _name(one)
        if name.partition(".")[0] != "_wandb":
            values[name] = _json(one.value_json)
    for one in record.remove:
        values.pop(_name(one), None)
    if len(values) > MOST:
        raise Unusable(f"it has more than {MOST} settings or results")


def _step(told: Told, history: Any) -> Iterator[Point | None]:
    values = {_name(one): _json(one.value_json) for one in history.item}
    at, step = told.see(values), history.step.num if history.HasField("step") else values.get("_step")
    for name, value in values.items():
        if name.startswith("_"):
            continue
        if isinstance(value, int | float) and not isinstance(value, bool):
            yield Point(name, float(value), step if isinstance(step, int) else None, at)
        elif value in ("NaN", "Infinity", "-Infinity"):
            yield Point(name, float(str(value)), step if isinstance(step, int) else None, at)
        else:
            told.others["values that are no numbers"] += 1


def _name(one: Any) -> str:
    return short(".".join(one.nested_key) or one.key)


def _json(text: str) -> JsonValue:
    """A value of W&B's, whose JSON knows NaN and infinity. Raises `Unusable`."""
    try:
        found: JsonValue = json.loads(check_text(text))
    except (ValueError, RecursionError) as error:
        raise Unusable(f"it holds a value that is not JSON: {text[:40]!r}") from error
    return found
