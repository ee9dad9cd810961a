from __future__ import annotations

from datetime import UTC, datetime

from versions.choosing.policy import Policy
from versions.choosing.schemes import Scheme
from versions.choosing.selection import Judgement, Recipe, kept, select
from versions.releases import Release


def judged(versions: list[str], current: str, **policy: object) -> tuple[Judgement, ...]:
    return select(
        [Release(version, tag=version) for version in versions],
        recipe=Recipe(current, (current,)),
        policy=Policy(**policy),  # type: ignore[arg-type]
        scheme=Scheme.GENERIC,
        curated=False,
        now=datetime(2026, 11, 23, tzinfo=UTC),
    ).judgements


def test_few_are_all_kept() -> None:
    judgements = judged(["1.0", "1.1"], "1.0")
    assert kept(judgements, "1.0") == (judgements, 0)


def test_the_newest_fifty_are_kept() -> None:
    chosen, dropped = kept(judged([f"1.{n}" for n in range(80)], "1.79"), "1.79")
    assert [each.version for each in chosen] == [f"1.{n}" for n in range(79, 29, -1)]
    assert dropped == 30


def test_all_newer_than_current_are_kept() -> None:
    chosen, dropped = kept(judged([f"1.{n}" for n in range(80)], "1.5"), "1.5")
    assert len(chosen) == 74
    assert dropped == 6


def test_the_winner_is_kept_however_old() -> None:
    versions = [f"1.{n}rc1" for n in range(1, 80)] + ["1.0"]
    chosen, dropped = kept(judged(versions, "1.0"), "2.0")
    assert [each.version for each in chosen if each.rule == "newest"] == ["1.0"]
    assert dropped == 29


def test_what_a_person_hid_is_kept() -> None:
    judgements = judged([f"1.{n}" for n in range(80)], "1.79", hidden={"1.3": "broken"})
    chosen, _ = kept(judgements, "1.79")
    assert "1.3" in {each.version for each in chosen}


def test_foreign_tags_are_not_newer() -> None:
    judgements = judged([f"nightly-{n}" for n in range(900)] + ["1.0"], "1.0")
    chosen, dropped = kept(judgements, "1.0")
    assert len(chosen) == 50
    assert dropped == 851
