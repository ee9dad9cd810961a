from __future__ import annotations

import pytest

from graph.recipes.url_templates import candidates, template_of

RECIPE = """
{% set url = "https://a.example.org/{{ version }}.zip" %}
source:
  - url: https://b.example.org/{{ name }}/v{{ version }}/{{ name }}.tar.gz  # [linux]
  - url: 'https://b.example.org/{{ name }}/v{{ version }}/{{ name }}.zip'
    sha256: {{ sha256 }}
  - url:
      - "https://c.example.org/${{ version }}/x#{{ y }}"
      - {{ url }}
"""


@pytest.mark.parametrize(
    ("url", "template"),
    [
        (
            "https://b.example.org/a/v1.0/a.tar.gz",
            "https://b.example.org/{{ name }}/v{{ version }}/{{ name }}.tar.gz",
        ),
        (
            "https://b.example.org/a/v1.0/a.zip",
            "https://b.example.org/{{ name }}/v{{ version }}/{{ name }}.zip",
        ),
        ("https://c.example.org/1.0/x#z", "https://c.example.org/${{ version }}/x#{{ y }}"),
        ("https://d.example.org/1.0.zip", "https://d.example.org/1.0.zip"),
    ],
)
def test_a_url_finds_its_template(url, template):
    assert template_of(url, candidates(RECIPE)) == template


def test_parts_must_not_overlap():
    assert template_of("https://x.org/ab", ["https://x.org/a{{ v }}ab"]) == "https://x.org/ab"


def test_quotes_within_a_template_do_not_end_it():
    text = """url: "https://x.org/{{ name.replace("-", "_") }}-{{ version }}.zip"  # [linux]"""
    template = 'https://x.org/{{ name.replace("-", "_") }}-{{ version }}.zip'
    assert template_of("https://x.org/a_b-1.zip", candidates(text)) == template


def test_a_page_about_the_project_is_no_template():
    text = "  home: https://x.org/{{ name }}\n  homepage: https://x.org/${{ name }}\n"
    assert candidates(text) == []


def test_a_url_written_out_is_its_own_template():
    text = "url: https://x.org/{{ name }}\nurl: https://x.org/a/b.zip\n"
    assert template_of("https://x.org/a/b.zip", candidates(text), text) == "https://x.org/a/b.zip"
