from __future__ import annotations

import pytest


@pytest.mark.parametrize("host", ["evil.example", "bot.example.org.evil.example", "a b"])
def test_another_host_is_refused(client, db, settings, host):
    settings.ALLOWED_HOSTS = ["bot.example.org"]
    assert client.get("/", headers={"host": host}).status_code == 400
    assert client.get("/", headers={"host": "bot.example.org"}).status_code == 200
