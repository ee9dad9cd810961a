from __future__ import annotations

from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest
import yaml

from versions.choosing.policy import read_policy
from versions.choosing.rules import Recipe
from versions.choosing.schemes import Scheme
from versions.choosing.selection import Selection, select
from versions.releases import Release

NOW = datetime(2026, 11, 23, tzinfo=UTC)
VECTORS = yaml.safe_load((Path(__file__).parent / "selection_vectors.yaml").read_text())


def release(text: str, known: Any, tagged: bool) -> Release:
    facts = known if isinstance(known, dict) else {}
    return Release(
        version=text,
        tag=text if tagged else "",
        prerelease=facts.get("prerelease"),
        released_at=midnight(facts.get("released")),
        yanked=facts.get("yanked", False),
        artefacts=frozenset(facts.get("files", ())),
        artefacts_known="files" in facts,
    )


def midnight(day: date | None) -> datetime | None:
    return datetime(day.year, day.month, day.day, tzinfo=UTC) if day else None


def judge(vector: dict[str, Any]) -> Selection:
    tag = vector.get("tag", "")
    policy, problems = read_policy(
        {"version_updates": vector.get("updates", {})},
        hidden=vector.get("hidden"),
        pinned=vector.get("pinned"),
    )
    assert problems == ()
    scheme = Scheme(vector.get("scheme", "generic" if tag else "pep440"))
    return select(
        [release(text, known, bool(tag)) for text, known in vector["releases"].items()],
        recipe=Recipe(vector["current"], (tag,), vector.get("artefact", "")),
        policy=policy,
        scheme=policy.scheme or scheme,
        curated=not tag,
        now=NOW,
    )


@pytest.mark.parametrize("vector", VECTORS, ids=lambda vector: vector["name"])
def test_vector(vector: dict[str, Any]) -> None:
    selection = judge(vector)
    rules = {each.release.version: each.rule for each in selection.judgements}
    wanted = {
        text: known["rule"] if isinstance(known, dict) else known
        for text, known in vector["releases"].items()
    }
    assert rules == wanted
    assert (selection.winner.version if selection.winner else None) == vector["winner"]
    assert (selection.held_back.version if selection.held_back else None) == vector.get("held")
    assert all(each.sentence.endswith(".") for each in selection.judgements)


@pytest.mark.parametrize(
    ("reason", "sentence"),
    [
        ("it deletes files", "A person hid 1.1: it deletes files."),
        ("It deletes files.", "A person hid 1.1: It deletes files."),
        ("", "A person hid 1.1."),
    ],
)
def test_what_a_person_hid_is_told_in_a_sentence(reason: str, sentence: str) -> None:
    vector = {"current": "1.0", "releases": {"1.0": "", "1.1": ""}, "hidden": {"1.1": reason}}
    [hidden] = [each for each in judge(vector).judgements if each.rule == "hidden"]
    assert hidden.sentence == sentence
