"""Where things are in a project. Everything of goldfish's is below `.goldfish/`; the rest belongs to the user."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Layout:
    """The paths of one project."""

    root: Path

    @property
    def home(self) -> Path:
        """goldfish's own directory."""
        return self.root / ".goldfish"

    @property
    def ledger(self) -> Path:
        """The one file that is the truth."""
        return self.home / "ledger.db"

    @property
    def key(self) -> Path:
        """The key of secret fingerprints, readable by its owner only."""
        return self.home / "key"

    @property
    def repository(self) -> Path:
        """The hidden repository of all trees."""
        return self.home / "workspaces.git"

    @property
    def artifacts(self) -> Path:
        """Bytes by digest."""
        return self.home / "artifacts"

    @property
    def states(self) -> Path:
        """In which state files were when all their bytes were last read; a cache."""
        return self.home / "states"

    @property
    def downloads(self) -> Path:
        """What is being fetched; gone when it is in the store."""
        return self.home / "downloads"

    @property
    def runs(self) -> Path:
        """One directory for each stage execution: `runs/run-42/train`."""
        return self.home / "runs"

    @property
    def projections(self) -> Path:
        """Read models; a cache."""
        return self.home / "projections"

    @property
    def markers(self) -> Path:
        """What was last placed in each slot."""
        return self.home / "slots"

    @property
    def requests_lock(self) -> Path:
        """Held while a run is being requested: they get their numbers one after the other."""
        return self.home / "requests.lock"

    @property
    def notes_lock(self) -> Path:
        """Held while a note is logged: they get their numbers one after the other."""
        return self.home / "notes.lock"

    @property
    def imports_lock(self) -> Path:
        """Held while history is imported: nothing is imported twice."""
        return self.home / "imports.lock"

    @property
    def conductor_lock(self) -> Path:
        """Held by the conductor for its life."""
        return self.home / "conductor.lock"

    @property
    def conductor_log(self) -> Path:
        """What the conductor has to say to people."""
        return self.home / "conductor.log"

    @property
    def state(self) -> Path:
        """The project's state as a document."""
        return self.root / "STATE.md"

    def slot(self, name: str) -> Path:
        """The directory in which a workspace is edited."""
        return self.root / "workspaces" / name

    def execution(self, execution: str, attempt: int = 1) -> Path:
        """The directory of a stage execution."""
        run, _, stage = execution.partition("/")
        return self.runs / run / (stage if attempt == 1 else f"{stage}.{attempt}")
