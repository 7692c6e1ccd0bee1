"""The course's own files have nothing amiss; and each known way to a false pass is seen when it is planted.

Every line of `PLANTED` has been a breakage that a run of the tests once let pass, or is of the same class: the
watch that is to see it, the file, what is there, and what is put in its place (a new file, if nothing is).
"""

# ruff: noqa: E501 - a breakage stands on one line
from __future__ import annotations

import os
import re
from collections import Counter
from pathlib import Path

import pytest
import watches
from watches import Tree, Watch

OURS = watches.tree()
SUITE, CI, WORKFLOW, START, SETTINGS, CONFTEST = (
    *("tools/suite.py", ".ci/run", ".github/workflows/ci.yml"),
    *("start.py", "pyproject.toml", "tests/conftest.py"),
)
LESSONS, SETS, WORDS, CONCEPTS, COUNTS, INTEGRITY, ANY_TABLE = watches.RULES
NEW = "tests/package/test_new.py"

PLANTED: dict[str, tuple[Watch, str, str, str | None]] = {
    # What is run.
    "a step is removed": (watches.steps, SUITE, '    Step("spelling", "codespell_lib", []),\n', ""),
    "a step is renamed and tries less": (watches.steps, SUITE, '"pytest", "tests", ', '"pytest", "tests/data", '),
    "-k leaves tests out": (watches.steps, SUITE, '"tests/browser", _S', '"tests/browser", "-k", "maps", _S'),
    "tests are deselected": (watches.steps, SUITE, '"--ignore=tests/browser")', '"--deselect=tests/data")'),
    "a folder is ignored": (watches.steps, SUITE, '"--ignore=tests/browser")', '"--ignore-glob=tests/*")'),
    "it ends at the first failures": (watches.steps, SUITE, '"--no-loadscope-reorder"', '"--maxfail=1"'),
    "nbval obeys a configuration": (watches.steps, SUITE, '["-c", os.devnull, "--rootdir", str(ROOT)]', "[]"),
    "nbval is lax": (watches.steps, SUITE, '("--nbval", ', '("--nbval-lax", '),
    "nbval sanitises what it compares": (
        *(watches.steps, SUITE, '"-p", "no:cacheprovider"'),
        '"--sanitize-with", "x.cfg"',
    ),
    "sets are no longer run": (watches.steps, SUITE, '"exercises/source", ', ""),
    "mypy looks at one folder": (watches.steps, SUITE, '"mypy", []', '"mypy", ["tools"]'),
    "ruff mends instead of telling": (watches.steps, SUITE, '["check", "."]', '["check", "--fix", "."]'),
    "a step that fails counts as one that passed": (watches.steps, SUITE, "if result.status else wrong", "* 0"),
    "the suite's end is always good": (watches.steps, SUITE, "return 1 if failed else 0", "return 0"),
    "what runs beside cannot fail": (
        *(watches.steps, SUITE, "result = Result(step.name, status,"),
        "result = Result(step.name, status * (not step.beside),",
    ),
    "tests that end in the middle, and well, pass": (watches.steps, SUITE, "not closing(result)", "False"),
    "start.py goes on after the suite": (watches.handed_over, START, "return hand_over([str(SUITE), *", "([*"),
    "start.py swallows the suite's status": (watches.handed_over, START, "os.execve(", "subprocess.call("),
    "start.py ends well": (watches.handed_over, START, "sys.exit(main(sys.argv[1:]))", "main(sys.argv[1:])"),
    "a step is given an option by the environment": (watches.steps, SUITE, "env=os.environ | fresh", 'env=os.environ | fresh | {"PYTEST_ADDOPTS": "-k maps"}'),
    "nbval is given a plugin by the environment": (watches.steps, SUITE, '"SAMARKAND_WORK": work}', '"SAMARKAND_WORK": work, "PYTEST_PLUGINS": "x"}'),
    "a step that fails is tried once more": (
        *(watches.steps, SUITE, "status = process.wait()\n"),
        "status = process.wait() and subprocess.Popen([sys.executable, '-m', step.module, *step.options], env=os.environ, cwd=ROOT).wait()\n",
    ),
    "one step may fail": (watches.steps, SUITE, "status = process.wait()\n", "status = process.wait() * (step.name != 'spelling')\n"),
    "what is killed has not failed": (watches.steps, SUITE, "status = process.wait()\n", "status = max(process.wait(), 0)\n"),
    "what says nothing, beside the others, passes": (watches.steps, SUITE, "if _SLOWEST in step.options and", "if not step.beside and"),
    "a part that is asked for is not all that runs": (watches.steps, SUITE, '"pytest", arguments)]', '"pytest", arguments[:1])]'),
    # CI.
    "|| true": (watches.as_agreed, CI, "python3 start.py test", "python3 start.py test || true"),
    "a command after the suite": (watches.as_agreed, CI, "python3 start.py test", "python3 start.py test\necho done"),
    "CI goes on after an error": (watches.as_agreed, CI, "set -euo pipefail", "set -uo pipefail"),
    "CI may skip": (watches.as_agreed, CI, "python3 start.py test", "unset CI\npython3 start.py test"),
    "CI ends before the suite": (watches.as_agreed, CI, "export CI", "exec python3 start.py test tests/data\nexport CI"),
    "CI says something else to Python": (watches.as_agreed, CI, "export CI", "python3() { true; }\nexport CI"),
    "CI lacks the sandbox": (watches.as_agreed, CI, "wanted=(bubblewrap ", "wanted=("),
    "CI has a second script": (watches.as_agreed, ".ci/after", "", "exit 0\n"),
    "continue-on-error": (watches.as_agreed, WORKFLOW, "- run: .ci/run", "- run: .ci/run\n        continue-on-error: true"),
    "the workflow runs a shell of its own": (watches.as_agreed, WORKFLOW, "- run: .ci/run", '- run: .ci/run\n        shell: bash -c "bash {0}; true"'),
    "the workflow checks another state out": (watches.as_agreed, WORKFLOW, "actions/checkout@v4\n", "actions/checkout@v4\n        with:\n          ref: old\n"),
    "the workflow waits for what never comes": (watches.as_agreed, WORKFLOW, "runs-on: ubuntu-latest", "needs: never\n    runs-on: ubuntu-latest"),
    "the workflow runs on some paths": (watches.as_agreed, WORKFLOW, "  push:\n", '  push:\n    paths-ignore: ["tests/**"]\n'),
    "fewer systems": (watches.as_agreed, WORKFLOW, '          - { os: windows-latest, python: "3.13" }\n', ""),
    "only on some days": (watches.as_agreed, WORKFLOW, "- run: .ci/run", '- run: .ci/run\n        "if": false'),
    "no night": (watches.as_agreed, WORKFLOW, '    - cron: "17 1 * * *"\n', ""),
    "the night takes samples": (watches.as_agreed, WORKFLOW, "&& '1'", "&& '0'"),
    "a second workflow": (watches.as_agreed, ".github/workflows/other.yml", "", "on: push\n"),
    # What is installed.
    "a hash is not checked": (watches.installs, START, '"--require-hashes", ', ""),
    "a package may build itself": (watches.installs, START, '"--only-binary", ":all:", str(LOCK)', "str(LOCK)"),
    "an install is out of sight": (watches.installs, START, '"install", "--no-deps"', '"in" "stal", "--no-deps"'),
    # Settings.
    "-k in pytest's settings": (watches.as_agreed, SETTINGS, '"-ra --strict', '"-k data -ra --strict'),
    "other names are tests": (watches.as_agreed, SETTINGS, "xfail_strict = true", 'xfail_strict = true\npython_functions = ["tested_*"]'),
    "mypy is not strict": (watches.as_agreed, SETTINGS, "strict = true\nwarn", "strict = false\nwarn"),
    "mypy ignores errors": (watches.as_agreed, SETTINGS, "\nignore_missing_imports = true", "\nignore_errors = true"),
    "ruff ignores a rule in tests": (watches.as_agreed, SETTINGS, '"tests/**" = ["D"]', '"tests/**" = ["D", "F811"]'),
    "ruff looks at some files": (watches.as_agreed, SETTINGS, "[tool.ruff.format]", 'include = ["tools/**"]\n[tool.ruff.format]'),
    "ruff leaves tests out": (watches.as_agreed, SETTINGS, "[tool.ruff.lint]\n", '[tool.ruff.lint]\nexclude = ["tests/**"]\n'),
    "codespell leaves code out": (watches.as_agreed, SETTINGS, ",*.min.js", ",*.min.js,*.py"),
    "mypy skips what we import": (watches.settings, SETTINGS, '["prompt_toolkit.*", ', '["sqlalchemy.*", '),
    "an import is excepted from the house's plan": (
        *(watches.settings, SETTINGS, "exhaustive_ignores ="),
        'ignore_imports = ["samarkand.charts.* -> samarkand.explore.*"]\nexhaustive_ignores =',
    ),
    "mypy looks away from a file": (watches.directives, "samarkand/new.py", "", "# mypy: ignore-errors\n"),
    "types are ignored in a file": (watches.directives, "samarkand/new.py", "", "# type: ignore\n"),
    "ruff looks away from a file": (watches.directives, NEW, "", "# ruff: noqa\n"),
    "ruff ignores a rule in a file": (watches.directives, NEW, "", "# ruff: noqa: F811 - not here\n"),
    **{
        f"a second file of settings, {name}": (watches.softening, name, "", "[pytest]\n")
        for name in (
            *("pytest.ini", ".pytest.ini", "tests/pytest.toml", "tox.ini", "setup.cfg", "mypy.ini", ".mypy.ini"),
            *("ruff.toml", "tests/ruff.toml", "tests/.ruff.toml", "tests/pyproject.toml", ".codespellrc", ".importlinter"),
        )
    },
    **{
        f"found before what is installed, {name}": (watches.softening, name, "", "x = 1\n")
        for name in ("mypy.py", "ruff/__init__.py", "sitecustomize.py", "quiet-1.dist-info/entry_points.txt")
    },
    "a conftest.py beside the lessons": (watches.softening, "notebooks/conftest.py", "", "x = 1\n"),
    "a conftest.py beside a set": (watches.softening, "exercises/source/ex03_the_sco/conftest.py", "", "x = 1\n"),
    "a sanitising file": (watches.softening, "exercises/sanitise.cfg", "", "[regex]\n"),
    # Tests.
    "a test calls and asserts nothing": (watches.toothless, NEW, "", "def test_a():\n    f()\n"),
    "assert True": (watches.toothless, NEW, "", "def test_a():\n    assert True\n"),
    "a text is asserted": (watches.toothless, NEW, "", "def test_a():\n    assert 'always true'\n"),
    "a pair is asserted": (watches.toothless, NEW, "", "def test_a():\n    assert (x == 3, 'no')\n"),
    "a comparison without assert": (watches.toothless, NEW, "", "def test_a():\n    f() == 3\n"),
    "a helper that asserts nothing": (watches.toothless, NEW, "", "def look():\n    f()\ndef test_a():\n    look()\n"),
    "assert after return": (watches.toothless, NEW, "", "def test_a():\n    return\n    assert f()\n"),
    "assert under if False": (watches.toothless, NEW, "", "def test_a():\n    if False:\n        assert f()\n"),
    "a failure is caught": (
        *(watches.toothless, NEW, ""),
        "def test_a():\n    try:\n        assert f()\n    except AssertionError:\n        pass\n",
    ),
    "everything is caught": (
        *(watches.toothless, NEW, ""),
        "def test_a():\n    try:\n        assert f()\n    except Exception as e:\n        print(e)\n",
    ),
    "assert in a function that nobody calls": (
        *(watches.toothless, NEW, ""),
        "def test_a():\n    def look():\n        assert f()\n        expect()\n",
    ),
    "a failure is suppressed among others": (watches.switched_off, NEW, "", "with suppress(KeyError, AssertionError):\n    assert x\n"),
    "a failure is suppressed": (watches.switched_off, NEW, "", "with suppress(AssertionError):\n    assert x\n"),
    "collect_ignore": (watches.switched_off, CONFTEST, "STRICT = ", 'collect_ignore = ["data"]\nSTRICT = '),
    "a failure is expected": (watches.switched_off, NEW, "", '@pytest.mark.xfail(reason="later")\n'),
    "a failure is expected from here on": (watches.switched_off, NEW, "", 'pytest.xfail("later")\n'),
    "a mark is added in the run": (watches.switched_off, NEW, "", "request.node.add_marker(lenient)\n"),
    "a test of the library's kind is skipped": (watches.switched_off, NEW, "", '@unittest.skip("later")\n'),
    "options are changed in the run": (watches.switched_off, NEW, "", 'config.option.deselect = ["tests/data"]\n'),
    "nbval is made lax by a test": (watches.switched_off, NEW, "", 'sys.argv[1] = "--nbval-lax"\n'),
    "a test knows where it runs": (watches.switched_off, NEW, "", "if os.environ.get('CI'):\n    f()\n"),
    "skip": (watches.switched_off, NEW, "", '@pytest.mark.skip("later")\n'),
    "skip if true": (watches.switched_off, NEW, "", '@pytest.mark.skipif(True, reason="later")\n'),
    "a class is no test": (watches.switched_off, NEW, "", "class TestAll:\n    __test__ = False\n"),
    "pytest is left early": (watches.switched_off, NEW, "", "pytest.exit('done', returncode=0)\n"),
    "tests are renamed": (watches.gone, "tests/guard/test_planted.py", "def test_", "def no_test_"),
    "one test is gone": (watches.gone, "tests/guard/test_samples.py", "def test_nothing", "def nothing"),
    "a file of tests is gone": (watches.gone, "tests/package/test_quiz.py", "", None),
    "tests are moved away": (watches.gone, "benchmarks/test_data.py", "", "def test_a():\n    assert f()\n"),
    "two tests have one name": (watches.gone, NEW, "", "def test_a():\n    assert f()\n" * 2),
    "a hook that leaves out": (watches.hooks, CONFTEST, "def places(", "def pytest_ignore_collect(): ...\ndef places("),
    "a hook beside the tests": (
        *(watches.hooks, "tests/grading/conftest.py", "class Canaries", "def pytest_sessionfinish(session): ...\nclass Canaries"),
    ),
    "a hook that is elsewhere meant": (
        *(watches.hooks, "tests/grading/conftest.py", "class Canaries", "def pytest_collection_modifyitems(): ...\nclass Canaries"),
    ),
    "a hook that is assigned": (watches.hooks, CONFTEST, "def places(", "pytest_configure = f\ndef places("),
    "hooks that are imported": (watches.hooks, CONFTEST, "import contextlib\n", "import contextlib\nfrom x import *\n"),
    "a sample of all is a sample of a few": (
        *(watches.samples, "tests/notebooks/test_lesson_words.py", 'by_day(30, "wrong'),
        'by_day(3, "wrong',
    ),
    "a sample where all are to be tried": (
        *(watches.samples, "tests/grading/test_attacks.py", '@pytest.mark.parametrize("attack"'),
        '@pytest.mark.by_day(1, "attacks")\n@pytest.mark.parametrize("attack"',
    ),
    "a sample of the guard": (
        *(watches.samples, "tests/guard/test_planted.py", "OURS = "),
        'pytestmark = pytest.mark.by_day(1, "watches")\nOURS = ',
    ),
    "the guard of skips is off": (watches.outcomes, CONFTEST, "STRICT and report.skipped", "False"),
    "the guard of skips is off in a worker": (watches.outcomes, CONFTEST, "STRICT and report", '"PYTEST_XDIST_WORKER" not in os.environ and STRICT and report'),
    "CI is not known": (watches.outcomes, CONFTEST, 'os.environ.get("CI") == "true"', "False"),
    "skips at collection pass": (watches.outcomes, CONFTEST, "if STRICT", 'if report.when != "collect" and STRICT'),
    "an outcome is changed": (watches.outcomes, CONFTEST, "    return report\n", '    report.outcome = "passed"\n    return report\n'),
    "tests are taken out": (watches.outcomes, CONFTEST, "    items.sort(", "    del items[3:]\n    items.sort("),
    "a sample is empty": (watches.outcomes, CONFTEST, "    return sorted({round(", "    return sorted({} and {round("),
    # Rules.
    "a rule is wrapped": (watches.rules, LESSONS, "def the_file_is_small", "@functools.cache\ndef the_file_is_small"),
    "a rule of words gives back what it is to yield": (watches.rules, WORDS, "yield from tied.loose", "return tied.loose"),
    "a rule suppresses its error": (watches.rules, INTEGRITY, "    votes, table =", "    with contextlib.suppress(LookupError):\n        yield from more(tables)\n    votes, table ="),
    "a rule swallows its error": (watches.rules, LESSONS, "        except SyntaxError as error:\n            yield", "        except SyntaxError as error:\n            _ ="),
}  # fmt: skip


