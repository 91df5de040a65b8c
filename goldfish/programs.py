"""Where everything meets: the command line, and the programs that it starts but may not import."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

    from goldfish.adapters.cli.views.story import SilentStage, TerminalStage


class Programs:
    """Each is imported when it is started."""

    def serve(self, project: Path | None) -> None:
        """Serve MCP on standard input and output until the client leaves."""
        from goldfish.adapters.mcp.server import serve

        serve(project)

    def demo(self, directory: Path, stage: TerminalStage | SilentStage) -> None:
        """Tell the story in a directory. Raises `PlaceTaken`, `ExtraMissing`."""
        from goldfish.demo.story import tell

        tell(directory, stage)


def main() -> int:
    """The command `goldfish`."""
    from goldfish.adapters.cli.main import main as command_line

    return command_line(programs=Programs())
