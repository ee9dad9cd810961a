"""Packages by the names that people type."""

from __future__ import annotations

from collections.abc import Iterable

from versions.models import AmbiguousName, Package
from versions.outcomes import AMBIGUOUS_NAME, UNKNOWN_NAME


def packages_named(names: Iterable[str]) -> list[Package]:
    """The watched packages of keys or unambiguous names, in the order asked.

    Raises OutcomeError `versions.unknown_name` or `versions.ambiguous_name`, which lists the keys.
    """
    return [_package(name) for name in names]


def _package(name: str) -> Package:
    try:
        return Package.objects.by_name(name)
    except Package.DoesNotExist:
        raise UNKNOWN_NAME.error(name=name) from None
    except AmbiguousName as error:
        raise AMBIGUOUS_NAME.error(name=name, keys=", ".join(error.keys)) from None
