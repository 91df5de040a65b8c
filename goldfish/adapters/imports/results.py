"""results.tsv of autoresearch: a line for each commit that was tried. It has no times: those of the file stand in."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterator, Mapping
from pathlib import Path
from types import MappingProxyType

from pydantic import JsonValue

from goldfish.adapters.imports import words
from goldfish.adapters.imports.directions import Directions
from goldfish.adapters.imports.fields import NAME, TEXT, moment, short, summary, text
from goldfish.adapters.imports.files import Given, Line, whole
from goldfish.adapters.imports.json_values import Unusable, check_text
from goldfish.domain.imported import ForeignCode, ForeignExperiment, ForeignVerdict, System
from goldfish.domain.values import MetricSummary, Reason
from goldfish.errors import CannotImport
from goldfish.ports import ForeignPart, Unreadable

LARGEST = 64 << 20  # bytes
_TEXTS = frozenset({"commit", "status", "description", "date", "time", "timestamp"})


class ResultsTable:
    """Keeps the port `ForeignHistory`."""

    system: System = "autoresearch"
    timed = False
    left_out: Mapping[str, int] = MappingProxyType({})

    def __init__(self, path: Path) -> None:
        """Raises `CannotImport`."""
        given = Given(path)
        try:
            if given.size > LARGEST:
                raise CannotImport(path=path, why=f"it has {given.size} bytes, more than {LARGEST}")
            self._written = given.written
            self._parts: list[ForeignPart | Unreadable] = []
            self._seen: Counter[str] = Counter()
            self._kept: float | None = None
            self._directions = Directions()
            lines = given.lines()
            _, _, head = next(lines, (0, 0, b""))
            self._head = _header(path, head)
            self._main = _main(self._head)
            for number, _, line in lines:
                self._parts.append(self._part(f"line {number}", line))
            given.unchanged()
        finally:
            given.close()

    def count(self) -> int:
        """As the port says."""
        return len(self._parts)

    def parts(self) -> Iterator[ForeignPart | Unreadable]:
        """As the port says. The best so far is kept, so that each line tells which way is better."""
        direction = self._directions.of(self._main)
        for part in self._parts:
            if isinstance(part, ForeignPart) and isinstance(part.said, ForeignExperiment):
                yield ForeignPart(part.where, part.said.model_copy(update={"direction": direction}))
            else:
                yield part

    def close(self) -> None:
        """Nothing is held."""

    def _part(self, where: str, line: Line) -> ForeignPart | Unreadable:
        id_ = None
        try:
            row = _cells(whole(line), self._head)
            id_ = self._named(row, where)
            return ForeignPart(where, self._experiment(id_, row))
        except Unusable as problem:
            return Unreadable(where, str(problem), id_)

    def _named(self, row: dict[str, str], where: str) -> str:
        """The commit, with a number from the second line of the same commit on."""
        commit = short(row["commit"]) if row["commit"] else where
        self._seen[commit] += 1
        return commit if self._seen[commit] == 1 else f"{commit}#{self._seen[commit]}"

    def _experiment(self, id_: str, row: dict[str, str]) -> ForeignExperiment:
        status = text(row["status"], "status", NAME)
        verdict = None if status is None else ForeignVerdict(verdict=words.judgement(status) or "unknown", said=status)
        ends = words.outcome(status or "")
        metrics: dict[str, MetricSummary] = {}
        labels: dict[str, JsonValue] = {}
        for name, cell in row.items():
            value = None if name in _TEXTS or not cell else _number(cell)
            if value is not None and not (ends == "failed" and value == 0):  # a crash is written as zeros
                metrics[name] = summary(value)
            elif name not in _TEXTS and cell and value is None:
                labels[name] = cell
        held = metrics[self._main].last if self._main in metrics else None
        if held is not None and verdict is not None:
            if self._kept is not None:
                self._directions.add(self._main or "", held, self._kept, verdict.verdict)
            self._kept = held if verdict.verdict == "success" else self._kept
        at = next((row[name] for name in ("date", "timestamp", "time") if row.get(name)), None)
        description = text(row["description"], "description", TEXT) if row.get("description") else None
        return ForeignExperiment(
            system=self.system,
            id=id_,
            happened=self._written if at is None else moment(at, "date"),
            reason=Reason(description=description or f"commit {id_}"),
            code=ForeignCode(hash=row["commit"], committed=True) if row["commit"] else None,
            metrics=metrics,
            metric=self._main,
            outcome=ends if ends is not None else "succeeded" if held is not None else None,
            cause=description if ends == "failed" else None,
            verdict=verdict,
            labels=labels,
        )


def _header(path: Path, line: Line) -> list[str]:
    try:
        names = [short(name.strip()) for name in _decoded(line or b"").split("\t")]
    except Unusable as problem:
        raise CannotImport(path=path, why=f"its first line: {problem}") from problem
    if not {"commit", "status"} <= set(names) or len(set(names)) != len(names):
        raise CannotImport(path=path, why="its first line does not name the columns commit and status, each once")
    return names


def _main(names: list[str]) -> str | None:
    """The metric: val_bpb, or else the first column after the commit that is no text."""
    if "val_bpb" in names:
        return "val_bpb"
    return next((name for name in names if name not in _TEXTS and not name.startswith("memory")), None)


def _cells(line: bytes, names: list[str]) -> dict[str, str]:
    """The cells by column; a description may hold tabs."""
    cells = [cell.strip() for cell in _decoded(line).split("\t", len(names) - 1)]
    if len(cells) < len(names) - 1:
        raise Unusable(f"it has {len(cells)} columns, not {len(names)}")
    return dict(zip(names, [*cells, ""], strict=False))


def _decoded(line: bytes) -> str:
    try:
        return check_text(line.decode())
    except UnicodeDecodeError as error:
        raise Unusable(f"byte {error.start + 1} is not UTF-8") from error


def _number(cell: str) -> float | None:
    try:
        found = float(cell) if len(cell) < 40 and "_" not in cell else math.nan
    except ValueError:
        return None
    return found if math.isfinite(found) else None
