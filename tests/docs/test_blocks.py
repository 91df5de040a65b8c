"""The runner of pages: what it takes for a command, and which difference it sees."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.docs.blocks import Reader, blocks, followed, normal, steps

PAGE = """
```text file=a/word.txt
hello
```

```console
$ cat a/word.txt
goodbye
$ cd a
$ ls \\
  word.txt
word.txt
```

```python run
print(open("word.txt").read().strip())
# → hello
```
"""


def test_a_reader_saves_files_types_commands_and_stays_where_a_command_led(tmp_path: Path) -> None:
    found = list(followed(PAGE, Reader(tmp_path)))
    assert found[0][1] == "$ cat a/word.txt\nhello\n$ cd a\n$ ls \\\n  word.txt\nword.txt\n"
    assert found[1][1] == found[1][0].text


def test_a_block_knows_its_line() -> None:
    assert [block.line for block in blocks(PAGE)] == [3, 7, 16]


def test_a_console_block_that_does_not_begin_with_a_command_is_refused() -> None:
    with pytest.raises(ValueError, match="begins with a command"):
        steps("goldfish status\n")


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("took 0.95 s", "took 12.10 s"),
        ("at 2026-11-22T22:52:22Z", "at 2027-01-01T00:00:00Z"),
        ("a: running\n  a: succeeded", "a: running\n  a: succeeded"),
        ("run\n  fit: launching\n  fit: running\nend", "run\nend"),
        ("head " + "a" * 64, "head " + "b" * 64),
    ],
)
def test_times_and_digests_are_not_compared(one: str, other: str) -> None:
    assert normal(one) == normal(other)


@pytest.mark.parametrize(
    ("one", "other"), [("succeeded", "failed"), ("loss 0.1", "loss 0.2"), ("run-1\nrun-2", "run-1"), ("v2", "v3")]
)
def test_results_are_compared(one: str, other: str) -> None:
    assert normal(one) != normal(other)
