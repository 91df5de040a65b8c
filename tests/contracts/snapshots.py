"""What every `Snapshots` must keep to. Subclass it and give `make`."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from goldfish.domain.names import TreeId
from goldfish.errors import SlotNotEmpty, SnapshotMissing, SnapshotRefused
from goldfish.ports import Snapshots

BIG = (1 << 20) + 1
ABSENT = TreeId("1" * 40)


def write(root: Path, files: dict[str, bytes | str]) -> Path:
    """Make files below `root`."""
    for name, content in files.items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return root


def listing(root: Path) -> dict[str, tuple[str, bytes]]:
    """Every file and link below `root`: what it is, and its bytes."""
    found = {}
    for path in sorted(root.rglob("*")):
        name = path.relative_to(root).as_posix()
        if path.is_symlink():
            found[name] = ("link", os.readlink(os.fsencode(path)))
        elif path.is_file():
            found[name] = ("executable" if path.stat().st_mode & 0o100 else "file", path.read_bytes())
    return found


class SnapshotsContract:
    """The promises of the port."""

    def make(self, tmp_path: Path) -> Snapshots:
        raise NotImplementedError

    @pytest.fixture
    def snapshots(self, tmp_path: Path) -> Snapshots:
        return self.make(tmp_path)

    @pytest.fixture
    def slot(self, tmp_path: Path) -> Path:
        (tmp_path / "slot").mkdir()
        return tmp_path / "slot"

    def test_what_was_taken_is_placed_elsewhere_byte_for_byte(self, snapshots, slot, tmp_path):
        write(slot, {"a.py": b"x\r\ny\r\n", "deep/er/b.bin": bytes(range(256)), "empty": b"", "big": b"z" * BIG})
        (slot / "a.py").chmod(0o755)
        (slot / "link").symlink_to("deep/er")
        snapshots.place(snapshots.take(slot).tree, tmp_path / "new" / "place")
        assert listing(tmp_path / "new" / "place") == listing(slot)

    def test_the_size_of_a_snapshot_is_told(self, snapshots, slot):
        taken = snapshots.take(write(slot, {"a": "12", "b/c": "345"}))
        assert (taken.files, taken.bytes, taken.skipped) == (2, 5, [])

    def test_attributes_and_ignore_files_of_git_change_nothing(self, snapshots, slot):
        write(slot, {".gitattributes": "* text eol=lf ident\n", ".gitignore": "*.py\n", "a.py": b"$Id$\r\n"})
        tree = snapshots.take(slot).tree
        assert [file.path for file in snapshots.files(tree)] == [".gitattributes", ".gitignore", "a.py"]
        assert snapshots.read(tree, "a.py") == b"$Id$\r\n"

    def test_the_same_files_have_the_same_id_and_others_another(self, snapshots, slot, tmp_path):
        first = snapshots.take(write(slot, {"a": "1", "b/c": "2"})).tree
        other = write(tmp_path / "other", {"b/c": "2", "a": "1"})
        os.utime(other / "a", ns=(0, 0))
        assert snapshots.take(other).tree == first
        (other / "a").chmod(0o755)
        assert snapshots.take(other).tree != first

    def test_an_empty_directory_is_the_empty_tree(self, snapshots, slot):
        (slot / "nothing" / "here").mkdir(parents=True)
        assert snapshots.take(slot).tree == snapshots.empty() == "4b825dc642cb6eb9a060e54bf8d69288fbee4904"
        assert snapshots.files(snapshots.empty()) == []
        assert snapshots.verify(snapshots.empty()) == []

    def test_an_edit_is_seen_even_if_size_and_time_stay_the_same(self, snapshots, slot):
        write(slot, {"a": "one"})
        for content in ("two", "six", "ten") * 5:
            (slot / "a").write_text(content)
            tree = snapshots.take(slot, cache="w1").tree
            assert snapshots.read(tree, "a") == content.encode()

    def test_what_goldfish_caches_and_repositories_make_is_left_out_by_name(self, snapshots, slot):
        write(slot, {"STATE.md": "x", "a.py": "x", "__pycache__/a.pyc": "x", "sub/.git/HEAD": "x", "sub/STATE.md": "y"})
        taken = snapshots.take(slot)
        assert [file.path for file in snapshots.files(taken.tree)] == ["a.py", "sub/STATE.md"]
        assert [skipped.path for skipped in taken.skipped] == ["STATE.md", "__pycache__", "sub/.git"]

    def test_a_special_file_is_left_out_and_does_not_block(self, snapshots, slot):
        os.mkfifo(slot / "pipe")
        assert [(s.path, "named pipe" in s.why) for s in snapshots.take(slot).skipped] == [("pipe", True)]

    @pytest.mark.parametrize("target", ["/etc/passwd", "../outside", "sub/../../outside", "../slot/a"])
    def test_a_link_that_leads_outside_is_refused(self, snapshots, slot, target):
        write(slot, {"a": "x", "sub/b": "x"})
        (slot / "link").symlink_to(target)
        with pytest.raises(SnapshotRefused, match="link"):
            snapshots.take(slot)

    def test_a_link_within_is_recorded_and_not_followed(self, snapshots, slot):
        write(slot, {"a": "x", "sub/b": "x"})
        (slot / "sub" / "up").symlink_to("../a")
        (slot / "loop").symlink_to("loop")
        tree = snapshots.take(slot).tree
        modes = {file.path: file.mode for file in snapshots.files(tree)}
        assert modes == {"a": 0o100644, "loop": 0o120000, "sub/b": 0o100644, "sub/up": 0o120000}

    def test_a_name_with_control_characters_is_refused(self, snapshots, slot):
        write(slot, {"a\nb": "x"})
        with pytest.raises(SnapshotRefused, match=r"a.+b.+control characters"):
            snapshots.take(slot)

    def test_a_missing_directory_is_refused(self, snapshots, slot):
        with pytest.raises(SnapshotRefused, match="absent"):
            snapshots.take(slot / "absent")

    def test_placing_leaves_exactly_the_tree(self, snapshots, slot):
        wanted = snapshots.take(write(slot, {"a": "1", "keep": "k", "d/e": "2", "x": "3"})).tree
        before = listing(slot)
        write(slot, {"a": "changed", "extra/deep/file": "e"})
        (slot / "d" / "e").unlink()
        (slot / "d").rmdir()
        write(slot, {"d": "a file where a directory was"})
        (slot / "x").unlink()
        write(slot, {"x/y": "a directory where a file was"})
        (slot / "keep").chmod(0o755)
        snapshots.place(wanted, slot)
        assert listing(slot) == before
        assert not (slot / "extra").exists()
        snapshots.place(wanted, slot)
        assert listing(slot) == before

    def test_placing_touches_only_what_differs(self, snapshots, slot):
        tree = snapshots.take(write(slot, {"a": "1", "b": "2"})).tree
        (slot / "b").write_text("other")
        untouched = (slot / "a").stat()
        snapshots.place(tree, slot)
        assert (slot / "a").stat() == untouched
        assert (slot / "b").read_text() == "2"

    def test_placing_leaves_what_no_snapshot_holds(self, snapshots, slot):
        tree = snapshots.take(write(slot, {"a": "1"})).tree
        write(slot, {"STATE.md": "mine", "sub/__pycache__/x.pyc": "cache", "sub/b": "2"})
        snapshots.place(tree, slot)
        assert (slot / "STATE.md").read_text() == "mine"
        assert (slot / "sub" / "__pycache__" / "x.pyc").exists()
        assert not (slot / "sub" / "b").exists()

    def test_placing_never_overwrites_what_no_snapshot_holds(self, snapshots, slot):
        tree = snapshots.take(write(slot, {"data/a.csv": "recorded", "b": "1"})).tree
        write(slot, {".goldfishignore": "data/\n", "data/a.csv": "never recorded", "b": "edited"})
        with pytest.raises(SlotNotEmpty, match=r"a\.csv"):
            snapshots.place(tree, slot)
        assert (slot / "data" / "a.csv").read_text() == "never recorded"
        assert (slot / "b").read_text() == "edited"

    def test_placing_does_not_write_through_a_link(self, snapshots, slot, tmp_path):
        tree = snapshots.take(write(slot, {"d/a": "1"})).tree
        outside = write(tmp_path / "outside", {"a": "untouched"})
        (slot / "d" / "a").unlink()
        (slot / "d").rmdir()
        (slot / "d").symlink_to(outside)
        snapshots.place(tree, slot)
        assert listing(slot) == {"d/a": ("file", b"1")}
        assert listing(outside) == {"a": ("file", b"untouched")}

    def test_what_is_placed_with_a_cache_is_taken_as_the_same_tree(self, snapshots, slot, tmp_path):
        tree = snapshots.take(write(slot, {f"d/{i}": str(i) for i in range(50)})).tree
        snapshots.place(tree, tmp_path / "w2", cache="w2")
        assert snapshots.take(tmp_path / "w2", cache="w2").tree == tree
        (tmp_path / "w2" / "d" / "7").write_text("x")
        changed = snapshots.take(tmp_path / "w2", cache="w2").tree
        assert [change.path for change in snapshots.diff(tree, changed)] == ["d/7"]

    def test_a_file_is_read_by_its_path(self, snapshots, slot):
        tree = snapshots.take(write(slot, {"d/a": "1", "big": b"b" * BIG})).tree
        assert snapshots.read(tree, "d/a") == b"1"
        assert snapshots.read(tree, "big") == b"b" * BIG
        assert [snapshots.read(tree, path) for path in ("d", "d/b", "", "d/a/b", "\ud800")] == [None] * 5

    def test_the_content_of_a_file_is_named_by_its_bytes(self, snapshots, slot):
        write(slot, {"a": "1", "b": "1", "c": b"c" * BIG, "d": b"c" * BIG, "e": "2"})
        a, b, c, d, e = (file.content for file in snapshots.files(snapshots.take(slot).tree))
        assert a == b != e
        assert c == d
        assert c.startswith("sha256:")

    def test_a_difference_tells_lines_and_kinds_of_change(self, snapshots, slot):
        old = snapshots.take(write(slot, {"a.py": "1\n2\n3\n", "gone/x": "x\n", "mode": "m\n", "bin": b"\0a"})).tree
        write(slot, {"a.py": "1\ntwo\n3\n4\n", "new/y": "y\n", "bin": b"\0b"})
        (slot / "gone" / "x").unlink()
        (slot / "mode").chmod(0o755)
        new = snapshots.take(slot).tree
        changes = {c.path: (c.change, c.added, c.removed) for c in snapshots.diff(old, new)}
        assert changes == {
            "a.py": ("modified", 2, 1),
            "bin": ("modified", 0, 0),
            "gone/x": ("removed", 0, 1),
            "mode": ("modified", 0, 0),
            "new/y": ("added", 1, 0),
        }
        patches = {c.path: c.patch for c in snapshots.diff(old, new)}
        assert "-2\n+two\n" in patches["a.py"]
        assert patches["bin"] == ""
        assert snapshots.diff(old, old) == []

    def test_a_long_patch_is_left_out_and_its_lines_are_counted(self, snapshots, slot):
        new = snapshots.take(write(slot, {"a": "a line\n" * 20_000})).tree
        (change,) = snapshots.diff(snapshots.empty(), new)
        assert (change.patch, change.added) == ("", 20_000)

    def test_a_tree_that_was_never_taken_is_missing(self, snapshots, slot):
        for ask in (snapshots.files, lambda tree: snapshots.read(tree, "a"), lambda tree: snapshots.pin("x", tree)):
            with pytest.raises(SnapshotMissing):
                ask(ABSENT)
        with pytest.raises(SnapshotMissing):
            snapshots.place(ABSENT, slot)
        assert len(snapshots.verify(ABSENT)) == 1

    def test_a_sound_tree_has_no_damages_and_can_be_pinned_twice(self, snapshots, slot):
        tree = snapshots.take(write(slot, {"a": "1", "d/b": b"b" * BIG})).tree
        snapshots.pin("baseline@v1", tree)
        snapshots.pin("baseline@v1", tree)
        assert snapshots.verify(tree) == []
