"""Files that appear whole or not at all, as long as the machine stays up; `durable=True` also survives its fall."""

from __future__ import annotations

import os
from contextlib import contextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator


@contextmanager
def whole(path: str, *, durable: bool = False) -> Iterator[str]:
    """Yield a temporary name beside `path`; what the block leaves there becomes `path` by one rename."""
    parent, name = os.path.split(path)
    temporary = os.path.join(parent, f".{name[:100]}.{os.urandom(6).hex()}.tmp")
    try:
        yield temporary
        if durable:
            _sync_all(temporary)
        if os.path.isdir(temporary) and os.path.isdir(path):
            _swap(temporary, path)
        else:
            os.replace(temporary, path)
        if durable:
            _sync(parent)
    finally:
        remove(temporary)


def write(path: str, data: bytes, *, durable: bool = False) -> None:
    """Put `data` at `path`."""
    with whole(path, durable=durable) as temporary, open(temporary, "wb") as file:
        file.write(data)


def copy(source: str, path: str, *, durable: bool = False) -> None:
    """Put a copy of a file or directory at `path`; nothing happens when it is there already."""
    if os.path.exists(path) and os.path.samefile(source, path):
        return
    import shutil  # late: every stage starts faster without it

    with whole(path, durable=durable) as temporary:
        if os.path.isdir(source):
            shutil.copytree(source, temporary)
        else:
            shutil.copyfile(source, temporary)


def remove(path: str) -> None:
    """Take away a file or directory, if it is there."""
    if os.path.isdir(path) and not os.path.islink(path):
        import shutil

        shutil.rmtree(path)
    elif os.path.lexists(path):
        os.unlink(path)


def _swap(temporary: str, path: str) -> None:
    """A directory cannot be renamed onto a full one, so the old one steps aside first."""
    aside = temporary + ".old"
    os.rename(path, aside)
    os.rename(temporary, path)
    remove(aside)


def _sync_all(path: str) -> None:
    if os.path.isdir(path):
        for parent, _, names in os.walk(path):
            for name in names:
                _sync(os.path.join(parent, name))
            _sync(parent)
    else:
        _sync(path)


def _sync(path: str) -> None:
    descriptor = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
