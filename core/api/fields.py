"""Types of fields that several interfaces share."""

from __future__ import annotations

from typing import Annotated

from ninja import Path
from pydantic import StringConstraints

# Databases can't hold the character NUL.
NO_NUL = r"^[^\x00]*$"
Key = Annotated[str, Path(..., min_length=1, max_length=255, pattern=r"^[^\x00]+$")]
Text = Annotated[str, StringConstraints(max_length=255, pattern=NO_NUL)]
Reason = Annotated[
    str, StringConstraints(strip_whitespace=True, min_length=1, max_length=500, pattern=NO_NUL)
]
