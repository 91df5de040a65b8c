"""What goldfish needs from the outside. A comment here is a contract: every adapter and every fake keeps it.

Content-addressed writes (`Snapshots.take`, `Artifacts.put…`) happen before the append and may be repeated: an orphan is
harmless. Effects (`Snapshots.place`, `Runner.launch` …) happen after it, are named by what asked for them, and may be
repeated too. Every method may raise the errors of `goldfish.errors` named in its comment, and no others on purpose.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Literal, NamedTuple, Protocol, TypeAlias

from pydantic import JsonValue

from goldfish.domain.executions import Execution
from goldfish.domain.imported import ForeignExperiment, ForeignJudgement, System
from goldfish.domain.names import Digest, ExecutionId, TreeId
from goldfish.domain.notes import ForeignNote
from goldfish.domain.values import Environment, LogFile, MetricSummary, SignalType, Skipped, StagePlan

Told: TypeAlias = Callable[[int], None]  # is told how many more bytes were done


class Clock(Protocol):
    """The time, and ids nobody else has."""

    def now(self) -> datetime:
        """The time in UTC. May jump; nothing is decided by it."""

    def monotonic(self) -> float:
        """Seconds that never go backwards, for durations and deadlines."""

    def new_id(self) -> str:
        """A fresh id, at least 80 random bits, sortable by creation time."""


# ── reading the ledger ────────────────────────────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True, slots=True)
class EventBlock:
    """Events one after the other, without an object for each: every column in one piece.

    `numbers` are four for each event, all joined by commas: its version, and how many bytes its stream, its name and
    its record have in the other three.
    """

    numbers: bytes
    streams: bytes
    names: bytes
    records: bytes


class EventLog(Protocol):
    """The ledger, read only. Positions are 1, 2, 3 …; what stands at a position never changes."""

    def head(self) -> int:
        """The highest position, 0 when there is none."""

    def token(self) -> object:
        """Changes when something was appended; equal tokens mean that nothing was. Costs microseconds."""

    def rows(self, after: int, upto: int | None = None, limit: int = 500) -> list[tuple[int, str, int, str, str]]:
        """At most `limit` events with after < position <= upto, ascending: position, stream, version, name, record.

        `record` is the stored canonical JSON: v, at, actor, command, body, because, data. Raises `LedgerCorrupt`.
        """

    def block(self, after: int, upto: int) -> EventBlock | None:
        """The events that `rows` gives with a limit that is no limit, for those who read very many of them.

        None when any position in between is missing, or when they are not to be had in this form: then `rows` tells.
        """


# ── code: snapshots ───────────────────────────────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True, slots=True)
class Snapshot:
    """What `Snapshots.take` recorded. `skipped` names every path that is not in the tree, and why."""

    tree: TreeId
    files: int
    bytes: int
    skipped: list[Skipped] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class TreeFile:
    """One file of a tree: `mode` is 0o100644, 0o100755 or 0o120000 (a link); `content` identifies its bytes."""

    path: str
    mode: int
    content: str


@dataclass(frozen=True, slots=True)
class FileChange:
    """How one file differs between two trees. `patch` is unified text, empty for binary or large files."""

    path: str
    change: Literal["added", "removed", "modified"]
    patch: str
    added: int
    removed: int


class Snapshots(Protocol):
    """Exact trees of files, and directories that show them.

    A tree id depends on paths, bytes and the executable bit alone: the same tree has the same id on every machine.
    """

    def take(self, directory: Path, *, cache: str | None = None) -> Snapshot:
        """Record every file below `directory` byte for byte, durably, before it returns.

        Links are recorded as links and never followed. Nested repositories, caches of Python and special files are
        left out by name in `skipped`. `cache` names a stat cache: with it an unchanged tree costs a directory walk.
        Raises `SnapshotRefused` for what cannot be recorded (a link that leads outside, unreadable or ever-changing
        files, unusable names, too many files).
        """

    def place(self, tree: TreeId, directory: Path, *, cache: str | None = None) -> None:
        """Make `directory` hold exactly `tree`, creating it if needed and touching only what differs.

        Idempotent, and safe to repeat after a crash in the middle. Never follows links. Raises `SnapshotMissing`.
        """

    def empty(self) -> TreeId:
        """The tree without files."""

    def files(self, tree: TreeId) -> list[TreeFile]:
        """All files of a tree, sorted by path. Raises `SnapshotMissing`."""

    def read(self, tree: TreeId, path: str) -> bytes | None:
        """The bytes of one file (up to 64 MiB), or None when the tree has no such file. Raises `SnapshotMissing`."""

    def diff(self, left: TreeId, right: TreeId) -> list[FileChange]:
        """Every file that differs, sorted by path. Raises `SnapshotMissing`."""

    def verify(self, tree: TreeId) -> list[str]:
        """One sentence for everything in this tree that is missing or whose bytes do not match its name."""

    def pin(self, name: str, tree: TreeId) -> None:
        """Keep a tree reachable for git's own tools under refs/goldfish/<name>. Idempotent; an effect, not a record."""


