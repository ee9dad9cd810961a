"""Recipes that mean harm, and the code that reading each ends with; '' if it may be read."""

from __future__ import annotations

import pytest

V0 = "package:\n  name: a\n  version: 1\n"
V1 = 'package:\n  name: a\n  version: "1"\n'
LAUGHS = "a: &a [x,x,x,x,x,x,x,x,x]\n" + "".join(
    f"{name}: &{name} [{','.join([f'*{before}'] * 9)}]\n"
    for before, name in zip("abcdefgh", "bcdefghi", strict=True)
)


def in_template(expression: str) -> str:
    return f"{V0}about: {{home: '{{{{ {expression} }}}}'}}\n"


def in_v1(expression: str) -> str:
    return f"{V1}about:\n  summary: ${{{{ {expression} }}}}\n"


META = {
    "broken YAML": (V0 + "source: [a\nb: c\n", "recipe.bad_yaml"),
    "undefined variable": (in_template("nope"), "recipe.undefined_variable"),
    "unknown selector": (V0 + "about: x  # [beos]\n", "recipe.unknown_selector"),
    "endless loop": (V0 + "{% for i in range(10**12) %}x{% endfor %}", "recipe.too_expensive"),
    "loops within loops": (
        V0 + "{% for i in range(9999) %}" * 3 + "{% endfor %}" * 3,
        "recipe.too_expensive",
    ),
    "billion laughs": (V0 + LAUGHS, "recipe.too_complex"),
    "deep YAML": ("[" * 200_000, "recipe.too_complex"),
    "deep template": (in_template("(" * 20_000 + "1" + ")" * 20_000), "recipe.too_expensive"),
    "deep selector": (V0 + f"a: b  # [{'(' * 240}1{')' * 240}]\n", "recipe.bad_selector"),
    "huge number": (in_template("9**9**9"), "recipe.too_expensive"),
    "huge literal": (in_template("9" * 100_000), "recipe.bad_template"),
    "huge string": (in_template('"a" * 10000000000'), "recipe.too_expensive"),
    "huge centred string": (in_template('"a".center(10000000000)'), "recipe.too_expensive"),
    "huge format": (in_template('"{:>9999999999}".format(1)'), "recipe.too_expensive"),
    "huge percent format": (in_template('"%9999999999d" % 1'), "recipe.too_expensive"),
    "doubling": (
        V0
        + "{% set n = namespace(a='aaaaaaaa') %}"
        + "{% for i in range(60) %}{% set n.a = n.a ~ n.a %}{% endfor %}",
        "recipe.too_expensive",
    ),
    "classes": (in_template('"".__class__.__mro__'), "recipe.refused"),
    "globals": (in_template("compiler.__call__.__globals__"), "recipe.refused"),
    "format string": (in_template('"{0.__class__}".format(compiler)'), "recipe.refused"),
    "attr filter": (in_template('""|attr("__class__")'), "recipe.bad_template"),
    "endless macro": (
        V0 + "{% macro a() %}{{ a() }}{% endmacro %}{{ a() }}",
        "recipe.too_expensive",
    ),
    "include": (V0 + "{% include '/etc/passwd' %}", "recipe.refused"),
    "import": (V0 + "{% import 'os' as x %}", "recipe.refused"),
    "extends": (V0 + "{% extends '/etc/passwd' %}", "recipe.refused"),
    "code in a selector": (V0 + "a: b  # [os.system('id')]\n", "recipe.bad_selector"),
    "environment": (in_template('environ["SECRET"]'), "recipe.environment_variable"),
    "python object": (V0 + "a: !!python/object/apply:os.system [id]\n", ""),
    "binary": (b"package:\n  name: \x00\x01", "recipe.binary"),
    "not UTF-8": (b"package:\n  name: \xff\xfe", "recipe.not_utf8"),
    "empty": (b"", "recipe.empty"),
    "huge file": (b"#" * 100_000_000, "recipe.too_large"),
}
RECIPE = {
    "environment": (in_v1('env.get("SECRET")'), "recipe.environment_variable"),
    "our PATH": (in_v1('env.get("PATH")'), "recipe.environment_variable"),
    "20 GB": (in_v1('"aaaaaaaaaa" * 2000000000'), "recipe.too_expensive"),
    "growing replacements": (
        in_v1('"a"|replace("a", "b" * 1000000)|replace("b", "c" * 1000000)'),
        "recipe.too_expensive",
    ),
    "opening a file": (in_v1('load_from_file("/etc/passwd")'), "recipe.refused"),
    "running git": (in_v1('git.head_rev("/")'), "recipe.refused"),
    "deep template": (in_v1("(" * 20_000 + "1" + ")" * 20_000), "recipe.bad_template"),
    "billion laughs": (V1 + LAUGHS, "recipe.too_complex"),
    "deep YAML": ("[" * 200_000, "recipe.too_complex"),
}
# What these ask for is never looked at: some are read, others refused.
IGNORED = {
    "path of a file": (V1 + "source:\n  path: /etc/passwd\n", ""),
    "path of a parent": (V1 + "source:\n  - path: ../../../etc\n", ""),
    "file URL": (V1 + "source:\n  url: file:///etc/passwd\n", ""),
    "git of a file": (V1 + "source:\n  git: file:///etc\n  rev: HEAD\n", ""),
    "git of a host": (V1 + "source:\n  git: https://localhost:1/a.git\n  tag: v1\n", ""),
    "script of a file": (V1 + "build:\n  script:\n    file: /etc/passwd\n", ""),
    "script to run": (V1 + "build:\n  script: touch /tmp/botsite-was-here\n", ""),
    "secrets": (V1 + "build:\n  script:\n    content: x\n    secrets: [SECRET]\n", ""),
    "interpreter": (V1 + "build:\n  script:\n    interpreter: /bin/sh\n    content: id\n", ""),
    "license": (V1 + "about:\n  license_file: ../../../etc/passwd\n", ""),
    "test files": (V1 + "tests:\n  - script: id\n    files:\n      recipe: [/etc/passwd]\n", ""),
    "patches": (V1 + "source:\n  url: https://x.org/a\n  patches: [/etc/passwd]\n", ""),
    "schema": ("# yaml-language-server: $schema=file:///etc/passwd\n" + V1, ""),
    "YAML tag": (V1 + "extra: !include /etc/passwd\n", ""),
}
CASES = [
    *(pytest.param("meta.yaml", *case, id=f"v0 {name}") for name, case in META.items()),
    *(
        pytest.param("recipe.yaml", *case, id=f"v1 {name}")
        for name, case in (RECIPE | IGNORED).items()
    ),
]
