"""The words of a pull request, with everything that strangers could write in them."""

from __future__ import annotations

import re
from datetime import UTC, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from core.outcomes import OutcomeError
from pulls.words import message, neutral
from pulls.words.body import (
    LONGEST_BODY,
    LONGEST_FRAME,
    DependencyChange,
    Facts,
    Frame,
    Link,
    Pending,
    Reach,
    body,
    framed,
)
from tests.forges.conftest import code_of

FULL = Facts(
    feedstock="zlib",
    old_version="1.3.1",
    new_version="1.3.2",
    source="GitHub tags",
    source_url="https://github.com/madler/zlib/tags",
    released_at=datetime(2026, 11, 3, tzinfo=UTC),
    links=[Link("changelog", "https://example.org/CHANGES"), Link("nothing", "")],
    dependents=1234,
    edits=["Line 1: the version"],
    checked=["The recipe renders to 1.3.2 on each platform"],
    unchecked=["Whether it builds"],
    dependency_changes=[
        DependencyChange("cmake", ">=3", ">=3.5|<5"),
        DependencyChange("m4", "1", ""),
    ],
    pending=[Pending("cmake", "3.0", "3.5", "https://forge.example/pull/7")],
    compared="GitHub",
    supersedes=[3],
)
FRAME = Frame(page="https://tick.example.org/packages/zlib", bot="tick-bot", most_open=3)
EXPECTED = """\
**`zlib` `1.3.2` is out**; this feedstock builds `1.3.1`.

- Found: [GitHub tags](<https://github.com/madler/zlib/tags>)
- Released: 3 November 2026
- Read more: [changelog](<https://example.org/CHANGES>)
- Needed by: 1,234 feedstocks
- Takes the place of: #3
"""
# What makes a forge act: mentions, issues (also GH-1 and a/b#1), commits elsewhere, closing words
# before those, pages of issues, bare addresses.
POINTING = re.compile(r"@\w|#\d|\bGH-\d|https?:|www\.|\w@[0-9a-f]{7}", re.IGNORECASE)
SAFE_LINK = re.compile(r"https?://[A-Za-z0-9.:\[\]-]+(?:[/?#]|$)")
NOTED_LINK = re.compile(r"https?://(www\.)?github\.com/[^/]+/[^/]+/(issues|pull)/")
HIDDEN = re.compile("[\x00-\x09\x0b-\x1f\x7f-\x9f\u200b-\u200f\u2028-\u202e\u2066-\u2069\ufeff]")
HEADINGS = {
    "### Changed in the recipe",
    "### Changes of upstream's dependencies",
    "### Dependencies that are behind themselves",
    "### Checked",
    "### Not checked",
    "### How to go on",
}
few = settings(max_examples=60, deadline=None)
HOSTILE = [
    "@ada",
    "Closes #1",
    "fixes conda-forge/zlib-feedstock#1",
    "resolves GH-12",
    "close https://github.com/a/b/issues/1",
    "a@0123456789abcdef0123456789abcdef01234567",
    "<img src=x onerror=alert(1)>",
    "<!-- ",
    "-->",
    "`",
    "``` \n",
    "`@ada`",
    "| a | b |\n|---|",
    "\\|",
    "\\",
    "](javascript:alert(1))",
    "[x](http://evil.example)",
    "![x](http://evil.example)",
    "<http://evil.example>",
    "http://evil.example",
    "www.evil.example",
    "hhttps://ttps://evil.example",
    "\u202e\u2066\u200b\ufeff",
    "\x00\x1b[31m\r\n\x85\u2028# Heading\n- [x] done",
    "\ud800",
    "a" * 5000,
]
pieces = st.one_of(st.sampled_from(HOSTILE), st.text(max_size=10))
hostile = st.lists(pieces, max_size=3).map("".join)
urls = st.one_of(
    hostile,
    hostile.map("https://example.org/{}".format),
    hostile.map("https://github.com/a/b/issues/{}".format),
)
hostile_facts = st.builds(
    Facts,
    feedstock=hostile,
    old_version=hostile,
    new_version=hostile,
    source=hostile,
    source_url=urls,
    released_at=st.none() | st.datetimes(timezones=st.just(UTC)),
    links=st.lists(st.builds(Link, hostile, urls), max_size=2),
    dependents=st.integers(0, 30_000),
    edits=st.lists(hostile, max_size=2),
    checked=st.lists(hostile, max_size=2),
    unchecked=st.lists(hostile, max_size=2),
    dependency_changes=st.lists(st.builds(DependencyChange, hostile, hostile, hostile), max_size=2),
    compared=hostile,
    pending=st.lists(st.builds(Pending, hostile, hostile, hostile, urls), max_size=2),
)
hostile_frames = st.builds(Frame, reach=st.sampled_from(Reach), page=urls, bot=hostile)