# ── bytes: artifacts ──────────────────────────────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True, slots=True)
class Stored:
    """Bytes in the store. A directory is stored as a manifest of its files; `size` counts the files' bytes."""

    digest: Digest
    size: int
    files: int = 1


class Artifacts(Protocol):
    """Bytes by their SHA-256. Written once, never changed; a put is durable at return and may be repeated."""

    def put_bytes(self, data: bytes) -> Stored:
        """Keep these bytes. Raises `ProjectUnwritable`."""

    def put_file(self, path: Path, *, limit: int | None = None, told: Told | None = None) -> Stored:
        """Keep a regular file, hashed while it is copied, without following a link at any component below its parent.

        Raises `OutputRefused` when it is no regular file, changes meanwhile or holds more than `limit` bytes,
        `ProjectUnwritable` when the store has no room. `told` is told how many bytes were done since the last time.
        """

    def put_directory(self, path: Path, *, limit: int | None = None, told: Told | None = None) -> Stored:
        """Keep every regular file below a directory, and a manifest (sorted paths, sizes, digests) that names it.

        Raises as `put_file`; links and special files are refused.
        """

    def path(self, digest: Digest) -> Path:
        """Where the bytes are, to be read only. Raises `ArtifactMissing`."""

    def place(self, digest: Digest, target: Path, kind: SignalType) -> None:
        """Show the bytes at `target`, read-only, without a copy where that is safe. Idempotent.

        A `file` that begins as a program does is executable, and so are the files of a directory that were so. Raises
        `ArtifactMissing`.
        """

    def contents(self, digest: Digest) -> list[tuple[str, int]]:
        """The files of a stored directory, sorted: relative path and bytes. Raises `ArtifactMissing`."""

    def take_out(self, digest: Digest, target: Path, kind: SignalType, *, told: Told | None = None) -> None:
        """Copy the bytes to a path that does not exist yet, checked, to belong to the user from then on.

        Raises `ArtifactMissing`, `PlaceTaken`, `ProjectUnwritable`.
        """

    def check(self, digest: Digest) -> list[str]:
        """As `verify`, but bytes that were sound before and were not touched since are not read again."""

    def read(self, digest: Digest, *, limit: int = 64 << 20) -> bytes:
        """The bytes, checked against the digest while they are read. Raises `ArtifactMissing`."""

    def has(self, digest: Digest) -> bool:
        """Whether the bytes are there; they are not read."""

    def verify(self, digest: Digest) -> list[str]:
        """One sentence for each thing missing or damaged: the bytes themselves, and the files of a manifest."""

    def free(self) -> int:
        """Bytes that can still be stored."""


@dataclass(frozen=True, slots=True)
class Unread:
    """Lines that a stage wrote as metrics and nobody can read: how many, and what is wrong with the first of them."""

    file: str
    lines: int
    named: list[str]


@dataclass(frozen=True, slots=True)
class Sealed:
    """The points of one execution, kept: the digest of the file (None without points) and the summary by metric.

    The summary holds at most 1,000 metrics, sorted by name; `more` are beyond that.
    """

    digest: Digest | None
    points: int = 0
    summary: dict[str, MetricSummary] = field(default_factory=dict)
    more: int = 0
    unread: Unread | None = None


