"""MLflow's directory of files (mlruns): meta.yaml, and a file for each metric, param and tag."""

from __future__ import annotations

import math
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from pydantic import JsonValue

from goldfish.adapters.imports.curves import gathered
from goldfish.adapters.imports.files import MOST as MOST_RUNS
from goldfish.adapters.imports.folders import Folder
from goldfish.adapters.imports.json_values import Unusable
from goldfish.adapters.imports.mlflow_runs import NUMBERED, OPEN, PARENT, Told, named_input, part, within
from goldfish.adapters.imports.mlflow_sqlite import chosen, listed
from goldfish.adapters.imports.stored_runs import Listed, Listing, StoredRuns
from goldfish.adapters.imports.yaml_values import read_yaml
from goldfish.domain.imported import ForeignInput
from goldfish.errors import CannotImport
from goldfish.ports import ForeignPart, Point, Unreadable

_META = "meta.yaml"
_TRASH = ".trash"  # experiments that were deleted
_NUMBER = 40  # characters


class MlflowFiles:
    """The directory, and what it says of each run."""

    def __init__(self, path: Path, experiment: str | None, *, unfinished: bool) -> None:
        """Raises `CannotImport`."""
        self._path, self._folder = path, Folder(path)
        self.listing = Listing()
        try:
            self._list(experiment, unfinished=unfinished)
        except Unusable as problem:
            self.close()
            raise CannotImport(path=path, why=str(problem)) from problem
        except BaseException:
            self.close()
            raise

    def history(self) -> StoredRuns:
        """As the port says."""
        return StoredRuns("mlflow", self.listing, self._read, self.close)

    def close(self) -> None:
        """Let go of it."""
        self._folder.close()

    def _list(self, wanted: str | None, *, unfinished: bool) -> None:
        found: dict[object, tuple[str, bool]] = {}
        for place in self._experiments():
            try:
                meta = self._meta(place)
                found[place] = (str(meta.get("name")), meta.get("lifecycle_stage") == "deleted")
            except Unusable as problem:
                self.listing.unreadable.append(Unreadable(f"{place}/{_META}", str(problem)))
        if not found and not self.listing.unreadable:
            raise Unusable("it holds no experiment of MLflow: no directory with a meta.yaml")
        self._names = chosen(self._path, found, wanted)
        for place in map(str, self._names):
            gone = place.startswith(_TRASH) or self._names[place][1]
            for name in self._runs(place):
                self._one(f"{place}/{name}", name, gone=gone, unfinished=unfinished)

    def _experiments(self) -> Iterator[str]:
        for below in ("", f"{_TRASH}/"):
            for name, kind in self._folder.entries(below.rstrip("/")) if not below or self._folder.has(_TRASH) else []:
                if kind == "folder" and self._folder.has(f"{below}{name}/{_META}", "file"):
                    yield f"{below}{name}"

    def _runs(self, place: str) -> Iterator[str]:
        """Directories that say they are runs: there are others, for datasets, models and traces."""
        for name, kind in self._folder.entries(place):
            inner = {entry.name for entry in self._folder.entries(f"{place}/{name}")} if kind == "folder" else set()
            if _META in inner and inner & {"metrics", "params", "tags", "artifacts"}:
                yield name

    def _one(self, place: str, name: str, *, gone: bool, unfinished: bool) -> None:
        try:
            meta = self._meta(place)
            if gone or meta.get("lifecycle_stage") == "deleted":
                self.listing.leave_out("deleted")
                return
            if _status(meta) in OPEN and not unfinished:
                self.listing.leave_out("still going on")
                return
            if len(self.listing.runs) == MOST_RUNS:
                raise CannotImport(path=self._path, why=f"it has more than {MOST_RUNS} runs")
            has_parent = self._folder.has(f"{place}/tags/{PARENT}", "file")
            parent = self._folder.text(f"{place}/tags/{PARENT}") if has_parent else None
            ended = meta.get("end_time")
            id_ = meta.get("run_id") or meta.get("run_uuid") or name
            listed(self.listing, id_, place, meta.get("start_time") if ended is None else ended, parent)
        except Unusable as problem:
            self.listing.unreadable.append(Unreadable(place, str(problem), name))

    def _meta(self, place: str) -> dict[str, JsonValue]:
        found = read_yaml(self._folder.read(f"{place}/{_META}"))
        if not isinstance(found, dict):
            raise Unusable(f"its {_META} is no mapping")
        return found

    def _read(self, one: Listed) -> ForeignPart:
        meta: dict[str, Any] = self._meta(one.place)
        links: list[str] = []
        told = Told(
            id=one.id,
            status=_status(meta),
            name=meta.get("run_name"),
            user=meta.get("user_id"),
            experiment=self._names[one.place.rpartition("/")[0]][0],
            began=meta.get("start_time"),
            ended=meta.get("end_time"),
            version=meta.get("source_version"),
            params=self._texts(f"{one.place}/params", links),
            tags=self._texts(f"{one.place}/tags", links),
            inputs=self._inputs(one.place),
        )
        names = self._names_in(f"{one.place}/metrics", links)
        curves = gathered(lambda: self._points(f"{one.place}/metrics", names))
        if links:
            curves.left_out["links"] = len(links)
        return part(one.place, told, curves)

    def _names_in(self, below: str, links: list[str]) -> list[str]:
        found: list[str] = []
        for name, kind in self._folder.tree(below) if self._folder.has(below) else []:
            (found if kind == "file" else links).append(name)
        return found

    def _texts(self, below: str, links: list[str]) -> dict[str, str]:
        names = self._names_in(below, links)
        within(len(names), below.rpartition("/")[2])
        return {name: self._folder.text(f"{below}/{name}") for name in names}

    def _inputs(self, place: str) -> list[ForeignInput]:
        below, experiment = f"{place}/inputs", place.rpartition("/")[0]
        found = []
        for name, kind in self._folder.entries(below) if self._folder.has(below) else []:
            meta = self._meta(f"{below}/{name}") if kind == "folder" else {}
            source = meta.get("source_id")
            if meta.get("source_type") == "DATASET" and isinstance(source, str) and "/" not in source:
                data = self._meta(f"{experiment}/datasets/{source}")
                found.append(named_input(data.get("name"), data.get("digest")))
        within(len(found), "datasets")
        return sorted(found, key=lambda one: (one.name, one.digest or ""))

    def _points(self, below: str, names: list[str]) -> Iterator[Point | None]:
        for name in names:
            for line in self._folder.lines(f"{below}/{name}"):
                if line.strip():
                    yield _point(name, line)


def _point(name: str, line: bytes) -> Point | None:
    """`time value [step]`: the time in milliseconds, or in seconds in old stores."""
    words = line.split()
    if not 2 <= len(words) <= 3 or max(map(len, words)) > _NUMBER or b"_" in line:
        return None
    try:
        at, value, step = int(words[0]), float(words[1]), int(words[2]) if len(words) > 2 else 0
    except ValueError:
        return None
    return Point(name, value, step, at / 1000 if math.fabs(at) >= 1e11 else float(at))


def _status(meta: dict[str, JsonValue]) -> str:
    given = meta.get("status")
    return NUMBERED.get(given, "") if isinstance(given, int) else str(given)
