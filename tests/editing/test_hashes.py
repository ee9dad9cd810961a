"""Which hash belongs to which file: in variables, under selectors, in lists, in outputs."""

from __future__ import annotations

from pulls.editing import Digests
from tests.editing.bumping import (
    OLD,
    OLD_MD5,
    changes,
    digests_of,
    refusal,
    sha256_of,
    sha256_only,
)

HEAD = '{% set version = "1.2.3" %}\npackage: {name: pkg, version: "{{ version }}"}\n'
BUMPED = {'{% set version = "1.2.3" %}': '{% set version = "1.3.0" %}'}
SECOND = "0" * 63 + "2"
THIRD = "0" * 63 + "3"


def url(name: str) -> str:
    return f"https://example.org/{name}-1.3.0.zip"


def test_in_a_variable_of_any_name():
    text = f"""\
{{% set whatever = "{OLD}" %}}
{HEAD}source:
  url: https://example.org/pkg-{{{{ version }}}}.zip
  sha256: {{{{ whatever }}}}
"""
    assert changes(text, "1.3.0") == BUMPED | {
        f'{{% set whatever = "{OLD}" %}}': f'{{% set whatever = "{sha256_of(url("pkg"))}" %}}'
    }


def test_with_the_algorithm_in_a_variable_too():
    text = f"""\
{{% set hash_type = "sha256" %}}
{{% set hash_value = "{OLD}" %}}
{HEAD}source:
  url: https://example.org/pkg-{{{{ version }}}}.zip
  {{{{ hash_type }}}}: {{{{ hash_value }}}}
"""
    assert f'{{% set hash_value = "{OLD}" %}}' in changes(text, "1.3.0")


def test_under_selectors_in_one_source():
    text = (
        HEAD
        + f"""\
source:
  url: https://example.org/linux-{{{{ version }}}}.zip  # [linux]
  sha256: {OLD}  # [linux]
  url: https://example.org/mac-{{{{ version }}}}.zip  # [osx]
  sha256: {SECOND}  # [osx]
  url: https://example.org/win-{{{{ version }}}}.zip  # [win]
  sha256: {THIRD}  # [win]
"""
    )
    assert changes(text, "1.3.0") == BUMPED | {
        f"sha256: {OLD}  # [linux]": f"sha256: {sha256_of(url('linux'))}  # [linux]",
        f"sha256: {SECOND}  # [osx]": f"sha256: {sha256_of(url('mac'))}  # [osx]",
        f"sha256: {THIRD}  # [win]": f"sha256: {sha256_of(url('win'))}  # [win]",
    }


def test_under_selectors_in_variables():
    text = f"""\
{{% set kind = "linux" %}}  # [linux]
{{% set digest = "{OLD}" %}}  # [linux]
{{% set kind = "mac" %}}  # [osx]
{{% set digest = "{SECOND}" %}}  # [osx]
{HEAD}build:
  skip: true  # [win]
source:
  url: https://example.org/{{{{ kind }}}}-{{{{ version }}}}.zip
  sha256: {{{{ digest }}}}
"""
    found = changes(text, "1.3.0")
    assert found[f'{{% set digest = "{OLD}" %}}  # [linux]'] == (
        f'{{% set digest = "{sha256_of(url("linux"))}" %}}  # [linux]'
    )
    assert found[f'{{% set digest = "{SECOND}" %}}  # [osx]'] == (
        f'{{% set digest = "{sha256_of(url("mac"))}" %}}  # [osx]'
    )


def test_on_platforms_that_are_rarely_built_or_skipped():
    text = (
        HEAD
        + f"""\
build:
  skip: true  # [win]
source:
  - url: https://example.org/linux-{{{{ version }}}}.zip  # [not win and not ppc64le]
    sha256: {OLD}  # [not win and not ppc64le]
    url: https://example.org/power-{{{{ version }}}}.zip  # [ppc64le]
    sha256: {SECOND}  # [ppc64le]
    url: https://example.org/win-{{{{ version }}}}.zip  # [win]
    sha256: {THIRD}  # [win]
"""
    )
    found = changes(text, "1.3.0")
    assert found[f"sha256: {SECOND}  # [ppc64le]"] == (
        f"sha256: {sha256_of(url('power'))}  # [ppc64le]"
    )
    assert found[f"sha256: {THIRD}  # [win]"] == f"sha256: {sha256_of(url('win'))}  # [win]"


