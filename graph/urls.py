from __future__ import annotations

from django.urls import path

from graph.views.affected import affected
from graph.views.cycles import cycles
from graph.views.package_list import package_list
from graph.views.picture import picture
from graph.views.problems import problem, problems
from graph.views.recipe import recipe

app_name = "graph"
urlpatterns = [
    path("packages/", package_list, name="packages"),
    path("graph/picture/<key:key>/", picture, name="picture"),
    path("graph/affected/<key:key>/", affected, name="affected"),
    path("graph/cycles/", cycles, name="cycles"),
    path("recipes/problems/", problems, name="problems"),
    path("recipes/problems/<str:code>/", problem, name="problem"),
    path("recipes/<key:key>/", recipe, name="recipe"),
]