def with_it(path: str, old: str, new: str | None) -> Tree:
    """Return the course's files with one breakage; what stands there no longer is no breakage."""
    if new is None:
        return {name: source for name, source in OURS.items() if name != path}
    assert old in OURS[path] if old else path not in OURS
    return OURS | {path: OURS[path].replace(old, new) if old else new}


@pytest.mark.parametrize("watch", watches.WATCHES, ids=lambda watch: watch.__name__)
def test_nothing_is_amiss(watch: Watch) -> None:
    assert list(watch(OURS)) == []


@pytest.mark.parametrize("name", PLANTED)
def test_a_planted_false_pass_is_seen(name: str) -> None:
    watch, *breakage = PLANTED[name]
    assert next(watch(with_it(*breakage)), "")


def test_each_watch_is_tried() -> None:
    assert {watch for watch, *_ in PLANTED.values()} == set(watches.WATCHES)


@pytest.mark.parametrize("switch", watches.SWITCHES)
def test_each_switch_is_planted(switch: str) -> None:
    planted = [str(new) for watch, _, _, new in PLANTED.values() if watch is watches.switched_off]
    assert any(re.search(switch, new) for new in planted)


def test_as_many_cases_are_tried_as_were(request: pytest.FixtureRequest) -> None:
    """This run tries, of each file that it was to try whole, what was agreed; at home one may choose by -k."""
    options, files = request.config, [item.path.relative_to(watches.ROOT) for item in request.session.items]
    under = [
        Path(arg).resolve().relative_to(watches.ROOT).as_posix() for arg in options.args if "::" not in arg
    ]
    chosen = any(options.getoption(name) for name in ("keyword", "markexpr", "deselect", "ignore_glob"))
    if not chosen or os.environ.get("CI") == "true":
        tried = Counter(file.relative_to("tests").as_posix() for file in files)
        assert list(watches.untried(tried, under)) == []


def test_too_few_cases_are_seen() -> None:
    agreed = Counter({name: cases for name, (_, cases) in watches.TESTS.items()})
    few = agreed | Counter()
    few["grading/test_attacks.py"] = 3
    assert list(watches.untried(agreed, ["tests"])) == list(watches.untried(few, ["tests/data"])) == []
    assert len(list(watches.untried(few, ["tests/data", "tests/grading"]))) == 1
