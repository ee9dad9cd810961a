"""`python -m tests.audit [NAME ...]`: what can be said of the pinned dependencies, by hand.

All of them or those named. Asks the package index, and nobody else; where that can't be reached,
says so and goes on. Exit 1 if there is something to look at.
"""

# ruff: noqa: T201 - what it prints is its result

from __future__ import annotations

import os
import sys
from pathlib import Path

from tests.audit import installed, published
from tests.audit.pins import Pin, read_pins

REQUIREMENTS = Path(__file__).resolve().parent.parent.parent / "requirements"
NOT_CHECKED = (
    "Not checked: known vulnerabilities. The simple API, all that an index or a mirror must offer, "
    "does not tell of them. Where a vulnerability service can be reached: "
    "pip-audit --require-hashes -r requirements/run.txt"
)


def main(names: list[str]) -> int:
    pins = [pin for pin in read_pins(REQUIREMENTS / "dev.txt") if not names or pin.name in names]
    print(f"{len(pins)} pinned dependencies")
    found = [f"{pin.name} is pinned without a hash" for pin in pins if not pin.hashes]
    found += installed.differences(pins)
    found += installed.conflicts()
    found += _published(pins)
    _licences(pins)
    for each in found:
        print(f"Look at: {each}")
    print(NOT_CHECKED)
    return int(bool(found))


def _published(pins: list[Pin]) -> list[str]:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "botsite.settings")
    import django

    django.setup()
    from django.conf import settings

    from core.http import DoorError, door

    found: list[str] = []
    for pin in pins:
        try:
            found += published.findings(pin, door(), settings.BOTSITE_HTTP["index_endpoint"])
        except DoorError as error:
            print(f"Skipped: what the index says, from {pin.name} on. {error.outcome.message}")
            break
    return found


def _licences(pins: list[Pin]) -> None:
    for pin in filter(lambda each: each.here, pins):
        print(f"  {pin.name:<32} {installed.licence(pin.name) or 'licence not stated'}")


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
