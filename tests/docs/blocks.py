"""The fenced blocks of a Markdown page, and a small runner that does what they say.

What a block does is told by its info string, which readers of the rendered page do not see:

    ```python file=workspaces/line/modules/fit.py     the reader saves this file
    ```console                                        commands after `$ `, each with all that it prints
    ```python run                                     a program; `# → …` lines at its end are what it prints

Every console block and every `python run` block of a page is carried out, in order, in one temporary directory. A page
that holds `<!-- in: cars -->` begins in the project in which the tutorial ends.

`python -m tests.docs.blocks PAGE …` puts what was really printed into the pages, wherever it differs.
"""

from __future__ import annotations

import contextlib
import os
import re
import shutil
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

from goldfish.conductor.election import Election
from goldfish.layout import Layout

_FENCE = re.compile(r"^```(?P<info>[^\n`]*)\n(?P<text>.*?)^```$", re.DOTALL | re.MULTILINE)
_PRINTED = "# → "
_CONTINUES = "<!-- in: cars -->"
_SHOWN_HOME = "/home/ada"  # in pages, where the reader's temporary directory is in truth
TUTORIAL = Path(__file__).resolve().parents[2] / "docs" / "tutorial.md"
_PATIENCE = 120

# What differs from one run or machine to the next, and is therefore not compared.
_VOLATILE = [
    (re.compile(r"^ {2}\S+: (?:launching|running|collecting)\n", re.MULTILINE), ""),
    (re.compile(r"\d{4}-\d\d-\d\d[T ]\d\d:\d\d(?::\d\d)?(?:\.\d+)?(?: UTC|Z)?"), "TIME"),
    (re.compile(r"\b\d+(?:\.\d+)? (?:s|MiB)\b"), "SIZE"),
    (re.compile(r"\b(?:seconds|peak_memory)\b[ =:\"]+[\d.]+(?:[ ]+[\d.]+)?"), "SIZE"),
    (re.compile(r"\b(?:sha256:)?[0-9a-f]{40,64}\b"), "DIGEST"),
    (re.compile(r"process:\d+@\d+"), "HANDLE"),
    (re.compile(r"\b3\.\d+\.\d+, Linux\S+"), "PLATFORM"),
    (re.compile(r"─+"), "─"),
    (re.compile(r"[ \t]+"), " "),
    (re.compile(r" *$", re.MULTILINE), ""),
]


@dataclass(frozen=True)
class Block:
    """One fenced block; `start` and `end` are where its text is in the page, `line` its first line there."""

    info: str
    text: str
    line: int
    start: int
    end: int

    @property
    def language(self) -> str:
        return self.info.split(" ")[0]

    @property
    def path(self) -> str | None:
        """The file that the reader saves, if it is one."""
        found = re.search(r"\bfile=(\S+)", self.info)
        return found[1] if found else None

    @property
    def is_program(self) -> bool:
        return self.info.split() == ["python", "run"]


@dataclass(frozen=True)
class Step:
    """A command of a console block, and what the page says that it prints."""

    command: str
    printed: str


def blocks(page: str) -> list[Block]:
    """Every fenced block of a page."""
    return [
        Block(m["info"].strip(), m["text"], page.count("\n", 0, m.start()) + 2, m.start("text"), m.end("text"))
        for m in _FENCE.finditer(page)
    ]


def steps(text: str) -> list[Step]:
    """The commands of a console block. A line after one that ends in a backslash belongs to it."""
    found: list[Step] = []
    for line in text.splitlines():
        if line.startswith("$ "):
            found.append(Step(line[2:], ""))
        elif found and found[-1].command.endswith("\\") and not found[-1].printed:
            found[-1] = replace(found[-1], command=f"{found[-1].command}\n{line}")
        elif found:
            found[-1] = replace(found[-1], printed=f"{found[-1].printed}{line}\n")
        else:
            raise ValueError(f"a console block begins with a command after `$ `, not with {line!r}")
    return found


def normal(text: str) -> str:
    """Printed text without what differs from run to run."""
    for pattern, instead in _VOLATILE:
        text = pattern.sub(instead, text)
    return text.strip()


