from __future__ import annotations

from django.urls import path

from versions import views

app_name = "versions"
urlpatterns = [path("", views.watched_list, name="watched")]
