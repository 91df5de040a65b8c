"""Whatever lies in a workspace or in data is refused or left out by name, and never followed (F49, F51–F53)."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from goldfish.adapters.git_snapshots import rules
from goldfish.errors import SnapshotRefused, UnreadableFile
from tests.scenarios.conftest import Lab

SECRET = "what no snapshot may hold"


def _socket(place: Path) -> None:
    here = Path.cwd()
    os.chdir(place)  # the whole path may be longer than a socket's name
    with socket.socket(socket.AF_UNIX) as one:
        one.bind("thing")
    os.chdir(here)


def _device(place: Path) -> None:
    if os.geteuid():
        pytest.skip("making a device needs root")
    os.mknod(place / "thing", 0o020666, os.makedev(1, 5))  # /dev/zero, which never ends


def _deep(place: Path) -> None:
    here = os.open(place, os.O_RDONLY)
    for _ in range(4_000):
        os.mkdir("thing", dir_fd=here)
        below = os.open("thing", os.O_RDONLY | os.O_DIRECTORY, dir_fd=here)
        os.close(here)
        here = below
    os.close(here)


def _sparse(place: Path) -> None:
    with (place / "thing").open("wb") as file:
        file.truncate(10 << 40)


LINKS: dict[str, Callable[[Path], str | Path]] = {
    "link to a file of the system": lambda _: "/etc/passwd",
    "link to a directory of the system": lambda _: "/etc",
    "link upwards": lambda _: "../../../outside.txt",
    "link to itself": lambda _: "thing",
    "link to the open files": lambda _: "/proc/self/fd/0",
    "link to a file beside the project": lambda place: place.parents[2] / "outside.txt",
}
SPECIAL: dict[str, Callable[[Path], None]] = {
    "FIFO": lambda place: os.mkfifo(place / "thing"),
    "socket": _socket,
    "device": _device,
}


def outside(lab: Lab) -> Path:
    """A file beside the project that nobody may read."""
    path = lab.root.parent / "outside.txt"
    path.write_text(SECRET)
    return path


def holds_secret(lab: Lab) -> bool:
    """Whether the bytes of the file outside came into the project."""
    files = (path for path in (lab.root / ".goldfish").rglob("*") if path.is_file() and not path.is_symlink())
    return any(SECRET.encode() in path.read_bytes() for path in files)


@pytest.mark.parametrize("kind", LINKS)
def test_a_link_is_never_followed(lab: Lab, kind: str) -> None:
    target = LINKS[kind]
    outside(lab)
    data = lab.root / "data"
    data.mkdir()
    (lab.place / "thing").symlink_to(target(lab.place))
    (data / "thing").symlink_to(target(data))
    if kind == "link to itself":  # which leads nowhere, but not outside
        assert lab.goldfish.sync("w").files == 1
    else:
        with pytest.raises(SnapshotRefused, match="thing"):
            lab.goldfish.sync("w")
    with pytest.raises(UnreadableFile, match="thing"):
        lab.goldfish.add_source("data", data)
    with pytest.raises(UnreadableFile):
        lab.goldfish.add_source("data", data / "thing")
    assert not holds_secret(lab)


@pytest.mark.parametrize("kind", SPECIAL)
def test_what_is_no_file_is_left_out_of_a_workspace_and_refused_as_data(lab: Lab, kind: str) -> None:
    SPECIAL[kind](lab.place)
    (lab.place / "kept.txt").write_text("kept")
    synced = lab.goldfish.sync("w")
    assert synced.files == 1
    assert [skipped.path for skipped in synced.skipped] == ["thing"]
    with pytest.raises(UnreadableFile, match="thing"):
        lab.goldfish.add_source("data", lab.place)
    with pytest.raises(UnreadableFile, match="thing"):
        lab.goldfish.add_source("data", lab.place / "thing", kind="file")


@pytest.mark.parametrize(
    ("make", "why"), [(_deep, "deep"), (_sparse, "thing.*more than 32 GiB")], ids=["4000 levels", "10 TiB of nothing"]
)
def test_what_is_out_of_all_measure_is_refused_before_it_is_read(
    lab: Lab, make: Callable[[Path], None], why: str
) -> None:
    head = lab.goldfish.application.journal.head()
    try:
        make(lab.place)
        with pytest.raises(SnapshotRefused, match=why):
            lab.goldfish.sync("w")
        if make is _deep:
            with pytest.raises(UnreadableFile):
                lab.goldfish.add_source("data", lab.place)
    finally:  # Python's own rmtree, which cleans up after tests, does not get down that far
        subprocess.run(["rm", "-rf", lab.place / "thing"], check=True)
    assert lab.goldfish.application.journal.head() == head


def test_a_hard_link_is_bytes_like_any_others_and_its_twin_stays_as_it_is(lab: Lab) -> None:
    twin = outside(lab)
    os.link(twin, lab.place / "thing")
    version = lab.goldfish.save_version("w", "with a hard link").version
    (lab.place / "thing").unlink()
    (lab.place / "thing").write_text("mine")
    lab.goldfish.rollback("w", version)
    assert (lab.place / "thing").read_text() == SECRET
    (lab.place / "thing").write_text("changed")
    assert twin.read_text() == SECRET


def test_repositories_and_attributes_of_git_change_no_byte_and_run_nothing(lab: Lab) -> None:
    marker = lab.root.parent / "hook ran"
    nested = lab.place / "nested"
    subprocess.run(["git", "init", "-q", nested], check=True)
    hook = f"#!/bin/sh\ntouch '{marker}'\n"
    for name in ("pre-commit", "post-checkout", "post-index-change"):
        (nested / ".git" / "hooks" / name).write_text(hook)
        (nested / ".git" / "hooks" / name).chmod(0o755)
    with (nested / ".git" / "config").open("a") as config:
        config.write(f'[core]\n\tfsmonitor = "touch \'{marker}\'"\n[filter "x"]\n\tclean = "touch \'{marker}\'"\n')
    (nested / ".gitmodules").write_text('[submodule "x"]\n\tpath = x\n\turl = ext::touch\n')
    for name in (".gitattributes", "nested/.gitattributes"):
        (lab.place / name).write_text("* text eol=crlf ident filter=x\n")
    (lab.place / ".gitignore").write_text("*\n")
    (lab.place / "code.py").write_bytes(b"$Id$\r\nx = 1\n")
    version = lab.goldfish.save_version("w", "as it is").version
    (lab.place / "code.py").unlink()
    lab.goldfish.rollback("w", version)
    assert (lab.place / "code.py").read_bytes() == b"$Id$\r\nx = 1\n"
    assert not marker.exists()


def test_too_many_files_are_counted_and_refused(lab: Lab, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rules, "MOST_FILES", 100)
    for number in range(200):
        (lab.place / f"{number}.txt").touch()
    with pytest.raises(SnapshotRefused, match="more than 100 files"):
        lab.goldfish.save_version("w", "too many")


_MANY = """
import re, sys
from pathlib import Path
from goldfish.api import Actor, Goldfish
root = Path(sys.argv[1])
goldfish = Goldfish.open(root, Actor(kind="human", name="tester"))
place = root / "workspaces" / "w"
for directory in range(100):
    (place / str(directory)).mkdir()
    for number in range(1000):
        (place / str(directory) / str(number)).touch()
answer = goldfish.sync("w")
print(answer.files, re.search(r"VmHWM:\\s+(\\d+)", Path("/proc/self/status").read_text())[1])
"""


@pytest.mark.slow
def test_a_workspace_of_100_000_files_is_recorded_in_bounded_memory(tmp_path: Path) -> None:
    memory = Path("/dev/shm")
    root = (memory if os.access(memory, os.W_OK) else tmp_path) / f"goldfish-{os.getpid()}"
    try:
        Lab(root)
        done = subprocess.run([sys.executable, "-c", _MANY, root], capture_output=True, text=True, check=True)
    finally:
        shutil.rmtree(root)
    files, kilobytes = map(int, done.stdout.split())
    assert files == 100_000
    assert kilobytes < 400 << 10
