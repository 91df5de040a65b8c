"""GitSnapshots: what is on disk, what git says of it, and what happens when it is attacked or cut short."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from goldfish.adapters.file_artifacts import FileArtifacts
from goldfish.adapters.git_snapshots import GitSnapshots, content, recording, rules, stat_cache
from goldfish.domain.names import TreeId
from goldfish.errors import SnapshotMissing, SnapshotRefused, UnsafeName
from tests.contracts.snapshots import BIG, SnapshotsContract, listing, write
from tests.fakes.artifacts import InMemoryArtifacts
from tests.fakes.snapshots import InMemorySnapshots

needs_git = pytest.mark.skipif(shutil.which("git") is None, reason="git is not installed")
PACKED = {f"d{i % 7}/f{i}.py": f"number {i}\n" for i in range(60)}
LOOSE = {"a.py": "1\n", "d/b.py": "2\n"}


class TestGitSnapshots(SnapshotsContract):
    def make(self, tmp_path: Path) -> GitSnapshots:
        return GitSnapshots(tmp_path / "store.git", InMemoryArtifacts())


class TestInMemorySnapshots(SnapshotsContract):
    def make(self, tmp_path: Path) -> InMemorySnapshots:
        return InMemorySnapshots()


@pytest.fixture
def snapshots(tmp_path):
    return GitSnapshots(tmp_path / "store.git", InMemoryArtifacts())


@pytest.fixture
def slot(tmp_path):
    (tmp_path / "slot").mkdir()
    return tmp_path / "slot"


def git(repository: Path, *arguments: str) -> str:
    environment = {"PATH": os.environ["PATH"], "HOME": "/nonexistent", "GIT_CONFIG_NOSYSTEM": "1"}
    command = ["git", "-c", "safe.directory=*", "--git-dir", str(repository), *arguments]
    return os.fsdecode(subprocess.run(command, check=True, capture_output=True, env=environment).stdout)


# ── what git says ─────────────────────────────────────────────────────────────────────────────────────────────────────


@needs_git
@pytest.mark.parametrize("files", [LOOSE, PACKED], ids=["loose", "packed"])
def test_git_agrees_with_what_we_wrote(snapshots, slot, tmp_path, files):
    write(slot, files | {"sub/a.b": "1", "sub/a/b": "2", "sub/a-b": "3", os.fsdecode(b"caf\xe9"): "4"})
    (slot / "sub" / "a.b").chmod(0o755)
    (slot / "link").symlink_to("sub/a")
    tree = snapshots.take(slot).tree
    snapshots.pin("baseline@v1", tree)
    assert git(tmp_path / "store.git", "fsck", "--strict", "--full") == ""
    assert git(tmp_path / "store.git", "rev-parse", "refs/goldfish/baseline@v1").strip() == tree
    listed = git(tmp_path / "store.git", "ls-tree", "-r", "-z", tree).split("\0")[:-1]
    assert len(listed) == len(files) + 5
    git(tmp_path / "theirs.git", "init", "-q", "--bare")
    git(tmp_path / "theirs.git", "--work-tree", str(slot), "add", "-A")
    assert git(tmp_path / "theirs.git", "write-tree").strip() == tree


@needs_git
def test_trees_survive_a_repacking_by_git(snapshots, slot, tmp_path):
    long = "".join(f"line {i}\n" for i in range(2000))
    one = snapshots.take(write(slot, PACKED | {"long": long})).tree
    two = snapshots.take(write(slot, {"long": long + "more\n"})).tree
    snapshots.pin("one", one)
    snapshots.pin("two", two)
    config = tmp_path / "store.git" / "config"  # somebody who insists takes the protection away
    config.write_text(config.read_text().replace("preciousObjects = true", "preciousObjects = false"))
    git(tmp_path / "store.git", "repack", "-a", "-d", "-f", "-q")
    git(tmp_path / "store.git", "prune-packed")
    again = GitSnapshots(tmp_path / "store.git", InMemoryArtifacts())
    assert [again.read(tree, "long") for tree in (one, two)] == [long.encode(), (long + "more\n").encode()]
    assert again.verify(one) == again.verify(two) == []


# ── laws ──────────────────────────────────────────────────────────────────────────────────────────────────────────────

names = st.text(st.characters(exclude_characters="/\\~", exclude_categories=("C", "Z")), min_size=1, max_size=8).filter(
    lambda name: name not in (".", "..") and rules.reason_to_leave_out(name, 0o100644, at_top=True) is None
)
trees = st.recursive(
    st.tuples(st.binary(max_size=40), st.booleans()),
    lambda inner: st.dictionaries(names, inner, max_size=4),
    max_leaves=12,
).filter(lambda tree: isinstance(tree, dict))


def build(root: Path, tree: dict, *, backwards: bool) -> None:
    root.mkdir()
    for name, inside in sorted(tree.items(), reverse=backwards):
        if isinstance(inside, dict):
            build(root / name, inside, backwards=backwards)
        else:
            (root / name).write_bytes(inside[0])
            (root / name).chmod(0o755 if inside[1] else 0o644)


@pytest.fixture(scope="module")
def two_stores(tmp_path_factory):
    base = tmp_path_factory.mktemp("stores")
    return [GitSnapshots(base / name, InMemoryArtifacts()) for name in ("a.git", "b.git")]


@given(tree=trees)
def test_a_tree_id_depends_on_paths_bytes_and_executable_bits_alone(tmp_path_factory, two_stores, tree):
    base = tmp_path_factory.mktemp("law")
    snapshots, other = two_stores
    build(base / "one", tree, backwards=False)
    build(base / "two", tree, backwards=True)
    first = snapshots.take(base / "one", cache="w1").tree
    assert first == other.take(base / "two").tree == snapshots.take(base / "one", cache="w1").tree
    snapshots.place(first, base / "three")
    assert listing(base / "three") == listing(base / "one")
    assert snapshots.verify(first) == []
    shutil.rmtree(base)


# ── what is left out or refused ───────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    "name", [".git", ".GIT", "git~1", "GIT~1", ".git.", ".git ", ".g\u200cit", ".git::$INDEX_ALLOCATION"]
)
def test_whatever_git_takes_for_its_own_directory_is_left_out(snapshots, slot, name):
    write(slot, {f"sub/{name}/HEAD": "x", "sub/a": "x"})
    taken = snapshots.take(slot)
    assert taken.files == 1
    assert [(s.path, s.why) for s in taken.skipped] == [(f"sub/{name}", "a nested repository")]


@pytest.mark.parametrize("name", [".gitignore", ".github", "git", "gitlab.py", "digit~1", "state.md", "x.pyc.py"])
def test_names_that_only_look_alike_are_recorded(snapshots, slot, name):
    assert snapshots.take(write(slot, {name: "x"})).files == 1


def test_sockets_are_left_out_by_name(snapshots, slot, monkeypatch):
    monkeypatch.chdir(slot)
    with socket.socket(socket.AF_UNIX) as server:
        server.bind("sock")
        assert [s.path for s in snapshots.take(slot).skipped] == ["sock"]


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can make devices")
def test_devices_are_left_out_by_name(snapshots, slot):
    try:
        os.mknod(slot / "null", 0o020666, os.makedev(1, 3))
    except PermissionError:
        pytest.skip("making devices is not allowed here")
    assert [(s.path, "device" in s.why) for s in snapshots.take(slot).skipped] == [("null", True)]


def test_the_ignore_file_leaves_out_by_name_by_path_and_directories_only(snapshots, slot):
    lines = "# a comment\n\n*.log\n/top\nout/*.csv\nbuild/\n"
    files = ["a.log", "d/b.log", "top", "d/top", "out/x.csv", "d/out/x.csv", "build/x", "d/build"]
    taken = snapshots.take(write(slot, {".goldfishignore": lines} | dict.fromkeys(files, "x")))
    assert [file.path for file in snapshots.files(taken.tree)] == [".goldfishignore", "d/build", "d/out/x.csv", "d/top"]
    assert {s.path: s.why for s in taken.skipped} == {
        "a.log": ".goldfishignore, line 3",
        "build": ".goldfishignore, line 6",
        "d/b.log": ".goldfishignore, line 3",
        "out/x.csv": ".goldfishignore, line 5",
        "top": ".goldfishignore, line 4",
    }


def test_an_ignore_file_that_takes_patterns_back_is_refused_by_line(snapshots, slot):
    with pytest.raises(SnapshotRefused, match="line 2"):
        snapshots.take(write(slot, {".goldfishignore": "*.log\n!keep.log\n"}))


@pytest.mark.parametrize("kind", ["link", "directory", "binary", "huge"])
def test_an_ignore_file_that_is_no_text_file_is_refused(snapshots, slot, kind):
    path = slot / ".goldfishignore"
    match kind:
        case "link":
            path.symlink_to("/etc/passwd")
        case "directory":
            path.mkdir()
        case "binary":
            path.write_bytes(b"\xff\xfe")
        case "huge":
            path.write_bytes(b"x\n" * 40_000)
    with pytest.raises(SnapshotRefused, match="goldfishignore"):
        snapshots.take(slot)


def test_a_thousand_skipped_names_are_listed_and_the_rest_counted(snapshots, slot):
    write(slot, {f"{i:04}.pyc": "" for i in range(1203)})
    skipped = snapshots.take(slot).skipped
    assert len(skipped) == 1001
    assert (skipped[0].path, skipped[-1].why) == ("0000.pyc", "203 more were left out, 1,203 in all")


def test_a_name_that_is_not_text_is_recorded_and_shown_without_surrogates(snapshots, slot):
    write(slot, {os.fsdecode(b"caf\xe9"): "x", os.fsdecode(b"\xff.pyc"): "x"})
    taken = snapshots.take(slot)
    (file,) = snapshots.files(taken.tree)
    assert os.fsencode(file.path) == b"caf\xe9"
    assert snapshots.read(taken.tree, file.path) == b"x"
    assert [s.path for s in taken.skipped] == ["\\xff.pyc"]


def test_too_many_files_are_refused_before_any_is_read(snapshots, slot, monkeypatch):
    monkeypatch.setattr(rules, "MOST_FILES", 5)
    monkeypatch.setattr(recording, "read_small", lambda *_, **__: pytest.fail("a file was read"))
    with pytest.raises(SnapshotRefused, match="more than 5"):
        snapshots.take(write(slot, dict.fromkeys("abcdef", "x")))


def test_a_bottomless_directory_is_refused(snapshots, slot):
    (slot / "/".join("d" * 102)).mkdir(parents=True)
    with pytest.raises(SnapshotRefused, match="100 deep"):
        snapshots.take(slot)


@pytest.mark.parametrize("size", [10, BIG], ids=["small", "big"])
def test_an_unreadable_file_is_refused_by_name(slot, tmp_path, monkeypatch, size):
    snapshots = GitSnapshots(tmp_path / "store.git", FileArtifacts(tmp_path / "artifacts"))
    write(slot, {"d/secret": b"x" * size})
    real = os.open

    def refuse(path, *arguments, **more):
        if os.fsencode(path).endswith(b"secret"):
            raise PermissionError(13, "Permission denied")
        return real(path, *arguments, **more)

    monkeypatch.setattr(os, "open", refuse)
    with pytest.raises(SnapshotRefused, match="d/secret cannot be read: Permission denied"):
        snapshots.take(slot)


def test_a_file_that_keeps_changing_is_refused_by_name(snapshots, slot, monkeypatch):
    write(slot, {"still": "x", "log": "x"})
    real = os.read

    def read(descriptor, count):
        with (slot / "log").open("a") as file:
            file.write("more")
        return real(descriptor, count)

    monkeypatch.setattr(os, "read", read)
    with pytest.raises(SnapshotRefused, match="log keeps changing"):
        snapshots.take(slot)


@pytest.mark.parametrize("replacement", ["link", "pipe", "nothing"])
def test_a_file_that_is_swapped_after_the_look_is_looked_at_again(snapshots, slot, monkeypatch, replacement):
    write(slot, {"a": "x", "b": "secret of another"})
    real = recording.walk
    looks = []

    def swap_after_the_first_look(root):
        found = real(root)
        if not looks:
            (slot / "a").unlink()
            if replacement == "link":
                (slot / "a").symlink_to("b")
            elif replacement == "pipe":
                os.mkfifo(slot / "a")
        looks.append(found)
        return found

    monkeypatch.setattr(recording, "walk", swap_after_the_first_look)
    tree = snapshots.take(slot).tree
    assert len(looks) == 2
    assert snapshots.read(tree, "a") == (b"b" if replacement == "link" else None)


def test_a_slot_that_is_a_link_is_refused(snapshots, slot, tmp_path):
    (tmp_path / "link").symlink_to(slot)
    with pytest.raises(SnapshotRefused, match="link"):
        snapshots.take(tmp_path / "link")


# ── pointers ──────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_a_genuine_file_that_reads_like_a_pointer_comes_back_as_it_was(snapshots, slot, tmp_path):
    text = b"goldfish pointer 1\nsha256:" + b"0" * 64 + b"\nsize 5\n"
    tree = snapshots.take(write(slot, {"forged": text})).tree
    assert snapshots.read(tree, "forged") == text
    snapshots.place(tree, tmp_path / "new")
    assert listing(tmp_path / "new") == listing(slot)
    assert snapshots.verify(tree) == []


def test_a_damaged_big_file_is_named_and_not_placed(snapshots, slot, tmp_path):
    artifacts = InMemoryArtifacts()
    snapshots = GitSnapshots(tmp_path / "store.git", artifacts)
    tree = snapshots.take(write(slot, {"d/big": b"b" * BIG})).tree
    (digest,) = artifacts.kept
    artifacts.kept[digest] = b"c" * BIG
    (sentence,) = snapshots.verify(tree)
    assert sentence.startswith("d/big: ")
    with pytest.raises(SnapshotMissing, match="damaged"):
        snapshots.place(tree, tmp_path / "new")
    assert listing(tmp_path / "new") == {}


def test_an_unchanged_big_file_is_not_read_again(snapshots, slot, monkeypatch):
    write(slot, {"big": b"b" * BIG})
    os.utime(slot / "big", ns=(0, 0))
    let_the_clock_pass_over(slot / "big")
    tree = snapshots.take(slot, cache="w1").tree
    monkeypatch.setattr(InMemoryArtifacts, "put_file", lambda *_, **__: pytest.fail("it was read"))
    assert snapshots.take(slot, cache="w1").tree == tree


def let_the_clock_pass_over(path: Path) -> None:
    """Return once the file is old enough for a stat cache to trust its times."""
    import time

    while time.time_ns() - path.lstat().st_ctime_ns <= stat_cache.RACY:
        time.sleep(0.001)


# ── the stat cache ────────────────────────────────────────────────────────────────────────────────────────────────────


def settled_slot(slot: Path) -> None:
    write(slot, PACKED)
    let_the_clock_pass_over(max(slot.rglob("*"), key=lambda path: path.lstat().st_ctime_ns))


def test_with_a_cache_only_the_changed_file_is_read(snapshots, slot, monkeypatch):
    settled_slot(slot)
    snapshots.take(slot, cache="w1")
    (slot / "d1" / "f1.py").write_text("other\n")
    read = []
    real = recording.read_small
    monkeypatch.setattr(recording, "read_small", lambda name, **more: read.append(name) or real(name, **more))
    tree = snapshots.take(slot, cache="w1").tree
    assert read == [b"f1.py"]
    assert tree == snapshots.take(slot).tree


@pytest.mark.parametrize("damage", [b"", b"garbage", None], ids=["empty", "garbage", "flipped"])
def test_a_damaged_cache_is_no_cache(snapshots, slot, tmp_path, damage):
    settled_slot(slot)
    tree = snapshots.take(slot, cache="w1").tree
    path = tmp_path / "store.git" / "goldfish" / "stat" / "w1"
    good = path.read_bytes()
    path.write_bytes(good[:-300] + bytes([good[-300] ^ 1]) + good[-299:] if damage is None else damage)
    assert stat_cache.load(path, slot.stat().st_dev) == {}
    assert snapshots.take(slot, cache="w1").tree == tree
    assert len(stat_cache.load(path, slot.stat().st_dev)) == len(PACKED)


def test_a_cache_is_not_believed_about_objects_that_are_gone(snapshots, slot, tmp_path):
    settled_slot(slot)
    tree = snapshots.take(slot, cache="w1").tree
    for path in (tmp_path / "store.git" / "objects" / "pack").iterdir():
        path.unlink()
    assert snapshots.take(slot, cache="w1").tree == tree
    assert GitSnapshots(tmp_path / "store.git", InMemoryArtifacts()).verify(tree) == []


def test_a_cache_name_never_becomes_a_path(snapshots, slot):
    with pytest.raises(UnsafeName):
        snapshots.take(slot, cache="../../x")


# ── the repository on disk ────────────────────────────────────────────────────────────────────────────────────────────


def test_many_objects_become_one_pack_and_known_ones_are_not_written_again(snapshots, slot, tmp_path):
    snapshots.take(write(slot, PACKED))
    objects = tmp_path / "store.git" / "objects"
    before = {path: path.stat().st_mtime_ns for path in objects.rglob("*") if path.is_file()}
    assert sorted(path.suffix for path in before) == [".idx", ".pack"]
    GitSnapshots(tmp_path / "store.git", InMemoryArtifacts()).take(slot)
    assert {path: path.stat().st_mtime_ns for path in objects.rglob("*") if path.is_file()} == before


def test_a_snapshot_larger_than_the_buffer_becomes_several_packs(snapshots, slot, tmp_path, monkeypatch):
    monkeypatch.setattr("goldfish.adapters.git_snapshots.writer._BUFFER", 500)
    monkeypatch.setattr("goldfish.adapters.git_snapshots.writer._FEW", 5)
    tree = snapshots.take(write(slot, PACKED)).tree
    assert len(list((tmp_path / "store.git" / "objects" / "pack").glob("*.pack"))) > 1
    assert snapshots.verify(tree) == []


@pytest.mark.parametrize("files", [LOOSE, PACKED], ids=["loose", "packed"])
@pytest.mark.parametrize("call", ["fsync", "rename"])
def test_a_writer_that_dies_midway_leaves_nothing_that_counts(snapshots, slot, tmp_path, monkeypatch, files, call):
    class Killed(BaseException):
        pass

    def die(*_):
        raise Killed

    write(slot, files)
    with monkeypatch.context() as patch:
        patch.setattr(*{"fsync": (os, "fsync"), "rename": (Path, "replace")}[call], die)
        patch.setattr(Path, "unlink", lambda *_, **__: None)  # a killed process does not clean up either
        with pytest.raises(Killed):
            snapshots.take(slot)
    left = [path for path in (tmp_path / "store.git").rglob("*tmp*") if path.is_file()]
    assert left
    tree = snapshots.take(slot).tree
    for path in left:
        os.utime(path, (0, 0))
    assert snapshots.verify(tree) == []
    assert not any(path.exists() for path in left if "objects" in path.parts)


def objects_of(repository: Path) -> list[Path]:
    return [path for path in (repository / "objects").rglob("*") if path.is_file() and path.suffix != ".idx"]


@pytest.mark.parametrize("files", [LOOSE, PACKED], ids=["loose", "packed"])
def test_any_flipped_byte_of_an_object_is_found(snapshots, slot, tmp_path, files):
    tree = snapshots.take(write(slot, files)).tree
    for path in objects_of(tmp_path / "store.git"):
        path.chmod(0o644)
        good = path.read_bytes()
        end = len(good) - 20 if path.suffix == ".pack" else len(good)
        start = 12 if path.suffix == ".pack" else 2  # behind the fixed header
        for at in range(start, end, max(1, (end - start) // 40)):
            path.write_bytes(good[:at] + bytes([good[at] ^ 0xFF]) + good[at + 1 :])
            assert GitSnapshots(tmp_path / "store.git", InMemoryArtifacts()).verify(tree), f"{path.name}, byte {at}"
        path.write_bytes(good)
    assert snapshots.verify(tree) == []


@pytest.mark.parametrize("suffix", [".pack", ".idx"])
@pytest.mark.parametrize("how", ["truncated", "deleted", "emptied"])
def test_a_damaged_pack_is_missing_not_guessed(snapshots, slot, tmp_path, suffix, how):
    tree = snapshots.take(write(slot, PACKED)).tree
    (path,) = (tmp_path / "store.git" / "objects" / "pack").glob(f"*{suffix}")
    path.chmod(0o644)
    if how == "deleted":
        path.unlink()
    else:
        os.truncate(path, 0 if how == "emptied" else path.stat().st_size // 2)
    again = GitSnapshots(tmp_path / "store.git", InMemoryArtifacts())
    assert again.verify(tree)
    with pytest.raises(SnapshotMissing):
        again.place(tree, tmp_path / "new")


def test_an_object_under_another_name_is_found(snapshots, slot, tmp_path):
    tree = snapshots.take(write(slot, {"a": "1", "b": "2"})).tree
    a, b = (file.content for file in snapshots.files(tree))
    objects = tmp_path / "store.git" / "objects"
    shutil.copyfile(objects / b[:2] / b[2:], objects / a[:2] / "x")
    (objects / a[:2] / "x").replace(objects / a[:2] / a[2:])
    (sentence,) = snapshots.verify(tree)
    assert a in sentence
    with pytest.raises(SnapshotMissing, match="do not match"):
        snapshots.read(tree, "a")


def test_two_snapshots_at_once_agree(snapshots, slot, tmp_path):
    from concurrent.futures import ThreadPoolExecutor

    write(slot, PACKED)
    others = [GitSnapshots(tmp_path / "store.git", InMemoryArtifacts()) for _ in range(4)]
    with ThreadPoolExecutor(4) as pool:
        trees = set(pool.map(lambda other: other.take(slot, cache="w1").tree, others))
    assert len(trees) == 1
    assert snapshots.verify(*trees) == []


@pytest.mark.parametrize("name", ["", "../x", "/x", "a//b", "a..b", "x.lock", "-x", "a b", "a/", "x\n", "é"])
def test_a_pin_has_a_name_that_git_accepts(snapshots, slot, name):
    with pytest.raises(UnsafeName):
        snapshots.pin(name, snapshots.empty())


@pytest.mark.parametrize("tree", ["", "x", "../../etc", "4b825dc6"])
def test_what_is_no_tree_id_is_missing(snapshots, tree):
    with pytest.raises(SnapshotMissing):
        snapshots.files(TreeId(tree))


def test_big_files_are_those_above_one_mebibyte():
    assert content.BIG == 1 << 20


@pytest.mark.skipif(shutil.which("git") is None, reason="git is not installed")
def test_a_manual_git_gc_takes_nothing_away(tmp_path: Path) -> None:
    snapshots = GitSnapshots(tmp_path / "store.git", InMemoryArtifacts())
    work = tmp_path / "work"
    work.mkdir()
    trees = []
    for number in range(60):
        (work / "file").write_text(f"edit {number}")
        trees.append(snapshots.take(work).tree)
    for order in (["gc", "--prune=now", "--aggressive"], ["prune", "--expire=now"], ["repack", "-a", "-d"]):
        subprocess.run(["git", "-C", tmp_path / "store.git", *order], check=False, capture_output=True)
    assert all(GitSnapshots(tmp_path / "store.git", InMemoryArtifacts()).verify(tree) == [] for tree in trees)


def test_virtual_environments_and_what_goldfish_keeps_are_left_out_by_name(tmp_path: Path) -> None:
    snapshots = GitSnapshots(tmp_path / "store.git", FileArtifacts(tmp_path / "artifacts"))
    place = tmp_path / "project"
    for path in (
        "train.py",
        ".venv/pyvenv.cfg",
        ".venv/lib/x.py",
        ".goldfish/ledger.db",
        "workspaces/w/a.py",
        "lib/workspaces/b.py",
    ):
        (place / path).parent.mkdir(parents=True, exist_ok=True)
        (place / path).write_text("x")
    taken = snapshots.take(place)
    assert [file.path for file in snapshots.files(taken.tree)] == ["lib/workspaces/b.py", "train.py"]
    assert [(s.path, s.why) for s in taken.skipped] == [
        (".goldfish", "goldfish's own"),
        (".venv", "a virtual environment"),
        ("workspaces", "goldfish's own"),
    ]
