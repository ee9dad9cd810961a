"""Editing a recipe to a new version: text in, text out, without database, network or Django.

Only the characters that must change do. Where they stand is found by reading: a text is exchanged
for another, the recipe is read again, and what then differs was made of that text.
"""

from __future__ import annotations

from pulls.editing.bumping import edit
from pulls.editing.model import Digests, Edit, Edited, HashResolver, Read

__all__ = ["Digests", "Edit", "Edited", "HashResolver", "Read", "edit"]
