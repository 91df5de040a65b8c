"""What the ledger calls things, for those who tell of them in words of their own."""

from __future__ import annotations

import re
from functools import cached_property

from goldfish.domain.names import is_run
from goldfish.domain.suspicion import CodeIs, InputIs
from goldfish.errors import Refusal
from goldfish.projections.projector import View
from goldfish.queries.references import resolve

_DIGITS = re.compile(r"[0-9a-f]{7,64}")


class LedgerVocabulary:
    """The names of a view, each kind looked up once."""

    def __init__(self, view: View) -> None:
        self._view = view

    def runs(self, name: str) -> list[str]:
        """The runs of this name, ours or elsewhere."""
        if is_run(name):
            return [row["run"] for row in self._view.rows("SELECT run FROM runs WHERE run = ?", name)]
        asked = "SELECT run FROM imported WHERE id = ? OR system || ':' || id = ? ORDER BY position"
        return [row["run"] for row in self._view.rows(asked, name, name)]

    def group(self, name: str) -> bool:
        """Whether runs have this group."""
        return self._view.row("SELECT run FROM runs WHERE run_group = ? LIMIT 1", name) is not None

    def thing(self, name: str) -> str | None:
        """The full name of a source, an output, a version, a tag's target or a note."""
        noted = self._view.row("SELECT note FROM thoughts WHERE called = ? LIMIT 1", name)
        if noted is not None:
            return str(noted["note"])
        try:
            found = resolve(self._view, name)
        except Refusal:
            return None
        return None if found.kind in ("run", "workspace") else found.id

    def codes(self, name: str) -> list[CodeIs]:
        """The code of this version, label, tree or commit, or the beginning of one."""
        if self._view.row("SELECT version FROM versions WHERE version = ?", name) is not None:
            return [CodeIs(version=name)]
        if name in self._labels_of_code:
            return [CodeIs(label=name)]
        begun = [label for label in sorted(self._labels_of_code) if re.match(re.escape(name) + r"(?!\w)", label)]
        if begun and len(name) > 2:
            return [CodeIs(label=label) for label in begun]
        within = re.compile(rf"(?<!\w){re.escape(name)}(?!\w)")
        if _DIGITS.fullmatch(name) and (held := [one for one in sorted(self._labels_of_code) if within.search(one)]):
            return [CodeIs(label=label) for label in held]  # as people note a commit: main (01cc741)
        if _DIGITS.fullmatch(name) and self._view.row(_OF_HASH, name) is not None:
            return [CodeIs(hash=name)]
        return []

    def inputs(self, name: str) -> list[InputIs]:
        """The data of this name or digest, or the beginning of one."""
        digits = name.removeprefix("sha256:")
        if _DIGITS.fullmatch(digits):
            asked = (
                "SELECT DISTINCT name FROM inputs WHERE starts_with(replace(digest, 'sha256:', ''), ?) ORDER BY name"
            )
            return [InputIs(name=row["name"], digest=digits) for row in self._view.rows(asked, digits)]
        return [InputIs(name=name)] if name in self._inputs else []

    def setting(self, name: str) -> str | None:
        """The setting of this name, as it is spelled."""
        return self._settings.get(_spelling(name))

    def metric(self, name: str) -> bool:
        """Whether runs have this metric."""
        return name in self._metrics

    def label(self, name: str) -> bool:
        """Whether the records of imported runs have this label."""
        return name in self._labels

    def actor(self, name: str) -> bool:
        """Whether somebody of this name asked for runs."""
        return name in self._actors

    @cached_property
    def _settings(self) -> dict[str, str]:
        rows = self._view.rows("SELECT DISTINCT stage, name FROM params")
        found: dict[str, str] = {}
        for row in rows:
            found.setdefault(_spelling(row["name"]), row["name"])
            if row["stage"]:
                found.setdefault(_spelling(f"{row['stage']}.{row['name']}"), f"{row['stage']}.{row['name']}")
        return found

    @cached_property
    def _inputs(self) -> set[str]:
        return self._all("SELECT DISTINCT name FROM inputs UNION SELECT DISTINCT name FROM sources")

    @cached_property
    def _metrics(self) -> set[str]:
        return self._all("SELECT DISTINCT metric FROM metrics")

    @cached_property
    def _labels(self) -> set[str]:
        return self._all("SELECT DISTINCT name FROM labels")

    @cached_property
    def _actors(self) -> set[str]:
        return self._all("SELECT DISTINCT actor FROM runs UNION SELECT DISTINCT split_part(actor, ':', 2) FROM runs")

    @cached_property
    def _labels_of_code(self) -> set[str]:
        return self._all("SELECT DISTINCT label FROM code WHERE label IS NOT NULL")

    def _all(self, sql: str) -> set[str]:
        return {str(next(iter(row.values()))) for row in self._view.rows(sql)}


_OF_HASH = """
    SELECT run FROM code WHERE starts_with(hash, ?) LIMIT 1
"""


def _spelling(name: str) -> str:
    """Names that differ by case and dashes alone are one: --Learning-Rate is learning_rate."""
    return name.lstrip("-").lower().replace("-", "_")
