"""Which platforms a recipe is read for, and with which values.

`.ci_support/*.yaml` decides when it is there, else the first values of the variant files beside the
recipe. For a value that nobody gave the defaults below hold; they are conda-build's and
rattler-build's own, or today's conda-forge pinning where those have none.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import lru_cache
from types import MappingProxyType
from typing import Any

from core.outcomes import OutcomeError
from graph import outcomes
from graph.recipes import bounded_yaml, selectors
from graph.recipes.bounded_yaml import YamlError
from graph.recipes.model import DEFAULT_PLATFORMS

MAX_FILES = 1_000

DEFAULTS: Mapping[str, str] = {
    "python": "3.12",
    "python_min": "3.10",
    "python_impl": "cpython",
    "python_implementation": "cpython",
    "is_freethreading": "false",
    "is_abi3": "true",
    "is_python_min": "true",
    "numpy": "1.26",
    "perl": "5.32",
    "lua": "5.4",
    "r_base": "4.4",
    "cran_mirror": "https://cran.r-project.org",
    "cuda_compiler_version": "None",
    "cuda_compiler_version_min": "12.9",
    "boost": "1.88",
    "boost_cpp": "1.88",
    "ffmpeg": "8",
    "gstreamer": "1.26",
    "libboost_devel": "1.88",
    "mkl": "2025",
    "ruby": "3.4",
    "soapysdr": "0.8",
    "arm_variant_type": "None",
    "mpi": "nompi",
    "blas_impl": "openblas",
    "microarch_level": "1",
    "cpu_optimization_target": "nocona",
    "openssl": "3",
}
DEFAULTS_BY_SYSTEM: Mapping[str, Mapping[str, str]] = {
    "linux": {
        "c_compiler": "gcc",
        "cxx_compiler": "gxx",
        "fortran_compiler": "gfortran",
        "c_stdlib": "sysroot",
        "target_gobin": "${PREFIX}/bin/",
        "target_goexe": "",
        "target_goos": "linux",
        "target_goarch": "amd64",
    },
    "osx": {
        "c_compiler": "clang",
        "cxx_compiler": "clangxx",
        "fortran_compiler": "gfortran",
        "c_stdlib": "macosx_deployment_target",
        "target_gobin": "${PREFIX}/bin/",
        "target_goexe": "",
        "target_goos": "darwin",
        "target_goarch": "amd64",
        "MACOSX_DEPLOYMENT_TARGET": "11.0",
        "MACOSX_SDK_VERSION": "11.0",
    },
    "win": {
        "c_compiler": "vs2022",
        "cxx_compiler": "vs2022",
        "fortran_compiler": "flang",
        "c_stdlib": "vs",
        "target_gobin": "%PREFIX%\\bin\\",
        "target_goexe": ".exe",
        "target_goos": "windows",
        "target_goarch": "amd64",
        "m2w64_c_stdlib": "m2w64-sysroot",
        "vc": "14",
    },
}
# Names that selectors may use anywhere, though only some platforms or variants give them a value;
# without one they are False, as for conda-build.
VALUELESS = frozenset(
    {"undefined", "vc", "cdt_name", "cdt_arch", "c_stdlib_version", "nomkl", "luajit", "pypy"}
    | {"cuda_compiler", "c_compiler_version", "cxx_compiler_version"}
    | {name for values in DEFAULTS_BY_SYSTEM.values() for name in values}
)
_SYSTEMS = ("linux", "osx", "win", "freebsd", "emscripten", "wasi", "zos")
_ARCHITECTURES = {
    "32": "x86",
    "64": "x86_64",
    "aarch64": "aarch64",
    "arm64": "arm64",
    "armv6l": "armv6l",
    "armv7l": "armv7l",
    "ppc64": "ppc64",
    "ppc64le": "ppc64le",
    "riscv64": "riscv64",
    "s390x": "s390x",
    "wasm32": "wasm32",
    "z": "z",
}
_IMPLIED_BY = {"numpy": "np", "perl": "pl", "cdt_name": "cdt", "cdt_arch": "cdt"}
_PLATFORM_KEYS = ("target_platform", "build_platform", "host_platform")
_PLATFORM = re.compile(r"[a-z]+-[a-z0-9_]+")


@dataclass(frozen=True, slots=True, eq=False)
class Variant:
    """One set of values to read a recipe with. `defaults` are values that nobody gave.

    Hashed by identity, so that what follows from a variant is worked out once.
    """

    platform: str
    build_platform: str = ""
    values: Mapping[str, str] = field(default_factory=dict)
    defaults: Mapping[str, str] = field(default_factory=dict)

    def get(self, name: str) -> str | None:
        return self.values.get(name, self.defaults.get(name))

    @property
    def system(self) -> str:
        """`linux`, `osx`, `win` ..."""
        return self.platform.partition("-")[0]


def variants(
    text: str,
    ci_support: Mapping[str, str],
    platforms: Sequence[str] = (),
    build_platforms: Mapping[str, str] = MappingProxyType({}),
    variant_config: Mapping[str, str] = MappingProxyType({}),
) -> list[Variant]:
    """The variants to read a recipe with, without those that differ in nothing the text names.

    `platforms` narrows them down; empty means all that `.ci_support` has, or DEFAULT_PLATFORMS.
    If `.ci_support` has none of `platforms`, they are read with default values. A platform is built
    on itself unless a variant or `build_platforms` says otherwise.
    `variant_config` are the files beside the recipe, name to text.
    Raises OutcomeError: `recipe.bad_variants`; for `variant_config` also `recipe.unknown_selector`
    and `recipe.bad_selector`.
    """
    if len(ci_support) > MAX_FILES:
        problem = f"there are {len(ci_support)} files, more than {MAX_FILES}"
        raise outcomes.BAD_VARIANTS.error(file=".ci_support", line=1, problem=problem)
    words = set(re.findall(r"\w+", text))
    distinct: dict[tuple[Any, ...], Variant] = {}
    for file, content in sorted(ci_support.items()):
        for variant in _from_file(f".ci_support/{file}", content, words, build_platforms):
            if not platforms or variant.platform in platforms:
                key = (variant.platform, variant.build_platform, *sorted(variant.values.items()))
                distinct.setdefault(key, variant)
    if distinct:
        return list(distinct.values())
    defaults = (
        default_variant(platform, build_platforms.get(platform, platform))
        for platform in platforms or DEFAULT_PLATFORMS
    )
    return [_configured(each, variant_config, words) for each in defaults]


def _configured(variant: Variant, config: Mapping[str, str], words: set[str]) -> Variant:
    """The variant with the first value of each key that `config` has for its platform."""
    values: dict[str, str] = {}
    for file, text in config.items():
        lines = selectors.split_lines(text)
        kept = selectors.select(lines, selector_namespace(variant), file)
        selected = (line.text if keep else "" for line, keep in zip(lines, kept, strict=True))
        given = _values(file, "\n".join(selected))
        values |= {key: each[0] for key, each in given.items() if each and _is_used(key, words)}
    values = {key: each for key, each in values.items() if key not in _PLATFORM_KEYS}
    return replace(variant, values=values) if values else variant


@lru_cache(maxsize=32)
def default_variant(platform: str, build_platform: str) -> Variant:
    return Variant(platform, build_platform, defaults=defaults_for(platform))


def defaults_for(platform: str) -> dict[str, str]:
    return {**DEFAULTS, **DEFAULTS_BY_SYSTEM.get(platform.partition("-")[0], {})}


def _from_file(
    file: str, content: str, words: set[str], build_platforms: Mapping[str, str]
) -> list[Variant]:
    """The variants of one `.ci_support` file; smithy writes one each, by hand there may be more."""
    values = _values(file, content)
    targets = values.get("target_platform") or [
        _platform_of_name(file.removeprefix(".ci_support/"))
    ]
    found = []
    for target in dict.fromkeys(targets):
        if not _PLATFORM.fullmatch(target):
            raise _bad(file, f"{target[:40]!r} is no platform")
        given = values.get("build_platform") or [build_platforms.get(target, target)]
        used = {key: each[0] for key, each in values.items() if each and _is_used(key, words)}
        found.append(Variant(target, given[0], used, defaults_for(target)))
    return found


def _is_used(key: str, words: set[str]) -> bool:
    """Whether a recipe of these words can tell values of `key` apart.

    `compiler('c')` uses c_compiler and c_compiler_version without saying so.
    """
    if key in words or key == "python" or _IMPLIED_BY.get(key) in words:
        return True
    language, separator, _ = key.partition("_compiler")
    if not separator:
        language, separator, _ = key.partition("_stdlib")
    return bool(separator) and bool(words & {"compiler", "stdlib"}) and language in words


def _values(file: str, content: str) -> dict[str, list[str]]:
    try:
        root = bounded_yaml.load(content).root
    except YamlError as error:
        raise _bad(file, error.problem, error.line) from None
    if root is not None and not isinstance(root, dict):
        raise _bad(file, "it is no mapping")
    return {key: strings(value) for key, value in (root or {}).items() if key != "zip_keys"}


def strings(value: Any) -> list[str]:
    """The strings in a string or list of strings; nothing for anything else."""
    if isinstance(value, str):
        return [value]
    return [each for each in value if isinstance(each, str)] if isinstance(value, list) else []


def _platform_of_name(file: str) -> str:
    """`linux_64_python3.12.yaml` -> `linux-64`."""
    system, _, rest = file.removesuffix(".yaml").partition("_")
    return f"{system}-{rest.partition('_')[0] or '64'}"


def _bad(file: str, problem: str, line: int = 1) -> OutcomeError:
    return outcomes.BAD_VARIANTS.error(file=file, line=line, problem=problem)


@lru_cache(maxsize=32)
def selector_namespace(variant: Variant) -> Mapping[str, Any]:
    """What the names in a selector stand for (conda-build's `get_selectors`)."""
    system, _, arch = variant.platform.partition("-")
    names: dict[str, Any] = dict.fromkeys(VALUELESS, False)
    names |= {key: _typed(value) for key, value in variant.defaults.items()}
    names |= {key: _typed(value) for key, value in variant.values.items()}
    names |= {each: each == system for each in _SYSTEMS}
    names |= {name: each == arch for each, name in _ARCHITECTURES.items()}
    names["x86"] = arch in ("32", "64")
    names |= {
        "unix": system in ("linux", "osx", "emscripten"),
        "linux32": variant.platform == "linux-32",
        "linux64": variant.platform == "linux-64",
        "win32": variant.platform == "win-32",
        "win64": variant.platform == "win-64",
        "arm": variant.platform.startswith("linux-arm"),
        "target_platform": variant.platform,
        "host_platform": variant.platform,
        "build_platform": variant.build_platform,
        "environ": {},
        "os": False,
    }
    return names | _python_names(variant) | _other_names(variant)


def _python_names(variant: Variant) -> dict[str, Any]:
    """`py` is 312 for "3.12.* *_cpython"; `py2k`, `py27` and their like follow from it."""
    major, minor = _first_two(variant.get("python") or DEFAULTS["python"])
    py = int(f"{major}{minor}")
    flags = {f"py{each}": py == each for each in (26, 27, *range(30, 40), *range(310, 320))}
    return {"py": py, "py2k": major == 2, "py3k": major == 3, **flags}


def _other_names(variant: Variant) -> dict[str, Any]:
    major, minor = _first_two(variant.get("numpy") or DEFAULTS["numpy"])
    return {
        "np": int(f"{major}{minor}"),
        "pl": variant.get("perl") or DEFAULTS["perl"],
        "lua": variant.get("lua") or DEFAULTS["lua"],
    }


def _first_two(version: str) -> tuple[int, int]:
    numbers = re.findall(r"\d{1,4}", version)
    return int(numbers[0]) if numbers else 0, int(numbers[1]) if len(numbers) > 1 else 0


def _typed(value: str) -> Any:
    """Numbers and truth values compare as such in selectors."""
    if value.isdecimal() and len(value) < 10:
        return int(value)
    lowered = value.lower()
    return lowered == "true" if lowered in ("true", "false") else value
