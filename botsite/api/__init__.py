"""The JSON interface: the routers of all installed apps under one roof."""

from __future__ import annotations

from typing import Any

from django.apps import apps
from django.http import HttpRequest
from ninja import Router

from botsite.api.routes import router
from core.api.interface import Interface
from core.api.outcomes import NOT_FOUND
from core.api.problems import problem
from core.api.routes import router as core_router
from versions.api import router as versions_router

METHODS = ["GET", "POST", "PUT", "PATCH", "DELETE"]

# Asked last: any other address.
rest = Router()


@rest.api_operation(METHODS, "/{path:rest}", include_in_schema=False)
def nothing(request: HttpRequest, rest: str) -> Any:
    raise problem(404, NOT_FOUND, what=f"Nothing is at {request.path}.")


api = Interface(
    title="Botsite",
    version="1",
    urls_namespace="api",
    description="Versions, graph and work of this bot. What is read needs no sign-in; what is "
    "written needs a token of your account page, or the session of a page. Every error is an "
    "outcome: a code, a sentence, and what to do next.",
)
api.add_router("", router)
api.add_router("", versions_router)
if apps.is_installed("graph"):
    from graph.api import router as graph_router

    api.add_router("", graph_router)
if apps.is_installed("pulls"):
    from pulls.api import router as pulls_router

    api.add_router("", pulls_router)
api.add_router("", core_router)
api.add_router("", rest)
