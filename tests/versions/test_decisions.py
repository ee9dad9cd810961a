from __future__ import annotations

from datetime import timedelta

import pytest
from django.contrib.auth.models import User
from django.utils import timezone

from core.models import Override
from tests.versions.watching import watched
from tests.versions_pure.advertisement import advertisement
from versions import decisions, sweep
from versions.asking.lookup import Answer
from versions.models import Candidate, Package, VersionChange
from versions.planning import planner
from versions.recording import hindsight, record
from versions.recording.recorded import Checked
from versions.shifts import looking
from versions.watch import WatchEntry, WatchUrl, sync

pytestmark = pytest.mark.django_db


@pytest.fixture
def numpy(index) -> Package:
    """At 1.0, with 1.1 and 1.2 upstream; after this, upstream does not answer."""
    index.publish("numpy", ["0.9", "1.0", "1.1", "1.2"])
    [package] = watched("numpy")
    sweep.check_now([package.key])
    index.fail("numpy", 503)
    return again(package)


@pytest.fixture
def alice(db) -> User:
    return User.objects.create_user("alice")


def again(package: Package) -> Package:
    return Package.objects.get(pk=package.pk)


def rules(package: Package) -> dict[str, str]:
    return dict(package.candidates.values_list("version", "rule"))


def is_due(package: Package) -> bool:
    return again(package).next_check_at <= timezone.now()


def test_a_hidden_version_is_passed_over_at_once(numpy, alice):
    decisions.hide(numpy, "1.2", by=alice, reason="broken")

    package = again(numpy)
    assert (package.latest_version, package.outcome_code) == ("1.1", "ok")
    assert rules(package)["1.2"] == "hidden"
    assert [remark["code"] for remark in package.remarks] == ["versions.hidden"]
    assert VersionChange.objects.first().to_version == "1.1"
    assert not is_due(package)


def test_undoing_it_brings_it_back(numpy, alice):
    decision = decisions.hide(numpy, "1.2", by=alice, reason="broken")
    other = decisions.hide(numpy, "1.1", by=alice, reason="too")
    assert again(numpy).latest_version == "1.0"

    decisions.undo(numpy, decision.pk, by=alice)

    package = again(numpy)
    assert (package.latest_version, package.remarks) == ("1.2", [])
    assert decisions.of(package) == [other]
    decision.refresh_from_db()
    assert decision.ended_by == "alice"


def test_hiding_it_twice_is_one_decision(numpy, alice):
    decisions.hide(numpy, "1.2", by=alice, reason="broken")
    decisions.hide(numpy, "1.2.0", by=alice, reason="really")
    assert [each.reason for each in decisions.of(numpy)] == ["really"]


def test_a_pin_holds_and_a_new_one_replaces_it(numpy, alice):
    decisions.pin(numpy, "1.0", by=alice, reason="x")
    decisions.pin(numpy, "1.1", by=alice, reason="ABI")

    package = again(numpy)
    assert package.latest_version == "1.1"
    assert rules(package)["1.2"] == "pinned"
    assert [each.value["version"] for each in decisions.of(package)] == ["1.1"]


def test_skipping_leaves_the_answer(numpy, alice):
    until = timezone.now() + timedelta(days=9)
    decisions.skip(numpy, by=alice, reason="freeze", until=until)
    [decision] = decisions.of(numpy)
    assert decision.expires_at == until
    assert again(numpy).latest_version == "1.2"


def test_a_decision_ends_on_its_day(numpy, alice, time_machine):
    decisions.skip(numpy, by=alice, reason="freeze", until=timezone.now() + timedelta(days=9))
    time_machine.move_to(timezone.now() + timedelta(days=10))
    assert decisions.of(numpy) == []


def test_a_pause_can_be_undone(numpy, alice):
    decisions.pause(numpy, by=alice, reason="upstream moves")
    [decision] = decisions.of(numpy)
    assert again(numpy).paused

    decisions.undo(numpy, decision.pk, by=alice)

    assert not again(numpy).paused
    assert decisions.of(numpy) == []


def test_another_source_has_to_be_asked(numpy, alice):
    assert decisions.sources_of(numpy)[0] == "pypi"
    decision = decisions.choose_source(numpy, "listing", by=alice, reason="sooner")
    assert is_due(numpy)
    assert looking.subject_of(numpy, decisions.of(numpy)).settings == {
        "version_updates": {"sources": ["listing"]}
    }
    decisions.undo(numpy, decision.pk, by=alice)
    assert looking.subject_of(numpy, decisions.of(numpy)).settings == {}


def test_a_reset_forgets_the_answer(numpy, alice):
    decisions.reset(numpy, by=alice, reason="bad tag")
    assert again(numpy).latest_version == ""
    assert is_due(numpy)
    assert decisions.of(numpy) == []
    assert Override.objects.get().reason == "bad tag"


def test_what_a_failed_check_said_stays(numpy, alice):
    sweep.check_now([numpy.key])
    decisions.hide(numpy, "1.2", by=alice, reason="broken")
    package = again(numpy)
    assert (package.latest_version, package.outcome_code) == ("1.1", "http.server_error")
    assert package.failures == 1


