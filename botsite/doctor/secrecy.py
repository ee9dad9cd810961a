"""Secrets on this machine: who can read them, and whether they can be guessed."""

from __future__ import annotations

import stat
from collections.abc import Iterator
from contextlib import suppress
from functools import partial
from pathlib import Path

from django.conf import settings

from botsite.doctor import outcomes
from botsite.doctor.findings import Finding, fine, note, problem
from core.http.credentials import CredentialsError, read_credentials, value_files

LEAST_SECRET = 32  # characters
FOR_OTHERS = stat.S_IRWXG | stat.S_IRWXO


def look() -> Iterator[Finding]:
    yield from _secret_key()
    files = list(map(Path, settings.SECRET_FILES))
    if name := settings.BOTSITE_HTTP["credentials_file"]:
        try:
            credentials = read_credentials(Path(name))
        except CredentialsError as error:
            yield problem(outcomes.CREDENTIALS_UNUSABLE, error=error)
        else:
            yield fine(repr(credentials).strip("<>"))
            files += [Path(name), *value_files(Path(name))]
    for path in files:
        # Whoever mounts secrets may have given them such a mode, where nobody else is.
        if mode := _open_to_others(path):
            yield note(outcomes.FILE_OPEN, path=path, mode=mode)


def _secret_key() -> Iterator[Finding]:
    if len(settings.SECRET_KEY) < LEAST_SECRET:
        yield problem(outcomes.SECRET_WEAK, length=len(settings.SECRET_KEY))
    else:
        yield fine(f"the secret key has {len(settings.SECRET_KEY)} characters")
    ours = settings.VAR_DIR / "secret-key"
    if mode := _open_to_others(ours):
        yield problem(outcomes.FILE_OPEN, partial(_close, ours), path=ours, mode=mode)


def _close(path: Path) -> str:
    path.chmod(0o600)
    return f"{path} can be read by its owner alone"


def _open_to_others(path: Path) -> str:
    """Its mode, if others than its owner may use it."""
    with suppress(OSError):
        mode = stat.S_IMODE(path.stat().st_mode)
        return f"{mode:03o}" if mode & FOR_OTHERS else ""
    return ""
