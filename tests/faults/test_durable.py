"""The one way to write a file, on disks that refuse."""

from __future__ import annotations

import errno
import os
from pathlib import Path
from typing import NoReturn

import pytest

from goldfish import durable
from goldfish.errors import ProjectUnwritable


def read_only(*_given: object, **_options: object) -> NoReturn:
    """What Linux answers on a read-only file system, even to removing what is not there."""
    raise OSError(errno.EROFS, os.strerror(errno.EROFS))


def test_a_read_only_file_system_is_refused_by_name(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    target = tmp_path / "page.md"
    target.write_bytes(b"old")
    for name in ("open", "unlink", "mkdir"):
        monkeypatch.setattr(os, name, read_only)
    with pytest.raises(ProjectUnwritable, match="Read-only file system"):
        durable.write(target, b"new")
    monkeypatch.undo()
    assert target.read_bytes() == b"old"
