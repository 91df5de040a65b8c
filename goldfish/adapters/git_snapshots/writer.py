"""Adding objects: a few become loose files, many become one pack. All are synced before anyone may name them."""

from __future__ import annotations

import os
import secrets
from pathlib import Path

from goldfish import durable
from goldfish.adapters.git_snapshots import packs
from goldfish.adapters.git_snapshots.objects import Oid, oid_of
from goldfish.files import write_all

_FEW = 40  # objects: below, one file each (two syncs an object); from here on, one pack (three syncs in all)
_BUFFER = 64 << 20  # bytes of compressed objects kept in memory before they are written as a pack


class Writer:
    """Collects the objects of one snapshot that the repository does not hold yet."""

    def __init__(self, objects: Path, known: set[Oid]) -> None:
        self._objects = objects
        self._known = known
        self._entries: dict[Oid, bytes] = {}
        self._few: dict[Oid, bytes] = {}
        self._size = 0

    def add(self, kind: bytes, data: bytes) -> Oid:
        """Take over an object; its name. It is on disk once `finish` has returned."""
        oid = oid_of(kind, data)
        if oid not in self._known:
            self._known.add(oid)
            entry = packs.pack_entry(kind, data)
            self._entries[oid] = entry
            if len(self._few) < _FEW:
                self._few[oid] = b"%b %d\0%b" % (kind, len(data), data)
            self._size += len(entry)
            if self._size > _BUFFER:
                self._flush()
        return oid

    def finish(self) -> None:
        """Write what was added. Raises `ProjectUnwritable`."""
        self._flush()

    def _flush(self) -> None:
        try:
            if len(self._entries) >= _FEW:
                self._write_pack()
            elif self._entries:
                self._write_loose(self._few)
        except OSError as error:
            raise durable.unwritable(self._objects / "pack", error) from error
        self._entries, self._few, self._size = {}, {}, 0

    def _write_pack(self) -> None:
        pack, index, name = packs.write_pack(self._entries)
        folder = self._objects / "pack"
        final = folder / f"pack-{name}"
        with _Temporary(folder, "tmp_pack_") as made:
            made.write(pack, final.with_suffix(".pack"))
            made.write(index, final.with_suffix(".idx"))  # last: a pack without its index is not looked at
            made.publish()

    def _write_loose(self, objects: dict[Oid, bytes]) -> None:
        with _Temporary(self._objects, "tmp_obj_") as made:
            for oid, data in objects.items():
                name = oid.hex()
                made.write(packs.compress(data), self._objects / name[:2] / name[2:])
            made.publish()


class _Temporary:
    """Files written and synced under other names, then published in order by rename; gone if that does not happen."""

    def __init__(self, folder: Path, prefix: str) -> None:
        self._folder, self._prefix = folder, prefix
        self._made: dict[Path, Path] = {}

    def __enter__(self) -> _Temporary:
        return self

    def __exit__(self, *_: object) -> None:
        for temporary in self._made:
            temporary.unlink(missing_ok=True)

    def write(self, data: bytes, final: Path) -> None:
        temporary = self._folder / f"{self._prefix}{secrets.token_hex(8)}"
        descriptor = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o444)
        self._made[temporary] = final
        try:
            write_all(descriptor, data)
            os.fsync(descriptor)
        finally:
            os.close(descriptor)

    def publish(self) -> None:
        folders = {final.parent for final in self._made.values()}
        new = [folder for folder in folders if not folder.exists()]
        for folder in new:
            folder.mkdir(exist_ok=True)
        for temporary, final in self._made.items():
            temporary.replace(final)
        for folder in [*folders, *({folder.parent for folder in new})]:
            durable.sync_directory(folder)
        self._made = {}
