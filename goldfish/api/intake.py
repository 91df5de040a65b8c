"""Where the bytes of a new revision come from: a path, an address, or what is in the ledger already."""

from __future__ import annotations

import os
import re
import shutil
import tempfile
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING
from urllib.parse import unquote, urlsplit

from pydantic import JsonValue

from goldfish.application import Session
from goldfish.domain.names import Digest, split_execution
from goldfish.domain.values import SignalType
from goldfish.errors import ArtifactMissing, CannotFetch, CannotPromote, OutputRefused, UnreadableFile
from goldfish.queries.references import resolve

if TYPE_CHECKING:
    from goldfish.bootstrap import Services
    from goldfish.ports import Stored, Told

OnProgress = Callable[[str, int, int | None], None]  # what is done, bytes done, bytes in all if that is known

LIMIT = 64 << 30  # bytes of a download
TIMEOUT = 60.0  # seconds without a byte
ENDINGS = 10

_A = {"run": "a run", "execution": "a stage", "workspace": "a workspace", "version": "a version", "note": "a note"}
_URI = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*://")
_REF = re.compile(r"run-[1-9][0-9]*/[^/]+|[a-z0-9][a-z0-9._-]{0,63}@r[1-9][0-9]*")


@dataclass(frozen=True, slots=True)
class Taken:
    """Bytes that are known by digest now."""

    kind: SignalType
    digest: str
    size: int
    came_from: str
    origin: str | None = None
    location: str | None = None
    described: dict[str, JsonValue] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Download:
    """What a download may take: bytes, and seconds without any."""

    limit: int = LIMIT
    timeout: float = TIMEOUT


def shown(services: Services, given: str | Path) -> str:
    """What was given, fit to be recorded: an address without what gives access."""
    text = str(given)
    if isinstance(given, str) and _URI.match(text) and not text.lower().startswith("file://"):
        return services.remote.clean(text)
    return text


def take(
    services: Services,
    given: str | Path,
    kind: SignalType | None = None,
    *,
    in_place: bool = False,
    keep: bool = True,
    download: Download | None = None,
    known: Mapping[str, dict[str, JsonValue]] | None = None,
    told: OnProgress | None = None,
) -> Taken:
    """The bytes that `given` names, kept unless they stay `in_place`, and what goldfish finds in them.

    Text that holds "://" is an address. Other text is a path when something is there, else a reference. Without `keep`
    only the manifest of a directory stays in the store. `known` has what was found, by digest, in bytes that need not
    be looked into again. Raises `UnreadableFile`, `CannotFetch`, `CannotPromote` and
    those of references.
    """
    text = str(given)
    if isinstance(given, str) and _URI.match(text):
        if text.lower().startswith("file://"):
            return _from_path(
                services, _not_ours(services, _local(text)), kind, text, in_place, keep, known or {}, told
            )
        if in_place:
            raise CannotFetch(uri=shown(services, given), why="only what is on this machine can stay in place")
        return _from_uri(services, text, kind, keep, download or Download(), known or {}, told)
    path = Path(given)
    if isinstance(given, str) and _REF.fullmatch(text) and not _is_there(path):
        return from_reference(services, text)
    return _from_path(services, _not_ours(services, path), kind, text, in_place, keep, known or {}, told)


def from_reference(services: Services, ref: str) -> Taken:
    """The bytes of an output of a stage that succeeded, or of a revision of a source. None are copied.

    Raises `CannotPromote` and the refusals of unknown references.
    """
    view = services.projector.at()
    reference = resolve(view, ref)
    match reference.kind:
        case "output":
            row = view.row("SELECT type, digest, size, kind, run, stage FROM outputs WHERE ref = ?", reference.id)
            _refuse_unfit(services, reference.id, row)
            location = None
        case "source":
            row = view.row("SELECT type, digest, size, location FROM sources WHERE ref = ?", reference.id)
            location = row["location"] if row else None
        case _:
            raise CannotPromote(ref=reference.id, why=f"{_A[reference.kind]} is not the bytes of one output")
    if row is None:
        raise CannotPromote(ref=reference.id, why="it is not recorded")
    kind: SignalType = row["type"] or "file"
    digest = Digest(row["digest"])
    if location is None and (damages := services.artifacts.check(digest)):
        raise ArtifactMissing(digest=digest, why=damages[0])
    where = Path(location) if location is not None else None
    described = _described(services, kind, digest, where)
    return Taken(kind, digest, row["size"], reference.id, reference.id, location, described)


def _refuse_unfit(services: Services, ref: str, row: dict[str, object] | None) -> None:
    split = split_execution(ref.partition(".")[0])
    if row is None or split is None:
        raise CannotPromote(ref=ref, why="it is not recorded")
    if row["kind"] == "refused":
        raise CannotPromote(ref=ref, why="it was refused when the stage ended, so its bytes were not kept")
    execution = Session(services.journal).execution(f"{split[0]}/{split[1]}")
    if execution.outcome != "succeeded":
        ended = f"{split[0]}/{split[1]} {execution.outcome or 'has not ended'}"
        raise CannotPromote(ref=ref, why=f"{ended}{': ' + execution.cause if execution.cause else ''}")


