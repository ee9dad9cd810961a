from __future__ import annotations

import pytest

from tests.editing.bumping import OLD, OLD_MD5, OLD_SHA1, bump, changes, digests_of, sha256_of

RECIPE = f"""\
{{% set name = "Pkg" %}}
{{% set version = "1.2.3" %}}   # released often

package:
  name: {{{{ name|lower }}}}
  version: {{{{ version }}}}

source:
  url: https://example.org/{{{{ name[0] }}}}/{{{{ name }}}}-{{{{ version }}}}.tar.gz
  sha256: {OLD}   

build:
  noarch: python
  number: 3  # [linux]

about:
    summary:  'Odd   spacing, "quotes"'   # and a comment: 1.2.3
"""  # noqa: W291 - trailing spaces stay


def test_it_works():
    new = sha256_of("https://example.org/P/Pkg-1.2.4.tar.gz")
    edited = bump(RECIPE, "1.2.4")
    assert edited.data.decode() == (
        RECIPE.replace('version = "1.2.3"', 'version = "1.2.4"')
        .replace(OLD, new)
        .replace("number: 3", "number: 0")
    )
    assert (edited.old_version, edited.new_version) == ("1.2.3", "1.2.4")
    assert [(each.line, each.why) for each in edited.edits] == [
        (2, "version 1.2.3 becomes 1.2.4"),
        (10, "hash of https://example.org/P/Pkg-1.2.4.tar.gz"),
        (14, "a new version starts at build number 0"),
    ]
    assert edited.urls == ("https://example.org/P/Pkg-1.2.4.tar.gz",)


def test_a_second_time_changes_nothing():
    once = bump(RECIPE, "1.2.4")
    twice = bump(once.data, "1.2.4")
    assert not twice.changed
    assert twice.data == once.data
    assert twice.outcome.code == "pulls.same_version"


def test_windows_line_ends_and_a_byte_order_mark_stay():
    data = b"\xef\xbb\xbf" + RECIPE.replace("\n", "\r\n").encode()
    edited = bump(data, "1.2.4")
    plain = bump(RECIPE, "1.2.4")
    assert edited.data == b"\xef\xbb\xbf" + plain.data.replace(b"\n", b"\r\n")
    assert edited.edits == plain.edits


def test_mixed_line_ends_and_a_missing_last_one_stay():
    data = RECIPE.encode().replace(b"\n", b"\r\n", 3).rstrip(b"\n")
    assert bump(data, "1.2.4").data == bump(RECIPE, "1.2.4").data.replace(b"\n", b"\r\n", 3).rstrip(
        b"\n"
    )


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("{% set version = '1.2.3' %}", "{% set version = '1.2.4' %}"),
        ("{%set version='1.2.3'%}", "{%set version='1.2.4'%}"),
        ('{%- set version = "1.2.3" -%}', '{%- set version = "1.2.4" -%}'),
        ('{% set version = "v1.2.3"[1:] %}', '{% set version = "v1.2.4"[1:] %}'),
        ('{% set version = "1.2.3".replace("-", "_") %}', None),
        ('{% set name, x = "pkg", 1 %}{% set version = "1.2.3" %}', None),
        ('{% set full = "1.2.3" %}{% set version = full %}', None),
        ('{# {% set version = "1.2.3" %} #}{% set version = "1.2.3" %}', None),
        ('{% set version = environ.get("VERSION", "1.2.3") %}', None),
    ],
)
def test_ways_to_set_the_version(before, after):
    text = (
        f"{before}\npackage: {{name: pkg, version: {{{{ version }}}}}}\n"
        f"source:\n  url: https://example.org/{{{{ version }}}}.zip\n  sha256: {OLD}\n"
    )
    head, _, tail = before.rpartition("1.2.3")
    found = changes(text, "1.2.4")
    assert found[before] == (after or f"{head}1.2.4{tail}")


def test_a_version_without_quotes_gets_them():
    text = f"""
        {{% set version = 1.2 %}}
        package: {{name: pkg, version: {{{{ version }}}}}}
        source:
          url: https://example.org/{{{{ version }}}}.zip
          sha256: {OLD}
        """
    assert changes(text, "1.10")["{% set version = 1.2 %}"] == '{% set version = "1.10" %}'


