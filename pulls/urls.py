from __future__ import annotations

from django.urls import path

from pulls.views.acting import propose_again, retry
from pulls.views.hooks import github
from pulls.views.one import patch, proposal
from pulls.views.showing import budget, dead_letters, of_package, proposals, refusals

app_name = "pulls"
urlpatterns = [
    path("", proposals, name="proposals"),
    path("refused/", refusals, name="refusals"),
    path("refused/retry/", retry, name="retry"),
    path("dead-letters/", dead_letters, name="dead_letters"),
    path("budget/", budget, name="budget"),
    path("of/<key:key>/", of_package, name="of_package"),
    path("<int:pull_id>/", proposal, name="proposal"),
    path("<int:pull_id>.patch", patch, name="patch"),
    path("again/<key:key>/", propose_again, name="again"),
    path("hooks/github/", github, name="github_hook"),
]
