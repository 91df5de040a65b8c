"""Every page says what is true: its commands print what it shows, its links lead somewhere, generated pages are new."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from goldfish import durable
from tests.docs import blocks

ROOT = Path(__file__).resolve().parents[2]
PAGES = sorted(
    path
    for path in [*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")]
    if not path.relative_to(ROOT).parts[0].startswith(".")
)
FOLLOWED = [
    path
    for path in PAGES
    if blocks.printing(path.read_text(encoding="utf-8"))
    and path != blocks.TUTORIAL  # followed once, for all pages that continue it
    and path.name != "CONTRIBUTING.md"  # its commands build this checkout
    and path.parent.name != "decisions"  # records of their time
]
_LINK = re.compile(r"(?<!!)\[[^\]]*\]\(([^)\s]+)\)|!\[[^\]]*\]\(([^)\s]+)\)|(?:src|srcset|href)=\"([^\"]+)\"")
_CODE = re.compile(r"^```.*?^```$|`[^`\n]*`", re.DOTALL | re.MULTILINE)
_HEADING = re.compile(r"^#+ (.+)$", re.MULTILINE)


def name(path: Path) -> str:
    return str(path.relative_to(ROOT))


@pytest.fixture(scope="module")
def after_tutorial(tmp_path_factory: pytest.TempPathFactory, worker_id: str) -> Path:
    """The directory in which the tutorial was followed, once for all workers; beside it, what was printed."""
    base = tmp_path_factory.getbasetemp()
    shared = (base if worker_id == "master" else base.parent) / "after-tutorial"
    with durable.exclusive(shared.with_name("after-tutorial.lock")):
        if not shared.with_suffix(".json").exists():
            shared.mkdir()
            shared.with_suffix(".json").write_text(json.dumps(blocks.tutorial(shared)), encoding="utf-8")
    return shared


@pytest.fixture
def reader(request: pytest.FixtureRequest, tmp_path: Path, after_tutorial: Path) -> Iterator[blocks.Reader]:
    page: Path = request.param
    found = blocks.reader_of(page.read_text(encoding="utf-8"), tmp_path / "home", after_tutorial)
    yield found
    found.leave()


def test_what_the_tutorial_shows_is_what_a_reader_sees(after_tutorial: Path) -> None:
    printed = json.loads(after_tutorial.with_suffix(".json").read_text(encoding="utf-8"))
    shown = blocks.printing(blocks.TUTORIAL.read_text(encoding="utf-8"))
    assert len(printed) == len(shown) > 10
    for block, really in zip(shown, printed, strict=True):
        compare(blocks.TUTORIAL, block, really)


@pytest.mark.parametrize(("page", "reader"), [(p, p) for p in FOLLOWED], ids=map(name, FOLLOWED), indirect=["reader"])
def test_what_a_page_shows_is_what_a_reader_sees(page: Path, reader: blocks.Reader) -> None:
    for block, really in blocks.followed(page.read_text(encoding="utf-8"), reader):
        compare(page, block, really)


@pytest.mark.parametrize("page", PAGES, ids=name)
def test_every_relative_link_of_a_page_leads_to_a_file_and_a_heading(page: Path) -> None:
    broken = [link for link in links(page.read_text(encoding="utf-8")) if not leads_somewhere(page, link)]
    assert not broken, f"{name(page)} links to what is not there: {', '.join(broken)}"


def test_the_reference_pages_are_what_the_code_says_today() -> None:
    command = [sys.executable, str(ROOT / "docs" / "generate.py"), "--check"]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr


def test_a_reference_page_that_was_edited_is_named(tmp_path: Path) -> None:
    command = [sys.executable, str(ROOT / "docs" / "generate.py"), "--into", str(tmp_path)]
    subprocess.run(command, check=True, capture_output=True)
    with (tmp_path / "errors.md").open("a", encoding="utf-8") as file:
        file.write("| `Nonsense` | | | |\n")
    done = subprocess.run([*command, "--check"], capture_output=True, text=True, check=False)
    assert done.returncode == 1
    assert str(tmp_path / "errors.md") in done.stdout
    assert "events.md" not in done.stdout


def test_every_page_below_docs_can_be_reached_from_the_index() -> None:
    seen: set[Path] = set()
    ahead = [ROOT / "docs" / "index.md"]
    while ahead:
        page = ahead.pop()
        if page in seen or not page.is_file():
            continue
        seen.add(page)
        found = (link.partition("#")[0] for link in links(page.read_text(encoding="utf-8")))
        ahead += [(page.parent / link).resolve() for link in found if link.endswith(".md")]
    missing = {path for path in PAGES if path.is_relative_to(ROOT / "docs")} - seen
    assert not missing, f"no link leads to {', '.join(sorted(map(name, missing)))}"


def test_a_guarantee_names_a_test_that_exists() -> None:
    text = (ROOT / "docs" / "guarantees.md").read_text(encoding="utf-8")
    named = re.findall(r"(tests/[\w/]+\.py)::(\w+)", text)
    assert len(named) == text.count("tests/") > 0, "a guarantee names a file without a test"
    unknown = [f"{path}::{test}" for path, test in named if f"def {test}(" not in (ROOT / path).read_text("utf-8")]
    assert not unknown


def compare(page: Path, block: blocks.Block, really: str) -> None:
    assert blocks.normal(really) == blocks.normal(block.text), (
        f"{name(page)}, line {block.line}: something else is printed now; "
        f"python -m tests.docs.blocks {name(page)} puts it into the page"
    )


def links(page: str) -> list[str]:
    """Everything that a page links to within the project."""
    found = (next(filter(None, groups)) for groups in _LINK.findall(_CODE.sub("", page)))
    return [link for link in found if not re.match(r"[a-z]+:", link)]


def leads_somewhere(page: Path, link: str) -> bool:
    path, _, heading = link.partition("#")
    target = (page.parent / path).resolve() if path else page
    if not target.exists() or not target.is_relative_to(ROOT):
        return False
    return not heading or heading in anchors(target.read_text(encoding="utf-8"))


def anchors(page: str) -> set[str]:
    """What GitHub calls the links to the headings of a page."""
    plain = re.sub(r"^```.*?^```$", "", page, flags=re.DOTALL | re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", heading.strip().lower()).replace(" ", "-") for heading in _HEADING.findall(plain)}
