"""`Capture` from the files of an execution. Code nobody vouches for wrote them; nothing is taken on trust."""

from __future__ import annotations

import json
import os
import re
from typing import TYPE_CHECKING

from goldfish import files
from goldfish.adapters.output_capture import formats, probing
from goldfish.adapters.output_capture.folder import Folder, NotUsable, opened
from goldfish.domain.values import SUFFIX, LogFile, OutputPlan
from goldfish.errors import OutputRefused
from goldfish.ports import Artifacts, Captured, LaunchOrder, Stored

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pydantic import JsonValue

_LARGEST_INDEX = 16 << 20  # bytes
_LARGEST_MODULE = 4 << 20  # bytes
_MAIN = re.compile(rb"^(?:async\s+)?def\s+main\b|^\s*main\s*[:=]|^\s*(?:from|import)\b.*(?:\bmain\b|\*)", re.MULTILINE)
_ARTIFACT = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.\-/:]{0,255}")
_ARTIFACT_FILE = re.compile(r"[0-9a-f]{16}")


class FileCapture:
    """Keeps outputs, log and artifacts of an execution. Bytes are judged once stored, when nobody can change them."""

    def __init__(self, artifacts: Artifacts) -> None:
        self._artifacts = artifacts

    def outputs(self, order: LaunchOrder) -> list[Captured]:
        """As the port says. `limits.outputs` bounds all outputs together."""
        room = order.stage.limits.outputs
        captured: list[Captured] = []
        with opened(order.directory, "outputs") as folder:
            outputs = [o for o in order.stage.outputs if not o.optional or _is_there(folder, o)]
            hint = _hint(order) if outputs and not any(_is_there(folder, o) for o in order.stage.outputs) else ""
            for output in outputs:
                try:
                    stored, described = self._output(folder, output, room, hint)
                except (NotUsable, formats.NotThisFormat, OutputRefused) as error:
                    captured.append(Captured(output.name, output.type, None, refused=_sentence(error)))
                else:
                    room -= stored.size
                    captured.append(Captured(output.name, output.type, stored, described))
        return captured

    def log(self, order: LaunchOrder) -> LogFile | None:
        """As the port says; None when there is no log that could be kept."""
        with opened(order.directory) as folder:
            if folder is None or folder.kind("log.txt") != "a file":
                return None
            stored = self._artifacts.put_file(folder.path("log.txt"))
            return LogFile(digest=stored.digest, kept=stored.size, written=max(stored.size, _written(folder)))

    def artifacts(self, order: LaunchOrder) -> Iterator[tuple[str, Stored]]:
        """As the port says: each name once, with what was handed over last. What cannot be taken is left out."""
        with opened(order.directory, "artifacts") as folder:
            if folder is None:
                return
            room = order.stage.limits.outputs
            for name, file in _index(folder).items():
                try:
                    stored = self._put(folder, file, room)
                except (NotUsable, OutputRefused):
                    continue
                room -= stored.size
                yield name, stored

    def loaded(self, order: LaunchOrder) -> list[str]:
        """As the port says. What is no list of texts says nothing."""
        with opened(order.directory) as folder:
            if folder is None or folder.kind("loaded.json") != "a file":
                return []
            try:
                said = json.loads(folder.read("loaded.json", _LARGEST_INDEX) or b"[]")
            except (NotUsable, ValueError, RecursionError):
                return []
        return sorted(path for path in said if isinstance(path, str)) if isinstance(said, list) else []

    def _output(
        self, folder: Folder | None, output: OutputPlan, room: int, hint: str
    ) -> tuple[Stored, dict[str, JsonValue]]:
        name = output.name + SUFFIX[output.type]
        kind = folder.kind(name) if folder is not None else None
        if folder is None or kind is None:
            raise NotUsable(_missing(output, folder.names() if folder is not None else []) + hint)
        expected = "a directory" if output.type == "directory" else "a file"
        if kind != expected:
            raise NotUsable(f"it is declared as {output.type}, but {name!r} is {kind}")
        stored = self._put(folder, name, room)
        if output.type == "directory":
            return stored, {"files": stored.files}
        return stored, probing.describe(self._artifacts.path(stored.digest), output.type)

    def _put(self, folder: Folder, name: str, room: int) -> Stored:
        kind = folder.kind(name)
        if kind not in ("a file", "a directory"):
            raise NotUsable(f"{name!r} is {kind}")
        size = folder.size(name)
        if size > room:
            raise NotUsable(f"it holds {size} bytes, and only {room} are left of the limit")
        put = self._artifacts.put_directory if kind == "a directory" else self._artifacts.put_file
        return put(folder.path(name), limit=room)


def _is_there(folder: Folder | None, output: OutputPlan) -> bool:
    return folder is not None and folder.kind(output.name + SUFFIX[output.type]) is not None


def _hint(order: LaunchOrder) -> str:
    """Why a Python stage may have written nothing: it has no `main()`, and nobody called what it defines."""
    module = os.fsencode(order.stage.module)
    parent, _, name = module.rpartition(b"/")
    try:
        with files.opened(order.code, files.DIRECTORY) as root, files.opened_below(root, parent) as within:
            source, _ = files.read_whole(name, within=within, most=_LARGEST_MODULE)
    except (OSError, files.Changed):
        return ""
    return "" if _MAIN.search(source) else f". {order.stage.module} defines no main(), which goldfish calls"


def _missing(output: OutputPlan, names: list[str]) -> str:
    twin = next((name for name in names if name.partition(".")[0] == output.name), None)
    if twin is not None:
        return f"it is declared as {output.type} ({output.name}{SUFFIX[output.type]}), but the stage wrote {twin!r}"
    shown = ", ".join(ascii(name)[1:-1][:80] for name in names[:20])
    more = f" and {len(names) - 20} more" if len(names) > 20 else ""
    return f"it was not written; the stage wrote: {shown or 'nothing'}{more}"


def _sentence(error: NotUsable | formats.NotThisFormat | OutputRefused) -> str:
    """Only the reason: the event names the output itself."""
    return str(error.facts.get("why", error)) if isinstance(error, OutputRefused) else str(error)


def _written(folder: Folder) -> int:
    """How many bytes were printed, as the supervisor wrote it; 0 when it did not."""
    try:
        content = json.loads(folder.read("log.json", 4096) or b"{}")
    except (ValueError, RecursionError):
        return 0
    written = content.get("written") if isinstance(content, dict) else None
    return written if type(written) is int and 0 <= written < 1 << 62 else 0


def _index(folder: Folder) -> dict[str, str]:
    """Name → file of the artifacts handed over; lines that `log_artifact` would not write are passed over."""
    index: dict[str, str] = {}
    for line in (folder.read("index.jsonl", _LARGEST_INDEX) or b"").splitlines():
        try:
            entry = json.loads(line)
        except (ValueError, RecursionError):
            continue
        name, file = (entry.get("name"), entry.get("file")) if isinstance(entry, dict) else (None, None)
        if (
            isinstance(name, str)
            and isinstance(file, str)
            and _ARTIFACT.fullmatch(name)
            and _ARTIFACT_FILE.fullmatch(file)
        ):
            index[name] = file
    return index