def test_for_several_pythons():
    text = (
        HEAD
        + f"""\
source:
  url: https://example.org/cp36-{{{{ version }}}}.whl  # [py==36]
  sha256: {OLD}  # [py==36]
  url: https://example.org/cp312-{{{{ version }}}}.whl  # [py==312]
  sha256: {SECOND}  # [py==312]
"""
    )
    found = changes(text, "1.3.0")
    new = sha256_of("https://example.org/cp36-1.3.0.whl")
    assert found[f"sha256: {OLD}  # [py==36]"] == f"sha256: {new}  # [py==36]"


def test_for_variants_that_ci_support_has():
    text = (
        HEAD
        + f"""\
source:
  url: https://example.org/lts-{{{{ version }}}}.zip  # [flavour == "lts"]
  sha256: {OLD}  # [flavour == "lts"]
  url: https://example.org/new-{{{{ version }}}}.zip  # [flavour == "new"]
  sha256: {SECOND}  # [flavour == "new"]
"""
    )
    files = {f"linux_64_{each}.yaml": f"flavour:\n- {each}\n" for each in ("lts", "new")}
    found = changes(text, "1.3.0", ci_support=files)
    assert found[f'sha256: {OLD}  # [flavour == "lts"]'] == (
        f'sha256: {sha256_of(url("lts"))}  # [flavour == "lts"]'
    )
    assert found[f'sha256: {SECOND}  # [flavour == "new"]'] == (
        f'sha256: {sha256_of(url("new"))}  # [flavour == "new"]'
    )


def test_of_several_sources_those_change_whose_url_does():
    text = (
        HEAD
        + f"""\
source:
  - url: https://example.org/pkg-{{{{ version }}}}.zip
    sha256: {OLD}
  - url: https://example.org/data-7.zip
    sha256: {SECOND}
  - path: patches
  - url:
      - https://example.org/docs-{{{{ version }}}}.zip
      - https://mirror.example.org/docs-{{{{ version }}}}.zip
    sha256: {THIRD}
"""
    )
    assert changes(text, "1.3.0") == BUMPED | {
        f"sha256: {OLD}": f"sha256: {sha256_of(url('pkg'))}",
        f"sha256: {THIRD}": f"sha256: {sha256_of(url('docs'))}",
    }


def test_a_file_beside_others_may_be_the_same_in_the_new_version():
    def same_licence(asked: str, algorithms: frozenset[str]) -> Digests:
        return Digests(sha256=SECOND) if "LICENSE" in asked else digests_of(asked)

    text = (
        HEAD
        + f"""\
source:
  - url: https://example.org/pkg-{{{{ version }}}}.zip
    sha256: {OLD}
  - url: https://example.org/raw/{{{{ version }}}}/LICENSE
    sha256: {SECOND}
"""
    )
    assert changes(text, "1.3.0", hashes=same_licence) == BUMPED | {
        f"sha256: {OLD}": f"sha256: {sha256_of(url('pkg'))}"
    }


def test_of_sources_in_outputs():
    text = (
        HEAD
        + f"""\
outputs:
  - name: one
    source:
      url: https://example.org/one-{{{{ version }}}}.zip
      sha256: {OLD}
    build:
      number: 2
  - name: two
    source:
      - url: https://example.org/two-{{{{ version }}}}.zip
        sha256: {SECOND}
    build:
      number: 2
"""
    )
    assert changes(text, "1.3.0") == BUMPED | {
        f"sha256: {OLD}": f"sha256: {sha256_of(url('one'))}",
        f"sha256: {SECOND}": f"sha256: {sha256_of(url('two'))}",
        "number: 2": "number: 0",
    }


def test_the_first_mirror_that_has_the_file_counts():
    def second_only(asked: str, algorithms: frozenset[str]) -> Digests:
        if "mirror" not in asked:
            raise_unknown(asked)
        return digests_of(asked)

    text = (
        HEAD
        + f"""\
source:
  url:
    - https://example.org/pkg-{{{{ version }}}}.zip
    - https://mirror.example.org/pkg-{{{{ version }}}}.zip
  sha256: {OLD}
"""
    )
    new = sha256_of("https://mirror.example.org/pkg-1.3.0.zip")
    assert changes(text, "1.3.0", hashes=second_only)[f"sha256: {OLD}"] == f"sha256: {new}"


