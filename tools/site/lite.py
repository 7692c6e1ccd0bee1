"""The whole course in the browser: JupyterLite, Pyodide and the course's own wheel, as static files.

All files come from pip and npm, each checked by its hash: the pure wheels by ``requirements.lock``,
JupyterLite by ``requirements-lite.lock``, the few others by `PURE`, Pyodide by `PYODIDE_SHA256` and its own
lock. numpy for WebAssembly is in none of the registries: it comes from a folder (or a wheel that carries it
inside) named with ``--wheels``; Pyodide's release has it.

The page also has the grader's wheel, and a worker that marks with it. The page of a class (`class_page`) has
neither, and the numbers of its students.
"""

import hashlib
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
import venv
import zipfile
from collections.abc import Iterator, Mapping, Sequence
from email.parser import HeaderParser
from pathlib import Path
from typing import Any

from samarkand.common.errors import CourseError
from samarkand.common.home import ROOT
from samarkand.lab import copies
from tools.site import class_page

#: The script with the page's messages on loading, and on browsers that cannot run it or store files.
SAYS = Path(__file__).with_name("lite.js")
#: The script that compiles Python files with Pyodide itself, in Node.js.
COMPILE = Path(__file__).with_name("compile.mjs")
#: The worker that keeps the course in the browser, and what it loads: JupyterLite's own.
KEEP, WORKER, OWN_WORKER = (
    Path(__file__).with_name("keep.js"),
    "service-worker.js",
    "jupyterlite-service-worker.js",
)
#: The worker that marks, and its folder beside Pyodide's.
MARKS, MARKS_FOLDER = Path(__file__).with_name("marks.mjs"), "marks"
PYODIDE = "0.27.7"
PYODIDE_SHA256 = "89d5d952675eb08e11286e52c7238f1248ce71726e896db9703e73bef23dc343"
#: All packages that lessons and kernel import, as pinned in requirements.lock; nothing is resolved.
LOCKED = (
    *("altair", "attrs", "branca", "certifi", "charset-normalizer", "comm", "folium", "idna", "ipywidgets"),
    *("jinja2", "lazy-loader", "narwhals", "networkx", "packaging", "python-dateutil", "requests", "six"),
    *("traitlets", "typing-extensions", "tzdata", "urllib3", "xstatic-leaflet", "xyzservices", "asttokens"),
    *("executing", "ipython", "ipython-pygments-lexers", "jedi", "matplotlib-inline", "parso"),
    *("prompt-toolkit", "pure-eval", "pygments", "stack-data", "wcwidth"),
)
#: Pure-Python releases in place of compiled ones, and packages only for the kernel; each with its hash.
PURE = {
    "jsonschema==4.17.3": "a870ad254da1a8ca84b6a2905cac29d265f805acc57af304784962a2aa6508f6",
    "pyrsistent==0.20.0": "c55acc4733aad6560a7f5f818466631f07efc001fd023f34a6c203f8b6df0f0b",
    "micropip==0.9.0": "babcf68c1849e229aa887564bc5f2de50273c3212e73c9aff8e3e6e80f2b6a23",
    "decorator==5.2.1": "d316bb415a2d9e2d2b3abcc4084c6502fc09240e292cd76a76afc106a1c8e04a",
    # Its piplite is the last that works with this micropip; nothing else of it is used.
    "jupyterlite-pyodide-kernel==0.6.1": "d16f2e44dedd60d7a5578cd901a4de1ac34d30c80671abba7ec1ac70a65e2972",
}
#: The hash of pandas's wheel for this Pyodide on PyPI.
PANDAS_SHA256 = "6705575b65750e4494b4f9328eed8cb263b4b809984d4eeb8f492a3e804b0c53"
#: Import names that cannot be derived from a wheel's files.
IMPORTS = {"xstatic-leaflet": ["xstatic"], "python-dateutil": ["dateutil"], "attrs": ["attr", "attrs"]}
#: The kernel's packages, loaded before the first cell, so that nothing is resolved at run time.
KERNEL = ["micropip", "piplite", "ipykernel", "comm", "pyodide-kernel", "ipython", "jedi", "traitlets"]
#: The dependencies of each package, loaded with it in parallel.
DEPENDS = {
    "pyodide-kernel": ["ipython", "comm", "traitlets", "ipykernel"],
    "piplite": ["micropip"],
    "micropip": ["packaging"],
    "ipython": [
        *("asttokens", "decorator", "executing", "ipython-pygments-lexers", "jedi", "matplotlib-inline"),
        *("prompt-toolkit", "pure-eval", "pygments", "six", "stack-data", "traitlets"),
    ],
    "ipython-pygments-lexers": ["pygments"],
    "jedi": ["parso"],
    "prompt-toolkit": ["wcwidth"],
    "matplotlib-inline": ["traitlets"],
    "pandas": ["numpy", "python-dateutil", "tzdata"],
    "python-dateutil": ["six"],
    "folium": ["branca", "jinja2", "numpy", "requests", "xyzservices"],
    "branca": ["jinja2"],
    "jinja2": ["markupsafe"],
    "requests": ["certifi", "charset-normalizer", "idna", "urllib3"],
    "altair": ["jinja2", "jsonschema", "narwhals", "packaging", "typing-extensions"],
    "jsonschema": ["attrs", "pyrsistent"],
    "ipywidgets": ["comm", "ipython", "traitlets"],
    "samarkand-grading": ["samarkand", "ipython", "comm", "traitlets"],
    "samarkand": ["pandas", "folium", "ipywidgets", "altair", "lazy-loader", "networkx", "xstatic-leaflet"],
}
#: Files in wheels that are never read in a browser; lazy_loader does read the course's own stubs.
_NEEDLESS = re.compile(
    r"(^|/)(tests?|testing_data)/|^(?!samarkand/).*\.pyi$|\.(c|pyx|pxd|h|f90|exe)$|(^|/)py\.typed$"
)


