// Compile the Python files of wheels and of the standard library with the Pyodide that will run them, so that no
// visit has to: node compile.mjs PYODIDE FROM TO. Sources go, but for the course's own, which reads some of them.
import { pathToFileURL } from "node:url";

const [pyodide, from, to] = process.argv.slice(2);
const { loadPyodide } = await import(pathToFileURL(`${pyodide}/pyodide.mjs`).href);
const python = await loadPyodide();
python.mountNodeFS("/from", from);
python.mountNodeFS("/to", to);
python.runPython(`
import zipfile
from importlib import _bootstrap_external as how
from pathlib import Path, PurePath

def stays(name):
    return name.startswith(("samarkand/", "samarkand_grading/"))

def cached(name):
    path = PurePath(name)
    return f"{path.parent}/__pycache__/{path.stem}.cpython-312.pyc" if stays(name) else f"{name}c"

def entry(name):
    made = zipfile.ZipInfo(name, (2022, 9, 15, 0, 0, 0))
    made.external_attr, made.compress_type = 0o644 << 16, zipfile.ZIP_DEFLATED
    return made

for wheel in sorted(Path("/from").iterdir()):
    home = "/lib/python312.zip" if wheel.suffix == ".zip" else "/lib/python3.12/site-packages"
    with zipfile.ZipFile(wheel) as read, zipfile.ZipFile(Path("/to", wheel.name), "w") as written:
        for name in read.namelist():
            content = read.read(name)
            if name.endswith(".py"):
                code = compile(content, f"{home}/{name}", "exec", dont_inherit=True)
                # A hash that nobody checks: the file has no other date or place than this one.
                written.writestr(entry(cached(name)), how._code_to_hash_pyc(code, bytes(8), False), compresslevel=9)
            if not name.endswith(".py") or stays(name):
                written.writestr(entry(name), content, compresslevel=9)
`);
