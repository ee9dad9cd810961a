"""All addresses. Those of an app are there only if it is installed."""

from __future__ import annotations

from allauth.account.decorators import secure_admin_login
from django.apps import apps
from django.contrib import admin
from django.urls import URLPattern, URLResolver, include, path, register_converter
from django.urls.converters import PathConverter
from django.views.generic import RedirectView

from botsite import badges, feeds, metrics
from botsite.api import api
from botsite.views import about, health, icon, mine, outcomes, package, releases


class KeyConverter(PathConverter):
    """The key of a package. Directories may have any name, so a key may hold any character."""

    regex = r"[\s\S]+"


register_converter(KeyConverter, "key")


def first_page() -> list[URLPattern | URLResolver]:
    """The overview and the package list; without a graph, the list of what is watched."""
    if not apps.is_installed("graph"):
        return [path("", RedirectView.as_view(pattern_name="versions:watched"), name="overview")]
    from botsite.views.overview import overview

    return [path("", overview, name="overview"), path("", include("graph.urls"))]


def proposals() -> list[URLPattern | URLResolver]:
    return [path("proposals/", include("pulls.urls"))] if apps.is_installed("pulls") else []


def comparison() -> list[URLPattern | URLResolver]:
    """Another bot's answers are a channel's."""
    if not apps.is_installed("graph"):
        return []
    from botsite.views import comparison as views

    return [
        path("comparison/", views.comparison, name="comparison"),
        path("comparison.csv", views.as_csv, name="comparison_csv"),
        path("comparison.json", views.as_json, name="comparison_json"),
    ]


urlpatterns = [
    *first_page(),
    path("versions/", include("versions.urls")),
    *proposals(),
    path("packages/<key:name>/", package.package_page, name="package"),
    path("outcomes/", outcomes.outcome_list, name="outcomes"),
    path("outcomes/<str:code>/", outcomes.outcome, name="outcome"),
    *comparison(),
    path("releases/", releases.releases, name="releases"),
    path("mine/", mine.mine, name="mine"),
    path("about/", about.about, name="about"),
    path("keys/", about.keys, name="keys"),
    path("opensearch.xml", about.opensearch, name="opensearch"),
    path("check/<key:key>/", package.check_package, name="check"),
    path("", include("core.urls")),
    path("favicon.ico", icon.favicon),
    path("livez", health.livez, name="livez"),
    path("healthz", health.healthz, name="healthz"),
    path("account/", include("botsite.accounts.urls")),
    path("api/v1/", api.urls),
    path("feeds/releases", feeds.releases, name="feed"),
    path("feeds/packages/<key:key>", feeds.package, name="package_feed"),
    path("feeds/maintainers/<key:handle>", feeds.maintainer, name="maintainer_feed"),
    path("feeds/outcomes/<str:code>", feeds.outcome, name="outcome_feed"),
    path("badges/<str:kind>/<key:key>.svg", badges.badge, name="badge"),
    path("metrics", metrics.metrics, name="metrics"),
    path("admin/login/", secure_admin_login(admin.site.login)),  # type: ignore[no-untyped-call]
    path("admin/", admin.site.urls),
]
