"""The course's own files have nothing amiss; and each known way to a false pass is seen when it is planted.

Every line of `PLANTED` has been a breakage that a run of the tests once let pass, or is of the same class: the
watch that is to see it, the file, what is there, and what is put in its place (a new file, if nothing is).
"""

# ruff: noqa: E501 - a breakage stands on one line
from __future__ import annotations

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

PLANTED: dict[str, tuple[Watch, str, str, str]] = {
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
    # CI.
    "|| true": (watches.ci, CI, "python3 start.py test", "python3 start.py test || true"),
    "a command after the suite": (watches.ci, CI, "python3 start.py test", "python3 start.py test\necho done"),
    "CI ends well whatever happens": (watches.ci, CI, "export CI", "trap 'exit 0' EXIT\nexport CI"),
    "CI runs a part": (watches.ci, CI, "python3 start.py test", "python3 start.py test tests/data"),
    "CI goes on after an error": (watches.ci, CI, "set -euo pipefail", "set -uo pipefail"),
    "CI allows itself errors": (watches.ci, CI, "export CI", "set +e\nexport CI"),
    "CI may skip": (watches.ci, CI, "export CI=true ", "export "),
    "CI lacks the sandbox": (watches.ci, CI, "wanted=(bubblewrap ", "wanted=("),
    "CI fetches a browser": (watches.ci, CI, "export CI", "playwright install\nexport CI"),
    "continue-on-error": (watches.workflow, WORKFLOW, "- run: .ci/run", "- run: .ci/run\n        continue-on-error: true"),
    "the workflow swallows the status": (watches.workflow, WORKFLOW, "run: .ci/run", "run: .ci/run || true"),
    "the workflow runs another thing": (watches.workflow, WORKFLOW, "run: .ci/run", "run: python3 start.py test tests"),
    "the workflow is not run at a push": (watches.workflow, WORKFLOW, "  push:\n", ""),
    "the other systems run less": (watches.workflow, WORKFLOW, "tests/package tests/data -n", "tests/data -n"),
    "only on some days": (
        *(watches.workflow, WORKFLOW, "- run: .ci/run"),
        "- run: .ci/run\n        if: github.event_name == 'push'",
    ),
    "no night": (watches.workflow, WORKFLOW, '    - cron: "17 1 * * *"\n', ""),
    "the night takes samples": (watches.workflow, WORKFLOW, "&& '1'", "&& '0'"),
    "a push takes the night's place": (watches.workflow, WORKFLOW, "== 'schedule'", "== 'push'"),
    "the full run is undone in a step": (
        *(watches.workflow, WORKFLOW, "- run: .ci/run"),
        "- run: .ci/run\n        env:\n          SAMARKAND_FULL: '0'",
    ),
    # What is installed.
    "a hash is not checked": (watches.installs, START, '"--require-hashes", ', ""),
    "a package may build itself": (watches.installs, START, '"--only-binary", ":all:", str(LOCK)', "str(LOCK)"),
    "an install is out of sight": (watches.installs, START, '"install", "--no-deps"', '"in" "stal", "--no-deps"'),
    # Settings.
    "-k in pytest's settings": (watches.settings, SETTINGS, '"-ra --strict', '"-k data -ra --strict'),
    "tests are outside the test paths": (watches.settings, SETTINGS, '["tests"]\npy', '["tests/data"]\npy'),
    "folders are not looked into": (watches.settings, SETTINGS, "xfail_strict = true", 'xfail_strict = true\nnorecursedirs = ["data"]'),
    "other names are tests": (watches.settings, SETTINGS, "xfail_strict = true", 'xfail_strict = true\npython_functions = ["tested_*"]'),
    "what was to fail may pass": (watches.settings, SETTINGS, "xfail_strict = true", "xfail_strict = false"),
    "no cases count as an expected failure": (
        *(watches.settings, SETTINGS, "xfail_strict = true"),
        'xfail_strict = true\nempty_parameter_set_mark = "xfail"',
    ),
    "warnings pass": (watches.settings, SETTINGS, 'filterwarnings = ["error', 'filterwarnings = ["ignore'),
    "mypy is not strict": (watches.settings, SETTINGS, "strict = true\nwarn", "strict = false\nwarn"),
    "mypy leaves a package out": (watches.settings, SETTINGS, '["samarkand", "tools"]', '["tools"]'),
    "mypy ignores errors": (watches.settings, SETTINGS, "\nignore_missing_imports = true", "\nignore_errors = true"),
    "mypy skips what we import": (watches.settings, SETTINGS, '["prompt_toolkit.*", ', '["sqlalchemy.*", '),
    "mypy excludes files": (watches.settings, SETTINGS, "[tool.mypy]\n", '[tool.mypy]\nexclude = "grading"\n'),
    "ruff asks for less": (watches.settings, SETTINGS, '["E", "F", ', '["E", '),
    "ruff ignores a rule": (watches.settings, SETTINGS, 'ignore = ["D105"', 'ignore = ["F811", "D105"'),
    "ruff ignores a rule in tests": (watches.settings, SETTINGS, '"tests/**" = ["D"]', '"tests/**" = ["D", "F811"]'),
    "ruff leaves a folder out": (watches.settings, SETTINGS, '["exercises/release"]', '["exercises/release", "tests"]'),
    "codespell leaves code out": (watches.settings, SETTINGS, ",*.min.js", ",*.min.js,*.py"),
    "a conftest.py beside the lessons": (watches.softening, "notebooks/conftest.py", "", "x = 1\n"),
    "a conftest.py beside a set": (watches.softening, "exercises/source/ex03_the_sco/conftest.py", "", "x = 1\n"),
    "a second file of settings": (watches.softening, "pytest.ini", "", "[pytest]\naddopts = -k data\n"),
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
    "a failure is suppressed": (watches.switched_off, NEW, "", "with suppress(AssertionError):\n    assert x\n"),
    "collect_ignore": (watches.switched_off, CONFTEST, "STRICT = ", 'collect_ignore = ["data"]\nSTRICT = '),
    "xfail without a run": (watches.switched_off, NEW, "", "@pytest.mark.xfail(run=False)\n"),
    "xfail that may pass": (watches.switched_off, NEW, "", "@pytest.mark.xfail(strict=False)\n"),
    "skip": (watches.switched_off, NEW, "", '@pytest.mark.skip("later")\n'),
    "skip if true": (watches.switched_off, NEW, "", '@pytest.mark.skipif(True, reason="later")\n'),
    "a class is no test": (watches.switched_off, NEW, "", "class TestAll:\n    __test__ = False\n"),
    "pytest is left early": (watches.switched_off, NEW, "", "pytest.exit('done', returncode=0)\n"),
    "tests are renamed": (watches.gone, "tests/guard/test_planted.py", "def test_", "def no_test_"),
    "tests are moved away": (watches.gone, "benchmarks/test_data.py", "", "def test_a():\n    assert f()\n"),
    "two tests have one name": (watches.gone, NEW, "", "def test_a():\n    assert f()\n" * 2),
    "a hook that leaves out": (watches.hooks, CONFTEST, "def places(", "def pytest_ignore_collect(): ...\ndef places("),
    "a hook beside the tests": (
        *(watches.hooks, "tests/grading/conftest.py", "class Canaries", "def pytest_sessionfinish(session): ...\nclass Canaries"),
    ),
    "the guard of skips is off": (watches.outcomes, CONFTEST, "STRICT and report.skipped", "False"),
    "CI is not known": (watches.outcomes, CONFTEST, 'os.environ.get("CI") == "true"', "False"),
    "skips at collection pass": (watches.outcomes, CONFTEST, "if STRICT", 'if report.when != "collect" and STRICT'),
    "an outcome is changed": (watches.outcomes, CONFTEST, "    return report\n", '    report.outcome = "passed"\n    return report\n'),
    "tests are taken out": (watches.outcomes, CONFTEST, "    items.sort(", "    del items[3:]\n    items.sort("),
    "a sample is empty": (watches.outcomes, CONFTEST, "    return sorted({round(", "    return sorted({} and {round("),
    # Rules.
    "a rule is wrapped": (watches.rules, LESSONS, "def the_file_is_small", "@functools.cache\ndef the_file_is_small"),
    "a rule of words gives back what it is to yield": (watches.rules, WORDS, "yield from tied.loose", "return tied.loose"),
    "a rule swallows its error": (watches.rules, LESSONS, "        except SyntaxError as error:\n            yield", "        except SyntaxError as error:\n            _ ="),
}  # fmt: skip


def with_it(path: str, old: str, new: str) -> Tree:
    """Return the course's files with one breakage; what stands there no longer is no breakage."""
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
