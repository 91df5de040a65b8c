"""FilesInPlace: bytes that stay where they are, and how little is read of what was not touched."""

from __future__ import annotations

import os
import time
from pathlib import Path

import pytest

from goldfish.adapters.file_artifacts import FileArtifacts, FilesInPlace, States
from goldfish.errors import OutputRefused, PlaceTaken
from tests.contracts.artifacts import digest
from tests.contracts.snapshots import listing, write


class Outside:
    """A store, places outside it, and a count of the bytes that were read."""

    def __init__(self, root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        self.artifacts = FileArtifacts(root / "store", States(root / "states" / "artifacts"))
        self.places = FilesInPlace(self.artifacts, States(root / "states" / "places"))
        self.read = 0
        real = os.readv

        def readv(descriptor: int, buffers: list[memoryview]) -> int:
            count = real(descriptor, buffers)
            self.read += count
            return count

        monkeypatch.setattr(os, "readv", readv)


@pytest.fixture
def outside(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Outside:
    return Outside(tmp_path, monkeypatch)


def settled(path: Path) -> Path:
    """A file whose times no further change can share."""
    time.sleep(0.05)
    return path


def test_the_digest_is_that_of_a_copy_and_nothing_is_copied(outside, tmp_path):
    made = write(tmp_path / "d", {"a/b": "1", "c": "22"})
    taken = outside.places.take(made)
    assert not outside.artifacts.has(digest(b"1"))
    assert outside.artifacts.put_directory(made) == taken
    assert outside.places.take(made / "c") == outside.artifacts.put_file(made / "c")


def test_what_was_not_touched_is_not_read_again(outside, tmp_path):
    made = settled(write(tmp_path / "d", {"a/b": "1", "c": "22"}))
    taken = outside.places.take(made)
    outside.read = 0
    assert outside.places.differing(taken.digest, made, "directory") == []
    assert outside.places.recall(made) == taken
    assert outside.read == 0
    (made / "c").write_text("23")
    assert outside.places.differing(taken.digest, made, "directory") == ["c: other bytes"]
    assert outside.read == 2  # the file that was touched, and no other


def test_a_change_that_keeps_size_and_time_is_found(outside, tmp_path):
    path = settled(write(tmp_path, {"f": "12345"}) / "f")
    taken = outside.places.take(path)
    before = path.stat()
    path.write_text("54321")
    os.utime(path, ns=(before.st_atime_ns, before.st_mtime_ns))
    assert outside.places.differing(taken.digest, path, "file") == ["other bytes"]


def test_a_change_right_after_the_first_look_is_found(outside, tmp_path):
    path = write(tmp_path, {"f": "12345"}) / "f"
    taken = outside.places.take(path)
    path.write_text("54321")
    assert outside.places.differing(taken.digest, path, "file") == ["other bytes"]


def test_each_way_to_differ_is_named(outside, tmp_path):
    made = write(tmp_path / "d", {"a": "1", "b": "2", "c": "3"})
    taken = outside.places.take(made)
    (made / "a").chmod(0o755)
    (made / "b").unlink()
    (made / "e").write_text("5")
    assert outside.places.differing(taken.digest, made, "directory") == [
        "a: another executable bit",
        "b: it is gone",
        "e: it was not there",
    ]
    (made / "link").symlink_to("/etc")
    assert outside.places.differing(taken.digest, made, "directory") == ["link is a link"]
    assert outside.places.differing(taken.digest, tmp_path / "gone", "directory") == ["it is gone"]


def test_a_file_that_grows_while_it_is_read_is_refused(outside, tmp_path, monkeypatch):
    path = write(tmp_path, {"f": "12345"}) / "f"
    real = os.readv

    def readv(descriptor, buffers):
        with path.open("ab") as file:
            file.write(b"more")
        return real(descriptor, buffers)

    monkeypatch.setattr(os, "readv", readv)
    with pytest.raises(OutputRefused, match="changed while it was read"):
        outside.places.take(path)


def test_it_is_shown_by_a_link_and_taken_out_as_a_copy(outside, tmp_path):
    made = write(tmp_path / "d", {"a/b": "1"})
    taken = outside.places.take(made)
    for _ in range(2):
        outside.places.show(made, tmp_path / "inputs" / "d")
        assert (tmp_path / "inputs" / "d").readlink() == made
    outside.places.take_out(taken.digest, made, tmp_path / "copy", "directory")
    assert listing(tmp_path / "copy") == listing(made)
    with pytest.raises(PlaceTaken):
        outside.places.take_out(taken.digest, made, tmp_path / "copy", "directory")


def test_kept_bytes_are_checked_once_and_again_when_they_were_touched(outside):
    stored = outside.artifacts.put_bytes(b"precious")
    assert outside.artifacts.check(stored.digest) == []
    outside.read = 0
    assert outside.artifacts.check(stored.digest) == []
    assert outside.read == 0
    path = outside.artifacts.path(stored.digest)
    path.chmod(0o644)
    path.write_bytes(b"Precious")
    assert len(outside.artifacts.check(stored.digest)) == 1
    path.unlink()
    assert len(outside.artifacts.check(stored.digest)) == 1


def test_much_data_is_copied_by_two_threads_and_told_while_it_is(outside, tmp_path):
    data = os.urandom(1 << 20) * 40
    (tmp_path / "big").write_bytes(data)
    told: list[int] = []
    stored = outside.artifacts.put_file(tmp_path / "big", told=told.append)
    assert stored.digest == digest(data)
    assert outside.artifacts.path(stored.digest).read_bytes() == data
    assert (sum(told), len(told) > 5) == (len(data), True)
    outside.read = 0
    assert outside.artifacts.check(stored.digest) == []  # it was written a moment ago, by this very object
    assert outside.read == 0
