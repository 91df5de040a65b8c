"""What is installed is asked once, and again when it has changed."""

from __future__ import annotations

import os
import sys
import time
from pathlib import Path

import pytest

from goldfish.adapters.process_runner import installed


@pytest.fixture
def places(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An interpreter that finds packages in one directory only, long unchanged."""
    place = tmp_path / "site"
    _install(place, "alpha", "1.0")
    _age(place)
    program = (
        f"import sys; sys.path[:] = [p for p in sys.path if 'lib/python' in p and 'site' not in p] + [{str(place)!r}]\n"
    )
    monkeypatch.setattr(installed, "_PROGRAM", program + installed._PROGRAM)
    monkeypatch.setattr(installed, "_told", {})
    return place


def _install(place: Path, name: str, version: str) -> None:
    info = place / f"{name}-{version}.dist-info"
    info.mkdir(parents=True)
    (info / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {name}\nVersion: {version}\n")


def _age(place: Path) -> None:
    for path in (*place.rglob("*"), place):
        os.utime(path, (time.time() - 60, time.time() - 60))


def test_an_unchanged_environment_is_not_asked_again(
    places: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    cache = tmp_path / "kept.json"
    first = installed.describe(sys.executable, cache)
    assert first[2] == {"alpha": "1.0"}
    monkeypatch.setattr(installed.subprocess, "run", None)
    assert installed.describe(sys.executable) == first  # known to this process
    monkeypatch.setattr(installed, "_told", {})  # as in another process
    assert installed.describe(sys.executable, cache) == first


def test_what_was_installed_meanwhile_is_seen(places: Path, tmp_path: Path) -> None:
    cache = tmp_path / "kept.json"
    installed.describe(sys.executable, cache)
    _install(places, "beta", "2.0")
    assert installed.describe(sys.executable, cache)[2] == {"alpha": "1.0", "beta": "2.0"}


def test_what_has_just_changed_is_not_kept(places: Path, tmp_path: Path) -> None:
    cache = tmp_path / "kept.json"
    _install(places, "beta", "2.0")
    installed.describe(sys.executable, cache)
    assert not cache.exists()


@pytest.mark.parametrize("damage", [b"", b"{", b"[]", b'{"python": 3}', b'{"states": {}, "answer": [1]}'])
def test_a_damaged_cache_is_made_anew(places: Path, tmp_path: Path, damage: bytes) -> None:
    cache = tmp_path / "kept.json"
    cache.write_bytes(damage)
    assert installed.describe(sys.executable, cache)[2] == {"alpha": "1.0"}
