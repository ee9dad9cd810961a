"""Every command with its arguments."""

from __future__ import annotations

from argparse import SUPPRESS, Action, ArgumentParser
from collections.abc import Iterator

from django.core.management import get_commands, load_command_class
from django.core.management.base import BaseCommand, DjangoHelpFormatter

from botsite.reference.markdown import code, document, prose, section, table

INTRODUCTION = """\
All arguments of Botsite's own commands, as `manage.py COMMAND --help` tells them. What each command
is for, and what its exit code means, is told in [Commands](../commands.md). Django's commands
(`migrate`, `createsuperuser` and so on) work, too, and so do its options for all commands
(`--verbosity`, `--settings`, `--traceback` and so on)."""
APPS = ("botsite", "core", "graph", "pulls", "versions")


def page() -> str:
    return document("Arguments of commands", INTRODUCTION, *map(_section, _commands()))


def _commands() -> Iterator[tuple[str, BaseCommand]]:
    for name, app in sorted(get_commands().items()):
        if app in APPS:
            yield name, load_command_class(app, name)


def _section(command: tuple[str, BaseCommand]) -> str:
    name, loaded = command
    parser = loaded.create_parser("manage.py", name)
    rows = [(code(_form(each)), prose(_told(each))) for each in _arguments(parser)]
    return section(f"`{name}`", prose(loaded.help), table(("argument", "meaning"), rows))


def _arguments(parser: ArgumentParser) -> Iterator[Action]:
    """In the order of declaration, without those that every command of Django's has."""
    for each in parser._actions:
        usual = {"-h", *DjangoHelpFormatter.show_last} & {*each.option_strings}
        if not usual and each.help is not SUPPRESS:
            yield each


def _form(each: Action) -> str:
    repeated = " ..." if each.nargs in ("+", "*") else ""
    return " ".join(filter(None, (", ".join(each.option_strings), _value(each) + repeated)))


def _value(each: Action) -> str:
    if each.nargs == 0:
        return ""
    if each.choices and not each.metavar:
        return " or ".join(map(str, each.choices))
    return str(each.metavar or each.dest.upper())


def _told(each: Action) -> str:
    """What it is for; the name of most arguments that must be given says it."""
    return (each.help or "") % {"default": each.default, "prog": "manage.py"}
