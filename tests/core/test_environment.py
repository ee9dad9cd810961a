from __future__ import annotations

import pytest
from django.core.exceptions import ImproperlyConfigured

from botsite.environment import Environment


def test_it_works():
    env = Environment({"A": " x ", "B": "on", "C": "3", "D": "a, b,", "E": '{"k": 1}'})
    assert env.text("A") == "x"
    assert env.flag("B") is True
    assert env.integer("C", 1) == 3
    assert env.number("C", 1.0) == 3.0
    assert env.words("D") == ["a", "b"]
    assert env.json_object("E") == {"k": 1}
    assert env.names == {"A", "B", "C", "D", "E"}


def test_defaults_stand_in_for_what_is_missing():
    env = Environment({})
    assert env.text("A", "x") == "x"
    assert env.flag("A") is False
    assert env.integer("A", 7) == 7
    assert env.words("A", "a,b") == ["a", "b"]
    assert env.json_object("A") == {}


@pytest.mark.parametrize(
    ("read", "value"),
    [
        (lambda env: env.flag("X"), "perhaps"),
        (lambda env: env.integer("X", 1), "many"),
        (lambda env: env.integer("X", 1, least=1), "0"),
        (lambda env: env.number("X", 1.0), "soon"),
        (lambda env: env.choice("X", "a", {"a", "b"}), "c"),
        (lambda env: env.json_object("X"), "{"),
        (lambda env: env.json_object("X"), "[1]"),
    ],
)
def test_a_bad_value_fails_and_names_the_variable(read, value):
    with pytest.raises(ImproperlyConfigured, match="X"):
        read(Environment({"X": value}))


def test_a_secret_can_come_from_a_file(tmp_path):
    path = tmp_path / "secret"
    path.write_text("s3cret\n")
    assert Environment({"KEY_FILE": str(path)}).secret("KEY") == "s3cret"


def test_a_secret_file_that_is_missing_fails(tmp_path):
    with pytest.raises(ImproperlyConfigured, match="KEY_FILE"):
        Environment({"KEY_FILE": str(tmp_path / "none")}).secret("KEY")


def test_a_secret_given_twice_fails_without_showing_it(tmp_path):
    env = Environment({"KEY": "s3cret", "KEY_FILE": str(tmp_path)})
    with pytest.raises(ImproperlyConfigured, match="KEY_FILE") as caught:
        env.secret("KEY")
    assert "s3cret" not in str(caught.value)
