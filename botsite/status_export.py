"""The state of all packages in the shape of conda-forge's `version_status.v2.json`.

`{"queued": {NAME: VERSION}, "errors": {NAME: {kind, messages, url, base_branch, attempts}}}`:
queued is what is outdated, errors what fails, be it the recipe or looking upstream. The same text
comes out as long as nothing changes, so that whoever keeps the file in git sees changes only.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import orjson

from botsite.outcomes import NO_FOLDER
from graph.models import Feedstock, Status
from versions.exporting import FORMAT, replace
from versions.models import Package

KIND = "plain"


def export(file: Path, channel: str = "") -> bool:
    """Whether the file was written; False if it said the same already.

    Raises OutcomeError `botsite.no_folder`.
    """
    if not file.parent.is_dir():
        raise NO_FOLDER.error(path=file.parent)
    data = orjson.dumps(document(channel), option=FORMAT)
    if file.is_file() and file.read_bytes() == data:
        return False
    replace(file, data)
    return True


def document(channel: str = "") -> dict[str, Any]:
    rows = Feedstock.objects.present()
    if channel:
        rows = rows.filter(channel__name=channel)
    outdated = rows.filter(status=Status.OUTDATED).values_list("name", "new_version")
    return {"queued": dict(outdated), "errors": _errors(list(rows.failing()))}


def _errors(failing: list[Feedstock]) -> dict[str, dict[str, Any]]:
    packages = Package.objects.watched().in_bulk([row.key for row in failing], field_name="key")
    return {row.name: _error(row, packages.get(row.key)) for row in failing}


def _error(row: Feedstock, package: Package | None) -> dict[str, Any]:
    """Why it fails: that its recipe can't be read comes before all else."""
    unreadable = row.outcome_code not in ("ok", "")
    outcome = row.get_outcome() if unreadable or package is None else package.get_outcome()
    return {
        "kind": KIND,
        "messages": [text for text in (outcome.message, outcome.next) if text] if outcome else [],
        "url": row.forge_url,
        "base_branch": row.branch,
        "attempts": package.failures if package and not unreadable else 0,
    }