def raise_unknown(asked: str) -> None:
    from pulls.outcomes import NO_HASH

    raise NO_HASH.error(algorithms="sha256", url=asked)


def test_two_kinds_of_hash_are_both_renewed():
    text = (
        HEAD
        + f"""\
source:
  url: https://example.org/pkg-{{{{ version }}}}.zip
  md5: {OLD_MD5}
  sha256: {OLD}
"""
    )
    assert changes(text, "1.3.0") == BUMPED | {
        f"md5: {OLD_MD5}": f"md5: {digests_of(url('pkg')).md5}",
        f"sha256: {OLD}": f"sha256: {sha256_of(url('pkg'))}",
    }
    assert refusal(text, hashes=sha256_only).code == "pulls.no_hash"


def test_a_lone_md5_becomes_a_sha256_if_nothing_else_is_known():
    text = (
        HEAD
        + f"""\
source:
  url: https://example.org/pkg-{{{{ version }}}}.zip
  md5: "{OLD_MD5}"  # from upstream
"""
    )
    assert changes(text, "1.3.0", hashes=sha256_only) == BUMPED | {
        f'md5: "{OLD_MD5}"  # from upstream': f'sha256: "{sha256_of(url("pkg"))}"  # from upstream'
    }


def test_so_does_one_in_a_variable_with_its_name():
    text = f"""\
{{% set pkg_md5 = "{OLD_MD5}" %}}
{HEAD}source:
  url: https://example.org/pkg-{{{{ version }}}}.zip
  md5: {{{{ pkg_md5 }}}}
"""
    assert changes(text, "1.3.0", hashes=sha256_only) == BUMPED | {
        f'{{% set pkg_md5 = "{OLD_MD5}" %}}': (
            f'{{% set pkg_sha256 = "{sha256_of(url("pkg"))}" %}}'
        ),
        "md5: {{ pkg_md5 }}": "sha256: {{ pkg_sha256 }}",
    }


def test_and_one_whose_kind_is_in_a_variable():
    text = f"""\
{{% set hash_type = "md5" %}}
{{% set hash_value = "{OLD_MD5}" %}}
{HEAD}source:
  url: https://example.org/pkg-{{{{ version }}}}.zip
  {{{{ hash_type }}}}: {{{{ hash_value }}}}
"""
    assert changes(text, "1.3.0", hashes=sha256_only) == BUMPED | {
        '{% set hash_type = "md5" %}': '{% set hash_type = "sha256" %}',
        f'{{% set hash_value = "{OLD_MD5}" %}}': (
            f'{{% set hash_value = "{sha256_of(url("pkg"))}" %}}'
        ),
    }


def test_a_hash_in_a_comment_is_left_alone():
    text = (
        HEAD
        + f"""\
source:
  # sha256: {OLD}
  url: https://example.org/pkg-{{{{ version }}}}.zip
  sha256: {OLD}  # was {SECOND}
"""
    )
    new = sha256_of(url("pkg"))
    assert changes(text, "1.3.0") == BUMPED | {
        f"sha256: {OLD}  # was {SECOND}": f"sha256: {new}  # was {SECOND}"
    }


def test_a_placeholder_is_replaced():
    text = (
        HEAD
        + """\
source:
  url: https://example.org/pkg-{{ version }}.zip
  sha256: TO-BE-FILLED-IN
"""
    )
    new = sha256_of(url("pkg"))
    assert changes(text, "1.3.0") == BUMPED | {"sha256: TO-BE-FILLED-IN": f"sha256: {new}"}


def test_a_file_that_changes_behind_a_fixed_url():
    text = HEAD + f"source:\n  url: https://example.org/latest.zip\n  sha256: {OLD}\n"
    new = sha256_of("https://example.org/latest.zip")
    assert changes(text, "1.3.0") == BUMPED | {f"sha256: {OLD}": f"sha256: {new}"}