class InPlace(Protocol):
    """Files and directories that stay where they are, outside the project, known by the digest of all their bytes.

    They may change at any time: a digest says what they held, and only a comparison whether they still do.
    """

    def size(self, path: Path) -> int:
        """Bytes below a path. Raises `OutputRefused`."""

    def recall(self, path: Path) -> Stored | None:
        """What the bytes there are, when they were read before and were not touched since. Raises `OutputRefused`."""

    def take(self, path: Path, *, told: Told | None = None) -> Stored:
        """Read every byte, and keep the manifest of a directory; nothing else is kept.

        Raises `OutputRefused` for links, special files and what changes meanwhile, and `ProjectUnwritable`.
        """

    def look(self, path: Path) -> object:
        """How the files there are now, for `remember`. Raises `OutputRefused`."""

    def remember(self, path: Path, stored: Stored, seen: object) -> None:
        """The bytes there, when they were `seen`, were found to be `stored`. Raises `OutputRefused`."""

    def differing(self, digest: Digest, path: Path, kind: SignalType) -> list[str]:
        """What there is not as the digest says, each path with what is wrong; nothing when all is.

        What was sound before and was not touched since is not read again. Raises `ArtifactMissing` when the manifest
        of a directory is.
        """

    def take_out(self, digest: Digest, path: Path, target: Path, kind: SignalType, *, told: Told | None = None) -> None:
        """As `Artifacts.take_out`, of the bytes there."""

    def show(self, path: Path, target: Path) -> None:
        """Show the files at `target`, by a link. Idempotent. Raises `ProjectUnwritable`."""


class Prober(Protocol):
    """Looks into data that nobody vouches for."""

    def probe(self, path: Path, kind: SignalType) -> dict[str, JsonValue]:
        """What a file of this type holds: shape, dtype, columns, rows, a few values.

        Nothing in it is executed. What cannot be told is left out; `problem` says why the bytes are not of the type.
        """

    def guess(self, path: Path) -> SignalType:
        """The type of a file or directory, by its name."""


class Remote(Protocol):
    """Data behind an address."""

    def clean(self, uri: str) -> str:
        """The address without what gives access: user, password, signatures, tokens. Raises `CannotFetch`."""

    def fetch(self, uri: str, directory: Path, *, limit: int, timeout: float, told: Told | None = None) -> Path:
        """Bring the bytes into a directory; the file keeps the name that it has there.

        Raises `CannotFetch`, also for more than `limit` bytes or after `timeout` seconds without any; `ExtraMissing`.
        """


class Point(NamedTuple):
    """One value of a metric. `at` is in seconds since 1970."""

    metric: str
    value: float
    step: int | None = None
    at: float | None = None


class MetricStore(Protocol):
    """Metric points as sealed Parquet files."""

    def seal(self, directory: Path, *, printed: bool = False) -> Sealed:
        """Turn the points that a stage wrote in `directory` into one stored Parquet file.

        They are in metrics.bin, in metrics.txt, or, when `printed` and neither says anything, in lines of the log.
        Columns: metric (dictionary of text), step (int64, nullable), value (float64, NaN and infinities kept),
        at (timestamp[us, UTC], null where nobody wrote it). A torn last record, as kill -9 leaves it, is dropped.
        Deterministic: the same points give the same digest.
        """

    def keep(self, points: Iterable[Point]) -> Sealed:
        """Seal points that were recorded elsewhere, as `seal` does. Metrics may have any name of up to 256 characters.

        A negative step is none. What has an unusable name or step is left out, and counted in `unread`.
        """

    def series(self, digest: Digest, metric: str | None = None) -> dict[str, list[tuple[int | None, float]]]:
        """The points of a sealed file in the order they were logged: metric → (step, value).

        Raises `ArtifactMissing`.
        """


# ── history that was recorded elsewhere ───────────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True, slots=True)
class ForeignPart:
    """One thing that a record says. `where` is its place there, like "line 12"; `points` are read when asked for.

    What `points` holds is in the metrics of `said` as far as the record states it apart from them.
    """

    where: str
    said: ForeignExperiment | ForeignJudgement | ForeignNote
    points: Callable[[], Iterable[Point]] | None = None