def _not_ours(services: Services, path: Path) -> Path:
    """A path of the user's. Raises `UnreadableFile` for what goldfish keeps, and for what holds it."""
    if not _is_there(path):
        return path  # refused by whoever looks at it
    home, real = Path(os.path.realpath(services.layout.home)), Path(os.path.realpath(path))
    if real == home or home in real.parents or real in home.parents:
        raise UnreadableFile(path=path, why="it holds, or belongs to, what goldfish itself keeps")
    return path


def _is_there(path: Path) -> bool:
    """Whether there is something of this name, also a link that leads nowhere."""
    try:
        return path.exists() or path.is_symlink()
    except OSError as error:  # the name is too long, or a directory may not be searched
        raise UnreadableFile(path=path, why=error.strerror or str(error)) from error


def _from_path(
    services: Services,
    path: Path,
    kind: SignalType | None,
    came_from: str,
    in_place: bool,
    keep: bool,
    known: Mapping[str, dict[str, JsonValue]],
    on_progress: OnProgress | None,
) -> Taken:
    path = path.absolute()
    is_there = _is_there(path)
    if path.is_symlink():
        raise UnreadableFile(path=path, why=f"it is a link; name what it leads to: {os.path.realpath(path)}")
    if not is_there:
        raise UnreadableFile(path=path, why="there is nothing of this name")
    guessed = services.prober.guess(path)
    kind = kind or guessed
    if (kind == "directory") != (guessed == "directory"):
        really = "a directory" if guessed == "directory" else "no directory"
        raise UnreadableFile(path=path, why=f"it is {really}, and cannot be of the type {kind}")
    try:
        stored = _store(services, path, kind, in_place or not keep, on_progress)
    except OutputRefused as refusal:  # the store speaks of outputs
        raise UnreadableFile(path=path, why=refusal.facts.get("why")) from refusal
    described = known.get(stored.digest)
    if described is None:
        described = _described(services, kind, stored.digest, path if in_place or not keep else None)
    return Taken(kind, stored.digest, stored.size, came_from, None, str(path) if in_place else None, described)


def _store(services: Services, path: Path, kind: SignalType, only_read: bool, on_progress: OnProgress | None) -> Stored:
    """Read every byte, unless nothing was touched since they were last read."""
    known = services.in_place.recall(path)
    if known is not None and (only_read or not services.artifacts.check(known.digest)):
        return known
    told = _told(on_progress, "reading" if only_read else "copying", services.in_place.size(path))
    if only_read:
        return services.in_place.take(path, told=told)
    seen = services.in_place.look(path)
    put = services.artifacts.put_directory if kind == "directory" else services.artifacts.put_file
    stored = put(path, told=told)
    services.in_place.remember(path, stored, seen)
    return stored


def _from_uri(
    services: Services,
    uri: str,
    kind: SignalType | None,
    keep: bool,
    download: Download,
    known: Mapping[str, dict[str, JsonValue]],
    on_progress: OnProgress | None,
) -> Taken:
    came_from = services.remote.clean(uri)
    with _scratch(services) as directory:
        told = _told(on_progress, "fetching", None)
        path = services.remote.fetch(uri, directory, limit=download.limit, timeout=download.timeout, told=told)
        return _from_path(services, path, kind, came_from, False, keep, known, on_progress)


@contextmanager
def _scratch(services: Services) -> Iterator[Path]:
    """A directory beside the store, for as long as something is fetched."""
    services.layout.downloads.mkdir(parents=True, exist_ok=True)
    directory = Path(tempfile.mkdtemp(dir=services.layout.downloads))
    try:
        yield directory
    finally:
        shutil.rmtree(directory, ignore_errors=True)


def _local(uri: str) -> Path:
    parts = urlsplit(uri)
    if parts.netloc not in ("", "localhost"):
        raise CannotFetch(uri=f"file://…{parts.path}", why="a file address names no other machine")
    return Path(unquote(parts.path))


def _described(services: Services, kind: SignalType, digest: Digest | str, where: Path | None) -> dict[str, JsonValue]:
    """What goldfish finds in kept bytes, or in bytes `where` they are; without secrets."""
    if kind == "directory":
        found = _directory(services.artifacts.contents(Digest(digest)))
    else:
        found = services.prober.probe(where or services.artifacts.path(Digest(digest)), kind)
    cleaned: dict[str, JsonValue] = services.redactor.clean(found)
    return cleaned


def _directory(files: list[tuple[str, int]]) -> dict[str, JsonValue]:
    endings = Counter(PurePosixPath(path).suffix.lower()[:20] or "none" for path, _ in files)
    return {
        "files": len(files),
        "endings": dict(endings.most_common(ENDINGS)),
        "sample": [path[:200] for path, _ in files[:5]],
    }


def _told(on_progress: OnProgress | None, what: str, total: int | None) -> Told | None:
    if on_progress is None:
        return None
    done = 0

    def told(count: int) -> None:
        nonlocal done
        done += count
        on_progress(what, done, total)

    return told
