"""Whatever is given to a use case, the answer is an answer or a refusal by name (F48)."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from itertools import count
from pathlib import Path
from typing import Any
from unicodedata import normalize

import pytest

from goldfish.errors import GoldfishError
from tests.faults.conftest import Everything
from tests.faults.hostile import ALWAYS, NUMBERS, TEXTS, WRONG
from tests.faults.use_cases import NAMES, found_by_looking, parameters

FREE = {"text", "message", "reason", "goal", "description", "comment", "learned", "next_steps"}
NAMED = {"create_workspace": "name", "tag": "name", "promote": "name", "add_source": "name", "mount": "slot"}
PLAIN: dict[str, tuple[type, ...]] = {
    "str": (str,),
    "str | None": (str,),
    "bool": (bool,),
    "int": (int,),
    "int | None": (int,),
    "float": (int, float),
}
SAFE = re.compile(r"[a-z0-9][a-z0-9._-]{0,63}")
FILE_NAME = re.compile(r"[A-Za-z0-9_.@+-]{1,150}")
EACH = 5  # texts for each way of giving one; in the nightly profile all of them


def test_every_use_case_has_a_recipe() -> None:
    assert set(NAMES) == found_by_looking()


def asked(everything: Everything, use_case: str, **instead: Any) -> tuple[bool, list[dict[str, Any]]]:
    """Whether a use case accepted its arguments, and the events of that. A refusal is complete and printable."""
    before = everything.head()
    try:
        everything.call(use_case, **instead)
    except GoldfishError as error:
        refusal = error
    except Exception as error:
        shown = ", ".join(f"{name}={value!r:.80}" for name, value in instead.items())
        raise AssertionError(f"{use_case}({shown}) raised {type(error).__name__}, which no client expects") from error
    else:
        return True, [event.data for event in everything.goldfish.log(after=before, limit=100)]
    assert refusal.next_step
    assert (refusal.message + refusal.next_step).isprintable()
    assert len(refusal.message) < 5_000
    assert everything.head() == before, f"{refusal!r} was no refusal: something was recorded"
    return False, []


def ways(annotation: str, text: str) -> Iterator[object]:
    """A text as an argument of a type: itself, in a list, as a key, as a value."""
    kinds = annotation.split(" | ")
    if not re.search(r"^(bool|int|float|Path|Actor|Callable|OnProgress)|\[", kinds[0]) or "str" in kinds:
        yield text
    if re.search("Sequence|Collection|References", annotation):
        yield [text]
    if "Mapping" in annotation:
        yield from ({text: "x"}, {"train": text}, {"train": {text: text}})


TEXTUAL = [name for name in NAMES if any(list(ways(annotation, "x")) for _, annotation in parameters(name))]
_turn = count()


def some_texts() -> list[str]:
    """The next few texts: over all arguments of all use cases, each one is given to many."""
    if os.environ.get("HYPOTHESIS_PROFILE") == "nightly":
        return TEXTS
    begin = next(_turn) * EACH
    return ALWAYS + [TEXTS[(begin + n) % len(TEXTS)] for n in range(EACH)]


def texts_in(value: object) -> Iterator[str]:
    """All texts of an event."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict | list):
        for item in value.values() if isinstance(value, dict) else value:
            yield from texts_in(item)


def around(project: Path) -> dict[str, tuple[int, ...]]:
    """What lies beside a project."""
    place = project.parent.parent
    found = ((path, path.lstat()) for path in place.rglob("*") if not path.is_relative_to(project))
    return {str(path): (status.st_mode, status.st_size, status.st_mtime_ns) for path, status in found}


@pytest.mark.parametrize("name", TEXTUAL)
def test_hostile_text_is_refused_by_name_or_kept_as_it_is(everything: Everything, name: str) -> None:
    before = around(everything.root)
    for argument, annotation in parameters(name):
        for way in range(len(list(ways(annotation, "x")))):
            for text in some_texts():
                given = list(ways(annotation, text))[way]
                accepted, events = asked(everything, name, **{argument: given})
                if not accepted:
                    continue
                if NAMED.get(name) == argument or (argument == "group" and events):
                    assert SAFE.fullmatch(text), f"{name}({argument}={text!r:.80}) was accepted"
                if argument in FREE and events and text.strip():
                    kept = normalize("NFC", text).strip()
                    assert any(kept in said for said in texts_in(events)), (argument, text)
    assert around(everything.root) == before
    for place in (".goldfish", "workspaces"):
        for path in (everything.root / place).rglob("*"):
            assert FILE_NAME.fullmatch(path.name), path
    everything.write_state()
    assert (everything.root / "STATE.md").read_text().replace("\n", "").isprintable()
    assert everything.goldfish.verify().damages == []


@pytest.mark.parametrize("part", range(4))
def test_a_value_of_the_wrong_type_is_refused_by_name(everything: Everything, part: int) -> None:
    for name in NAMES[part::4]:
        for argument, annotation in parameters(name):
            for given in [*WRONG, *(NUMBERS if "int" in annotation else [])]:
                accepted, _ = asked(everything, name, **{argument: given})
                if annotation in PLAIN and not (given is None and "None" in annotation):
                    fits = isinstance(given, PLAIN[annotation]) and isinstance(given, bool) == (annotation == "bool")
                    assert fits or not accepted, f"{name}({argument}={given!r:.80}) was accepted"
    assert everything.goldfish.verify().damages == []
