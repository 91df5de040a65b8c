"""What every `Artifacts` must keep to. Subclass it and give `make`."""

from __future__ import annotations

import hashlib
import os
from pathlib import Path

import pytest

from goldfish.domain.names import Digest
from goldfish.errors import ArtifactMissing, OutputRefused
from goldfish.ports import Artifacts
from tests.contracts.snapshots import listing, write

ABSENT = Digest("sha256:" + "0" * 64)


def digest(data: bytes) -> Digest:
    return Digest("sha256:" + hashlib.sha256(data).hexdigest())


class ArtifactsContract:
    """The promises of the port."""

    def make(self, tmp_path: Path) -> Artifacts:
        raise NotImplementedError

    @pytest.fixture
    def artifacts(self, tmp_path: Path) -> Artifacts:
        return self.make(tmp_path)

    def test_bytes_are_kept_under_their_digest(self, artifacts):
        stored = artifacts.put_bytes(b"hello")
        assert (stored.digest, stored.size, stored.files) == (digest(b"hello"), 5, 1)
        assert artifacts.read(stored.digest) == b"hello"
        assert artifacts.path(stored.digest).read_bytes() == b"hello"
        assert artifacts.has(stored.digest)
        assert artifacts.verify(stored.digest) == []

    def test_the_same_bytes_are_kept_once(self, artifacts, tmp_path):
        write(tmp_path, {"f": "hello"})
        assert artifacts.put_file(tmp_path / "f") == artifacts.put_bytes(b"hello") == artifacts.put_bytes(b"hello")

    def test_what_was_never_put_is_missing(self, artifacts, tmp_path):
        assert not artifacts.has(ABSENT)
        for ask in (artifacts.read, artifacts.path, lambda d: artifacts.place(d, tmp_path / "t", "file")):
            with pytest.raises(ArtifactMissing):
                ask(ABSENT)
        assert len(artifacts.verify(ABSENT)) == 1
        assert not (tmp_path / "t").exists()

    @pytest.mark.parametrize("forged", ["", "sha256:", "sha256:../../../etc/passwd", "md5:" + "0" * 64, "0" * 64])
    def test_a_forged_digest_never_becomes_a_path(self, artifacts, forged):
        assert not artifacts.has(Digest(forged))
        with pytest.raises(ArtifactMissing):
            artifacts.read(Digest(forged))

    def test_only_plain_files_are_taken(self, artifacts, tmp_path):
        write(tmp_path, {"f": "x", "d/f": "x"})
        (tmp_path / "link").symlink_to("f")
        os.mkfifo(tmp_path / "pipe")
        for name in ("link", "pipe", "d", "absent"):
            with pytest.raises(OutputRefused, match=name):
                artifacts.put_file(tmp_path / name)

    def test_a_file_beyond_the_limit_is_refused_before_it_is_read(self, artifacts, tmp_path):
        with (tmp_path / "sparse").open("wb") as file:
            file.truncate(1 << 40)
        with pytest.raises(OutputRefused, match="more than"):
            artifacts.put_file(tmp_path / "sparse", limit=1000)

    def test_a_directory_is_kept_whole(self, artifacts, tmp_path):
        source = write(tmp_path / "source", {"b": "22", "a/c": "1", "a/d": b""})
        (source / "b").chmod(0o755)
        stored = artifacts.put_directory(source)
        assert (stored.size, stored.files) == (3, 3)
        artifacts.place(stored.digest, tmp_path / "shown", "directory")
        assert listing(tmp_path / "shown") == listing(source)
        assert artifacts.verify(stored.digest) == []

    def test_a_directory_has_one_digest_whatever_its_order_and_times(self, artifacts, tmp_path):
        one = write(tmp_path / "one", {"a": "1", "b/c": "2"})
        two = write(tmp_path / "two", {"b/c": "2", "a": "1"})
        assert artifacts.put_directory(one).digest == artifacts.put_directory(two).digest

    def test_a_directory_with_links_or_beyond_the_limit_is_refused(self, artifacts, tmp_path):
        source = write(tmp_path / "source", {"a": "12", "b": "34"})
        with pytest.raises(OutputRefused):
            artifacts.put_directory(source, limit=3)
        (source / "link").symlink_to("a")
        with pytest.raises(OutputRefused, match="link"):
            artifacts.put_directory(source)

    def test_writing_to_what_is_shown_does_not_reach_the_store(self, artifacts, tmp_path):
        stored = artifacts.put_bytes(b"precious")
        target = tmp_path / "inputs" / "x.npy"
        artifacts.place(stored.digest, target, "npy")
        assert target.read_bytes() == b"precious"
        assert target.stat().st_mode & 0o222 == 0
        try:
            target.write_bytes(b"garbage!")  # succeeds for root, whom no permission stops
        except PermissionError:
            target.unlink()
        assert artifacts.verify(stored.digest) == []
        artifacts.place(stored.digest, target, "npy")
        assert target.read_bytes() == b"precious"

    @pytest.mark.parametrize(
        ("data", "kind", "runs"),
        [
            (b"\x7fELF\x02\x01", "file", True),
            (b"#!/bin/sh\n", "file", True),
            (b"echo\n", "file", False),
            (b"", "file", False),
            (b"#!/bin/sh\n", "csv", False),
        ],
    )
    def test_a_program_that_is_shown_can_be_run_and_other_bytes_cannot(self, artifacts, tmp_path, data, kind, runs):
        artifacts.place(artifacts.put_bytes(data).digest, tmp_path / "t", kind)
        assert (tmp_path / "t").stat().st_mode & 0o777 == (0o555 if runs else 0o444)

    def test_showing_again_does_not_touch_what_is_right(self, artifacts, tmp_path):
        stored = artifacts.put_bytes(b"x")
        artifacts.place(stored.digest, tmp_path / "t", "file")
        before = (tmp_path / "t").stat()
        artifacts.place(stored.digest, tmp_path / "t", "file")
        after = (tmp_path / "t").stat()
        assert (before.st_ino, before.st_mtime_ns) == (after.st_ino, after.st_mtime_ns)

    def test_reading_is_bounded(self, artifacts):
        stored = artifacts.put_bytes(b"12345")
        assert artifacts.read(stored.digest, limit=5) == b"12345"
        with pytest.raises(ArtifactMissing, match="more than"):
            artifacts.read(stored.digest, limit=4)

    def test_free_space_is_told(self, artifacts):
        assert artifacts.free() > 0
