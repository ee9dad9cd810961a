from __future__ import annotations

from xml.etree import ElementTree

import pytest
from django.test import Client

from tests.factories import make_answered, make_feedstock, make_outdated
from versions.models import Package

SVG = "{http://www.w3.org/2000/svg}"


def words(client: Client, path: str) -> tuple[str, str]:
    """Label and words of a badge, and that it is a proper picture."""
    response = client.get(path)
    assert response.status_code == 200
    assert response.headers["Content-Type"] == "image/svg+xml"
    picture = ElementTree.fromstring(response.content)  # noqa: S314 - our own
    assert picture.tag == f"{SVG}svg"
    width = int(picture.get("width"))
    assert int(picture.get("height")) == 20
    texts = picture.findall(f".//{SVG}text")
    assert all(0 < float(text.get("x")) < width for text in texts)
    assert "style" not in response.content.decode()
    label, told = (text.text for text in texts)
    assert picture.get("role") == "img"
    assert picture.get("aria-label") == picture.findtext(f"{SVG}title") == f"{label}: {told}"
    return label, told


@pytest.fixture
def numpy(db):
    make_outdated("numpy", "2.0")
    return make_answered("numpy", "2.0")


@pytest.mark.parametrize(
    ("kind", "shown"),
    [
        ("version", ("upstream", "2.0")),
        ("status", ("recipe", "outdated: 1.0")),
        ("check", ("check", "ok")),
    ],
)
def test_it_works(client, numpy, kind, shown):
    assert words(client, f"/badges/{kind}/sample/numpy.svg") == shown
    assert words(client, f"/badges/{kind}/numpy.svg") == shown


def test_up_to_date_and_failing(client, db):
    make_feedstock("six")
    make_answered("six", "1.0", outcome_code="http.timeout")
    assert words(client, "/badges/status/six.svg") == ("recipe", "up to date")
    assert words(client, "/badges/check/six.svg") == ("check", "timed out")


def test_a_package_that_is_not_known_says_so(client, db):
    assert words(client, "/badges/version/nobody.svg") == ("package", "not known here")


def test_there_is_no_other_badge(client, db):
    assert client.get("/badges/stars/numpy.svg").status_code == 404


def test_hostile_text_is_inert_and_short(client, numpy):
    Package.objects.update(latest_version='"><script>alert(1)</script>\x0b' + "9" * 90)
    _, told = words(client, "/badges/version/numpy.svg")
    assert len(told) == 40
    assert "<script>" not in client.get("/badges/version/numpy.svg").content.decode()


def test_it_is_cached_and_not_sent_again(client, numpy):
    first = client.get("/badges/version/numpy.svg")
    assert "max-age=300" in first.headers["Cache-Control"]
    again = client.get("/badges/version/numpy.svg", headers={"If-None-Match": first["ETag"]})
    assert again.status_code == 304
