"""What can't be edited safely: nothing changes, and the outcome says where and why."""

from __future__ import annotations

import pytest

from core.outcomes import OutcomeError
from pulls.editing import Digests
from pulls.outcomes import NO_HASH
from tests.editing.bumping import OLD, digests_of, refusal

SECOND = "0" * 63 + "2"
HEAD = '{% set version = "1.2.3" %}\npackage: {name: pkg, version: "{{ version }}"}\n'
SOURCE = f"source:\n  url: https://example.org/{{{{ version }}}}.zip\n  sha256: {OLD}\n"


@pytest.mark.parametrize("version", ["", "1.0 beta", "1.0\n", "${x}", "1" * 65, "1/2", "ü"])
def test_what_is_no_version(version):
    assert refusal(HEAD + SOURCE, version).code == "pulls.bad_version"


def test_a_recipe_that_cannot_be_read():
    outcome = refusal("package: [\n")
    assert (outcome.code, outcome.file, outcome.line) == ("recipe.bad_yaml", "meta.yaml", 1)


def test_a_recipe_that_is_no_text():
    from tests.editing.bumping import bump

    assert bump(b"\xff\xfe", "1.0").outcome.code == "recipe.not_utf8"


def test_a_version_longer_than_any():
    text = f"package:\n  name: pkg\n  version: '{'1.' * 40}1'\n"
    outcome = refusal(text)
    assert (outcome.code, outcome.line) == ("pulls.bad_version", 3)


def test_no_version():
    assert refusal("package:\n  name: pkg\n").code == "pulls.no_version"


@pytest.mark.parametrize(
    "statement",
    [
        "{% set version = '0123456789abcdef'[:5] %}",
        "{% set version = 24 * 2 %}",
        "{% set version = GIT_DESCRIBE_TAG or 'a' ~ 5 %}",
    ],
)
def test_a_version_that_is_computed(statement):
    outcome = refusal(f"{statement}\npackage:\n  name: pkg\n  version: {{{{ version }}}}\n")
    assert (outcome.code, outcome.line, outcome.field) == ("pulls.version_computed", 4, "version")


def test_versions_that_differ_between_platforms():
    text = (
        '{% set version = "1.2.3" %}  # [linux]\n{% set version = "1.2.2" %}  # [not linux]\n'
        'package: {name: pkg, version: "{{ version }}"}\n' + SOURCE
    )
    outcome = refusal(text)
    assert (outcome.code, outcome.line) == ("pulls.versions_differ", 1)
    assert "1.2.2" in outcome.message


def test_a_template_that_makes_no_sense_of_the_new_version():
    text = (
        '{% set version = "1.2.3" %}\n{% set patch = version.split(".")[2] %}\n'
        'package: {name: pkg, version: "{{ version }}"}\n'
        f"source:\n  url: https://example.org/{{{{ patch }}}}.zip\n  sha256: {OLD}\n"
    )
    outcome = refusal(text, "2.0")
    assert outcome.code == "pulls.not_as_expected"
    assert outcome.line in (2, 5)


def test_a_hash_that_is_not_written_out():
    half = "0" * 31 + "1"
    text = (
        f'{{% set half = "{half}" %}}\n{HEAD}source:\n'
        "  url: https://example.org/{{ version }}.zip\n  sha256: {{ half + half }}\n"
    )
    outcome = refusal(text)
    assert (outcome.code, outcome.line) == ("pulls.hash_not_found", 4)


def test_a_hash_that_no_platform_uses():
    text = HEAD + SOURCE + f"  sha256: {SECOND}  # [win and linux]\n"
    outcome = refusal(text)
    assert (outcome.code, outcome.line) == ("pulls.hash_unreached", 6)


def test_one_hash_for_files_that_differ_now():
    text = (
        HEAD
        + f"source:\n  - url: https://example.org/a-{{{{ version }}}}.zip\n    sha256: &h {OLD}\n"
        "  - url: https://example.org/b-{{ version }}.zip\n    sha256: *h\n"
    )
    outcome = refusal(text)
    assert (outcome.code, outcome.line) == ("pulls.places_disagree", 5)
    assert "a-1.3.0" in outcome.message
    assert "b-1.3.0" in outcome.message


def test_the_very_file_of_the_old_version():
    outcome = refusal(HEAD + SOURCE, hashes=lambda url, _: Digests(sha256=OLD))
    assert (outcome.code, outcome.line) == ("pulls.same_hash", 5)


def test_a_url_that_stays_with_its_file():
    text = HEAD + f"source:\n  url: https://example.org/latest.zip\n  sha256: {OLD}\n"
    outcome = refusal(text, hashes=lambda url, _: Digests(sha256=OLD))
    assert (outcome.code, outcome.line) == ("pulls.url_unchanged", 3)


def test_a_commit_that_stays():
    text = HEAD + "source:\n  git_url: https://example.org/a.git\n  git_rev: 0a1b2c3d\n"
    outcome = refusal(text)
    assert (outcome.code, outcome.line) == ("pulls.url_unchanged", 3)
    assert "0a1b2c3d" in outcome.message


def test_one_platform_that_would_stay_behind():
    text = (
        HEAD + "source:\n  - url: https://example.org/{{ version }}.zip  # [not win]\n"
        f"    sha256: {OLD}  # [not win]\n"
        f"    url: https://example.org/fixed.zip  # [win]\n    sha256: {SECOND}  # [win]\n"
    )
    outcome = refusal(text)
    assert outcome.code == "pulls.url_unchanged"
    assert "fixed.zip" in outcome.message


def unknown(url: str, algorithms: frozenset[str]) -> Digests:
    raise NO_HASH.error(algorithms=" or ".join(algorithms), url=url)


def test_a_file_that_is_not_there():
    outcome = refusal(HEAD + SOURCE, hashes=unknown)
    assert (outcome.code, outcome.file, outcome.line) == ("pulls.no_hash", "meta.yaml", 5)
    assert "https://example.org/1.3.0.zip" in outcome.message


def test_a_resolver_that_knows_nothing_useful():
    assert refusal(HEAD + SOURCE, hashes=lambda *_: Digests()).code == "pulls.no_hash"


def test_a_resolver_that_answers_nonsense():
    outcome = refusal(HEAD + SOURCE, hashes=lambda *_: Digests(sha256="x\n- evil"))
    assert outcome.code == "pulls.bad_hash"


def test_reading_has_an_end():
    names = "".join(f'{{% set v{n} = "1.2.3" %}}' for n in range(300))
    text = f"{names}{HEAD}source:\n  url: https://example.org/{{{{ v1 }}}}.zip\n  sha256: {OLD}\n"
    asked = []

    def counting(url: str, algorithms: frozenset[str]) -> Digests:
        asked.append(url)
        return digests_of(url)

    outcome = refusal(text, hashes=counting)
    assert outcome.code == "pulls.too_entangled"


def test_digests_are_checked():
    with pytest.raises(OutcomeError) as refused:
        Digests(md5="0" * 64).get("md5")
    assert refused.value.outcome.code == "pulls.bad_hash"


def test_a_template_that_turns_the_hash_into_something_else():
    text = (
        f'{{% set digest = "{OLD}" %}}\n{HEAD}source:\n'
        "  - url: https://example.org/{{ version }}.zip\n"
        '    sha256: {{ digest if digest[0] in "0d" else "f" * 64 }}\n'
    )
    outcome = refusal(text, hashes=lambda *_: Digests(sha256="e" * 64))
    assert (outcome.code, outcome.line) == ("pulls.not_as_expected", 4)
    assert "https://example.org/1.3.0.zip" in outcome.message
