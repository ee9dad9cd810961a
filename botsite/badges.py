"""Badges: a word on a package, as a picture for a README."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.cache import patch_response_headers
from django.views.decorators.http import conditional_page, require_safe

from botsite import subject
from botsite.subject import Subject
from versions.models import AmbiguousName

CACHED_S = 300
HEIGHT, PADDING, MOST_CHARACTERS = 20, 6, 40
# Dark enough for white text to be read: a contrast of 4.5 or more.
GOOD, WARN, BAD, QUIET = "#2c7a3f", "#a65c00", "#b3322d", "#5f6368"

# Widths of Verdana's characters at 11 pixels; a picture can't ask which font its reader has, so
# that the text is then fitted to its width.
_NARROW, _WIDE = "fijlt.,:;'|!()[]{}/ -I", "mwMWQ@%"


@dataclass(frozen=True, slots=True)
class Badge:
    """`label` and `words` side by side, the latter on `color`; lengths are in pixels."""

    label: str
    words: str
    color: str

    @property
    def label_width(self) -> int:
        return _width(self.label) + 2 * PADDING

    @property
    def words_width(self) -> int:
        return _width(self.words) + 2 * PADDING

    @property
    def width(self) -> int:
        return self.label_width + self.words_width

    @property
    def texts(self) -> list[tuple[str, float, int]]:
        """Each text, the middle of its place, and its length."""
        middle = self.label_width + self.words_width / 2
        return [
            (self.label, self.label_width / 2, _width(self.label)),
            (self.words, middle, _width(self.words)),
        ]


def _width(text: str) -> int:
    return round(sum(4.2 if c in _NARROW else 10.2 if c in _WIDE else 7.0 for c in text))


def version(found: Subject) -> Badge:
    """The latest version upstream, in the colour of whether the recipe has it."""
    package = found.package
    latest = package.latest_version if package else ""
    if not latest:
        return Badge("upstream", "unknown", QUIET)
    return Badge("upstream", latest, GOOD if latest == found.current_version else WARN)


def status(found: Subject) -> Badge:
    """Whether it is up to date."""
    if found.feedstock is None:
        return Badge("recipe", found.current_version or "unknown", QUIET)
    words, color = {
        "up_to_date": ("up to date", GOOD),
        "outdated": (f"outdated: {found.current_version}", WARN),
        "failing": ("failing", BAD),
    }.get(found.feedstock.status, ("unknown", QUIET))
    return Badge("recipe", words, color)


def check(found: Subject) -> Badge:
    """How the last look upstream ended."""
    package = found.package
    if package is None or not package.outcome_code:
        return Badge("check", "none yet", QUIET)
    if package.paused:
        return Badge("check", "paused", QUIET)
    words = "ok" if package.outcome_code == "ok" else package.outcome_kind.title.lower()
    return Badge("check", words, GOOD if words == "ok" else BAD)


KINDS: dict[str, Callable[[Subject], Badge]] = {
    "version": version,
    "status": status,
    "check": check,
}


@require_safe
@conditional_page
def badge(request: HttpRequest, kind: str, key: str) -> HttpResponse:
    if kind not in KINDS:
        raise Http404(f"There is no badge {kind}; there are {', '.join(KINDS)}.")
    try:
        found = KINDS[kind](subject.find(key))
    except (subject.NoSuchPackage, AmbiguousName):
        found = Badge("package", "not known here", QUIET)
    shown = Badge(found.label, _short(found.words), found.color)
    context = {"badge": shown, "height": HEIGHT}
    response = render(request, "botsite/badge.svg", context, content_type="image/svg+xml")
    patch_response_headers(response, CACHED_S)
    return response


def _short(text: str) -> str:
    """Printable, and of a length that a README has room for."""
    clean = "".join(c if c.isprintable() else "\N{REPLACEMENT CHARACTER}" for c in text)
    return clean if len(clean) <= MOST_CHARACTERS else f"{clean[: MOST_CHARACTERS - 1]}…"
