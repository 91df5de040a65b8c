"""A directory of TensorBoard's logs: every directory in it that holds event files is a run."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

from pydantic import JsonValue

from goldfish.adapters.imports.curves import gathered
from goldfish.adapters.imports.event_files import Events
from goldfish.adapters.imports.fields import MOST, NAME, moment, short, text
from goldfish.adapters.imports.folders import Folder
from goldfish.adapters.imports.json_values import Unusable
from goldfish.adapters.imports.stored_runs import Listed, Listing, StoredRuns
from goldfish.domain.imported import ForeignExperiment
from goldfish.domain.values import Outcome, Reason
from goldfish.errors import CannotImport
from goldfish.ports import ForeignPart, Point, Unreadable

_MARK: Final = "tfevents"  # is in the name of every event file
_OUTCOMES: Final[dict[int, Outcome]] = {1: "succeeded", 2: "failed"}  # a status of hyperparameters; 3 goes on


class TensorboardLogs:
    """The directory, and what it says of each run."""

    def __init__(self, path: Path) -> None:
        """Raises `CannotImport`, `ExtraMissing`."""
        self._events = Events()
        self._path, self._folder = path, Folder(path)
        self.listing = Listing()
        self._files: dict[str, list[str]] = {}
        try:
            self._list()
        except Unusable as problem:
            self.close()
            raise CannotImport(path=path, why=str(problem)) from problem
        except BaseException:
            self.close()
            raise

    def history(self) -> StoredRuns:
        """As the port says."""
        return StoredRuns("tensorboard", self.listing, self._read, self.close)

    def close(self) -> None:
        """Let go of it."""
        self._folder.close()

    def _list(self) -> None:
        for name, kind in self._folder.tree():
            directory, _, last = name.rpartition("/")
            if _MARK in last and kind == "file":
                self._files.setdefault(directory, []).append(name)
        if not self._files:
            raise Unusable("it holds no event files of TensorBoard: none with tfevents in its name")
        for directory, files in self._files.items():
            place = directory or "."
            id_ = directory or self._path.resolve().name
            try:
                ended = max(filter(None, map(self._last, files)), default=None)
                if ended is None:
                    self.listing.leave_out("without an event")
                    continue
                self.listing.runs.append(Listed(moment(ended, "wall_time"), short(id_), place))
            except Unusable as problem:
                self.listing.unreadable.append(Unreadable(place, str(problem), id_[:NAME]))

    def _last(self, path: str) -> float | None:
        """The time of the last whole event of a file."""
        last = None
        for record in self._events.records(self._folder, path, bodies=False):
            last = record or last
        return None if last is None else _finite(self._events.read(last, path).wall_time)

    def _read(self, one: Listed) -> ForeignPart:
        files = self._files["" if one.place == "." else one.place]
        said = _Said(self._events)
        curves = gathered(lambda: said.points(self._folder, files))
        left_out: dict[str, JsonValue] = {**dict(said.others), **curves.left_out}
        began = moment(said.began, "wall_time") if said.began is not None else None
        seed = said.config.get("seed")
        whole = isinstance(seed, float) and seed == int(seed)
        experiment = ForeignExperiment(
            system="tensorboard",
            id=one.id,
            group=said.group,
            happened=one.happened,
            began=began,
            reason=Reason(description=f"run {one.id}"),
            config=said.config,
            seed=int(seed) if whole else None,  # type: ignore[arg-type]  # a float, as was asked
            metrics=curves.metrics,
            outcome=said.outcome or ("succeeded" if curves.metrics or curves.points else None),
            seconds=max(0.0, (one.happened - began).total_seconds()) if began is not None else None,
            labels={"not taken over": left_out} if left_out else {},
        )
        return ForeignPart(one.place, experiment, curves.points)


class _Said:
    """What the events of a run say besides their points, as far as they were read."""

    def __init__(self, events: Events) -> None:
        self._events = events
        self._clear()

    def _clear(self) -> None:
        self.config: dict[str, JsonValue] = {}
        self.group: str | None = None
        self.outcome: Outcome | None = None
        self.began: float | None = None
        self.others: Counter[str] = Counter()

    def points(self, folder: Folder, files: list[str]) -> Iterator[Point | None]:
        """Every point, file by file. Raises `Unusable`."""
        self._clear()
        for path in files:
            for record in self._events.records(folder, path):
                if record is None:
                    self.others["ends cut off"] += 1
                    continue
                event = self._events.read(record, path)
                at = _finite(event.wall_time)
                if at is not None:
                    self.began = at if self.began is None else min(self.began, at)
                for value in event.summary.value:
                    yield from self._value(value, event.step, at)

    def _value(self, value: Any, step: int, at: float | None) -> Iterator[Point | None]:
        plugin = value.metadata.plugin_data.plugin_name
        if plugin == "hparams":
            self._setting(value.metadata.plugin_data.content)
        elif (number := self._events.scalar(value)) is not None:
            yield Point(value.tag, number, step, at)
        elif plugin == "scalars":
            yield None
        else:
            self.others[_kind(plugin, value)] += 1

    def _setting(self, content: bytes) -> None:
        found = self._events.settings(content)
        if found is None:
            self.others["hparams"] += 1
            return
        if found.HasField("session_start_info"):
            self.group = text(found.session_start_info.group_name, "group_name", NAME)
            if len(found.session_start_info.hparams) > MOST:
                raise Unusable(f"it has more than {MOST} hyperparameters")
            for name, value in sorted(found.session_start_info.hparams.items()):
                self.config[short(name)] = _plain(value)
        if found.HasField("session_end_info"):
            self.outcome = _OUTCOMES.get(found.session_end_info.status)


def _plain(value: Any) -> JsonValue:
    match value.WhichOneof("kind"):
        case "number_value":
            number = value.number_value
            return number if math.isfinite(number) else str(number)
        case "bool_value":
            return bool(value.bool_value)
        case "string_value":
            return text(value.string_value, "a hyperparameter")
        case _:
            return None


def _kind(plugin: str, value: Any) -> str:
    name = plugin or value.WhichOneof("value") or "values"
    return name[:40] if name.isprintable() and name.isascii() else "values"


def _finite(at: float) -> float | None:
    return at if math.isfinite(at) and at > 0 else None
