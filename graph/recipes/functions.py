"""What the templates of v0 recipes may call and look up, answered without doing anything.

The callables are frozen values: two variants whose callables and names are equal render alike.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, ClassVar

import jinja2

from graph.recipes.templates import MissingEnvironmentError
from graph.recipes.variants import VALUELESS, Variant, selector_namespace

# conda-build's environment during a build; its values aren't known when a recipe is read.
BUILD_NAMES = (
    *("ARCH", "CPU_COUNT", "HOME", "PATH", "SUBDIR"),
    *("BUILD_PREFIX", "CONDA_BUILD_SYSROOT", "CONDA_PREFIX", "PREFIX", "SYS_PREFIX"),
    *("RECIPE_DIR", "SRC_DIR"),
    *("LIBRARY_BIN", "LIBRARY_INC", "LIBRARY_LIB", "LIBRARY_PREFIX", "SCRIPTS"),
    *("NPY_VER", "PERL_VER", "R", "R_VER", "PYTHON", "SYS_PYTHON", "SP_DIR", "STDLIB_DIR"),
    *("PKG_BUILDNUM", "PKG_BUILD_STRING", "PKG_HASH", "PKG_NAME", "PKG_VERSION"),
)
# Those of the source's git repository, which templates compose versions of.
GIT_NAMES = (
    *("GIT_BUILD_STR", "GIT_DESCRIBE_HASH", "GIT_DESCRIBE_NUMBER", "GIT_DESCRIBE_TAG"),
    "GIT_FULL_HASH",
)


class Unknown(jinja2.ChainableUndefined):
    """The answer to what only a build could know: blank wherever it is used."""

    def __call__(self, *_args: Any, **_kwargs: Any) -> Unknown:  # type: ignore[override]
        return self

    def get(self, _key: str, default: Any = None) -> Any:
        return self if default is None else default


UNKNOWN = Unknown(name="unknown")

_ASK_A_BUILD = (
    *("load_setup_py_data", "load_setuptools", "load_npm"),
    *("load_file_regex", "load_file_data", "load_str_data"),
    *("resolved_packages", "installed_packages"),
)


def ask_a_build(*_args: Any, **_kwargs: Any) -> Unknown:
    """`load_setup_py_data()` and its friends would run or read the upstream source."""
    return UNKNOWN


def versioned(name: str, version: str | None) -> str:
    """`gcc_linux-64` with its version, as conda-build completes it: 13 means 13.*."""
    if not version or version == "None":
        return name
    return f"{name} {version}" if set(version) & set("*<>=|, ") else f"{name} {version}.*"


@dataclass(frozen=True)
class Compiler:
    """`compiler('c')` -> `gcc_linux-64`; a language that no variant knows stands for itself."""

    platform: str
    values: Mapping[str, str]
    defaults: Mapping[str, str]

    def __call__(self, language: str) -> str:
        key = f"{language}_compiler"
        name = self.values.get(key) or self.defaults.get(key) or language
        return versioned(f"{name}_{self.platform}", self.values.get(f"{key}_version"))


@dataclass(frozen=True)
class Stdlib:
    """`stdlib('c')` -> `sysroot_linux-64`."""

    platform: str
    values: Mapping[str, str]
    defaults: Mapping[str, str]

    def __call__(self, language: str) -> str:
        key = f"{language}_stdlib"
        name = self.values.get(key) or self.defaults.get(key) or language
        return versioned(f"{name}_{self.platform}", self.values.get(f"{key}_version"))


@dataclass(frozen=True)
class CoreDependencyTree:
    """`cdt('mesa-libgl-devel')` -> `mesa-libgl-devel-cos6-x86_64`.

    CDTs are CentOS packages: cos6 for x86, cos7 for the architectures that came later, unless the
    variant's `cdt_name` and `cdt_arch` say otherwise. The name has conda-build's spelling of the
    architecture.
    """

    platform: str
    values: Mapping[str, str]

    _ARCHITECTURES: ClassVar[Mapping[str, str]] = {"64": "x86_64", "32": "i686"}

    def __call__(self, package: str) -> str:
        arch = self.platform.partition("-")[2]
        arch = self.values.get("cdt_arch") or self._ARCHITECTURES.get(arch, arch)
        system = self.values.get("cdt_name") or ("cos6" if arch in ("x86_64", "i686") else "cos7")
        name, space, version = package.partition(" ")
        return f"{name}-{system}-{arch}{space}{version}"


def pin(
    package: str,
    lower_bound: str | None = None,
    upper_bound: str | None = None,
    exact: bool = False,
) -> str:
    """A pinned dependency as a spec: its name and its pin as written.

    A bound by pattern stays one (`numpy >=x.x,<x`): what it stands for is known only when the
    package's version is.
    """
    if exact:
        return f"{package} =exact"
    bounds = [f">={lower_bound}"] if lower_bound else []
    bounds += [f"<{upper_bound}"] if upper_bound else []
    return f"{package} {','.join(bounds)}" if bounds else package


def pin_v0(
    package: str,
    min_pin: str | None = "x.x.x.x.x.x",
    max_pin: str | None = "x",
    lower_bound: str | None = None,
    upper_bound: str | None = None,
    exact: bool = False,
    **_ignored: Any,
) -> str:
    """`pin_subpackage()` and `pin_compatible()` of v0: explicit bounds go before patterns."""
    lower, upper = lower_bound or min_pin, upper_bound or max_pin
    return pin(str(package), lower and str(lower), upper and str(upper), exact)


class Environ(dict[str, str]):
    """`os.environ` of a recipe: the fixed names of a build, and nothing of this machine."""

    def __missing__(self, name: str) -> str:
        raise MissingEnvironmentError(name)


@dataclass(frozen=True)
class Os:
    """What recipes use of the `os` module."""

    environ: Environ
    sep: str = "/"
    name: str = "posix"


@lru_cache(maxsize=32)
def namespace(variant: Variant) -> Mapping[str, Any]:
    """Every name that a v0 template may use."""
    selectors = selector_namespace(variant)
    platform, values, defaults = variant.platform, variant.values, variant.defaults
    environ = Environ(_environment(variant, selectors["py"]) | dict(values))
    return {
        **selectors,
        **dict.fromkeys((*VALUELESS, *GIT_NAMES), UNKNOWN),
        **defaults,
        **environ,
        "environ": environ,
        "os": Os(environ),
        "compiler": Compiler(platform, values, defaults),
        "stdlib": Stdlib(platform, values, defaults),
        "cdt": CoreDependencyTree(platform, values),
        "pin_compatible": pin_v0,
        "pin_subpackage": pin_v0,
        **dict.fromkeys(_ASK_A_BUILD, ask_a_build),
        "datetime": UNKNOWN,
    }


def _environment(variant: Variant, py: int) -> dict[str, str]:
    version = str(py)
    python = {"PY_VER": f"{version[0]}.{version[1:]}", "CONDA_PY": version, "PY3K": "1"}
    extension = {"linux": ".so", "osx": ".dylib", "win": ".dll"}.get(variant.system, "")
    names = {name: f"${name}" for name in BUILD_NAMES} | dict.fromkeys(GIT_NAMES, "")
    return names | python | {"SHLIB_EXT": extension}
