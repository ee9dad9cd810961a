"""The language family of a package, told by its name and by where its versions are found."""

from __future__ import annotations

from django.db.models import Case, Q, TextChoices, Value, When


class Family(TextChoices):
    PYTHON = "python", "Python"
    R = "r", "R"
    PERL = "perl", "Perl"
    RUBY = "ruby", "Ruby"
    RUST = "rust", "Rust"
    NODE = "node", "Node"
    OTHER = "other", "other"


# Channels name packages so; a package of these names is none of another family.
PREFIXES = {
    Family.R: ("r-", "bioconductor-"),
    Family.PERL: ("perl-",),
    Family.RUBY: ("rb-", "ruby-"),
    Family.RUST: ("rust-",),
    Family.NODE: ("nodejs-",),
}
SOURCES = {
    Family.R: ("cran", "bioconductor"),
    Family.PERL: ("cpan",),
    Family.RUBY: ("rubygems",),
    Family.RUST: ("crates",),
    Family.NODE: ("npm",),
    Family.PYTHON: ("pypi",),
}


def family() -> Case:
    """Of a feedstock, as an expression. Names go first: what is called `r-` may be found at the
    package index, too."""
    named = [When(_begins(prefixes), then=Value(each)) for each, prefixes in PREFIXES.items()]
    found = [
        When(new_version_source__in=sources, then=Value(each)) for each, sources in SOURCES.items()
    ]
    return Case(*named, *found, default=Value(Family.OTHER))


def _begins(prefixes: tuple[str, ...]) -> Q:
    asked = Q()
    for prefix in prefixes:
        asked |= Q(name__startswith=prefix)
    return asked
