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
