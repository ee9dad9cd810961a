from __future__ import annotations

import pytest
from django.contrib.auth.models import Permission
from django.utils import timezone

from core import access
from core.models import Job, Override
from graph.models import Feedstock
from tests.factories import (
    make_answered,
    make_candidate,
    make_feedstock,
    make_outdated,
    make_package,
    make_reading,
    make_user,
)
from tests.index import source_url
from versions import decisions
from versions.models import Package

NUMPY = "/packages/sample/numpy/"
HIDE = {"decide": "hide", "version": "2.0", "reason": "It breaks scipy"}
URLS = [{"rendered": source_url("numpy", "1.0"), "template": ""}]


@pytest.fixture(autouse=True)
def _numpy(db) -> None:
    """Outdated: at 1.0, with 1.5 and 2.0 upstream."""
    make_outdated("numpy", "2.0")
    package = make_answered("numpy", "2.0", urls=URLS)
    for version, rule in (("2.0", "newest"), ("1.5", "superseded"), ("1.0", "current")):
        make_candidate(package, version, tag=version, rule=rule, artefacts=["sdist"])


def decide(client, **fields: str):
    return client.post(NUMPY, fields, follow=True)


def latest() -> str:
    return Package.objects.get().latest_version


@pytest.fixture
def carol(client):
    """May change packages, and is not staff."""
    user = make_user("carol")
    user.user_permissions.add(Permission.objects.get(codename="change_package"))
    client.force_login(user)
    return user


def test_a_version_is_hidden_at_once(client, staff, words):
    response = decide(client, **HIDE)

    said = words(response.content.decode())
    assert response.redirect_chain == [(NUMPY, 302)]
    assert "2.0 is hidden." in said
    assert "1.0 → 1.5" in said
    assert "staff hid 2.0: It breaks scipy." in said
    assert not Job.objects.exists()
    assert Feedstock.objects.get().new_version == "1.5"


def test_it_is_undone_from_the_page(client, staff, page, words):
    decide(client, **HIDE)
    decision = Override.objects.get()
    assert f'name="decision" value="{decision.pk}"' in page(NUMPY)

    response = decide(client, decide="undo", decision=str(decision.pk))

    said = words(response.content.decode())
    assert "Undone: staff hid 2.0: It breaks scipy." in said
    assert "1.0 → 2.0" in said
    assert "None is in force." in said


def test_undoing_it_twice_says_so(client, staff, words):
    decide(client, **HIDE)
    undo = {"decide": "undo", "decision": str(Override.objects.get().pk)}
    decide(client, **undo)
    for fields in (undo, {"decide": "undo"}, {"decide": "undo", "decision": "x"}):
        assert "already undone" in words(decide(client, **fields).content.decode())


def test_a_version_is_pinned(client, staff):
    decide(client, decide="pin", version="1.5", reason="ABI", until="2999-01-01")
    assert latest() == "1.5"
    assert Override.objects.get().expires_at.year == 2999


def test_an_update_waits_for_a_day(client, staff, words):
    response = decide(client, decide="skip", until="2999-02-01", reason="Freeze")
    said = words(response.content.decode())
    assert "No update is proposed before 2999-02-01." in said
    assert (
        "Waiting Decisions staff wants no update proposed before 1 February 2999: Freeze." in said
    )
    assert latest() == "2.0"


def test_a_source_is_chosen_and_asked(client, staff, page, words):
    assert '<option value="listing">' in page(NUMPY)
    response = decide(client, decide="source", source="listing", reason="It is faster")
    assert "Only listing is asked." in words(response.content.decode())
    assert Job.objects.get().kind == "pipeline.check"


def test_checks_are_paused_and_resumed(client, staff, words):
    response = decide(client, decide="pause", reason="They move")
    assert "staff paused the checks: They move." in words(response.content.decode())
    assert "Pause the checks" not in words(response.content.decode())
    decide(client, decide="undo", decision=str(Override.objects.get().pk))
    assert not Package.objects.get().paused
    assert Job.objects.count() == 1


def test_the_answer_is_forgotten_and_looked_for_again(client, staff):
    decide(client, decide="reset", reason="Bad tag")
    assert latest() == ""
    assert Job.objects.get().target == "sample/numpy"


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({**HIDE, "reason": ""}, "Reason: This field is required."),
        ({**HIDE, "version": ""}, "Version: This field is required."),
        ({**HIDE, "version": "no version!"}, "Version: This is not a version."),
        ({**HIDE, "until": "2001-01-01"}, "Until: Name a day to come."),
        ({"decide": "skip", "reason": "Freeze"}, "Until: This field is required."),
        ({"decide": "source", "source": "npm", "reason": "x"}, "Source: Select a valid choice."),
    ],
)
def test_a_form_that_is_wrong_says_why(client, staff, words, fields, said):
    response = client.post(NUMPY, fields)
    assert response.status_code == 422
    assert said in words(response.content.decode())
    assert not Override.objects.exists()


@pytest.mark.parametrize("kind", ["", "delete", "HIDE"])
def test_there_are_no_other_decisions(client, staff, kind):
    assert client.post(NUMPY, {"decide": kind}).status_code == 404


@pytest.mark.parametrize("kind", [*decisions.ACTIONS, "undo", "preview"])
def test_strangers_are_asked_to_log_in(client, page, kind):
    response = client.post(NUMPY, {**HIDE, "decide": kind})
    assert response["Location"].startswith("/account/login/?next=")
    assert not Override.objects.exists()
    assert "Hide a version" not in page(NUMPY)


