from __future__ import annotations

from datetime import timedelta

from django.utils import timezone

from core.models import Override
from tests.factories import make_answered, make_user
from versions.models import Package
from versions.outcomes import NO_URL

URL, RETRY = "/versions/dead-letters/", "/versions/dead-letters/retry/"


def dead(name: str, code: str = "http.timeout", **columns) -> Package:
    outcome = {"code": code, "message": f"{name} did not work.", "next": "Wait."}
    defaults = {"failures": 12, "outcome_code": code, "outcome": outcome}
    return make_answered(name, **{**defaults, **columns})


def test_they_are_grouped_by_outcome(page, words):
    for name in ("numpy", "scipy"):
        dead(name)
    dead("meta", NO_URL.code, failures=30)
    make_answered("well")
    dead("young", failures=2)
    said = words(page(URL))
    assert said.index("Timed out http.timeout 2") < said.index("No source URL versions.no_url 1")
    assert said.index("meta did not work. Wait. 30") < said.index("numpy did not work. Wait. 12")
    assert "well" not in said
    assert "young" not in said


def test_what_kills_its_workers_is_among_them(page, words):
    dead("killer", code="", outcome={}, failures=0, attempts=4)
    said = words(page(URL))
    assert "No answer was ever recorded Whoever looked it up died 1" in said
    assert "Whoever looked it up died before it answered." in said


def test_one_outcome_alone(page, words):
    dead("numpy")
    dead("meta", NO_URL.code)
    said = words(page(URL, outcome=NO_URL.code))
    assert "Packages with No source URL" in said
    assert "meta did not work" in said
    assert "numpy did not work" not in said


def test_without_any_it_says_so(page, words):
    assert "No dead letters" in words(page(URL))


def test_one_click_tries_all_of_an_outcome_again(client, staff, page, words):
    dead("numpy")
    dead("young", failures=1)
    dead("meta", NO_URL.code)
    assert "Try again" in words(page(URL))

    response = client.post(RETRY, {"outcome": "http.timeout"}, follow=True)

    assert "2 tried again now that failed with “Timed out”." in words(response.content.decode())
    soon = timezone.now() + timedelta(minutes=1)
    names = Package.objects.due(soon).values_list("name", flat=True)
    assert sorted(names) == ["numpy", "young"]
    assert Override.objects.get().target == "outcome:http.timeout"


def test_nothing_left_to_try_is_told(client, staff, words):
    response = client.post(RETRY, {"outcome": "http.timeout"}, follow=True)
    assert "Nothing that failed with “Timed out” is left." in words(response.content.decode())


def test_others_may_not(client, page, words):
    dead("numpy")
    assert "Try again" not in words(page(URL))
    assert client.post(RETRY, {"outcome": "http.timeout"}).status_code == 302
    client.force_login(make_user("bob"))
    assert client.post(RETRY, {"outcome": "http.timeout"}).status_code == 403
    assert client.get(RETRY).status_code == 405
    assert not Override.objects.exists()


def test_it_needs_few_queries(page, staff, django_assert_max_num_queries):
    for number in range(60):
        dead(f"p{number}", f"http.code_{number}")
    with django_assert_max_num_queries(8):
        page(URL)
