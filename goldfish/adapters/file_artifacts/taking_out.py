"""Copying kept bytes to a place of the user's: never over anything, whole or not at all, and checked while copied."""

from __future__ import annotations

import contextlib
import os
import secrets
import shutil
from collections.abc import Iterator, Mapping
from pathlib import Path

from goldfish import durable
from goldfish.errors import ArtifactMissing, PlaceTaken, ProjectUnwritable
from goldfish.files import Changed, Told, copy, opened_plain

_CREATE = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC
_LIMIT = 1 << 62


def take_out_file(source: Path, digest: str, target: Path, told: Told | None) -> None:
    """Copy a file to a new path. Raises `ArtifactMissing`, `PlaceTaken` and `ProjectUnwritable`."""
    with _new_place(target) as temporary:
        _copy(source, digest, temporary, 0o644, told)
        try:
            os.link(temporary, target, follow_symlinks=False)  # unlike a rename, this replaces nothing
        except FileExistsError as error:
            raise PlaceTaken(path=target) from error
        except OSError:  # some file systems have no hard links
            _rename_to_new(temporary, target)


def take_out_directory(files: Mapping[str, tuple[Path, str, bool]], target: Path, told: Told | None) -> None:
    """Copy files, by relative path, into a new directory. Raises as `take_out_file`."""
    with _new_place(target) as temporary:
        temporary.mkdir()
        for relative, (source, digest, executable) in files.items():
            (temporary / relative).parent.mkdir(parents=True, exist_ok=True)
            _copy(source, digest, temporary / relative, 0o755 if executable else 0o644, told)
        _rename_to_new(temporary, target)


@contextlib.contextmanager
def _new_place(target: Path) -> Iterator[Path]:
    """A temporary name beside the target; what is left of it goes at the end."""
    if os.path.lexists(target):
        raise PlaceTaken(path=target)
    temporary = target.with_name(f".{target.name[:100]}.{secrets.token_hex(6)}.tmp")
    _make_directory(target.parent)
    try:
        yield temporary
    except OSError as error:
        raise durable.unwritable(target, error) from error
    finally:
        with contextlib.suppress(OSError):
            if temporary.is_dir():
                shutil.rmtree(temporary)
            else:
                temporary.unlink(missing_ok=True)


def _make_directory(path: Path) -> None:
    """Make it, unless it is there; some places never hold a directory, whoever asks."""
    try:
        path.mkdir(parents=True, exist_ok=True)
    except (FileExistsError, NotADirectoryError) as error:
        raise ProjectUnwritable(path=path, why="it is no directory, or within what is none") from error
    except FileNotFoundError as error:
        raise ProjectUnwritable(path=path, why="no directory can be made there") from error
    except OSError as error:
        raise durable.unwritable(path, error) from error


def _rename_to_new(temporary: Path, target: Path) -> None:
    if os.path.lexists(target):
        raise PlaceTaken(path=target)
    temporary.rename(target)


def _copy(source: Path, digest: str, target: Path, mode: int, told: Told | None) -> None:
    try:
        with opened_plain(source) as (descriptor, _):
            made = os.open(target, _CREATE, mode)
            try:
                found, _size = copy(descriptor, made, most=_LIMIT, told=told)
            finally:
                os.close(made)
    except Changed as error:
        raise ArtifactMissing(digest=digest, why="it is gone, or something else is in its place") from error
    if f"sha256:{found}" != digest:
        raise ArtifactMissing(digest=digest, why="its bytes do not match its digest")