@pytest.mark.parametrize("kind", [*decisions.ACTIONS, "undo", "preview"])
def test_a_user_without_the_permission_is_refused(client, page, kind):
    client.force_login(make_user("bob"))
    assert client.post(NUMPY, {**HIDE, "decide": kind}).status_code == 403
    assert not Override.objects.exists()
    assert "Hide a version" not in page(NUMPY)


def test_a_user_with_the_permission_decides_up_to_a_limit(client, carol, words, monkeypatch):
    monkeypatch.setattr(access, "ACTS_AN_HOUR", 1)
    decide(client, **HIDE)
    assert latest() == "1.5"
    response = decide(client, **{**HIDE, "version": "1.5"})
    assert "You did a lot in the last hour" in words(response.content.decode())
    assert latest() == "1.5"


def test_everybody_sees_what_was_decided(client, staff, page, words):
    decide(client, **HIDE)
    client.logout()
    assert "staff hid 2.0: It breaks scipy." in words(page(NUMPY))
    assert 'value="undo"' not in page(NUMPY)


def test_a_row_leads_to_the_form_filled_in(staff, page):
    html = page(NUMPY)
    assert '<a href="?decide=hide&amp;version=2.0#decisions" aria-label="Hide 2.0">' in html
    html = page(NUMPY, decide="hide", version="2.0")
    assert 'name="version" value="2.0"' in html
    assert html.count('<details class="decide" name="decide" open>') == 1


@pytest.mark.parametrize("path", ["/packages/sample/none/", "/packages/numpy/"])
def test_what_is_not_watched_is_not_found(client, staff, path):
    assert client.post(path, HIDE).status_code == 404


def test_a_retired_package_has_nothing_to_decide(client, staff, page):
    Package.objects.update(retired_at=timezone.now())
    assert client.post(NUMPY, HIDE).status_code == 404
    assert "Hide a version" not in page(NUMPY)


def test_it_works_for_a_package_without_a_feedstock(client, staff):
    make_package("scipy", urls=[{"rendered": source_url("scipy", "1.0"), "template": ""}])
    client.post("/packages/sample/scipy/", {"decide": "pin", "version": "1.0", "reason": "x"})
    assert Override.objects.get().target == "sample/scipy"


def test_what_people_type_stays_text(client, staff, page):
    script = "<script>alert(1)</script>"
    decide(client, **{**HIDE, "reason": script})
    assert script not in page(NUMPY)
    assert script not in page(NUMPY, decide="hide", version=script)
    response = client.post(NUMPY, {"decide": "preview", "text": f"'{script}': 1"})
    assert script not in response.content.decode()


# Trying settings


def test_a_preview_shows_which_verdicts_change(client, staff, words):
    text = "bot:\n  version_updates:\n    exclude: ['2.0']\n"
    said = words(client.post(NUMPY, {"decide": "preview", "text": text}).content.decode())

    assert "With these settings the newest version is 2.0 → 1.5" in said
    assert "Rejected version_updates.exclude names 2.0." in said
    assert "2 of 3 verdicts change." in said
    assert "put this into the feedstock's conda-forge.yml: bot: version_updates:" in said
    assert latest() == "2.0"
    assert not Override.objects.exists()


def test_a_preview_names_the_line_of_a_problem(client, staff, words):
    text = "version_updates:\n  skip: false\n  exclud: ['2.0']\n"
    said = words(client.post(NUMPY, {"decide": "preview", "text": text}).content.decode())
    assert "Line 3: bot.version_updates.exclud is not a known setting." in said
    assert "No verdict changes." in said


def test_the_settings_that_hold_are_filled_in(staff, page):
    Package.objects.update(settings={"version_updates": {"exclude": ["9.9"]}})
    assert "bot:\n  version_updates:\n    exclude:\n    - &#x27;9.9&#x27;" in page(NUMPY)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("bot: [", "Line 2 is no YAML"),
        ("- a", "The settings must be a mapping"),
        ("bot: &a {x: *a}", "Write out what the alias *a stands for."),
        ("[" * 30, "It is nested deeper than 20 levels."),
        ("x: \x07", "The text is no YAML"),
        ("x" * 20_001, "at most 20000 characters"),
    ],
)
def test_settings_that_cannot_be_read_are_refused(client, staff, words, text, said):
    response = client.post(NUMPY, {"decide": "preview", "text": text})
    assert response.status_code == 422
    assert said in words(response.content.decode())


def test_previews_of_others_than_staff_are_paced(client, carol, words, settings):
    settings.CACHES = {"default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}}
    fields = {"decide": "preview", "text": ""}
    assert client.post(NUMPY, fields).status_code == 200
    response = client.post(NUMPY, fields)
    assert response.status_code == 422
    assert "Wait a few seconds" in words(response.content.decode())


def test_a_bad_setting_is_shown_with_its_line(page, words):
    Package.objects.update(
        problems=[{"field": "bot.version_updates.exclud", "message": "is not a known setting."}]
    )
    text = "provider: {}\nbot:\n  version_updates:\n    exclud: []\n"
    make_reading(Feedstock.objects.get(), conda_forge_yml=text)

    said = words(page(NUMPY))

    assert "conda-forge.yml:4 bot.version_updates.exclud is not a known setting." in said
    assert "Failed Decisions The setting bot.version_updates.exclud is not a known setting." in said


def test_a_bad_setting_without_its_text_has_no_line(page, words):
    make_feedstock("scipy")
    make_answered("scipy", problems=[{"field": "bot.x", "message": "is not a known setting."}])
    said = words(page("/packages/sample/scipy/"))
    assert "bot.x is not a known setting. It is not obeyed." in said
    assert "conda-forge.yml:" not in said
