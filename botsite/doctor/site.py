"""The site itself: its settings, and the files that it serves."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from django.conf import settings
from django.contrib.staticfiles.finders import get_finders
from django.core import checks
from django.core.management import call_command

from botsite.doctor import outcomes
from botsite.doctor.findings import Finding, Level, fine, note, problem, some


def look() -> Iterator[Finding]:
    yield from _settings()
    if settings.DEBUG:
        yield note(outcomes.DEBUG_ON)
        return
    if stale := sorted(_stale()):
        yield problem(outcomes.STATIC_STALE, _collect, count=len(stale), names=some(stale, 3))
    else:
        yield fine("static files are those of this version")


def _settings() -> Iterator[Finding]:
    """What Django's own system checks say, and ours."""
    for each in checks.run_checks():
        level = Level.PROBLEM if each.level >= checks.ERROR else Level.NOTE
        hint = each.hint or f"See {each.id} in the documentation of the checks."
        outcome = outcomes.SETTING_WRONG.outcome(message=each.msg, hint=hint)
        yield Finding(level, outcome)


def _stale() -> Iterator[str]:
    """Files of this version that the web server's folder doesn't have as they are."""
    seen: set[str] = set()
    for finder in get_finders():
        for name, storage in finder.list([]):
            if name in seen:
                continue  # the first of a name is the one that is collected
            seen.add(name)
            source, collected = Path(storage.path(name)), settings.STATIC_ROOT / name
            if not collected.is_file() or source.read_bytes() != collected.read_bytes():
                yield name


def _collect() -> str:
    """One that is newer than its source, though not the same, would be left as it is."""
    for name in _stale():
        (settings.STATIC_ROOT / name).unlink(missing_ok=True)
    call_command("collectstatic", interactive=False, verbosity=0)
    return "static files were collected"
