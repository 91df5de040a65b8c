"""Builds a project from its directory; the only module that names adapters. Each is imported when first needed."""

from __future__ import annotations

import contextlib
import os
import secrets
import time
from datetime import UTC, datetime
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from goldfish import durable
from goldfish.adapters.sqlite_ledger import SqliteJournal
from goldfish.errors import NoProject, ProjectUnwritable
from goldfish.layout import Layout
from goldfish.ledger.codec import LedgerMapper
from goldfish.ledger.redaction import Redactor

if TYPE_CHECKING:
    from collections.abc import Mapping

    from pydantic import JsonValue

    from goldfish.adapters.file_artifacts import FileArtifacts
    from goldfish.application import Application
    from goldfish.conductor.loop import Conductor
    from goldfish.domain.imported import Format
    from goldfish.ledger.envelope import Actor
    from goldfish.policies.reusing import Work
    from goldfish.policies.tools import Tools
    from goldfish.ports import Artifacts, ForeignHistory, InPlace, MetricStore, Prober, Remote, Runner, Snapshots
    from goldfish.projections.projector import Projector
    from goldfish.projections.text_index import TextIndex
    from goldfish.queries.status_lines import Status


class SystemClock:
    """The machine's clock."""

    def now(self) -> datetime:
        """UTC."""
        return datetime.now(UTC)

    def monotonic(self) -> float:
        """Seconds since some fixed moment."""
        return time.monotonic()

    def new_id(self) -> str:
        """48 bits of milliseconds, then 80 random bits."""
        return f"{time.time_ns() // 1_000_000:012x}{secrets.token_hex(10)}"


