from __future__ import annotations

from django.urls import path

from graph import views

app_name = "graph"
urlpatterns = [path("packages/", views.package_list, name="packages")]
