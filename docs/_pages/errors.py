"""errors.md: every error by name, with its message, its next step and its exit code."""

from __future__ import annotations

import importlib
import inspect
import re

from _pages.markdown import code, document, table
from goldfish import errors

INTRODUCTION = """
Every failure has a name. On a terminal it is two lines on standard error: what happened, and what to do next. With
`--json`, and over MCP, it is one object:

```json
{
  "error": "UnknownWorkspace",
  "message": "There is no workspace 'basline'.",
  "next": "Did you mean baseline? `goldfish status` lists the workspaces; `goldfish create` makes one.",
  "candidates": ["baseline"]
}
```

`error` is the name below and does not change between releases of the same major version. `candidates` are names near
to what was typed. Words in braces below stand for the facts of the case.

| exit code | what it says |
|---|---|
| 0 | it was done |
| 1 | it failed; for `run --wait` and `wait`: the run did not succeed |
| 2 | refused: the request breaks a rule, and nothing was changed |
| 3 | the ledger cannot be written now |
| 4 | something recorded is damaged or missing |
| 5 | the time to wait is over; the run goes on |
| 130 | interrupted with Ctrl-C |

`goldfish verify` exits with 4 when it finds damage. When the reader of a pipe leaves early, as `| head` does, the code
is 141.
"""

_SUBJECTS = (
    *("projects", "workspaces", "versions", "pipelines", "sources", "runs", "results", "notes"),
    *("imports", "comparing", "search", "findings", "analysis", "ledger", "outside", "surfaces"),
)
_BASES = (errors.GoldfishError, errors.Refusal)


def page() -> str:
    """The page."""
    parts = []
    for title, classes in _sections().items():
        rows = [(code(cls.__name__), *_texts(cls), str(cls.exit_code)) for cls in classes]
        parts += [f"## {title[0].upper()}{title[1:]}", table(["error", "message", "next step", "exit code"], rows)]
    return document("Errors", INTRODUCTION, *parts)


def _sections() -> dict[str, list[type[errors.GoldfishError]]]:
    """The classes by the first line of the module that holds them, in the order of the source."""
    found: dict[str, list[type[errors.GoldfishError]]] = {}
    for name in _SUBJECTS:
        module = importlib.import_module(f"goldfish.errors.{name}")
        own = [cls for cls in vars(module).values() if isinstance(cls, type) and cls.__module__ == module.__name__]
        found[(module.__doc__ or name).rstrip(".")] = own
    held = {cls for classes in found.values() for cls in classes} | set(_BASES)
    if missing := {cls for cls in vars(errors).values() if isinstance(cls, type)} - held:
        raise ValueError(f"no section of errors.md holds {missing}")
    return found


def _texts(cls: type[errors.GoldfishError]) -> tuple[str, str]:
    message, _, step = (inspect.getdoc(cls) or "").partition("\n")
    return _facts(message), _facts(step)


def _facts(text: str) -> str:
    """Braces of format strings as a reader writes them: `{given!r}` is {given}."""
    return re.sub(r"\{(\w+)[^}]*\}", r"{\1}", text)
