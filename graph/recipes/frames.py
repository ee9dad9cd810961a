"""The wire between the pool and its reader processes: length-prefixed JSON, never pickle."""

from __future__ import annotations

import base64
import json
from collections.abc import Sequence
from typing import Any, BinaryIO

from core.outcomes import Outcome
from graph.recipes.model import Recipe, RecipeText

PREFIX_BYTES = 4
MAX_ANSWER_BYTES = 16 << 20


def encode_request(recipe: RecipeText, platforms: Sequence[str]) -> bytes:
    return json.dumps(
        {
            "file": recipe.file,
            "data": base64.b64encode(recipe.data).decode(),
            "ci_support": dict(recipe.ci_support),
            "conda_forge_yml": recipe.conda_forge_yml,
            "variant_config": dict(recipe.variant_config),
            "platforms": list(platforms),
        }
    ).encode()


def decode_request(frame: bytes) -> tuple[RecipeText, list[str]]:
    request = json.loads(frame)
    recipe = RecipeText(
        request["file"],
        base64.b64decode(request["data"]),
        request["ci_support"],
        request["conda_forge_yml"],
        request["variant_config"],
    )
    return recipe, request["platforms"]


def encode_answer(answer: Recipe | Outcome) -> bytes:
    kind = "outcome" if isinstance(answer, Outcome) else "recipe"
    return json.dumps({kind: answer.as_dict()}).encode()


def decode_answer(frame: bytes) -> Recipe | Outcome:
    """Raises ValueError, TypeError or KeyError if the answer is malformed."""
    answer: dict[str, Any] = json.loads(frame)
    if "outcome" in answer:
        return Outcome.from_dict(answer["outcome"])
    return Recipe.from_dict(answer["recipe"])


def send(stream: BinaryIO, frame: bytes) -> None:
    stream.write(prefixed(frame))
    stream.flush()


def receive(stream: BinaryIO) -> bytes | None:
    """One frame, or None when the stream has ended."""
    prefix = stream.read(PREFIX_BYTES)
    if len(prefix) < PREFIX_BYTES:
        return None
    size = int.from_bytes(prefix, "big")
    frame = stream.read(size)
    return frame if len(frame) == size else None


def prefixed(frame: bytes) -> bytes:
    return len(frame).to_bytes(PREFIX_BYTES, "big") + frame


def take(received: bytearray) -> bytes | None:
    """Remove the first frame from what was received, if it is complete."""
    size = int.from_bytes(received[:PREFIX_BYTES], "big")
    if len(received) < PREFIX_BYTES + size or len(received) < PREFIX_BYTES:
        return None
    frame = bytes(received[PREFIX_BYTES : PREFIX_BYTES + size])
    del received[: PREFIX_BYTES + size]
    return frame
