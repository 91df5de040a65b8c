"""Makes demo.svg: what a terminal shows when real commands are typed into the project that the demo leaves.

python docs/pictures/make.py          a demo first, which takes a minute
python docs/pictures/make.py DIR      with the demo project in DIR
"""

from __future__ import annotations

import fcntl
import io
import os
import pty
import re
import struct
import subprocess
import sys
import tempfile
import termios
from pathlib import Path

from rich.console import Console
from rich.terminal_theme import TerminalTheme
from rich.text import Text

PICTURE = Path(__file__).with_name("demo.svg")
COLUMNS = 100
COMMANDS = [
    ["run", "baseline", "--set", "train.lr=10.0", "--reason", "Let us try a much larger learning rate"],
    ["compare", "run-1", "run-2"],
    ["verify"],
]
THEME = TerminalTheme(
    (22, 27, 34),
    (214, 220, 228),
    [
        (88, 96, 105), (248, 129, 120), (104, 200, 120), (226, 178, 86),
        (110, 170, 255), (200, 150, 250), (90, 200, 210), (214, 220, 228),
    ],
    [
        (120, 130, 140), (255, 150, 140), (130, 220, 145), (240, 200, 110),
        (140, 190, 255), (215, 170, 255), (120, 215, 225), (245, 247, 250),
    ],
)  # fmt: skip
_FONT_FACE = re.compile(r"@font-face \{.*?\}\s*", re.DOTALL)


def main() -> None:
    """Make the picture."""
    goldfish = str(Path(sys.executable).with_name("goldfish"))
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as temporary:  # a conductor may still be leaving
        project = Path(sys.argv[1]) if len(sys.argv) > 1 else Path(temporary) / "digits"
        if not project.exists():
            subprocess.run([goldfish, "demo", str(project)], check=True)
        console = Console(width=COLUMNS, record=True, file=io.StringIO(), force_terminal=True, color_system="truecolor")
        for number, command in enumerate(COMMANDS):
            console.print(*([""] if number else []), prompt(command), sep="\n")
            console.print(Text.from_ansi(seen([goldfish, *command], project)))
    picture = console.export_svg(title="goldfish", theme=THEME, unique_id="goldfish")
    PICTURE.write_text(
        _FONT_FACE.sub("", picture).replace("Fira Code", "ui-monospace, Menlo, Consolas, DejaVu Sans Mono")
    )


def prompt(command: list[str]) -> Text:
    """The command as somebody types it."""
    words = [f'"{word}"' if " " in word else word for word in command]
    return Text.assemble(("$ ", "bright_black"), ("goldfish " + " ".join(words), "bold"))


def seen(command: list[str], project: Path) -> str:
    """What a command prints on a terminal, colors included."""
    ours, theirs = pty.openpty()
    fcntl.ioctl(theirs, termios.TIOCSWINSZ, struct.pack("HHHH", 60, COLUMNS, 0, 0))
    environment = {"PATH": os.environ["PATH"], "TERM": "xterm-256color", "LANG": "C.UTF-8"}
    with subprocess.Popen(command, cwd=project, env=environment, stdin=theirs, stdout=theirs, stderr=theirs):
        os.close(theirs)
        printed = b""
        while True:
            try:
                chunk = os.read(ours, 65536)
            except OSError:  # how Linux says that the other side is closed
                break
            if not chunk:
                break
            printed += chunk
    os.close(ours)
    left = printed.rpartition(b"\x1b[2K")[2]  # what a progress bar showed is gone when the answer is there
    return left.decode().replace("\r\n", "\n").rstrip()


if __name__ == "__main__":
    main()
