"""Names out of specs."""

from __future__ import annotations

import pytest

from graph.intake.requirements import labelled, package_name


@pytest.mark.parametrize(
    ("spec", "name"),
    [
        ("numpy", "numpy"),
        ("NumPy >=1.20,<3", "numpy"),
        ("python>=3.9", "python"),
        ("conda-forge::pytorch 2.*", "pytorch"),
        ("libblas *=*mkl", "libblas"),
        ("xz[version='>=5']", "xz"),
        ("gcc_linux-64 13.*", "gcc_linux-64"),
        ("_openmp_mutex", "_openmp_mutex"),
        ("__glibc >=2.17", ""),
        ("", ""),
        (">=3", ""),
    ],
)
def test_the_package_of_a_spec(spec, name):
    assert package_name(spec) == name


def test_where_each_package_is_needed():
    by_platform = {
        "win-64": {"host": ("python",)},
        "linux-64": {"host": ("python", "zlib >=1"), "run": ("python",)},
    }
    assert labelled(by_platform) == {
        "python": "host:linux-64,win-64 run:linux-64",
        "zlib": "host:linux-64",
    }


def test_what_is_only_constrained_is_not_needed():
    assert labelled({"linux-64": {"run_constrained": ("numpy >=2",)}}) == {}
