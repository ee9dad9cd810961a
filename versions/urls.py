from __future__ import annotations

from django.urls import path

from versions.views import queue, sweeps, watched

app_name = "versions"
urlpatterns = [
    path("", watched.watched_list, name="watched"),
    path("sweeps/", sweeps.sweep_list, name="sweeps"),
    path("sweeps/<int:sweep_id>/", sweeps.sweep_page, name="sweep"),
    path("sweeps/<int:sweep_id>/cancel/", sweeps.cancel_sweep, name="cancel_sweep"),
    path("queue/", queue.queue, name="queue"),
    path("queue/pause/", sweeps.pause, name="pause"),
    path("queue/resume/", sweeps.resume, name="resume"),
    path("dead-letters/", queue.dead_letters, name="dead_letters"),
    path("dead-letters/retry/", queue.retry, name="retry"),
]
