"""The bare repository on disk: which objects it holds, reading them checked, and adding more of them durably."""

from __future__ import annotations

import contextlib
import os
import re
import threading
import zlib
from pathlib import Path

from goldfish import durable
from goldfish.adapters.git_snapshots import packs
from goldfish.adapters.git_snapshots.objects import EMPTY_TREE, Malformed, Oid, oid_of
from goldfish.files import remove_left_behind

_LOOSE_FOLDER = re.compile(r"[0-9a-f]{2}")
_LOOSE_NAME = re.compile(r"[0-9a-f]{38}")
# Trees are named by events, not by references: git must never take them for garbage.
_CONFIG = (
    b"[core]\n\trepositoryformatversion = 1\n\tfilemode = true\n\tbare = true\n"
    b"[extensions]\n\tpreciousObjects = true\n[gc]\n\tauto = 0\n"
)


class Missing(LookupError):
    """The repository does not hold this object."""


class ObjectStore:
    """The objects of one repository. Every read recomputes the name, so damaged bytes are never handed out."""

    def __init__(self, repository: Path) -> None:
        self.repository = repository
        self.objects = repository / "objects"
        self._packs: dict[Path, tuple[dict[Oid, packs.Packed], int]] = {}
        self._reloading = threading.Lock()

    def create(self) -> None:
        """Make the repository if there is none, with nothing of the user's templates or settings."""
        if not (self.repository / "HEAD").exists():
            for folder in ("objects/info", "objects/pack", "refs/heads", "refs/tags"):
                (self.repository / folder).mkdir(parents=True, exist_ok=True)
            durable.write(self.repository / "config", _CONFIG)
            durable.write(self.repository / "HEAD", b"ref: refs/heads/main\n")  # last: with it, it is a repository

    def tidy(self) -> int:
        """Remove what killed writers left behind; how many files there were."""
        return remove_left_behind(self.objects, "tmp_obj_") + remove_left_behind(self.objects / "pack", "tmp_pack_")

    def known(self) -> set[Oid]:
        """The names of all objects here, loose and packed."""
        names: set[Oid] = set()
        with contextlib.suppress(FileNotFoundError), os.scandir(self.objects) as folders:
            for folder in folders:
                if _LOOSE_FOLDER.fullmatch(folder.name):
                    found = filter(_LOOSE_NAME.fullmatch, os.listdir(folder.path))
                    names.update(bytes.fromhex(folder.name + name) for name in found)
        for index in self._indexes():
            with contextlib.suppress(Malformed, FileNotFoundError):
                names.update(packs.read_names(index.read_bytes()))
        return names

    def read(self, oid: Oid, kind: bytes) -> bytes:
        """The bytes of an object of this kind. Raises `Missing`, or `Malformed` when they do not match the name."""
        if oid == EMPTY_TREE and kind == b"tree":
            return b""
        found, data = self._packed(oid) or self._loose(oid) or (self._reload() and self._packed(oid)) or _missing()
        if oid_of(found, data) != oid:
            raise Malformed("its bytes do not match its name")
        if found != kind:
            raise Malformed(f"it is a {found.decode()}, not a {kind.decode()}")
        return data

    def _loose(self, oid: Oid) -> tuple[bytes, bytes] | None:
        name = oid.hex()
        try:
            stored = (self.objects / name[:2] / name[2:]).read_bytes()
        except FileNotFoundError:
            return None
        except OSError as error:
            raise Malformed(os.strerror(error.errno or 0)) from error
        try:
            unpacker = zlib.decompressobj()
            plain = unpacker.decompress(stored)
        except zlib.error as error:
            raise Malformed(f"its compressed bytes are damaged ({error})") from error
        header, nul, data = plain.partition(b"\0")
        kind, _, size = header.partition(b" ")
        if not nul or not unpacker.eof or size != b"%d" % len(data):
            raise Malformed("its header is damaged")
        return kind, data

    def _packed(self, oid: Oid) -> tuple[bytes, bytes] | None:
        for index, descriptor in self._packs.values():
            if oid in index:
                start, end = index[oid]
                try:
                    return packs.read_entry(os.pread(descriptor, max(0, end - start), start))
                except packs.Delta:
                    return self._difference(oid)
        return None

    def _reload(self) -> bool:
        """Open packs that others, or git's repacking, have made since. Whether there are any packs."""
        with self._reloading:
            opened = dict(self._packs)  # replaced as a whole, and never closed before the end: others may be reading
            for path in self._indexes():
                if path not in opened:
                    with contextlib.suppress(FileNotFoundError, Malformed):
                        index, size = path.read_bytes(), path.with_suffix(".pack").stat().st_size
                        objects = packs.read_index(index, size)
                        opened[path] = (objects, os.open(path.with_suffix(".pack"), os.O_RDONLY | os.O_CLOEXEC))
            self._packs = opened
        return bool(opened)

    def _difference(self, oid: Oid) -> tuple[bytes, bytes]:
        import pygit2

        try:
            kind, data = pygit2.Odb(str(self.objects)).read(pygit2.Oid(raw=oid))
        except (KeyError, ValueError, pygit2.GitError) as error:
            raise Malformed(f"git cannot restore it ({error})") from error
        return kind.name.lower().encode(), data

    def _indexes(self) -> list[Path]:
        return sorted((self.objects / "pack").glob("pack-*.idx"))

    def close(self) -> None:
        """Close the packs. Only when nobody reads any more."""
        opened, self._packs = self._packs, {}
        for _, descriptor in opened.values():
            os.close(descriptor)

    def __del__(self) -> None:
        self.close()


def _missing() -> tuple[bytes, bytes]:
    raise Missing("it is missing")
