from __future__ import annotations

from django.urls import path

from pulls.views.acting import propose_again
from pulls.views.showing import patch, proposal, proposals, refusals

app_name = "pulls"
urlpatterns = [
    path("", proposals, name="proposals"),
    path("refused/", refusals, name="refusals"),
    path("<int:pull_id>/", proposal, name="proposal"),
    path("<int:pull_id>.patch", patch, name="patch"),
    path("again/<key:key>/", propose_again, name="again"),
]