def test_no_variable_at_all():
    text = f"""
        package:
          name: pkg
          version: "1.2.3"  # the version
        source:
          fn: pkg-1.2.3.tar.gz
          url: https://example.org/1.2/pkg-1.2.3.tar.gz
          sha256: {OLD}
        build:
          number: 7
        about:
          home: https://example.org/pkg-1.2.3
        """
    assert changes(text, "1.3.0") == {
        'version: "1.2.3"  # the version': 'version: "1.3.0"  # the version',
        "url: https://example.org/1.2/pkg-1.2.3.tar.gz": (
            "url: https://example.org/1.3/pkg-1.3.0.tar.gz"
        ),
        f"sha256: {OLD}": f"sha256: {sha256_of('https://example.org/1.3/pkg-1.3.0.tar.gz')}",
        "fn: pkg-1.2.3.tar.gz": "fn: pkg-1.3.0.tar.gz",
        "number: 7": "number: 0",
    }


def test_the_version_of_an_r_package_is_spelled_as_cran_does():
    text = f"""
        {{% set version = "1.2-3" %}}
        package:
          name: r-pkg
          version: {{{{ version|replace("-", "_") }}}}
        source:
          url:
            - https://example.org/src/contrib/pkg_{{{{ version }}}}.tar.gz
            - https://example.org/src/contrib/Archive/pkg/pkg_{{{{ version }}}}.tar.gz
          sha256: {OLD}
        """
    new = sha256_of("https://example.org/src/contrib/pkg_1.3-1.tar.gz")
    expected = {
        '{% set version = "1.2-3" %}': '{% set version = "1.3-1" %}',
        f"sha256: {OLD}": f"sha256: {new}",
    }
    assert changes(text, "1.3_1") == expected
    assert changes(text, "1.3-1") == expected
    assert changes(text.replace("1.2-3", "1.2"), "1.3_1") == {
        '{% set version = "1.2" %}': '{% set version = "1.3-1" %}',
        f"sha256: {OLD}": f"sha256: {new}",
    }


def test_a_version_in_parts():
    text = f"""
        {{% set major_minor = "1.2" %}}
        {{% set version = major_minor + ".3" %}}
        package: {{name: pkg, version: {{{{ version }}}}}}
        source:
          url: https://example.org/{{{{ major_minor }}}}/pkg-{{{{ version }}}}.tar.gz
          sha256: {OLD}
        """
    assert changes(text, "1.3.10") == {
        '{% set major_minor = "1.2" %}': '{% set major_minor = "1.3" %}',
        '{% set version = major_minor + ".3" %}': '{% set version = major_minor + ".10" %}',
        f"sha256: {OLD}": f"sha256: {sha256_of('https://example.org/1.3/pkg-1.3.10.tar.gz')}",
    }


def test_variables_that_repeat_a_part_of_the_version_follow_if_they_are_in_the_url():
    text = f"""
        {{% set version = "1.2.3" %}}
        {{% set series = "1.2" %}}
        {{% set underscored = "1_2_3" %}}
        {{% set abi = "1.2" %}}
        package: {{name: pkg, version: {{{{ version }}}}}}
        source:
          url: https://example.org/{{{{ series }}}}/pkg-{{{{ underscored }}}}-{{{{ version }}}}.zip
          sha256: {OLD}
        requirements:
          run: [libpkg {{{{ abi }}}}]
        """
    new = sha256_of("https://example.org/2.0/pkg-2_0_1-2.0.1.zip")
    assert changes(text, "2.0.1") == {
        '{% set version = "1.2.3" %}': '{% set version = "2.0.1" %}',
        '{% set series = "1.2" %}': '{% set series = "2.0" %}',
        '{% set underscored = "1_2_3" %}': '{% set underscored = "2_0_1" %}',
        f"sha256: {OLD}": f"sha256: {new}",
    }


def test_what_is_computed_from_the_version_follows_by_itself():
    text = f"""
        {{% set version = "1.2.3" %}}
        {{% set series = ".".join(version.split(".")[:2]) %}}
        {{% set tag = version.replace(".", "_") %}}
        package: {{name: pkg, version: {{{{ version }}}}}}
        source:
          url: https://example.org/{{{{ series }}}}/pkg-{{{{ tag }}}}.zip
          sha256: {OLD}
        """
    new = sha256_of("https://example.org/2.0/pkg-2_0_1.zip")
    assert changes(text, "2.0.1") == {
        '{% set version = "1.2.3" %}': '{% set version = "2.0.1" %}',
        f"sha256: {OLD}": f"sha256: {new}",
    }


