"""The directory wandb: a directory for each run, as W&B writes it also without a connection."""

from __future__ import annotations

import json
import math
import re
from datetime import datetime
from pathlib import Path
from typing import Final

from pydantic import JsonValue

from goldfish.adapters.imports.curves import Curves, gathered
from goldfish.adapters.imports.fields import NAME, moment, short, summary, text
from goldfish.adapters.imports.folders import Folder
from goldfish.adapters.imports.json_values import DEEPEST, Unusable, read_json
from goldfish.adapters.imports.stored_runs import Listed, Listing, StoredRuns
from goldfish.adapters.imports.wandb_log import record_type
from goldfish.adapters.imports.wandb_runs import Told, log_points, read_files
from goldfish.domain.imported import ForeignCode, ForeignExperiment, ForeignInput
from goldfish.domain.values import Outcome, Reason
from goldfish.errors import CannotImport
from goldfish.ports import ForeignPart, Unreadable

_RUN: Final = re.compile(r"(?:offline-)?run-\d{8}_\d{6}-(.{1,128})")
_LABELS: Final = ("project", "job_type", "sweep", "host", "program")
_MISSING: Final = "its log needs the package wandb: pip install 'goldfish-ledger[wandb]'"


class WandbDirectory:
    """The directory, and what it says of each run."""

    def __init__(self, path: Path, *, unfinished: bool) -> None:
        """Raises `CannotImport`."""
        self._path, self._folder, self._kind = path, Folder(path), record_type()
        self.listing = Listing()
        try:
            places = self._places()
        except Unusable as problem:
            self.close()
            raise CannotImport(path=path, why=str(problem)) from problem
        for place, id_ in places:
            self._list(place, id_, unfinished=unfinished)

    def history(self) -> StoredRuns:
        """As the port says."""
        return StoredRuns("wandb", self.listing, self._read, self.close)

    def close(self) -> None:
        """Let go of it."""
        self._folder.close()

    def _places(self) -> list[tuple[str, str]]:
        """The directories of runs, here or in `wandb`, with the ids in their names."""
        for below in ("", "wandb"):
            if below and not self._folder.has(below):
                continue
            names = [name for name, kind in self._folder.entries(below) if kind == "folder"]
            found = [(f"{below}/{name}".lstrip("/"), match[1]) for name in names if (match := _RUN.fullmatch(name))]
            if found:
                return found
        raise Unusable("it holds no runs of W&B: no directories like offline-run-20260203_101500-a1b2c3d4")

    def _list(self, place: str, id_: str, *, unfinished: bool) -> None:
        try:
            told, _ = self._told(place)
            if self._log(place) is not None and told.exit is None and not unfinished:
                self.listing.leave_out("still going on, or killed")
                return
            self.listing.runs.append(Listed(_happened(told), short(id_), place, told.texts.get("parent")))
        except Unusable as problem:
            self.listing.unreadable.append(Unreadable(place, str(problem), id_ if id_.isprintable() else None))

    def _log(self, place: str) -> str | None:
        """The log of a run, where there is one and W&B's package to read it."""
        logs = [one.name for one in self._folder.entries(place) if one.kind == "file" and one.name.endswith(".wandb")]
        return f"{place}/{logs[0]}" if logs and self._kind is not None else None

    def _told(self, place: str) -> tuple[Told, Curves]:
        told, log = Told(), self._log(place)
        curves = gathered(lambda: log_points(told, self._folder, log, self._kind)) if log is not None else Curves()
        beside = Told()
        known = self._folder.has(f"{place}/files") and read_files(beside, self._folder, f"{place}/files")
        if log is None:
            if not known:
                raise Unusable(_MISSING if self._kind is None else "it has no log and no summary")
            return beside, curves
        return told, curves

    def _read(self, one: Listed) -> ForeignPart:
        told, curves = self._told(one.place)
        texts, goals = told.texts, list(told.goals.items())
        began = moment(told.began, "start_time") if told.began is not None else None
        happened = _happened(told)
        metrics, results = dict(curves.metrics), dict[str, JsonValue]()
        for name, value in told.summary.items():
            if name.startswith("_") or name in curves.names:
                continue
            if isinstance(value, int | float) and not isinstance(value, bool):
                metrics[short(name)] = summary(float(value))
            elif isinstance(value, str):
                results[short(name)] = value[:2_000]
        left_out: dict[str, JsonValue] = {**dict(told.others), **curves.left_out}
        labels: dict[str, JsonValue] = {name: texts[name] for name in _LABELS if texts.get(name)}
        labels |= {"tags": list(told.tags)} if told.tags else {}
        labels |= {"results": results} if results else {}
        labels |= {"goals": dict(goals)} if len(goals) > 1 else {}
        labels |= {"curves": _MISSING} if self._kind is None else {}
        labels |= {"not taken over": left_out} if left_out else {}
        config = {short(name): _plain(value) for name, value in told.config.items()}
        seed = config.get("seed")
        commit, parent = text(texts.get("commit"), "commit", NAME), texts.get("parent")
        outcome: Outcome = "succeeded" if not told.exit else "failed"
        experiment = ForeignExperiment(
            system="wandb",
            id=one.id,
            group=text(texts.get("group") or texts.get("sweep") or texts.get("project"), "group", NAME),
            happened=happened,
            began=began,
            by=text(texts.get("by"), "username", NAME),
            reason=Reason(description=text(texts.get("name"), "name", NAME) or f"run {one.id}"),
            config=config,
            inputs=[ForeignInput(name=name) for name in dict.fromkeys(told.inputs)],
            code=ForeignCode(hash=commit) if commit else None,
            seed=seed if isinstance(seed, int) and not isinstance(seed, bool) else None,
            parents=[parent] if parent else [],
            metrics=metrics,
            metric=goals[0][0] if len(goals) == 1 else None,
            direction=goals[0][1] if len(goals) == 1 else None,
            outcome=None if self._kind is not None and told.exit is None and self._log(one.place) else outcome,
            cause=f"exit code {told.exit}" if told.exit else None,
            seconds=max(0.0, (happened - began).total_seconds()) if began is not None else None,
            note=text(texts.get("note"), "notes"),
            labels=labels,
        )
        return ForeignPart(one.place, experiment, curves.points)


def _happened(told: Told) -> datetime:
    if told.ended is None:
        raise Unusable("it has no time")
    return moment(told.ended, "its end")


def _plain(value: JsonValue) -> JsonValue:
    """A setting as JSON has it: what is not finite is text. Raises `Unusable` for what is too deep or too much."""
    return read_json(json.dumps(_finite(value, 0)).encode())


def _finite(value: JsonValue, level: int) -> JsonValue:
    if level > DEEPEST:
        raise Unusable(f"it is nested more than {DEEPEST} levels deep")
    match value:
        case float() if not math.isfinite(value):
            return str(value)
        case list():
            return [_finite(one, level + 1) for one in value]
        case dict():
            return {name: _finite(one, level + 1) for name, one in value.items()}
        case _:
            return value
