from __future__ import annotations

import re
from html import unescape

import pytest
from django.urls import reverse

from core.models import Job
from pulls.models import Attempt, PullRequest
from pulls.showing import colours
from pulls.showing.rendering import SHOWN_LINES, body_as_html, diff_as_html, is_cut
from tests.factories import make_outdated, make_user
from tests.pulls.recipes import make_recipe

pytestmark = pytest.mark.django_db


@pytest.fixture
def pull(index, proposed) -> PullRequest:
    index.publish("numpy", ["2.0"])
    proposed(make_recipe())
    return PullRequest.objects.get()


def test_the_list_has_it_and_filters_by_state(client, pull):
    assert "numpy v2.0" in client.get("/proposals/").content.decode()
    assert "numpy v2.0" in client.get("/proposals/?state=proposed").content.decode()
    assert "numpy v2.0" not in client.get("/proposals/?state=superseded").content.decode()


def test_the_list_needs_few_queries(client, pull, django_assert_max_num_queries):
    with django_assert_max_num_queries(12):
        client.get("/proposals/")


def test_a_proposal_shows_its_change_and_words(client, pull):
    page = client.get(reverse("pulls:proposal", args=[pull.pk])).content.decode()
    assert '<span class="new">+  <span class="key">number</span>: 0' in page
    assert "<h3>Changed in the recipe</h3>" in page


def test_the_patch_is_the_diff(client, pull):
    answer = client.get(reverse("pulls:patch", args=[pull.pk]))
    assert answer.content.decode() == pull.diff
    assert answer["Content-Disposition"] == f'attachment; filename="{pull.branch}.patch"'


def test_there_is_no_such_proposal(client):
    assert client.get("/proposals/4711/").status_code == 404


def test_what_could_not_be_proposed_says_why(client, index, proposed):
    index.fail("numpy", 404)
    proposed(make_recipe())
    page = client.get("/proposals/refused/").content.decode()
    assert Attempt.objects.get().get_outcome().message in page.replace("&#x27;", "'")


def test_the_bot_team_has_it_made_anew(client, pull):
    client.force_login(make_user(staff=True))
    client.post(reverse("pulls:again", args=[pull.feedstock.key]))
    assert Job.objects.get().kind == "pulls.propose"
    assert Attempt.objects.get().number == 0


def test_a_stranger_has_nothing_made(client, pull):
    answer = client.post(reverse("pulls:again", args=[pull.feedstock.key]))
    assert "login" in answer["Location"]
    assert not Job.objects.exists()


def test_the_package_page_says_that_it_is_ready(client, pull):
    page = client.get(reverse("package", args=[pull.feedstock.key])).content.decode()
    assert "numpy v2.0 is ready" in page


def test_the_package_page_says_that_it_comes(client):
    feedstock = make_outdated()
    page = client.get(reverse("package", args=[feedstock.key])).content.decode()
    assert "is to be proposed within minutes" in page


def test_hostile_words_do_no_harm():
    html = body_as_html("<script>x</script> [a](javascript:x) ![i](https://example.org/i.png)")
    assert "<script" not in html
    assert "<img" not in html
    assert "href" not in html


def test_lines_of_a_diff_have_their_kinds():
    html = diff_as_html("--- a\n+++ b\n@@ -1 +1 @@\n-x\n+y\n z\n")
    assert re.findall('<span class="([a-z]+)">', html) == [
        *("head", "head", "place"),
        *("old", "new", "same"),
    ]


@pytest.mark.parametrize(
    "line",
    [
        "",
        "+",
        "-  url: https://example.org/{{ name }}-{{ version }}.tar.gz  # [unix]",
        '+{% set version = "2.0" %}\r',
        " 'open \" quotes {{ {% # \u2028 <b>",
        f"+{'{{' * 4000}",
    ],
)
def test_the_text_of_a_diff_stays_as_it_is(line):
    text = re.sub("<[^>]+>", "", diff_as_html(f"{line}\n"))
    assert unescape(text) == f"{line}\n"


def test_a_long_diff_is_cut():
    assert not is_cut("+\n" * SHOWN_LINES)
    diff = "+\n" * (SHOWN_LINES + 1)
    assert is_cut(diff)
    assert diff_as_html(diff).count("+") == SHOWN_LINES


@pytest.mark.parametrize(
    ("line", "kind", "part"),
    [
        ("  url: x", "key", "url"),
        ("- host: x", "key", "host"),
        ("x # [win]", "comment", "# [win]"),
        ("x#y", "", "x#y"),
        ("{{ pin('numpy') }}", "jinja", "{{ pin('numpy') }}"),
        ("${{ version }}", "jinja", "${{ version }}"),
        ("{% set a = 1 %}", "jinja", "{% set a = 1 %}"),
        ("sha256: 'ab'", "string", "'ab'"),
        ("https://example.org", "", "https://example.org"),
    ],
)
def test_parts_of_a_recipe_are_told_apart(line, kind, part):
    assert (kind, part) in colours.parts(line)
