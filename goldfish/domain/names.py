"""Names and ids: short enough to say, safe to use, checked once at the door."""

from __future__ import annotations

import difflib
import re
import unicodedata
from collections.abc import Iterable
from typing import NewType

from goldfish.errors import UnsafeName, UnusableText

Stream = NewType("Stream", str)  # one aggregate's events: "project", "workspace:baseline", "run-42", "run-42/train"
Position = NewType("Position", int)  # 1, 2, 3 … over the whole ledger; order is position, never time
CommandId = NewType("CommandId", str)
WorkspaceName = NewType("WorkspaceName", str)
SlotName = NewType("SlotName", str)
StageName = NewType("StageName", str)
SignalName = NewType("SignalName", str)
SourceName = NewType("SourceName", str)
VersionId = NewType("VersionId", str)  # "baseline@v3"
RunId = NewType("RunId", str)  # "run-42"
ExecutionId = NewType("ExecutionId", str)  # "run-42/train"
TreeId = NewType("TreeId", str)  # 40 hex characters: a git tree of raw bytes
Digest = NewType("Digest", str)  # "sha256:" and 64 hex characters

SAFE = r"[a-z0-9][a-z0-9._-]{0,63}"
KEY = r"[A-Za-z0-9][A-Za-z0-9_-]{0,63}"
RESERVED = re.compile(r"(?:run|pattern|thought|hypothesis|decision|claim|finding)-\d+|project")

_SAFE = re.compile(SAFE)
_KEY = re.compile(KEY)
_RUN = re.compile(r"run-[1-9][0-9]{0,11}")
_NOTE = re.compile(r"(?:thought|hypothesis|decision|claim)-[1-9][0-9]{0,11}")
_VERSION = re.compile(rf"({SAFE})@v([1-9][0-9]{{0,8}})")

PROJECT = Stream("project")
OWN_COMMANDS = "goldfish:"  # the command ids of policies begin so; no client may use such a one


def safe_name(given: str, what: str) -> str:
    """The name itself when it is safe as an id, a file name and a word in a sentence; else `UnsafeName` says why."""
    if not isinstance(given, str):
        raise UnsafeName(what=what, given=repr(given), why="it is not text")
    if len(given) > 64:
        raise UnsafeName(what=what, given=given[:40] + "…", why=f"it has {len(given)} characters")
    if unicodedata.normalize("NFC", given) != given or not _SAFE.fullmatch(given):
        raise UnsafeName(what=what, given=given, why=_why(given))
    if given.endswith((".", "-")) or ".." in given:
        raise UnsafeName(what=what, given=given, why="it ends in a dot or dash, or holds two dots in a row")
    if RESERVED.fullmatch(given):
        raise UnsafeName(what=what, given=given, why="names like run-1, decision-1 and project are goldfish's own")
    return given


def name_like(given: str, otherwise: str) -> str:
    """A safe name that resembles a text, such as the name of a file; `otherwise` where nothing of it is left."""
    name = re.sub(r"[^a-z0-9._-]+", "-", given.lower())[:60].strip(".-_")
    name = re.sub(r"\.{2,}", ".", name) or otherwise
    return f"{otherwise}-{name}" if RESERVED.fullmatch(name) else name


def key_name(given: str, what: str) -> str:
    """A stage or signal name: as `safe_name`, with capitals and without dots, since dots separate stage.key."""
    if not isinstance(given, str) or not _KEY.fullmatch(given):
        raise UnsafeName(what=what, given=str(given)[:80], why=_why(str(given)))
    return given


def _why(given: str) -> str:
    if not given:
        return "it is empty"
    if given != given.lower():
        return "it has capital letters"
    bad = next((c for c in given if not re.match(r"[a-z0-9._-]", c)), None)
    return f"it contains {bad!r}" if bad else "it does not begin with a letter or digit"


def plain_text(given: str, what: str, limit: int = 10_000) -> str:
    """Free text, NFC-normalised, without lone surrogates or NUL, within `limit` characters."""
    if not isinstance(given, str):
        raise UnusableText(what=what, why="it is not text")
    if len(given) > limit:
        raise UnusableText(what=what, why=f"it has {len(given)} characters, more than {limit}")
    if "\x00" in given or any(0xD800 <= ord(c) <= 0xDFFF for c in given):
        raise UnusableText(what=what, why="it holds characters that are not text")
    return unicodedata.normalize("NFC", given)


def workspace_stream(name: str) -> Stream:
    """The stream of a workspace."""
    return Stream(f"workspace:{name}")


def slot_stream(name: str) -> Stream:
    """The stream that says who holds a slot."""
    return Stream(f"slot:{name}")


def source_stream(name: str) -> Stream:
    """The stream of a source."""
    return Stream(f"source:{name}")


def version_id(workspace: str, number: int) -> VersionId:
    """`baseline@v3`."""
    return VersionId(f"{workspace}@v{number}")


def split_version(given: str) -> tuple[str, int] | None:
    """("baseline", 3) for "baseline@v3", else None."""
    match = _VERSION.fullmatch(given)
    return (match[1], int(match[2])) if match else None


def is_run(given: str) -> bool:
    """Whether this looks like `run-42`."""
    return _RUN.fullmatch(given) is not None


def is_note(given: str) -> bool:
    """Whether this looks like `decision-3`."""
    return _NOTE.fullmatch(given) is not None


def execution_id(run: str, stage: str) -> ExecutionId:
    """`run-42/train`."""
    return ExecutionId(f"{run}/{stage}")


def split_execution(given: str) -> tuple[RunId, StageName] | None:
    """("run-42", "train") for "run-42/train", else None."""
    run, slash, stage = given.partition("/")
    return (RunId(run), StageName(stage)) if slash and is_run(run) and _KEY.fullmatch(stage) else None


def nearest(given: str, known: Iterable[str], limit: int = 3) -> tuple[str, ...]:
    """The known names closest to what was typed, best first."""
    return tuple(difflib.get_close_matches(given, sorted(known), n=limit, cutoff=0.6))
