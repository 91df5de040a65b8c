"""How long snapshots take, beside git: `python benchmarks/snapshots.py [ROUNDS]` prints a table in Markdown.

Each figure is the median of some rounds on fresh directories. Everything goldfish writes is synced to the disk before
`take` returns; git is run as it comes, which syncs packs but not loose objects. Creating files right after many were
deleted can be slow on ext4: compare with the row that only creates files.
"""

from __future__ import annotations

import argparse
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from benchmarks.table import Row, markdown

FILES, FOLDERS, BIG_FILES, BIG_SIZE = 10_000, 100, 20, 50 << 20

_FRESH = """
import sys, time
from pathlib import Path
from goldfish.adapters.file_artifacts import FileArtifacts
from goldfish.adapters.git_snapshots import GitSnapshots
base = Path(sys.argv[1])
snapshots = GitSnapshots(base / "store.git", FileArtifacts(base / "artifacts"))
started = time.perf_counter()
snapshots.take(base / "work", cache="w1")
print(time.perf_counter() - started)
"""


def small_files(folder: Path) -> None:
    """10,000 source-like files of about 1 KB in 100 directories."""
    text = Path(__file__).read_bytes() * 3
    for i in range(FILES):
        path = folder / f"package_{i % FOLDERS:03}" / f"module_{i:05}.py"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(b"# module %d\n" % i + text[i % 3000 : i % 3000 + 1000])


def big_files(folder: Path) -> None:
    """1 GB of random bytes in 20 files."""
    folder.mkdir(parents=True)
    for i in range(BIG_FILES):
        (folder / f"data_{i}.bin").write_bytes(os.urandom(BIG_SIZE))


def git(folder: Path, *arguments: str) -> None:
    """Run git with none of the user's settings."""
    environment = {"PATH": os.environ["PATH"], "HOME": str(folder), "GIT_CONFIG_NOSYSTEM": "1"}
    who = ["-c", "user.name=x", "-c", "user.email=x@example.org"]
    subprocess.run(
        ["git", "-c", "gc.auto=0", "-c", "maintenance.auto=0", *who, *arguments],
        cwd=folder,
        check=True,
        env=environment,
        stdout=subprocess.DEVNULL,
    )


def commit(folder: Path) -> None:
    """What most people would do instead of a snapshot."""
    git(folder, "add", "-A")
    git(folder, "commit", "-q", "-m", "x")


def timed(work: Callable[[], object]) -> float:
    """Seconds of wall time."""
    started = time.perf_counter()
    work()
    return time.perf_counter() - started


def again(work: Callable[[], object], before: Callable[[], object] = lambda: None) -> float:
    """The median of seven times, each after `before`."""
    times = []
    for _ in range(7):
        before()
        times.append(timed(work))
    return statistics.median(times)


def edit(folder: Path) -> None:
    """Change one file."""
    (folder / "package_050" / "module_00050.py").write_text(f"edited at {time.time_ns()}\n")


def look(folder: Path) -> None:
    """The least that any tool must do to know that nothing changed."""
    for package in os.scandir(folder):
        for entry in os.scandir(package.path):
            entry.stat(follow_symlinks=False)


def written_and_synced(path: Path) -> None:
    """1 GB straight to the disk: no durable copy can be faster."""
    block = os.urandom(BIG_SIZE)
    with path.open("wb") as file:
        for _ in range(BIG_FILES):
            file.write(block)
        file.flush()
        os.fsync(file.fileno())


