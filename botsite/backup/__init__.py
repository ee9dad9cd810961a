"""Backups: one file with all that can't be had again, and the way back from it."""

from __future__ import annotations

from botsite.backup.making import make
from botsite.backup.restoring import restore

__all__ = ["make", "restore"]
