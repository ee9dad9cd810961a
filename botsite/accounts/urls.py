from __future__ import annotations

from django.urls import path

from botsite.accounts import views

urlpatterns = [
    path("", views.account, name="account"),
    path("tokens/", views.issue_token, name="issue_token"),
    path("tokens/<int:token_id>/revoke/", views.revoke_token, name="revoke_token"),
    path("login/", views.sign_in, name="account_login"),
    path("logout/", views.sign_out, name="account_logout"),
    path("password/", views.change_password, name="account_change_password"),
    path("inactive/", views.inactive, name="account_inactive"),
    path("github/login/", views.github_login, name="github_login"),
    path("github/callback/", views.github_callback, name="github_callback"),
    path("github/cancelled/", views.cancelled, name="socialaccount_login_cancelled"),
]
