"""An answer in both forms that clients show: structured content for programs, and text that says the same."""

from __future__ import annotations

from typing import Final

from mcp_types import CallToolResult, TextContent
from pydantic import BaseModel, JsonValue

from goldfish.adapters.mcp.budget import CHARACTERS, Cutting, Document, compact, fitted
from goldfish.adapters.mcp.inert import inert_document
from goldfish.adapters.mcp.rendering import as_text
from goldfish.adapters.mcp.vocabulary import command_in_tools, quoted_in_tools
from goldfish.domain.tokens import DEFAULT, MOST, tokens

LARGER: Final = f"a larger budget (up to {MOST}) shows more"
_ATTEMPTS: Final = 8
_PLAIN: Final = Cutting()


def answer(
    model: BaseModel, *, budget: int = DEFAULT, cutting: Cutting = _PLAIN, headline: str | None = None
) -> CallToolResult:
    """An answer within `budget` tokens in either form. What was cut is named in `left_out`, where the model has one.

    Null is said by leaving the key out: models that read the structured form pay for every key.
    """
    whole = inert_document(model.model_dump(mode="json", exclude_none=True))
    _say_in_tools(whole)
    allowed = budget - tokens(headline or "")
    room = CHARACTERS * allowed
    for _ in range(_ATTEMPTS):
        document, text = _attempt(whole, room, cutting)
        shown = compact(document)
        size = max(tokens(shown), tokens(text))
        if size <= allowed:
            break
        room = min(room, len(shown)) * allowed // size - 40
    content = TextContent(type="text", text=f"{headline}\n{text}" if headline else text)
    return CallToolResult(content=[content], structured_content=document)


def size_of(model: BaseModel) -> int:
    """The tokens of an answer of which nothing is cut, in the form that has more."""
    whole = inert_document(model.model_dump(mode="json", exclude_none=True))
    return max(tokens(compact(whole)), tokens(as_text(whole)))


def _attempt(whole: Document, room: int, cutting: Cutting) -> tuple[Document, str]:
    document, sentences = fitted(whole, room, cutting)
    said = document.get("left_out")
    if not sentences:
        return document, as_text(document)
    if isinstance(said, list):
        document["left_out"] = [*said, *sentences, LARGER]
        _move_cursor(document, whole, cutting.pages)
        return document, as_text(document)
    return document, "\n".join([as_text(document), "left_out:", *(f"  - {sentence}" for sentence in sentences)])


def _say_in_tools(document: Document) -> None:
    """How to ask for what is left out, here and within, in the words of tools."""
    for key, value in document.items():
        if key == "left_out" and isinstance(value, list):
            document[key] = [command_in_tools(str(line)) for line in value]
        elif key == "next" and isinstance(value, list):
            document[key] = [quoted_in_tools(str(line)) for line in value]
        elif key == "untested" and isinstance(value, list):
            for item in value:
                if isinstance(item, dict):
                    item["text"] = quoted_in_tools(str(item.get("text", "")))
        elif isinstance(value, dict):
            _say_in_tools(value)


def _move_cursor(document: Document, whole: Document, pages: str | None) -> None:
    """A page that was cut goes on after the last item that is shown.

    Items of one position are one thing: where only some of them are shown, the next page begins with them.
    """
    shown, every = document.get(pages or ""), whole.get(pages or "")
    if not (isinstance(shown, list) and isinstance(every, list)) or len(shown) == len(every):
        return
    positions, rest = [_position(item) for item in shown], _position(every[len(shown)])
    again = not positions or (positions[-1] == rest != positions[0])
    document["more"] = rest + 1 if again else positions[-1]


def _position(item: JsonValue) -> int:
    position = item["position"] if isinstance(item, dict) else None
    if not isinstance(position, int):
        raise TypeError("items of a page have positions")
    return position