class Services:
    """One project with everything it needs."""

    def __init__(self, layout: Layout, actor: Actor) -> None:
        self.layout = layout
        self.actor = actor
        self.clock = SystemClock()

    @cached_property
    def redactor(self) -> Redactor:
        """Secrets become fingerprints under this project's key."""
        return Redactor(lambda: _key_of(self.layout))

    @cached_property
    def journal(self) -> SqliteJournal:
        """The ledger's file."""
        return SqliteJournal(self.layout.ledger, LedgerMapper(self.redactor))

    @cached_property
    def application(self) -> Application:
        """Commands against the ledger."""
        from goldfish.application import Application

        return Application(self.journal, self.clock, self.actor)

    @cached_property
    def artifacts(self) -> Artifacts:
        """Bytes in files."""
        return self._files

    @cached_property
    def in_place(self) -> InPlace:
        """Bytes that stay outside."""
        from goldfish.adapters.file_artifacts import FilesInPlace, States

        return FilesInPlace(self._files, States(self.layout.states / "places"))

    @cached_property
    def _files(self) -> FileArtifacts:
        from goldfish.adapters.file_artifacts import FileArtifacts, States

        return FileArtifacts(self.layout.artifacts, States(self.layout.states / "artifacts"))

    @cached_property
    def prober(self) -> Prober:
        """What is in a file."""
        from goldfish.adapters.output_capture import ChildProber

        return ChildProber()

    @cached_property
    def remote(self) -> Remote:
        """Bytes behind an address."""
        from goldfish.adapters.remote_files import RemoteFiles

        return RemoteFiles(self.redactor.finds)

    @cached_property
    def snapshots(self) -> Snapshots:
        """Trees in the hidden git repository."""
        from goldfish.adapters.git_snapshots import GitSnapshots

        return GitSnapshots(self.layout.repository, self.artifacts)

    @cached_property
    def metrics(self) -> MetricStore:
        """Metric points in Parquet."""
        from goldfish.adapters.parquet_metrics import ParquetMetrics

        return ParquetMetrics(self.artifacts, self.layout.home / "tmp")

    @cached_property
    def runners(self) -> dict[str, Runner]:
        """Where stages can be carried out."""
        from goldfish.adapters.process_runner import ProcessRunner

        return {"process": ProcessRunner(self.layout.runs, cache=self.layout.projections / "environment.json")}

    @cached_property
    def projector(self) -> Projector:
        """Read models over the ledger."""
        from goldfish.projections.projector import Projector

        return Projector(self.journal, self.layout.projections)

    @cached_property
    def text_index(self) -> TextIndex:
        """What was said, by its words."""
        from goldfish.projections.text_index import TextIndex

        return TextIndex(self.journal, self.layout.projections)

    @cached_property
    def tools(self) -> Tools:
        """What policies work with."""
        from goldfish.adapters.output_capture import FileCapture
        from goldfish.policies.tools import Tools

        return Tools(
            application=self.application,
            layout=self.layout,
            snapshots=self.snapshots,
            artifacts=self.artifacts,
            in_place=self.in_place,
            metrics=self.metrics,
            capture=FileCapture(self.artifacts),
            runners=self.runners,
            work=self.work,
        )

    @cached_property
    def work(self) -> Work:
        """What stages would do, and what was done before."""
        from goldfish.policies.reusing import Work

        return Work(self.journal, self.snapshots, self.artifacts)

    def read_yaml(self, data: bytes, file: str) -> dict[str, JsonValue]:
        """The mapping in a YAML file of the user's. Raises `BadDocument`."""
        from goldfish.adapters.yaml_documents import read_yaml

        return read_yaml(data, file)

    def add_contracts(self, data: bytes, contracts: Mapping[tuple[str, str], Mapping[str, JsonValue]]) -> bytes:
        """The text of a pipeline with contracts for outputs that have none; nothing else of it differs."""
        from goldfish.adapters.yaml_documents import add_contracts

        return add_contracts(data, contracts)

    def history_in(
        self,
        given: Format,
        path: Path,
        *,
        baselines: Path | None = None,
        experiment: str | None = None,
        unfinished: bool = False,
    ) -> ForeignHistory:
        """What a file or a directory of another system records. Raises `CannotImport`, `ExtraMissing`."""
        from goldfish.adapters.imports import open_history

        return open_history(given, path, baselines=baselines, experiment=experiment, unfinished=unfinished)

    def write_state(self) -> None:
        """Bring STATE.md up to date, and keep the status that it shows for whoever asks next."""
        from goldfish.adapters.state_document import StateDocument
        from goldfish.domain.tokens import DEFAULT
        from goldfish.queries.bearings import bearings
        from goldfish.queries.state_document import state_document
        from goldfish.queries.status import candidates, within

        view = self.projector.at()
        found = bearings(view, most=candidates(DEFAULT))
        document = StateDocument(self.layout.state, self.layout.home / "state.lock")
        if document.write_state(*state_document(view, found)):
            self.keep_status(within(found, DEFAULT))

    def kept_status(self) -> Status | None:
        """The status of the log as it is now, if somebody has computed it."""
        from goldfish.queries.kept import KeptAnswers
        from goldfish.queries.status_lines import Status

        log = self.journal.hash_of(self.journal.head())
        return KeptAnswers(self.layout.projections).find("status", log, Status) if log is not None else None

    def keep_status(self, answer: Status) -> None:
        """Spare the next process the computation, where the project can be written."""
        from goldfish.queries.kept import KeptAnswers

        log = self.journal.hash_of(answer.as_of)
        if log is not None:
            with contextlib.suppress(ProjectUnwritable, OSError):
                KeptAnswers(self.layout.projections).keep("status", log, answer)

    def _follow(self) -> None:
        """What is brought up to date in the background after each change."""
        self.write_state()
        self.journal.settle()

    def ensure_conductor(self) -> None:
        """Start a conductor in the background, unless one is alive."""
        from goldfish.conductor.election import ensure_conductor

        ensure_conductor(self.layout)

    def conductor(self, *, places: int | None = None) -> Conductor:
        """A conductor for this project, not yet elected."""
        from goldfish.conductor.election import Election
        from goldfish.conductor.loop import Conductor

        election = Election(self.layout)
        return Conductor(self.tools, election, places=places or os.cpu_count() or 1, on_change=self._follow)


def find_project(start: Path) -> Layout:
    """The project that holds a directory. Raises `NoProject`."""
    directory = start.absolute()
    for candidate in (directory, *directory.parents):
        if (candidate / ".goldfish" / "ledger.db").is_file():
            return Layout(candidate)
    raise NoProject(path=directory)


def lay_out_project(root: Path) -> Layout:
    """Make the directories and the key of a new project; may be repeated. Raises `ProjectUnwritable`."""
    layout = Layout(root.absolute())
    try:
        layout.home.mkdir(parents=True, exist_ok=True)
        layout.slot("").mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise ProjectUnwritable(path=root, why=os.strerror(error.errno or 0)) from error
    _key_of(layout)
    return layout


def _key_of(layout: Layout) -> bytes:
    """The key of secret fingerprints. When it was lost, a new one: the same secret then gets another fingerprint."""
    if not layout.key.is_file():
        durable.write(layout.key, secrets.token_bytes(32), mode=0o600)
    return layout.key.read_bytes()