class Reader:
    """Somebody who follows a page: saves its files, types its commands."""

    def __init__(self, home: Path, project: str = "") -> None:
        self._home = home
        self._here = home / project
        self._environment = {
            "PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}",
            "HOME": str(home),
            "LANG": "C.UTF-8",
            "GOLDFISH_ACTOR": "human:ada",
            "COLUMNS": "100",
        }

    def save(self, path: str, text: str) -> None:
        """Save a file."""
        target = self._here / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(text, encoding="utf-8")

    def type(self, command: str) -> str:
        """Type a command into the shell, and return all that it prints."""
        note = self._home / ".here"
        script = f'{command}\ncode=$?\npwd > "{note}"\nexit $code'
        printed = self._run(["bash", "-c", script])
        self._here = Path(note.read_text(encoding="utf-8").strip())
        return printed

    def run(self, program: str) -> str:
        """Run a Python program, and return all that it prints."""
        return self._run([sys.executable, "-c", program])

    def leave(self) -> None:
        """End the conductors that the commands have started, so that the directory can go or be copied."""
        for directory in self._home.iterdir():
            if not (directory / ".goldfish").is_dir():
                continue
            while (holder := Election(Layout(directory)).holder()) is not None:
                if holder:  # else it is just being elected, and has not said who it is
                    with contextlib.suppress(ProcessLookupError):
                        os.kill(holder, signal.SIGKILL)
                os.sched_yield()

    def _run(self, command: list[str]) -> str:
        done = subprocess.run(
            command,
            cwd=self._here,
            env=self._environment,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            timeout=_PATIENCE,
            check=False,
        )
        return done.stdout.decode("utf-8").replace(str(self._home), _SHOWN_HOME)


def printing(page: str) -> list[Block]:
    """The blocks of a page that print something."""
    return [block for block in blocks(page) if block.language == "console" or block.is_program]


def followed(page: str, reader: Reader) -> Iterator[tuple[Block, str]]:
    """Do what a page says: each block that prints something, and its text with what was really printed."""
    for block in blocks(page):
        if block.path is not None:
            reader.save(block.path, block.text)
        elif block.is_program:
            program, printed = _program(block.text)
            really = reader.run(program)
            kept = printed if normal(really) == normal(printed) else really
            yield block, program + "".join(f"{_PRINTED}{line}\n" for line in kept.splitlines())
        elif block.language == "console":
            text = ""
            for step in steps(block.text):
                really = reader.type(step.command)
                kept = step.printed if normal(really) == normal(step.printed) else really
                text += f"$ {step.command}\n{kept.rstrip()}\n" if kept.strip() else f"$ {step.command}\n"
            yield block, text


def _program(text: str) -> tuple[str, str]:
    lines = text.splitlines()
    cut = len(lines)
    while cut and lines[cut - 1].startswith(_PRINTED):
        cut -= 1
    return "".join(f"{line}\n" for line in lines[:cut]), "\n".join(line.removeprefix(_PRINTED) for line in lines[cut:])


def tutorial(home: Path) -> list[str]:
    """Follow the tutorial in `home`; the project is `home/cars` then. Returns its blocks with what was printed."""
    reader = Reader(home)
    done = [text for _, text in followed(TUTORIAL.read_text(encoding="utf-8"), reader)]
    reader.leave()
    return done


def reader_of(page: str, home: Path, after_tutorial: Path) -> Reader:
    """A reader in a new directory `home`; with a copy of the tutorial's project, if the page continues it."""
    home.mkdir(parents=True)
    if _CONTINUES not in page:
        return Reader(home)
    shutil.copytree(after_tutorial / "cars", home / "cars")
    return Reader(home, "cars")


def rewrite(path: Path, home: Path, after_tutorial: Path) -> bool:
    """Put what was really printed into a page; whether anything differed."""
    page = old = path.read_text(encoding="utf-8")
    reader = reader_of(page, home, after_tutorial)
    done = list(followed(page, reader))
    reader.leave()
    for block, text in reversed(done):
        page = page[: block.start] + text + page[block.end :]
    path.write_text(page, encoding="utf-8")
    return page != old


def main(paths: list[Path]) -> None:
    """Rewrite pages."""
    with tempfile.TemporaryDirectory(prefix="goldfish-docs-") as place:
        after_tutorial = Path(place) / "tutorial"
        after_tutorial.mkdir()
        if any(_CONTINUES in path.read_text(encoding="utf-8") for path in paths):
            tutorial(after_tutorial)
        for number, path in enumerate(paths):
            changed = rewrite(path, Path(place) / str(number), after_tutorial)
            sys.stdout.write(f"{path}: {'changed' if changed else 'as it was'}\n")


if __name__ == "__main__":
    main([Path(given) for given in sys.argv[1:]])