def fetch_engine(cache: Path, wheels: Sequence[Path] = ()) -> Path:
    """Fetch Pyodide and check its numpy, which may be missing; return Pyodide's folder. `CourseError`."""
    cache.mkdir(parents=True, exist_ok=True)
    pyodide = _fetch_pyodide(cache)
    take_numpy(_read_lock(pyodide), wheels, cache)
    return pyodide


def _read_lock(pyodide: Path) -> dict[str, Any]:
    lock: dict[str, Any] = json.loads((pyodide / "pyodide-lock.json").read_text(encoding="utf-8"))
    return lock


def build_lite(out: Path, cache: Path, wheels: Sequence[Path] = (), bundle: Path | None = None) -> str:
    """Write the course for the browser into a new folder; return a sentence with its size.

    Parameters
    ----------
    out : Path
        The folder, replaced if it exists.
    cache : Path
        The folder of downloads; if it is complete, no network is needed.
    wheels : sequence of Path
        Folders, or wheels, that hold Pyodide's own numpy.
    bundle : Path, optional
        The students' copy of a class, for a page with its numbers in which nothing can be marked.

    Raises
    ------
    CourseError
        If a file cannot be fetched, has another hash, or is in none of `wheels`; or if the page of a class
        would hold an answer.
    """
    cache = cache.absolute()
    pyodide = fetch_engine(cache, wheels)
    lock = _read_lock(pyodide)
    python = _make_environment(cache)
    parts = [
        *_fetch_pure_wheels(cache, python),
        _fetch_pandas(cache, python),
        take_numpy(lock, wheels, cache),
    ]
    with tempfile.TemporaryDirectory() as scratch:
        lite = Path(scratch, "lite")
        static = lite / "static" / "pyodide"
        static.mkdir(parents=True)
        for project in (ROOT, ROOT / "packages" / "grading") if bundle is None else (bundle,):
            _build_wheel(project, Path(scratch, "wheel"))
        parts += [*_list_kernel_wheels(python, cache), *Path(scratch, "wheel").glob("*.whl")]
        for name in ("pyodide.mjs", "pyodide.js", "pyodide.asm.js", "pyodide.asm.wasm"):
            shutil.copy(pyodide / name, static)
        _compile_parts([pyodide / "python_stdlib.zip", *parts], static, pyodide)
        packages = {entry["name"]: entry for entry in map(_describe_wheel, sorted(static.glob("*.whl")))}
        content = json.dumps({"info": lock["info"], "packages": packages})
        (static / "pyodide-lock.json").write_text(content, encoding="utf-8")
        if bundle is None:
            copies.hand_out(lite / "files" / "my_work")
        else:
            class_page.hand_out(bundle, lite / "files")
        for hidden in (lite / "files").rglob(".*"):
            if hidden.is_file():
                hidden.unlink()
        _write_settings(lite, python)
        made = Path(scratch, "made")
        options = ["--lite-dir", lite, "--contents", lite / "files", "--output-dir", made, "--apps", "lab"]
        options += ["--no-sourcemaps", "--no-unused-shared-packages", "--no-libarchive"]
        run_program(
            python, "-m", "jupyter", "lite", "build", *options, "--source-date-epoch", "1700000000", cwd=lite
        )
        if bundle is None:
            (made / "static" / MARKS_FOLDER).mkdir()  # JupyterLite takes no folder of static/ but Pyodide's
            shutil.copy(MARKS, made / "static" / MARKS_FOLDER)
        else:
            class_page.need_no_answers(made, ROOT / "exercises", bundle)
        size = sum(path.stat().st_size for path in made.rglob("*") if path.is_file()) / 1e6
        page = made / "lab" / "index.html"
        says = SAYS.read_text(encoding="utf-8").replace("@SIZE@", f"{size:.0f}")
        text = page.read_text(encoding="utf-8").replace("<head>", f"<head><script>{says}</script>", 1)
        page.write_text(text, encoding="utf-8")
        keep_in_browser(made)
        shutil.rmtree(out, ignore_errors=True)
        shutil.copytree(made, out)
    whose = "The course in the page" if bundle is None else "The class's course in the page"
    return f"{whose} is in {out}: {size:.0f} MB."


