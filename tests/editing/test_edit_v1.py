from __future__ import annotations

import pytest

from tests.editing.bumping import OLD, bump, sha256_of, v1_changes

SECOND = "0" * 63 + "2"
RECIPE = f"""\
schema_version: 1
context:
  name: pkg
  version: "1.2.3"  # released often
  build_number: 4

package:
  name: ${{{{ name }}}}
  version: ${{{{ version }}}}

source:
- url: https://example.org/${{{{ name }}}}-${{{{ version }}}}.tar.gz   # the archive
  sha256: {OLD}

build:
  number: ${{{{ build_number }}}}

about:
    summary:  'Odd   spacing'
"""
NEW = sha256_of("https://example.org/pkg-1.3.0.tar.gz")


def test_it_works():
    edited = bump(RECIPE, "1.3.0", file="recipe.yaml")
    assert edited.data.decode() == (
        RECIPE.replace('"1.2.3"', '"1.3.0"')
        .replace("build_number: 4", "build_number: 0")
        .replace(OLD, NEW)
    )
    again = bump(edited.data, "1.3.0", file="recipe.yaml")
    assert again.outcome.code == "pulls.same_version"
    assert again.data == edited.data


def test_windows_line_ends_stay():
    data = RECIPE.replace("\n", "\r\n").encode()
    edited = bump(data, "1.3.0", file="recipe.yaml")
    assert edited.data == bump(RECIPE, "1.3.0", file="recipe.yaml").data.replace(b"\n", b"\r\n")


@pytest.mark.parametrize(
    ("before", "to", "after"),
    [
        ("1.2.3", "1.3.0", "1.3.0"),
        ("'1.2.3'", "1.3.0", "'1.3.0'"),
        ("1.2.3", "1.10", '"1.10"'),
        ("1.2.3  # why", "2", '"2"  # why'),
    ],
)
def test_quotes_are_kept_and_added_where_yaml_would_see_a_number(before, to, after):
    text = f"""
        context:
          version: {before}
        package:
          name: pkg
          version: ${{{{ version }}}}
        source:
          url: https://example.org/${{{{ version }}}}.zip
          sha256: {OLD}
        """
    assert v1_changes(text, to)[f"version: {before}"] == f"version: {after}"


def test_a_version_without_context():
    text = f"""
        package:
          name: pkg
          version: "1.2.3"
        source:
          url: https://example.org/pkg-1.2.3.zip
          sha256: {OLD}
        build:
          number: 3
        """
    assert v1_changes(text, "1.3.0") == {
        'version: "1.2.3"': 'version: "1.3.0"',
        "url: https://example.org/pkg-1.2.3.zip": "url: https://example.org/pkg-1.3.0.zip",
        f"sha256: {OLD}": f"sha256: {sha256_of('https://example.org/pkg-1.3.0.zip')}",
        "number: 3": "number: 0",
    }


def test_an_earlier_version_key_is_not_mistaken():
    text = RECIPE.replace("  name: pkg\n", "  name: pkg\n  min:\n    version: '0'\n", 1).replace(
        "  min:\n    version: '0'\n", "  other_version: '9'\n"
    )
    assert v1_changes(text, "1.3.0")['version: "1.2.3"  # released often'] == (
        'version: "1.3.0"  # released often'
    )


def test_sources_under_conditions():
    text = f"""
        context:
          version: "1.2.3"
        package:
          name: pkg
          version: ${{{{ version }}}}
        source:
          - if: linux
            then:
              url: https://example.org/linux-${{{{ version }}}}.zip
              sha256: {OLD}
            else:
              url: https://example.org/other-${{{{ version }}}}.zip
              sha256: {SECOND}
        """
    assert v1_changes(text, "1.3.0") == {
        'version: "1.2.3"': 'version: "1.3.0"',
        f"sha256: {OLD}": f"sha256: {sha256_of('https://example.org/linux-1.3.0.zip')}",
        f"sha256: {SECOND}": f"sha256: {sha256_of('https://example.org/other-1.3.0.zip')}",
    }


def test_a_hash_in_the_context_and_a_list_of_urls():
    text = f"""
        context:
          version: "1.2.3"
          checksum: "{OLD}"
        package:
          name: pkg
          version: ${{{{ version }}}}
        source:
          url:
            - https://example.org/pkg_${{{{ version }}}}.tar.gz
            - https://example.org/old/pkg_${{{{ version }}}}.tar.gz
          sha256: ${{{{ checksum }}}}
        """
    new = sha256_of("https://example.org/pkg_1.3.0.tar.gz")
    assert v1_changes(text, "1.3.0")[f'checksum: "{OLD}"'] == f'checksum: "{new}"'


def test_several_outputs_with_sources_of_their_own():
    text = f"""
        context:
          version: "1.2.3"
        recipe:
          name: pkg
          version: ${{{{ version }}}}
        build:
          number: 2
        outputs:
          - package:
              name: one
            source:
              url: https://example.org/one-${{{{ version }}}}.zip
              sha256: {OLD}
          - package:
              name: two
            source:
              url: https://example.org/two-${{{{ version }}}}.zip
              sha256: {SECOND}
        """
    assert v1_changes(text, "1.3.0") == {
        'version: "1.2.3"': 'version: "1.3.0"',
        "number: 2": "number: 0",
        f"sha256: {OLD}": f"sha256: {sha256_of('https://example.org/one-1.3.0.zip')}",
        f"sha256: {SECOND}": f"sha256: {sha256_of('https://example.org/two-1.3.0.zip')}",
    }


def test_a_git_source_and_no_source():
    text = """
        context:
          version: "1.2.3"
        package:
          name: pkg
          version: ${{ version }}
        source:
          git: https://example.org/pkg.git
          tag: v${{ version }}
        build:
          number: 1
        """
    expected = {'version: "1.2.3"': 'version: "1.3.0"', "number: 1": "number: 0"}
    assert v1_changes(text, "1.3.0") == expected
    start, end = text.index("        source:"), text.index("        build:")
    assert v1_changes(text[:start] + text[end:], "1.3.0") == expected


def test_a_version_of_which_parts_are_used():
    text = f"""
        context:
          version: 1.2.3
          series: ${{{{ (version | split('.'))[:2] | join('.') }}}}
        package:
          name: pkg
          version: ${{{{ version }}}}
        source:
          url: https://example.org/${{{{ series }}}}/pkg-${{{{ version }}}}.zip
          sha256: {OLD}
        """
    new = sha256_of("https://example.org/2.0/pkg-2.0.1.zip")
    assert v1_changes(text, "2.0.1")[f"sha256: {OLD}"] == f"sha256: {new}"
