from __future__ import annotations

from django.urls import path

from core import views
from core.webhooks import views as webhooks

app_name = "core"
urlpatterns = [
    path("jobs/", views.job_list, name="jobs"),
    path("jobs/<int:job_id>/", views.job_page, name="job"),
    path("jobs/<int:job_id>/cancel/", views.cancel_job, name="cancel_job"),
    path("jobs/profile/", views.ask_profile, name="ask_profile"),
    path("profiles/<int:profile_id>/", views.profile_file, name="profile"),
    path("hosts/", views.host_list, name="hosts"),
    path("hosts/<int:host_id>/unblock/", views.unblock_host, name="unblock_host"),
    path("webhooks/", webhooks.webhook_list, name="webhooks"),
    path("webhooks/<int:webhook_id>/", webhooks.webhook_page, name="webhook"),
    path("webhooks/<int:webhook_id>/end/", webhooks.end_webhook, name="end_webhook"),
    path("deliveries/<int:delivery_id>/send/", webhooks.send_again, name="send_again"),
]