def tokens(text):
    """Of rendered Markdown, those within lines included."""
    for token in MarkdownIt("commonmark").enable("table").parse(text):
        yield token
        yield from token.children or ()


def spoken(shown):
    """What a forge looks at for something to act on: neither code nor the targets of links."""
    return [token.content for token in shown if token.type == "text"]


def test_it_works():
    whole = framed(body(FULL), FRAME)
    assert whole.startswith(EXPECTED)
    assert "| `cmake` | `>=3` | `>=3.5\\|<5` |" in whole
    assert "| `m4` | `1` | - |" in whole
    assert "| [cmake](<https://forge.example/pull/7>) | `3.0` | `3.5` |" in whole
    assert "### Not checked\n\n- Whether it builds" in whole
    assert "at most 3 open" in whole
    assert whole.endswith(
        "Proposed by `tick-bot`. [The package's page](<https://tick.example.org/packages/zlib>) "
        "tells how this version was chosen."
    )


def test_what_is_not_known_is_left_out():
    words = framed(body(Facts(feedstock="zlib", old_version="", new_version="1.3.2")), Frame())
    assert words.startswith("**`zlib` `1.3.2` is out**.\n\nBefore you merge:")
    assert "|" not in words
    assert "None" not in words


def test_titles_and_branches_are_those_that_maintainers_know():
    assert message.title("zlib", "1.3.2") == "zlib v1.3.2"
    assert message.title("zlib", "1.3.2", automerge=True) == "[bot-automerge] zlib v1.3.2"
    assert message.commit_message("1.3.2") == "updated v1.3.2"
    assert re.fullmatch(r"1\.3\.2_h[0-9a-f]{6}", message.branch_name("1.3.2", "a/zlib"))


def test_a_branch_is_the_same_each_time_and_another_for_another():
    made = [("1.0", "a"), ("1.0", "b"), ("1.1", "a"), ("1.0", "a")]
    assert len({message.branch_name(version, salt) for version, salt in made}) == 3


@pytest.mark.parametrize(
    "version", ["", "1 2", "1#2", "@1", "1/2", "1" * 65, "1\n", "ä", "1~2", "1:2"]
)
def test_what_is_no_version_gets_no_branch(version):
    assert code_of(message.branch_name, version, "") == "pulls.bad_version"
    assert code_of(message.title, "zlib", version) == "pulls.bad_version"
    assert code_of(message.commit_message, version) == "pulls.bad_version"
    assert code_of(message.superseded, version, 1) == "pulls.bad_version"
    assert not neutral.is_version(version)


@few
@given(st.from_regex(r"[A-Za-z0-9._+!-]{1,64}", fullmatch=True))
def test_every_version_makes_a_branch_that_git_allows(version):
    branch = message.branch_name(version, "salt")
    assert message.checked_branch(branch) == branch
    # git-check-ref-format(1)
    assert ".." not in branch
    assert branch[0] not in ".-"
    assert not branch.endswith((".", ".lock", "/"))
    assert not re.search(r"[\x00-\x20\x7f~^:?*\[\\]|@\{", branch)


@pytest.mark.parametrize(
    "branch", ["main", "", "v1_h12345", "a/b_h123456", "..x_h123456", "-x_h123456"]
)
def test_other_branches_are_not_ours(branch):
    assert code_of(message.checked_branch, branch) == "pulls.not_a_branch_of_ours"


@few
@given(hostile_facts, hostile_frames)
def test_nothing_in_a_body_makes_a_forge_act(facts, frame):
    shown = list(tokens(framed(body(facts), frame)))
    assert [text for text in spoken(shown) if POINTING.search(text)] == []
    assert not any(token.type.startswith(("html", "image")) for token in shown)
    for token in shown:
        if token.type == "link_open":
            assert SAFE_LINK.match(token.attrs["href"])
            assert not NOTED_LINK.match(token.attrs["href"])


