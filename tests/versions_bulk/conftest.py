from __future__ import annotations

from tests.versions_pure.conftest import world

__all__ = ["world"]