def test_a_directory_of_the_series_follows():
    text = f"""
        {{% set version = "3.36.1" %}}
        package: {{name: pkg, version: {{{{ version }}}}}}
        source:
          url: https://example.org/sources/pkg/3.36/pkg-{{{{ version }}}}.tar.xz
          sha256: {OLD}
        """
    new = sha256_of("https://example.org/sources/pkg/3.38/pkg-3.38.0.tar.xz")
    assert changes(text, "3.38.0") == {
        '{% set version = "3.36.1" %}': '{% set version = "3.38.0" %}',
        "url: https://example.org/sources/pkg/3.36/pkg-{{ version }}.tar.xz": (
            "url: https://example.org/sources/pkg/3.38/pkg-{{ version }}.tar.xz"
        ),
        f"sha256: {OLD}": f"sha256: {new}",
    }


@pytest.mark.parametrize(
    ("algorithm", "old"), [("sha256", OLD), ("md5", OLD_MD5), ("sha1", OLD_SHA1)]
)
def test_each_kind_of_hash_stays_of_its_kind(algorithm, old):
    text = f"""
        {{% set version = "1.2" %}}
        package: {{name: pkg, version: {{{{ version }}}}}}
        source:
          url: https://example.org/{{{{ version }}}}.zip
          {algorithm}: {old}
        """
    new = digests_of("https://example.org/1.3.zip").get(algorithm)
    assert changes(text, "1.3")[f"{algorithm}: {old}"] == f"{algorithm}: {new}"


def test_duplicate_keys_are_no_obstacle():
    text = RECIPE + "about:\n  home: https://example.org\n"
    assert bump(text, "1.2.4").outcome.ok


def test_a_literal_block_under_a_selector_is_no_obstacle():
    text = RECIPE.replace("  noarch: python\n", "  script: |  # [unix]\n    number: 5\n    make\n")
    edited = bump(text, "1.2.4", ci_support={"linux_64_.yaml": ""})
    assert edited.outcome.ok
    assert b"number: 5\n    make\n  number: 0  # [linux]" in edited.data


def test_a_git_tag_follows():
    text = """
        {% set version = "1.2.3" %}
        package: {name: pkg, version: {{ version }}}
        source:
          git_url: https://example.org/pkg.git
          git_tag: v{{ version }}
        """
    assert changes(text, "1.3.0") == {'{% set version = "1.2.3" %}': '{% set version = "1.3.0" %}'}
    assert changes(text.replace("v{{ version }}", "v1.2.3"), "1.3.0") == {
        '{% set version = "1.2.3" %}': '{% set version = "1.3.0" %}',
        "git_tag: v1.2.3": "git_tag: v1.3.0",
    }


def test_a_number_in_the_name_of_a_host_is_none_of_the_version():
    text = f"""
        {{% set version = "2" %}}
        package: {{name: pkg, version: {{{{ version }}}}}}
        source:
          url: https://mirror2.example.org/x2/2/pkg-{{{{ version }}}}.zip
          sha256: {OLD}
        """
    new = sha256_of("https://mirror2.example.org/x2/2/pkg-3.zip")
    assert changes(text, "3") == {
        '{% set version = "2" %}': '{% set version = "3" %}',
        f"sha256: {OLD}": f"sha256: {new}",
    }


def test_an_output_that_repeats_the_version():
    text = f"""
        {{% set version = "1.2.3" %}}
        package: {{name: pkg, version: {{{{ version }}}}}}
        source:
          url: https://example.org/pkg-{{{{ version }}}}.zip
          sha256: {OLD}
        outputs:
          - name: lib
            version: 1.2.3
          - name: other
            version: 7.0
        """
    assert changes(text, "1.3.0")["version: 1.2.3"] == "version: 1.3.0"


def test_a_recipe_without_source():
    text = 'package:\n  name: pkg\n  version: "1.2"\nbuild:\n  number: 1\n'
    assert changes(text, "1.3") == {'version: "1.2"': 'version: "1.3"', "number: 1": "number: 0"}