@few
@given(hostile_facts, hostile_frames)
def test_the_shape_of_a_body_is_ours(facts, frame):
    words = framed(body(facts), frame)
    assert not HIDDEN.search(words)
    assert words.encode()
    assert len(words) <= LONGEST_BODY
    assert {line for line in words.splitlines() if line.startswith("#")} <= HEADINGS
    cells = [
        sum(token.type in ("th_open", "td_open") for token in row) for row in _rows(tokens(words))
    ]
    assert set(cells) <= {3}


def _rows(stream):
    row = []
    for token in stream:
        if token.type == "tr_open":
            row = []
        row.append(token)
        if token.type == "tr_close":
            yield row


def test_a_body_that_would_be_too_long_loses_its_end_and_keeps_who_proposes():
    many = [DependencyChange("a" * 200, "b" * 200, "c" * 200)] * 1000
    links = [Link("a" * 200, f"https://example.org/{'x' * 900}")] * 60
    facts = Facts(
        feedstock="zlib",
        old_version="1",
        new_version="2",
        links=links,
        dependency_changes=many,
        pending=[Pending("a" * 200, "1", "2")] * 1000,
    )
    words = framed(body(facts), Frame(bot="tick-bot"))
    assert len(words) <= LONGEST_BODY
    assert words.endswith("Proposed by `tick-bot`.")
    assert "### Dependencies that are behind" not in words


def test_a_long_table_says_how_many_more():
    changes = [DependencyChange(str(number), "1", "2") for number in range(50)]
    facts = Facts(feedstock="a", old_version="1", new_version="2", dependency_changes=changes)
    assert "And 10 more." in body(facts)


@few
@given(hostile)
def test_titles_say_nothing_but_a_name(name):
    title = message.title(name, "1.0")
    assert re.fullmatch(r"[A-Za-z0-9._+-]{1,100} v1\.0", title)


@few
@given(hostile)
def test_comments_mention_nobody(by):
    assert [text for text in spoken(tokens(message.rerun_done(by))) if POINTING.search(text)] == []


def test_the_word_of_takeover_points_to_the_new_one():
    assert message.superseded("1.3.3", 8).startswith("Version 1.3.3 is out, so #8 takes")


@few
@given(urls)
def test_an_address_is_safe_or_nothing(url):
    safe = neutral.safe_url(url)
    assert safe == "" or re.fullmatch(r"https?://[!-~]+", safe)
    assert not re.search(r"[<>\s\"`\\]", safe)


@pytest.mark.parametrize(
    ("url", "safe"),
    [
        ("https://example.org/a b?c=<d>#e", "https://example.org/a%20b?c=%3Cd%3E#e"),
        ("http://[::1]:80/", "http://[::1]:80/"),
        ("https://github.com/a/b/compare/v1...v2", "https://github.com/a/b/compare/v1...v2"),
        ("https://github.com/a/b/issues/1", "https://redirect.github.com/a/b/issues/1"),
        ("https://github.com/a/b/PULL/1", "https://redirect.github.com/a/b/PULL/1"),
        ("ftp://example.org", ""),
        ("javascript:alert(1)", ""),
        ("https://user:pass@example.org/", ""),
        ("https://[x/", ""),
        ("https://example.org:x/", ""),
        ("//example.org", ""),
        ("", ""),
    ],
)
def test_what_becomes_of_an_address(url, safe):
    assert neutral.safe_url(url) == safe


def test_the_outcome_of_a_bad_version_holds_no_control_characters():
    with pytest.raises(OutcomeError) as caught:
        message.title("zlib", "1\u202e\x1b")
    assert caught.value.outcome.message.isprintable()


@pytest.mark.parametrize("reach", Reach)
def test_a_frame_fits_into_the_room_that_is_left_for_it(reach):
    page = f"https://example.org/{'x' * 900}"
    whole = framed(
        "a" * (LONGEST_BODY - LONGEST_FRAME), Frame(reach=reach, page=page, bot="b" * 500)
    )
    assert len(whole) <= LONGEST_BODY


def test_only_a_pull_request_tells_how_to_talk_to_the_bot():
    ways = {reach: framed("", Frame(reach=reach, most_open=3)) for reach in Reach}
    assert [reach for reach, said in ways.items() if "rerun" in said] == [Reach.PULL_REQUEST]
    assert "nothing is opened anywhere" in ways[Reach.SITE]
    assert "Merge the branch" in ways[Reach.BRANCH]
    assert "git am" in ways[Reach.PATCH]
