"""What is installed here, compared with what is pinned, and under which licences."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterable
from importlib import metadata

from tests.audit.pins import Pin

_FREE_TEXT = 60  # characters; more is the whole text of a licence
_PREFIX = "License :: "


def differences(pins: Iterable[Pin]) -> list[str]:
    return [told for pin in pins if pin.here and (told := _difference(pin))]


def _difference(pin: Pin) -> str:
    try:
        version = metadata.version(pin.name)
    except metadata.PackageNotFoundError:
        return f"{pin.name} is pinned, but not installed"
    same = version == pin.version
    return "" if same else f"{pin.name} is installed as {version}, pinned as {pin.version}"


def conflicts() -> list[str]:
    """What `pip check` says; nothing if all fits together."""
    done = subprocess.run([sys.executable, "-m", "pip", "check"], capture_output=True, text=True)
    return done.stdout.splitlines() if done.returncode else []


def licence(name: str) -> str:
    """As the package states it, by the most exact of the ways to; "" if it does not."""
    try:
        about = metadata.metadata(name)
    except metadata.PackageNotFoundError:
        return ""
    if expression := about.get("License-Expression"):
        return expression
    stated = [each for each in about.get_all("Classifier", []) if each.startswith(_PREFIX)]
    if stated:
        return ", ".join(each.rpartition(" :: ")[2] for each in stated)
    text = (about.get("License") or "").strip()
    return text if text and len(text) <= _FREE_TEXT and "\n" not in text else ""