@dataclass(frozen=True, slots=True)
class Unreadable:
    """One thing in a record that cannot be understood, and why."""

    where: str
    why: str
    id: str | None = None


class ForeignHistory(Protocol):
    """What a file or a directory of another system records. Nothing of it is trusted, changed or executed."""

    system: System
    timed: bool  # whether it says when things happened; where it does not, they happened when the file was written
    left_out: Mapping[str, int]  # what is passed over on purpose, like what was deleted there: why → how many

    def count(self) -> int:
        """How many things `parts` yields. Raises as `parts`."""

    def parts(self) -> Iterator[ForeignPart | Unreadable]:
        """All of it in the order in which it was known there; what cannot be understood, anywhere.

        Memory does not grow with what experiments hold. Raises `CannotImport` when it cannot be read as a whole, or
        changes meanwhile.
        """

    def close(self) -> None:
        """Let go of it."""


# ── carrying out stages ───────────────────────────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True, slots=True)
class LaunchOrder:
    """All that a backend needs to carry out one stage. `code` already holds the files of the version."""

    execution: ExecutionId
    attempt: int
    stage: StagePlan
    directory: Path  # the execution's own directory: inputs/, outputs/, log, metrics, heartbeat, stop request
    code: Path
    inputs: Mapping[str, Path]
    seed: int | None = None


@dataclass(frozen=True, slots=True)
class Observation:
    """What a backend sees. `gone` means: it was started once, is not running, and left no word of its end."""

    state: Literal["absent", "running", "exited", "gone", "unknown"]
    exited: Execution.Exited | None = None
    detail: str = ""


@dataclass(frozen=True, slots=True)
class Captured:
    """One declared output, kept; or why it was refused."""

    name: str
    type: SignalType
    stored: Stored | None
    described: Mapping[str, JsonValue] = field(default_factory=dict)
    refused: str | None = None


GRACE_SECONDS = 5.0  # between asking a stage to stop, TERM and KILL


class Runner(Protocol):
    """A place where stages are carried out.

    The execution id and attempt name the effect: whatever is called twice, at most one process ever runs for it.
    """

    name: str

    def launch(self, order: LaunchOrder) -> str:
        """Start it, or return the handle of the one already started under this name, running or not.

        Returns once the start is certain; a lost reply is harmless. Raises `RunnerUnavailable` when trying again can
        help and `LaunchRefused` when it cannot.
        """

    def observe(self, execution: ExecutionId, attempt: int) -> Observation:
        """What became of it. Never blocks long, never changes anything. Works in any process, after any crash."""

    def wait(self, executions: list[tuple[ExecutionId, int]], seconds: float) -> bool:
        """Return False after `seconds`, or True earlier when one of them has probably ended. A hint only."""

    def stop(self, execution: ExecutionId, attempt: int, *, grace: float) -> None:
        """Ask it to stop (stop file), after `grace` seconds TERM, after as much again KILL, to all its processes.

        Returns at once; `observe` tells the end, as `stopped`. Idempotent.
        """

    def environment(self) -> tuple[Environment, dict[str, str]]:
        """What stages run on here: and the installed packages with their versions."""


class Capture(Protocol):
    """Takes what an ended execution left in its directory, as claims of that execution only."""

    def outputs(self, order: LaunchOrder) -> list[Captured]:
        """Keep each declared output that is what was declared; name the problem of each other. Follows no links.

        An optional output that was not written is passed over.
        """

    def log(self, order: LaunchOrder) -> LogFile | None:
        """Keep what was printed."""

    def artifacts(self, order: LaunchOrder) -> Iterator[tuple[str, Stored]]:
        """Keep the files handed over with `log_artifact`."""

    def loaded(self, order: LaunchOrder) -> list[str]:
        """The files of the code that the stage says it has imported, sorted; [] when it says nothing."""


class Documents(Protocol):
    """Files for people, made from the ledger."""

    def write_state(self, text: str, position: int) -> bool:
        """Put STATE.md in place atomically, unless one of a later position is there. Returns whether it was written."""
