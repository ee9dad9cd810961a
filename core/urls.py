from __future__ import annotations

from django.urls import path

from core import views

app_name = "core"
urlpatterns = [
    path("jobs/", views.job_list, name="jobs"),
    path("jobs/<int:job_id>/", views.job_page, name="job"),
    path("jobs/<int:job_id>/cancel/", views.cancel_job, name="cancel_job"),
    path("hosts/", views.host_list, name="hosts"),
    path("hosts/<int:host_id>/unblock/", views.unblock_host, name="unblock_host"),
]
