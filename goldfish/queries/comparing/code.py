"""Code side by side: every other side against the first one."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from goldfish.ports import FileChange
from goldfish.queries.comparing.answers import FileDifference

PATCH_LINES = 60  # lines of a file's patch that are shown
FILES = 50  # files whose patch is shown
LISTED = 200  # files that are listed where more than two sides are compared

CodeDiff = Callable[[str, str], Sequence[FileChange]]  # two trees → every file that differs


def code(trees: Sequence[str | None], code_diff: CodeDiff | None) -> tuple[list[FileDifference], int]:
    """The files that differ from the first side, and how many of them are not listed. Without a tree nothing is."""
    first = trees[0]
    if first is None or code_diff is None:
        return [], 0
    known: dict[str, Sequence[FileChange]] = {}
    for tree in trees[1:]:
        if tree is not None and tree != first and tree not in known:
            known[tree] = code_diff(first, tree)
    patched = len(trees) == 2
    found = [
        _file(change, side, patched=patched)
        for side, tree in enumerate(trees)
        for change in (known.get(tree, ()) if tree is not None else ())
    ]
    most = FILES if patched else LISTED
    return found[:most], max(0, len(found) - most)


def _file(change: FileChange, side: int, *, patched: bool) -> FileDifference:
    lines = change.patch.splitlines() if patched else []
    return FileDifference(
        path=change.path,
        change=change.change,
        added=change.added,
        removed=change.removed,
        patch="\n".join(lines[:PATCH_LINES]),
        cut=max(0, len(lines) - PATCH_LINES),
        side=side,
    )