def test_when_nothing_is_left_that_is_the_outcome(numpy, alice):
    hidden = [
        decisions.hide(numpy, version, by=alice, reason="all")
        for version in ("0.9", "1.0", "1.1", "1.2")
    ]
    package = again(numpy)
    assert (package.latest_version, package.outcome_code) == ("", "versions.all_rejected")
    decisions.undo(numpy, hidden[-1].pk, by=alice)
    package = again(numpy)
    assert (package.latest_version, package.outcome_code, package.failures) == ("1.2", "ok", 0)


def test_a_worker_that_knows_less_is_not_believed(numpy, alice):
    planner.claim_packages("theirs", [numpy.key], timezone.now())
    decisions.hide(numpy, "1.2", by=alice, reason="broken")
    answer = Answer(again(numpy).get_outcome(), latest_version="1.2", source="pypi")
    assert record.record([Checked(numpy.pk, "theirs", answer)]).checked == 0
    assert again(numpy).latest_version == "1.1"
    assert is_due(numpy)


def test_where_too_little_is_kept_the_answer_is_withdrawn_and_upstream_asked(index, alice):
    index.publish("numpy", [f"1.{minor}" for minor in range(20)])
    [package] = watched("numpy", version="1.19")
    sweep.check_now([package.key])
    keep = Candidate.objects.filter(version="1.19")
    Candidate.objects.exclude(pk__in=keep).delete()
    Package.objects.update(candidates_left_out=19)

    decisions.hide(again(package), "1.19", by=alice, reason="broken")

    assert again(package).latest_version == ""
    assert is_due(package)
    sweep.check_now([package.key])
    assert again(package).latest_version == "1.18"


def test_prereleases_do_not_win_because_the_final_releases_were_not_kept(index, alice):
    index.publish("numpy", ["1.0", "1.1", *(f"2.0.dev{number}" for number in range(60))])
    [package] = watched("numpy")
    sweep.check_now([package.key])
    for version in ("1.1", "1.0"):
        Candidate.objects.filter(version=version).exclude(rule="newest").delete()
    package = again(package)
    assert (package.latest_version, package.candidates_left_out > 0) == ("1.1", True)

    decisions.hide(package, "1.1", by=alice, reason="broken")

    assert again(package).latest_version == ""
    sweep.check_now([package.key])
    assert again(package).latest_version == "1.0"


def test_tags_are_read_as_upstream_spells_them(index, alice):
    body = advertisement(*(f"refs/tags/lib-{version}" for version in ("1.0", "1.1", "1.2")))
    headers = {"Content-Type": "application/x-git-upload-pack-advertisement"}
    path = "/hosts/github.com/owner/lib.git/info/refs"
    index.server.route(path, (200, headers, body))
    url = WatchUrl("https://github.com/owner/lib/archive/lib-1.0.tar.gz")
    sync("test", [WatchEntry("test/lib", "lib", "1.0", (url,))])
    sweep.check_now(["test/lib"])
    package = Package.objects.get()
    before = rules(package)

    decision = decisions.hide(package, "1.2", by=alice, reason="broken")
    assert again(package).latest_version == "1.1"
    decisions.undo(package, decision.pk, by=alice)
    assert (again(package).latest_version, rules(package)) == ("1.2", before)


def test_nothing_but_a_decision_on_this_package_can_be_undone(numpy, alice):
    other = Override.objects.create(kind="hide", target="test/other", value={"version": "1"})
    with pytest.raises(Override.DoesNotExist):
        decisions.undo(numpy, other.pk, by=alice)


@pytest.mark.parametrize(
    ("bot", "answer"),
    [
        ({"version_updates": {"exclude": ["1.2"]}}, "1.1"),
        ({"version_updates": {"stream": "0"}}, "0.9"),
        ({}, "1.2"),
    ],
)
def test_a_preview_judges_what_is_stored(numpy, index, bot, answer):
    asked = index.asked_for("numpy")
    preview = hindsight.preview(numpy, bot)
    assert (preview.answer.latest_version, preview.live) == (answer, False)
    assert index.asked_for("numpy") == asked
    assert again(numpy).latest_version == "1.2"


def test_a_preview_tells_what_changes(numpy):
    preview = hindsight.preview(numpy, {"version_updates": {"exclude": ["1.2"], "odd": True}})
    changed = {each.version: (each.before.rule, each.after.rule) for each in preview.changed}
    assert changed == {"1.2": ("newest", "excluded"), "1.1": ("superseded", "newest")}
    assert [problem.field for problem in preview.answer.problems] == ["bot.version_updates.odd"]


def test_a_preview_of_another_source_asks_it(numpy, index):
    preview = hindsight.preview(numpy, {"version_updates": {"sources": ["npm"]}})
    assert preview.live
    assert preview.answer.outcome.code == "versions.sources_excluded"


def test_what_was_never_checked_is_asked(index):
    index.publish("numpy", ["1.0", "1.1"])
    [package] = watched("numpy")
    assert hindsight.preview(package, {}).live
    assert Package.objects.get().checked_at is None


def test_settings_that_are_not_understood_are_stored(index):
    index.publish("numpy", ["1.0"])
    [package] = watched("numpy")
    Package.objects.update(settings={"version_updates": {"exclud": ["1"]}})
    sweep.check_now([package.key])
    assert again(package).problems == [
        {"field": "bot.version_updates.exclud", "message": "is not a known setting."}
    ]