def one_round(base: Path) -> dict[str, tuple[float, float | None]]:
    """Every measurement once: goldfish, git."""
    from goldfish.adapters.file_artifacts import FileArtifacts
    from goldfish.adapters.git_snapshots import GitSnapshots

    work, theirs = base / "work", base / "theirs"
    results: dict[str, tuple[float, float | None]] = {}
    snapshots = GitSnapshots(base / "store.git", FileArtifacts(base / "artifacts"))
    small_files(work)
    shutil.copytree(work, theirs)
    git(theirs, "init", "-q")
    os.sync()
    time.sleep(0.05)  # lets the stat caches of both settle
    first = timed(lambda: snapshots.take(work, cache="w1"))
    results["first snapshot of 10,000 files"] = (first, timed(lambda: commit(theirs)))
    time.sleep(0.05)
    snapshots.take(work, cache="w1")
    os.sync()  # what was written so far is not to disturb what follows
    results["looking at every file (scandir and lstat), for comparison"] = (again(lambda: look(work)), None)
    results["nothing changed"] = (
        again(lambda: snapshots.take(work, cache="w1")),
        again(lambda: git(theirs, "add", "-A")),
    )
    results["one file changed"] = (
        again(lambda: snapshots.take(work, cache="w1"), lambda: edit(work)),
        again(lambda: commit(theirs), lambda: edit(theirs)),
    )
    edit(work)
    fresh = subprocess.run([sys.executable, "-c", _FRESH, str(base)], check=True, capture_output=True, text=True)
    results["one file changed, first call of a process"] = (float(fresh.stdout), None)
    tree = snapshots.take(work, cache="w1").tree
    os.sync()
    # ext4 creates files ten times slower for a while after many were deleted: all three see every state of it.
    placed, checked_out, created = [], [], []
    for number in range(5):
        placed.append(timed(lambda n=number: snapshots.place(tree, base / f"mount{n}", cache=f"m{n}")))
        worktree = str(base / f"theirs{number}")
        checked_out.append(timed(lambda w=worktree: git(theirs, "worktree", "add", "-q", "--detach", w)))
        created.append(timed(lambda n=number: small_files(base / f"plain{n}")))
    middle = statistics.median
    results["placing 10,000 files in an empty directory"] = (middle(placed), middle(checked_out))
    results["the slowest of five such placings, right after 30,000 files were deleted"] = (
        max(placed),
        max(checked_out),
    )
    results["creating 10,000 such files, for comparison"] = (middle(created), None)
    results["placing over the same files"] = (timed(lambda: snapshots.place(tree, base / "mount0", cache="m0")), None)
    results["verifying 10,000 files"] = (timed(lambda: snapshots.verify(tree)), timed(lambda: git(theirs, "fsck")))
    return results


def big_round(base: Path, with_git: bool) -> dict[str, tuple[float, float | None]]:
    """The first snapshot of 1 GB."""
    from goldfish.adapters.file_artifacts import FileArtifacts
    from goldfish.adapters.git_snapshots import GitSnapshots

    big_files(base / "big")
    snapshots = GitSnapshots(base / "store.git", FileArtifacts(base / "artifacts"))
    os.sync()
    ours = timed(lambda: snapshots.take(base / "big", cache="w1"))
    theirs = None
    if with_git:
        git(base / "big", "init", "-q")
        theirs = timed(lambda: commit(base / "big"))
    os.sync()
    floor = timed(lambda: written_and_synced(base / "floor"))
    return {"1 GB in 20 files": (ours, theirs), "writing and syncing 1 GB, for comparison": (floor, None)}


def limit_of(name: str, ours: float, theirs: float | None) -> tuple[str, bool | None]:
    """What a figure is held against, and whether it holds."""
    if name.startswith("first snapshot") and theirs is not None:
        return "≤ 1.2 × `git add -A && git commit`", ours <= 1.2 * theirs
    for beginning, most in (("one file changed", 0.1), ("placing 10,000", 1.5), ("1 GB", 2.0)):
        if name.startswith(beginning):
            return f"≤ {most * 1000:,.0f} ms", ours <= most
    return "", None


def main(rounds: int = 3, *, big: bool = True) -> str:
    """The table. Figures are medians over the rounds."""
    found: list[dict[str, tuple[float, float | None]]] = []
    for number in range(rounds):
        with tempfile.TemporaryDirectory(prefix="goldfish-benchmark-") as base:
            found.append(one_round(Path(base)))
        if big:
            with tempfile.TemporaryDirectory(prefix="goldfish-benchmark-") as base:
                found[-1] |= big_round(Path(base), with_git=number == 0)
    rows = []
    for name in found[0]:
        ours = statistics.median(results[name][0] for results in found)
        others = [value for results in found if (value := results[name][1]) is not None]
        theirs = statistics.median(others) if others else None
        beside = f", git {theirs * 1000:,.0f} ms ({ours / theirs:.2f} ×)" if theirs is not None else ""
        rows.append(Row(name, f"{ours * 1000:,.0f} ms{beside}", *limit_of(name, ours, theirs)))
    return markdown("Snapshots", rows)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("rounds", nargs="?", type=int, default=3)
    parser.add_argument("--skip-big", action="store_true", help="leave out the 1 GB snapshot")
    given = parser.parse_args()
    print(main(given.rounds, big=not given.skip_big))
