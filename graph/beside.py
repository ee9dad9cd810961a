"""The files beside a recipe that change how it reads, as one packed value: those of `.ci_support`
say the same few lines for each platform and variant, and packed they need a twentieth of the room.
"""

from __future__ import annotations

import json
import zlib
from collections.abc import Mapping

from graph.recipes.model import RecipeText

Files = Mapping[str, str]
"""Name to text."""


def pack(text: RecipeText) -> bytes | None:
    """The files of `.ci_support` and of variants; None where there are none."""
    files = {"ci_support": dict(text.ci_support), "variant_config": dict(text.variant_config)}
    return zlib.compress(json.dumps(files).encode()) if any(files.values()) else None


def unpack(packed: bytes | memoryview | None) -> tuple[Files, Files]:
    """The inverse: those of `.ci_support`, and those of variants."""
    if packed is None:
        return {}, {}
    files = json.loads(zlib.decompress(packed))
    return files["ci_support"], files["variant_config"]
