from __future__ import annotations

import pytest

from core.http import DoorError
from core.http.origins import parse_origin, parse_url


@pytest.mark.parametrize(
    ("text", "normal"),
    [
        ("https://GitHub.com", "https://github.com/"),
        ("https://github.com:443/a", "https://github.com/a"),
        ("http://github.com:443/a", "http://github.com:443/a"),
        ("https://github.com./a#fragment", "https://github.com/a"),
        (" https://github.com/a b?c d ", "https://github.com/a%20b?c%20d"),
        ("https://github.com/a%20b%zz?%", "https://github.com/a%20b%25zz?%25"),
        ("https://bücher.example/ä", "https://xn--bcher-kva.example/%C3%A4"),
        ("https://my_host.example//a//b/", "https://my_host.example//a//b/"),
        ("https://github.com/a/../b/./c/..", "https://github.com/b/"),
        ("https://github.com/%2e%2E/../a", "https://github.com/a"),
        ("https://[2606:4700:0::1]:8443/", "https://[2606:4700::1]:8443/"),
        ("https://github.com/a?q=../b", "https://github.com/a?q=../b"),
    ],
)
def test_it_has_one_normal_form(text: str, normal: str) -> None:
    assert str(parse_url(text)) == normal


def test_a_look_alike_is_another_origin() -> None:
    assert parse_origin("https://gіthub.com") != parse_origin("https://github.com")  # noqa: RUF001


@pytest.mark.parametrize(
    "text", ["https://a--.example-/", "https://-a.example/", "https://a..b/", "https://\u200b/"]
)
def test_a_malformed_host_is_refused(text: str) -> None:
    with pytest.raises(DoorError) as caught:
        parse_url(text)
    assert caught.value.outcome.code == "http.bad_url"


@pytest.mark.parametrize("text", ["https://github.com/path", "github.com", "https://a.b/?q"])
def test_an_origin_is_nothing_more(text: str) -> None:
    with pytest.raises(DoorError):
        parse_origin(text)
