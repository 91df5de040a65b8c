"""FileArtifacts: bytes on a real disk, and what happens to them there."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

import pytest

from goldfish.adapters.file_artifacts import FileArtifacts, manifests, showing
from goldfish.errors import ArtifactMissing, OutputRefused, ProjectUnwritable
from tests.contracts.artifacts import ArtifactsContract, digest
from tests.contracts.snapshots import listing, write
from tests.fakes.artifacts import InMemoryArtifacts

needs_root = pytest.mark.skipif(os.geteuid() != 0, reason="only root can mount a file system")


class TestFileArtifacts(ArtifactsContract):
    def make(self, tmp_path: Path) -> FileArtifacts:
        return FileArtifacts(tmp_path / "store")


class TestInMemoryArtifacts(ArtifactsContract):
    def make(self, tmp_path: Path) -> InMemoryArtifacts:
        return InMemoryArtifacts()


@pytest.fixture
def artifacts(tmp_path):
    return FileArtifacts(tmp_path / "store")


def damage_by_deleting(path):
    path.unlink()


def damage_by_truncating(path):
    path.chmod(0o644)
    os.truncate(path, 3)


def damage_by_altering(path):
    path.chmod(0o644)
    path.write_bytes(b"Precious")


def damage_by_a_link(path):
    path.rename(path.with_name("elsewhere"))
    path.symlink_to("elsewhere")


def damage_by_a_directory(path):
    path.unlink()
    path.mkdir()


ALL_DAMAGES = [
    damage_by_deleting,
    damage_by_truncating,
    damage_by_altering,
    damage_by_a_link,
    damage_by_a_directory,
]


@pytest.mark.parametrize("damage", ALL_DAMAGES)
def test_damaged_bytes_are_named_and_never_handed_out(artifacts, tmp_path, damage):
    stored = artifacts.put_bytes(b"precious")
    damage(artifacts.path(stored.digest))
    assert len(artifacts.verify(stored.digest)) == 1
    with pytest.raises(ArtifactMissing):
        artifacts.read(stored.digest)
    with pytest.raises(ArtifactMissing):
        artifacts.place(stored.digest, tmp_path / "shown", "file")
    assert not (tmp_path / "shown").exists()


@pytest.mark.parametrize("damage", [d for d in ALL_DAMAGES if d is not damage_by_altering])
def test_putting_the_bytes_again_mends_visible_damage(artifacts, damage):
    stored = artifacts.put_bytes(b"precious")
    damage(artifacts.path(stored.digest) if artifacts.has(stored.digest) else None)
    artifacts.put_bytes(b"precious")
    assert artifacts.verify(stored.digest) == []


def test_a_damaged_file_of_a_directory_is_named_by_its_path(artifacts, tmp_path):
    stored = artifacts.put_directory(write(tmp_path / "d", {"a/b": "1", "c": "2"}))
    artifacts.path(digest(b"1")).unlink()
    (sentence,) = artifacts.verify(stored.digest)
    assert sentence.startswith("a/b of ")


def test_kept_bytes_are_read_only_and_nothing_temporary_is_left(artifacts, tmp_path):
    stored = artifacts.put_bytes(b"x")
    assert artifacts.path(stored.digest).stat().st_mode & 0o777 == 0o444
    assert list((tmp_path / "store" / "tmp").iterdir()) == []


def test_what_a_killed_writer_left_is_removed_and_what_a_living_one_writes_is_not(artifacts, tmp_path):
    write(tmp_path / "store" / "tmp", {"old": "half", "young": "half"})
    os.utime(tmp_path / "store" / "tmp" / "old", (0, 0))
    artifacts.put_bytes(b"x")
    assert [path.name for path in (tmp_path / "store" / "tmp").iterdir()] == ["young"]


def test_a_file_that_grows_while_it_is_read_is_refused(artifacts, tmp_path, monkeypatch):
    path = write(tmp_path, {"f": "12345"}) / "f"
    real = os.readv

    def readv(descriptor, buffers):
        with path.open("ab") as file:
            file.write(b"more")
        return real(descriptor, buffers)

    monkeypatch.setattr(os, "readv", readv)
    with pytest.raises(OutputRefused, match="changed"):
        artifacts.put_file(path)
    assert not (tmp_path / "store" / "sha256").exists()


@needs_root
def test_a_full_disk_is_told_and_leaves_nothing_behind(tmp_path):
    mount = tmp_path / "small"
    mount.mkdir()
    if subprocess.run(["mount", "-t", "tmpfs", "-o", "size=2m", "tmpfs", str(mount)], capture_output=True).returncode:
        pytest.skip("mounting a tmpfs is not allowed here")
    try:
        artifacts = FileArtifacts(mount / "store")
        (tmp_path / "big").write_bytes(b"x" * (3 << 20))
        for put in (lambda: artifacts.put_file(tmp_path / "big"), lambda: artifacts.put_bytes(b"y" * (3 << 20))):
            with pytest.raises(ProjectUnwritable, match="No space"):
                put()
        assert listing(mount) == {}
        assert artifacts.read(artifacts.put_bytes(b"small").digest) == b"small"
    finally:
        subprocess.run(["umount", str(mount)], check=True)


def test_a_large_file_is_shown_as_a_hard_link_unless_we_are_root(artifacts, tmp_path, monkeypatch):
    monkeypatch.setattr(showing, "LINK_FROM", 10)
    stored = artifacts.put_bytes(b"more than ten bytes")
    for uid, links in ((0, 1), (1000, 2)):
        monkeypatch.setattr(os, "geteuid", lambda uid=uid: uid)
        artifacts.place(stored.digest, tmp_path / f"by-{uid}", "file")
        assert (tmp_path / f"by-{uid}").stat().st_nlink == links


def test_a_hard_link_to_damaged_bytes_is_not_shown(artifacts, tmp_path, monkeypatch):
    monkeypatch.setattr(showing, "LINK_FROM", 0)
    monkeypatch.setattr(os, "geteuid", lambda: 1000)
    stored = artifacts.put_bytes(b"precious")
    damage_by_altering(artifacts.path(stored.digest))
    with pytest.raises(ArtifactMissing):
        artifacts.place(stored.digest, tmp_path / "shown", "file")
    assert list(tmp_path.iterdir()) == [tmp_path / "store"]


@pytest.mark.parametrize(
    "forged",
    [
        b'{"files":[{"digest":"sha256:%064d","executable":false,"path":"../x","size":1}],"goldfish":"directory 1"}' % 0,
        b'{"files":[{"digest":"sha256:%064d","executable":false,"path":"/x","size":1}],"goldfish":"directory 1"}' % 0,
        b'{"files":[{"digest":"../../x","executable":false,"path":"x","size":1}],"goldfish":"directory 1"}',
        b'{"files":[{"path":"x"}],"goldfish":"directory 1"}',
        b'{"files": [],"goldfish":"directory 1"}',
        b"not JSON",
    ],
)
def test_a_forged_manifest_is_not_a_directory(artifacts, tmp_path, forged):
    stored = artifacts.put_bytes(forged)
    assert manifests.read(forged) is None
    with pytest.raises(ArtifactMissing, match="manifest"):
        artifacts.place(stored.digest, tmp_path / "shown", "directory")
