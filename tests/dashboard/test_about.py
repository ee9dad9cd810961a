from __future__ import annotations

from django_q.models import Schedule

from tests.factories import make_channel, make_heartbeat


def test_it_tells_what_runs(page, words, settings):
    make_channel("company")
    settings.REDIS_URL = ""

    said = words(page("/about/"))

    assert f"Version {settings.VERSION}" in said
    assert "Queue the database" in said
    assert "graph, versions, core" in said
    assert "company (dir, read never)" in said


def test_it_tells_when_schedules_run(page, words):
    make_heartbeat("core.recover", age_s=20)
    assert "not known yet" in words(page("/about/"))

    Schedule.objects.create(
        name="core.recover", func="core.jobs.schedules.fire", schedule_type="I", repeats=0
    )
    said = words(page("/about/"))
    assert "20 s ago Paused" in said


def test_secrets_are_never_told(page, words, settings):
    settings.GITHUB_TOKEN = "ghp_verysecret"
    make_channel("company", spec="git:https://name:password@example.org/repo")

    html = page("/about/")

    assert "BOTSITE_GITHUB_TOKEN set" in words(html)
    for secret in ("ghp_verysecret", "password@", settings.SECRET_KEY):
        assert secret not in html


def test_the_keys_are_on_every_page_and_on_one_of_their_own(page):
    assert '<dialog class="card" id="keys"' in page("/about/")
    assert page("/keys/").count("<kbd>/</kbd>") == 2


def test_browsers_learn_how_to_search(client, db):
    response = client.get("/opensearch.xml")
    assert response["Content-Type"] == "application/opensearchdescription+xml"
    assert 'template="http://testserver/packages/?q={searchTerms}"' in response.content.decode()


def test_it_needs_few_queries(page, django_assert_max_num_queries, db):
    with django_assert_max_num_queries(5):
        page("/about/")
