#!/usr/bin/env python
from __future__ import annotations

import os
import sys


def main(argv: list[str]) -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "botsite.settings")
    from django.core.management import execute_from_command_line

    execute_from_command_line(without_clash(argv))


def without_clash(argv: list[str]) -> list[str]:
    """Django takes `--settings` of any command for its settings module; that of `check_versions` is
    a file of bot settings, so it travels under another name."""
    if argv[1:2] != ["check_versions"]:
        return argv
    return [
        arg.replace("--settings", "--bot-settings", 1) if arg.startswith("--settings") else arg
        for arg in argv
    ]


if __name__ == "__main__":
    main(sys.argv)