def keep_in_browser(page: Path) -> None:
    """Let the page's service worker keep the course in the browser until a file of the page changes."""
    (page / WORKER).rename(page / OWN_WORKER)
    digest = hashlib.sha256()
    for path in sorted(page.rglob("*")):
        if path.is_file():
            digest.update(f"{path.relative_to(page).as_posix()} {_digest_file(path)}\n".encode())
    text = KEEP.read_text(encoding="utf-8").replace("@EDITION@", digest.hexdigest()[:12])
    (page / WORKER).write_text(text, encoding="utf-8")


def run_program(*command: object, **more: Any) -> None:
    """Run a program; `CourseError` if it is missing, or with the end of its output if it fails."""
    try:
        done = subprocess.run(
            [str(part) for part in command], capture_output=True, text=True, check=False, **more
        )
    except FileNotFoundError as error:
        text = f"{command[0]} is needed for the course in the page: install Node.js."
        raise CourseError(text, code="not installed", program=command[0]) from error
    if done.returncode:
        last = "\n".join((done.stdout + done.stderr).strip().splitlines()[-8:])
        text = f"{Path(str(command[0])).name} {' '.join(map(str, command[1:4]))} failed:\n{last}"
        raise CourseError(text, code="program failed", program=command[0])


def _digest_file(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


def _need_digest(path: Path, expected: str) -> Path:
    """Return the path if the file has this SHA-256; otherwise delete it and raise `CourseError`."""
    if _digest_file(path) != expected:
        path.unlink()
        text = f"{path.name} is not the file that was agreed on: its hash differs; removed."
        raise CourseError(text, code="another hash", file=path)
    return path


def _make_environment(cache: Path) -> Path:
    """Return the Python of a virtual environment with JupyterLite, created from its lock if missing."""
    lock = ROOT / "requirements-lite.lock"
    home = cache / f"env-{_digest_file(lock)[:12]}"
    python = home / ("Scripts" if os.name == "nt" else "bin") / "python"
    if not (home / "complete").exists():
        venv.create(home, with_pip=True, clear=True)
        run_program(python, "-m", "pip", "install", "--no-deps", "--require-hashes", "-r", lock)
        (home / "complete").touch()
    return python


def _fetch_pyodide(cache: Path) -> Path:
    """Download Pyodide from npm and unpack it; return its folder."""
    folder = cache / f"pyodide-{PYODIDE}"
    packed = folder / f"pyodide-{PYODIDE}.tgz"
    if not packed.exists():
        folder.mkdir(parents=True, exist_ok=True)
        run_program("npm", "pack", "--silent", f"pyodide@{PYODIDE}", cwd=folder)
    _need_digest(packed, PYODIDE_SHA256)
    if not (folder / "package").is_dir():
        shutil.unpack_archive(packed, folder)
    return folder / "package"


def _list_pinned(names: Sequence[str]) -> str:
    """Return the lines of requirements.lock for these packages with hashes, for the newest Python."""
    text = (ROOT / "requirements.lock").read_text(encoding="utf-8")
    blocks = re.findall(r"^(\S+==[^\n]*(?:\n {4}--hash[^\n]*)+)", text, re.MULTILINE)
    last = {block.split("==")[0]: re.sub(r" ; [^\\\n]*", "", block) for block in blocks}
    return "".join(f"{last[name]}\n" for name in names)


def _fetch_pure_wheels(cache: Path, python: Path) -> list[Path]:
    """Download the pure-Python wheels of `LOCKED` and `PURE`; return their paths."""
    folder, others = cache / "pure", cache / "pure-others"
    wanted = _list_pinned(LOCKED) + "".join(
        f"{name} --hash=sha256:{digest}\n" for name, digest in PURE.items()
    )
    stamp = folder / "complete"
    if not stamp.exists() or stamp.read_text(encoding="utf-8") != wanted:
        for old in (folder, others):
            shutil.rmtree(old, ignore_errors=True)
            old.mkdir(parents=True)
        listed = folder / "requirements.txt"
        listed.write_text(wanted, encoding="utf-8")
        plain = ["--platform=any", "--python-version=312", "--implementation=py", "--abi=none", "--no-deps"]
        download = [python, "-m", "pip", "download", "--only-binary=:all:", *plain, "--require-hashes"]
        run_program(*download, "-d", folder, "-r", listed)
        # Without its C part MarkupSafe is Python alone: its build goes on where there is no compiler.
        listed.write_text(_list_pinned(["markupsafe"]), encoding="utf-8")
        options = ["--no-deps", "--require-hashes", "--no-binary=markupsafe", "-w", folder, "-r", listed]
        run_program(python, "-m", "pip", "wheel", *options, env=os.environ | {"CC": "false"})
        for wheel in folder.glob("jupyterlite*"):
            wheel.rename(others / wheel.name)
        stamp.write_text(wanted, encoding="utf-8")
    return sorted(folder.glob("*.whl"))


def _fetch_pandas(cache: Path, python: Path) -> Path:
    """Download pandas's wheel for Pyodide; return its path."""
    folder = cache / "wasm"
    if not list(folder.glob("pandas-*.whl")):
        platform = ["--platform=pyemscripten_2024_0_wasm32", "--python-version=312", "--implementation=cp"]
        (version,) = re.findall(r"^(pandas==\S+)", _list_pinned(["pandas"]), re.MULTILINE)
        options = ["--no-deps", "--only-binary=:all:", *platform, "--abi=cp312", "-d", folder, version]
        run_program(python, "-m", "pip", "download", *options)
    (wheel,) = folder.glob("pandas-*.whl")
    return _need_digest(wheel, PANDAS_SHA256)


def take_numpy(lock: dict[str, Any], sources: Sequence[Path], cache: Path) -> Path:
    """Copy Pyodide's numpy from one of `sources`, check its hash, return its path.

    A source is a folder with the wheel, or a zip that holds it in a folder, such as Pyodide's release.
    """
    entry = lock["packages"]["numpy"]
    target = cache / "wasm" / str(entry["file_name"])
    target.parent.mkdir(exist_ok=True)
    if not target.exists():
        for source in sources:
            _copy_from(source, target)
    if not target.exists():
        raise CourseError(
            f"{target.name} is missing (SHA-256 {entry['sha256']}). Pyodide's release {PYODIDE} has it: "
            "name a folder that holds it with --wheels.",
            code="missing",
            file=target,
        )
    return _need_digest(target, entry["sha256"])


def _copy_from(source: Path, target: Path) -> None:
    """Copy a file of the name of `target` from a folder or a zip, if it is there."""
    if (source / target.name).is_file():
        shutil.copy(source / target.name, target)
        return
    if not (source.is_file() and zipfile.is_zipfile(source)):
        return
    with zipfile.ZipFile(source) as packed:
        for name in packed.namelist():
            if name.endswith(f"/{target.name}"):
                target.write_bytes(packed.read(name))


def _build_wheel(project: Path, folder: Path) -> None:
    """Build the wheel of a project into a folder."""
    run_program(
        sys.executable, "-m", "hatchling", "build", "--target", "wheel", "--directory", folder, cwd=project
    )


def _list_kernel_wheels(python: Path, cache: Path) -> Iterator[Path]:
    """Yield the kernel's wheels, which are inside JupyterLite's packages."""
    inside = "share/jupyter/labextensions/@jupyterlite/pyodide-kernel-extension/static/pypi"
    for wheel in sorted((python.parent.parent / inside).glob("*.whl")):
        if not wheel.name.startswith(("widgetsnbextension-3", "piplite")):
            yield wheel
    (older,) = (cache / "pure-others").glob("jupyterlite*.whl")
    with zipfile.ZipFile(older) as packed:
        for name in packed.namelist():
            if re.search(r"/pypi/piplite-[^/]*\.whl$", name):
                place = cache / "pure-others" / name.rsplit("/", 1)[-1]
                place.write_bytes(packed.read(name))
                yield place


def _compile_parts(parts: Sequence[Path], static: Path, pyodide: Path) -> None:
    """Write wheels and the standard library into `static`, compiled and without needless files.

    What this Pyodide has compiled before is beside it, by the hash of what it was made of.
    """
    cache = pyodide.parent / "compiled"
    cache.mkdir(exist_ok=True)
    how = COMPILE.read_bytes() + _NEEDLESS.pattern.encode()
    compiled: dict[str, Path] = {}
    for part in parts:
        digest = hashlib.sha256(part.read_bytes() + how).hexdigest()
        compiled[part.name] = cache / f"{digest}.zip"
    missing = [part for part in parts if not compiled[part.name].exists()]
    if missing:
        _fill_cache(missing, compiled, pyodide)
    for name, path in compiled.items():
        shutil.copy(path, static / name)
    for path in list(cache.iterdir()):
        if path not in compiled.values():
            path.unlink()


def _fill_cache(missing: Sequence[Path], compiled: Mapping[str, Path], pyodide: Path) -> None:
    """Compile the `missing` parts with Node, and put each where `compiled` says by the part's name."""
    with tempfile.TemporaryDirectory(dir=pyodide.parent) as scratch:
        plain, done = Path(scratch, "plain"), Path(scratch, "done")
        plain.mkdir()
        done.mkdir()
        for part in missing:
            _copy_needed(part, plain / part.name)
        run_program("node", COMPILE, pyodide, plain, done)
        for part in missing:
            (done / part.name).replace(compiled[part.name])


def _copy_needed(part: Path, target: Path) -> None:
    """Copy a zip without the files that nobody needs in a page."""
    with zipfile.ZipFile(part) as packed, zipfile.ZipFile(target, "w") as kept:
        for name in sorted(packed.namelist()):
            is_folder = name.endswith("/")
            if not is_folder and not _NEEDLESS.search(name):
                kept.writestr(name, packed.read(name))


def _describe_wheel(wheel: Path) -> dict[str, Any]:
    """Return a wheel's entry in Pyodide's lock."""
    with zipfile.ZipFile(wheel) as packed:
        names = packed.namelist()
        about = next(name for name in names if name.endswith(".dist-info/METADATA") and name.count("/") == 1)
        said = HeaderParser().parsestr(packed.read(about).decode())
    name = re.sub(r"[-_.]+", "-", str(said["Name"])).lower()
    tops = {inner.split("/")[0] for inner in names if inner.endswith((".py", ".pyc", ".so"))}
    tops = {re.sub(r"\.pyc?$", "", top) for top in tops if not top.endswith((".data", ".dist-info", ".libs"))}
    return {
        "name": name,
        "version": said["Version"],
        "file_name": wheel.name,
        "install_dir": "site",
        "sha256": _digest_file(wheel),
        "package_type": "package",
        "imports": IMPORTS.get(name) or sorted(tops - {"tests", "test", "docs"}),
        "depends": DEPENDS.get(name, []),
        "unvendored_tests": False,
    }


def _write_settings(lite: Path, python: Path) -> None:
    """Write JupyterLite's configuration, and copy the course's own extension and settings."""
    extension = python.parent.parent / "share/jupyter/labextensions/samarkand"
    shutil.rmtree(extension, ignore_errors=True)
    shutil.copytree(ROOT / "settings/lab/labextension", extension)
    shutil.copy(ROOT / "settings/lab/overrides.json", lite / "overrides.json")
    kernel = {
        "pyodideUrl": "./static/pyodide/pyodide.mjs",
        "disablePyPIFallback": True,
        "loadPyodideOptions": {"packages": KERNEL},
    }
    page = {
        "appName": "Samarkand 2022",
        "exposeAppInBrowser": True,  # tests drive the page by it
        "disabledExtensions": ["@jupyterlab/extensionmanager-extension"],
        "litePluginSettings": {"@jupyterlite/pyodide-kernel-extension:kernel": kernel},
    }
    content = json.dumps({"jupyter-lite-schema-version": 0, "jupyter-config-data": page}, indent=1)
    (lite / "jupyter-lite.json").write_text(content, encoding="utf-8")
