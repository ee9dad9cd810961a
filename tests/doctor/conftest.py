from __future__ import annotations

from collections.abc import Callable, Iterable

import pytest

from botsite.doctor.findings import Finding, Level


@pytest.fixture
def wrong() -> Callable[[Iterable[Finding]], dict[str, Finding]]:
    """What a check found that is not fine, by the name of its outcome without `doctor.`."""

    def by_name(findings: Iterable[Finding]) -> dict[str, Finding]:
        listed = [each for each in findings if each.level != Level.FINE]
        return {each.outcome.code.removeprefix("doctor."): each for each in listed}

    return by_name
