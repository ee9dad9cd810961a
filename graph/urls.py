from __future__ import annotations

from django.urls import path

from graph.views.affected import affected
from graph.views.builds import builds
from graph.views.cycles import cycles
from graph.views.maintainers import maintainer, maintainers
from graph.views.map import graph_map
from graph.views.package_export import as_csv, as_json
from graph.views.package_list import package_list
from graph.views.picture import picture
from graph.views.problems import problem, problems
from graph.views.recipe import recipe

app_name = "graph"
urlpatterns = [
    path("packages/", package_list, name="packages"),
    path("packages.csv", as_csv, name="packages_csv"),
    path("packages.json", as_json, name="packages_json"),
    path("maintainers/", maintainers, name="maintainers"),
    path("maintainers/<key:handle>/", maintainer, name="maintainer"),
    path("graph/picture/<key:key>/", picture, name="picture"),
    path("graph/affected/<key:key>/", affected, name="affected"),
    path("graph/map/", graph_map, name="map"),
    path("graph/cycles/", cycles, name="cycles"),
    path("graph/builds/", builds, name="builds"),
    path("recipes/problems/", problems, name="problems"),
    path("recipes/problems/<str:code>/", problem, name="problem"),
    path("recipes/<key:key>/", recipe, name="recipe"),
]
