"""When a stage that gathers has ended, what it added to or changed in its code directory becomes its output "files".

The code directory was any program's to write in, so nothing there is followed: its regular files are shown in a
directory of our own, by hard links where the file system has them, and that directory is compared with the version.
"""

from __future__ import annotations

import json
import os
import shutil
import stat
from collections.abc import Mapping
from pathlib import Path

from pydantic import JsonValue

from goldfish import durable
from goldfish.domain.names import TreeId
from goldfish.domain.values import OutputPlan, Skipped
from goldfish.errors import OutputRefused, SnapshotRefused
from goldfish.files import DIRECTORY, Changed, copy, opened, opened_plain
from goldfish.policies.tools import Tools
from goldfish.ports import LaunchOrder, TreeFile

FILES = OutputPlan(name="files", type="directory", optional=True)

_MOST_FILES = 200_000  # as in a stored directory
_MOST_DEPTH = 100
_MOST_NAMED = 100
_SPECIAL = {stat.S_IFLNK: "a link", stat.S_IFIFO: "a FIFO", stat.S_IFSOCK: "a socket"}


def gather(tools: Tools, order: LaunchOrder, tree: TreeId) -> list[Skipped]:
    """Put the files of the stage into outputs/files, and name what is left out. Idempotent; a kill leaves nothing half.

    A stage that wrote outputs/files itself is taken at its word. Raises `OutputRefused` for what cannot be gathered.
    """
    note, target = order.directory / "gathered.json", order.directory / "outputs" / FILES.name
    done = _done(note, target)
    if done is not None:
        return done
    if os.path.lexists(target):
        return []
    shown, chosen = order.directory / "gathering", order.directory / "gathered"
    for left_behind in (shown, chosen):
        shutil.rmtree(left_behind, ignore_errors=True)
    try:
        before = {file.path: file for file in tools.snapshots.files(tree)}
        skipped = _show(order, shown, before)
        taken = tools.snapshots.take(shown)
        changed = [file for file in tools.snapshots.files(taken.tree) if before.get(file.path) != file]
        for file in changed:
            place = chosen / file.path
            place.parent.mkdir(parents=True, exist_ok=True)
            (shown / file.path).rename(place)
    except SnapshotRefused as refusal:
        raise OutputRefused(signal=FILES.name, why=str(refusal.facts["why"])) from refusal
    except (OSError, Changed) as error:
        raise OutputRefused(signal=FILES.name, why=f"it cannot be gathered: {error}") from error
    skipped += taken.skipped
    durable.write(note, json.dumps({"files": len(changed), "skipped": [s.model_dump() for s in skipped]}).encode())
    if changed:
        target.parent.mkdir(exist_ok=True)
        chosen.rename(target)
    shutil.rmtree(shown, ignore_errors=True)
    return skipped


def in_words(skipped: list[Skipped]) -> dict[str, JsonValue]:
    """What was left out, for the description of the output."""
    named: list[JsonValue] = [f"{s.path}: {s.why}" for s in skipped[:_MOST_NAMED]]
    more: dict[str, JsonValue] = {"skipped_more": len(skipped) - _MOST_NAMED} if len(skipped) > _MOST_NAMED else {}
    return {"skipped": named, **more} if skipped else {}


def _done(note: Path, target: Path) -> list[Skipped] | None:
    """What an earlier gathering left out, if it came to its end."""
    try:
        content = json.loads(note.read_bytes())
    except FileNotFoundError:
        return None
    if content["files"] and not target.is_dir():
        return None
    return [Skipped.model_validate(given) for given in content["skipped"]]


def _show(order: LaunchOrder, shown: Path, before: Mapping[str, TreeFile]) -> list[Skipped]:
    """Show every regular file of the code directory below `shown`; what else is there, by name."""
    skipped: list[Skipped] = []
    count = added = 0
    shown.mkdir()
    with opened(order.code, DIRECTORY) as root:
        for parent, directories, files, within in os.fwalk(".", dir_fd=root, follow_symlinks=False):
            here = os.path.normpath(parent)
            if here.count("/") >= _MOST_DEPTH:
                skipped.append(Skipped(path=_plain(here), why=f"it is more than {_MOST_DEPTH} directories deep"))
                directories.clear()
                continue
            for name in [*directories, *files]:
                path = os.path.normpath(f"{here}/{name}")
                status = os.stat(name, dir_fd=within, follow_symlinks=False)
                kind = stat.S_IFMT(status.st_mode)
                if kind == stat.S_IFDIR:
                    (shown / path).mkdir()
                elif kind != stat.S_IFREG:
                    known = before.get(path)
                    if known is None or stat.S_IFMT(known.mode) != kind:  # the version's own links are no news
                        skipped.append(Skipped(path=_plain(path), why=f"it is {_SPECIAL.get(kind, 'a special file')}"))
                else:
                    count += 1
                    added += status.st_size if path not in before else 0
                    _refuse_too_much(count, added, order.stage.limits.outputs)
                    _link(name, within, shown / path)
    return skipped


def _refuse_too_much(count: int, added: int, limit: int) -> None:
    if count > _MOST_FILES:
        raise OutputRefused(signal=FILES.name, why=f"there are more than {_MOST_FILES:,} files")
    if added > limit:
        raise OutputRefused(signal=FILES.name, why=f"the added files hold more than the {limit} bytes of the limit")


def _link(name: str, within: int, target: Path) -> None:
    """Show a file at another place of the same execution: by a hard link, else by a copy."""
    try:
        os.link(name, target, src_dir_fd=within, follow_symlinks=False)
    except OSError:  # a file system without links, or too many of them
        with opened_plain(name, within=within) as (source, status):
            made = os.open(target, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, status.st_mode & 0o777 | 0o400)
            try:
                copy(source, made, most=1 << 62)
            finally:
                os.close(made)


def _plain(path: str) -> str:
    """A path that can be recorded, whatever its bytes are."""
    return os.fsencode(path).decode("utf-8", "backslashreplace")[:500]
