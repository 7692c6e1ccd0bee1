"""The author's subcommands of ``samarkand``, and ``release`` with the rules of a set."""

from __future__ import annotations

import argparse
import functools
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import TYPE_CHECKING, Any

from samarkand.cli import add_group, add_verb, report
from samarkand.common import home
from samarkand.common.errors import CourseError, make_unknown_name

if TYPE_CHECKING:
    from samarkand.cli import Verbs
    from samarkand_grading.classroom.course import Course
    from samarkand_grading.marking.checks import ExerciseSet
    from tools.author.checked import Recorded

#: What `--secret` is for.
SECRET = "the file with the course's secret; none: ~/.config/samarkand/secret"


def build_lessons(options: argparse.Namespace) -> int:
    """Run the lessons and store them; with ``--check`` only report broken rules and wrong forms."""
    home.need_checkout("the sources of the lessons")
    from tools.author import build as builder
    from tools.author import checked, concepts, lessons, pages, plans, rules_of_lessons

    paths = lessons.find_lessons(options.lesson)
    problems = []
    fine = ""
    if options.check:
        for path in paths:
            found = [
                *builder.describe_differences(path),
                *rules_of_lessons.find_faults_of_lesson(lessons.read_lesson(path)),
            ]
            problems += [f"{path.name}: {sentence}" for sentence in found]
        print(*concepts.seldom_written(), sep="\n")
        fine = f"{len(paths)} notebooks are in normal form and keep the rules of a lesson."
    else:
        attempt = functools.partial(builder.try_to_build, draft=options.draft, run=options.run_cells)
        with ThreadPoolExecutor(2) as pool:
            for path, outcome in zip(paths, pool.map(attempt, paths), strict=True):
                if isinstance(outcome, CourseError):
                    problems.append(str(outcome))
                else:
                    print(f"{path.name}: {'stored anew' if outcome else 'as it was'}", flush=True)
        if not problems:
            _renew_pages()
            command = builder.command_to_store_snapshots(paths)
            print(f"If an explorer or a form was to show something else: {command}", flush=True)
    for path in plans.find_teaching_pages():
        problems += pages.find_page_faults(path)
    fallen = _look_after_record(checked.find_texts(paths), options)
    return report([*builder.with_help(problems), *fallen], fine)


def _look_after_record(among: Sequence[Recorded], options: argparse.Namespace) -> list[str]:
    """Put back into the record what was read again; return a text for each statement still to read."""
    from tools.author import checked

    written = checked.put_back(among, options.read, checked.write_today()) if options.read else []
    if options.unread:
        written += checked.put_back(among, (), "")
    for line in written:
        print(f"in the record: {line}", flush=True)
    return checked.report_fallen(among)


def _renew_pages() -> None:
    """Regenerate what is made from lessons, sets and tables: pages, charts for slides; print the changes."""
    from tools.author import lessons, pages
    from tools.site import deck

    for lesson in lessons.read_all_lessons():
        for path in deck.store_charts(lesson):
            print(f"{path.relative_to(home.ROOT)}: {'drawn' if path.is_file() else 'not needed any more'}")
    for path in pages.renew_pages():
        print(f"{path.relative_to(home.ROOT)}: made anew")


def test_change(options: argparse.Namespace) -> int:
    """Run the checks and tests that concern the files changed since the last commit, or the files named."""
    from tools.author import changes

    paths = changes.find_files(options.path) or changes.find_changed()
    return 0 if changes.judge_change(paths, lambda line: print(line, flush=True)) else 1


def renew_what_follows(options: argparse.Namespace) -> int:
    """Rebuild the lessons and sets that depend on a changed table; report the changes."""
    home.need_checkout("the tables")
    from samarkand import data
    from tools.author import build as builder
    from tools.author import checked, corrections, lessons, tables
    from tools.author.dependents import Dependents

    known = data.tables()["name"].tolist()
    for name in options.table:
        if name not in known:
            raise make_unknown_name("table", name, known)
    problems = tables.check_tables()
    if problems:
        return report(problems, "")
    changes = tables.find_changed_rows()
    for name, rows in changes.items():
        print(f"{name}: {', '.join(map(str, rows))}", flush=True)
    changed = {*changes, *options.table}
    if not changed:
        return report([], "No table has changed since the last commit. Name one to make anew what uses it.")
    used = Dependents().find_users(changed)
    readers = ", ".join(path.stem for path in used) or "no lesson and no set"
    print(f"{', '.join(sorted(changed))}: used by {readers}", flush=True)
    to_build = [path for path in used if path.parent == lessons.NOTEBOOKS]
    untrue = _build_if_true(to_build)
    if untrue:
        return report(builder.with_help(untrue), "")
    sets = sorted((home.ROOT / "exercises").glob("source/*/*.ipynb"))
    names = [path.stem for path in used if path in sets]
    if names:
        _release_sets(options.secret, names)
    _renew_pages()
    among = [*checked.find_tables(), *checked.find_texts(to_build)]
    return report([*_look_after_record(among, options), *corrections.find_untold()], "")


def _build_if_true(paths: Sequence[Path]) -> list[str]:
    """Build lessons, if the figures in the words of all of them are true; else store none.

    Return a sentence for each figure that is not.
    """
    from tools.author import build as builder
    from tools.author import rules_of_lessons, tied

    if not paths:
        return []
    build = functools.partial(builder.build_notebook, hold_to=rules_of_lessons.find_faults_of_lesson)
    with ThreadPoolExecutor(2) as pool:
        untrue = []
        for path, broken in zip(paths, pool.map(tied.find_broken_ties, paths), strict=True):
            untrue += [f"{path.name}: {sentence}" for sentence in broken]
        if untrue:
            return untrue
        for path, is_new in zip(paths, pool.map(build, paths), strict=True):
            print(f"{path.name}: {'stored anew' if is_new else 'as it was'}", flush=True)
    command = builder.command_to_store_snapshots(paths)
    print(f"What their explorers and forms show: {command}", flush=True)
    return []


def data_check(options: argparse.Namespace) -> int:
    """Check the course's tables against their schema and against one another."""
    from tools.author import checked, tables

    problems = tables.check_tables(options.path)
    fine = "The tables are as their schema says."
    if options.path is None and not problems:
        among = checked.find_tables()
        problems = _look_after_record(among, options)
        fine += f" Rows that nobody has read since the record began: {checked.count_unread(among)}."
    return report(problems, fine)


def _list_faults_of_set(course: Course, found: ExerciseSet, source: Path) -> list[str]:
    """Return a sentence for each broken rule and untrue tie of a set; one without a lesson is not checked."""
    if not found.lesson:
        return []
    from tools.author import lessons, rules_of_answers, rules_of_sets, statements, tied

    path = course.check_folder / f"{found.id}.py"
    ties = statements.read_ties_of_set(path.read_text(encoding="utf-8"))
    untrue = tied.find_untrue_in_set(source, ties, {"exercise": found})
    where = [f"The words of a set are tied at the end of exercises/checks/{path.name}."] if untrue else []
    of_answers = rules_of_answers.find_faults_of_answers(found)
    return [*rules_of_sets.find_faults_of_set(lessons.read_lesson(source)), *of_answers, *untrue, *where]


def make_site(options: argparse.Namespace) -> int:
    """Make the reading site from the stored lessons; with ``--lite`` also the course for the browser."""
    from tools.site import build as site_builder
    from tools.site import class_page, lite

    in_page = options.lite or options.only_lite
    site_builder.need_place(options.out)
    if options.bundle and not in_page:
        text = "--bundle is for the course in the page: say --lite or --only-lite, too."
        raise CourseError(text, code="option missing", option="--lite")
    bundle = options.bundle and options.bundle.absolute()
    if bundle:
        class_page.need_bundle(bundle)
    if in_page:  # what is missing is said before Sphinx has worked for minutes
        lite.fetch_engine(options.cache.absolute(), options.wheels or ())
    if options.only_lite:
        site_builder.begin_folder(options.out)
    else:
        repository = options.repository
        print(
            site_builder.build_site(options.out, address=options.address, repository=repository, lite=in_page)
        )
    if in_page:
        print(lite.build_lite(options.out / "lite", options.cache, options.wheels or (), bundle))
    return 0


def make_slides(options: argparse.Namespace) -> int:
    """Make the slides of a lesson's plan, one file for any browser: each row of the plan has its slide."""
    return hand_out(options)


def make_sheet(options: argparse.Namespace) -> int:
    """Make the page of a lesson's plan that a class writes on, one file to print from a browser."""
    return hand_out(options)


def make_pages(options: argparse.Namespace) -> int:
    """Make all lessons as pages to read, one file each, for tablets and paper."""
    return hand_out(options)


def hand_out(options: argparse.Namespace) -> int:
    """Write what the verb makes, slides, a sheet or pages, and print where each file is."""
    home.need_checkout("the lessons")
    from tools.author import lessons
    from tools.site import deck

    found = lessons.find_lessons([options.lesson] if "lesson" in options else [])
    names = {"slides": "{}_slides.html", "sheet": "{}_sheet.html", "pages": "{}.html"}
    out = options.out or Path(names[options.kind].format(found[0].stem))
    made = {out / f"{path.stem}.html" if options.kind == "pages" else out: path for path in found}
    for place, path in made.items():
        lesson = lessons.read_lesson(path)
        if options.kind == "slides":
            text = deck.render_slides(lesson, options.minutes, options.own)
        elif options.kind == "sheet":
            text = deck.make_sheet(lesson, options.minutes)
        else:
            text = deck.make_pages(lesson)
        try:
            place.parent.mkdir(parents=True, exist_ok=True)
            place.write_text(text, encoding="utf-8")
        except OSError as error:
            told = f"{place} cannot be written: {error.strerror}."
            raise CourseError(told, code="not written", file=place) from error
        print(place, flush=True)
    return 0


def _release_sets(secret: Path | None, names: Sequence[str]) -> None:
    """Release sets of this course: check their rules, and store their notebooks with outputs."""
    from samarkand_grading.classroom import release
    from samarkand_grading.classroom.course import Course

    release.release_sets(Course(None, secret), names, _list_faults_of_set, store_notebook)


def store_notebook(path: Path) -> None:
    """Store a notebook in the one form that notebooks have, without running it."""
    from tools.author import build

    build.build_notebook(path)


def make_new_material(options: argparse.Namespace) -> int:
    """Create new material from a template that runs unchanged and says what to write where."""
    home.need_checkout("the lessons")
    from tools.author import build as builder
    from tools.author import checked, lessons, skeletons

    asked = ("subject", "number", "title", "question", "lesson")
    plan = skeletons.KINDS[options.kind](*(getattr(options, name) for name in asked if name in options))
    for path in skeletons.find_kept(plan):
        print(f"{path.relative_to(home.ROOT)} is there already, and is kept.", flush=True)
    notebooks = [path for path in plan if path.parent == lessons.NOTEBOOKS]
    sets = [path.stem for path in plan if path.parent == skeletons.CHECKS and path.suffix == ".py"]
    released = [skeletons.EXERCISES / "release" / name / f"{name}.ipynb" for name in sets]
    with skeletons.place_files(plan, *released):
        if sets:
            _release_sets(options.secret, sets)  # first: the lesson leads to it
        for path in notebooks:
            builder.build_notebook(path, hold_to=builder.list_broken_rules)
        texts = [one for one in checked.find_texts(notebooks) if one.path in plan]
        checked.put_back(texts, (), "")  # nobody has read what the template says
        for path in (*plan, *released, *(one.record for one in texts if one.record.exists())):
            print(path.relative_to(home.ROOT))
    if notebooks or released:  # no page is made from a map or an explorer
        _renew_pages()
    return 0


def add(verbs: Verbs) -> None:
    """Add the author's subcommands, and check the rules of a set in the grader's ``release``."""
    verb = add_verb(verbs, "build", build_lessons, "run the lessons and store them in normal form")
    verb.add_argument("lesson", nargs="*", help="number, name or path of a notebook; none: all")
    verb.add_argument("--check", action="store_true", help="run nothing; say what is not in normal form")
    verb.add_argument("--draft", action="store_true", help="store also a lesson that breaks rules")
    anew = "run the cells also if only words have changed"
    verb.add_argument("--run", action="store_true", dest="run_cells", help=anew)
    _add_record(verb)

    verb = add_verb(verbs, "renew", renew_what_follows, "make anew what follows from a changed table")
    verb.add_argument("table", nargs="*", help="a table besides those changed since the last commit")
    verb.add_argument("--secret", type=Path, help=SECRET)
    _add_record(verb)

    verb = add_verb(verbs, "site", make_site, "make the reading site")
    verb.add_argument("--out", type=Path, required=True, metavar="DIR", help="a new folder, or a site")
    verb.add_argument("--lite", action="store_true", help="also make the course that runs in the page")
    only = "make that alone, without the pages to read"
    verb.add_argument("--only-lite", action="store_true", help=only)
    says = "the students' copy of a class: the page has its numbers, and marks nothing"
    verb.add_argument("--bundle", type=Path, metavar="DIR", help=says)
    verb.add_argument("--wheels", type=Path, action="append", help="a folder or wheel with Pyodide's numpy")
    cache = Path.home() / ".cache" / "samarkand"
    verb.add_argument("--cache", type=Path, default=cache, metavar="DIR", help="keeps what was fetched")
    verb.add_argument("--address", default="", help="where it will be served, for search engines")
    verb.add_argument("--repository", default="", help="where edit and report lead, an https address")

    for kind, run, says in (
        ("slides", make_slides, "make a lesson's slides"),
        ("sheet", make_sheet, "make a lesson's page to write on"),
    ):
        verb = add_verb(verbs, kind, run, f"{says}, one file")
        verb.set_defaults(kind=kind)
        verb.add_argument("lesson", help="number or name of a lesson")
        verb.add_argument("--minutes", type=int, choices=(45, 90), default=90, help="of which plan; none: 90")
        if kind == "slides":
            verb.add_argument(
                "--own", type=Path, metavar="FILE.md", help="slides of your own, with --- between them"
            )
        verb.add_argument("--out", type=Path, metavar="FILE", help="none: a file in this folder")
    verb = add_verb(verbs, "pages", make_pages, "make all lessons as pages that need just a browser")
    verb.set_defaults(kind="pages")
    verb.add_argument("--out", type=Path, required=True, metavar="DIR", help="the folder for them")

    verb = add_verb(verbs, "test", test_change, "run what a change concerns")
    verb.add_argument("path", nargs="*", help="files or folders; none: what git says has changed")

    tables = verbs.add_parser("data", help="look after the tables", description="Look after the tables.")
    data = tables.add_subparsers(metavar="verb", required=True)
    tables.set_defaults(group=data)
    verb = add_verb(data, "check", data_check, "hold the tables to their schema")
    verb.add_argument("path", nargs="?", type=Path, help="a folder with a datapackage.json; none: ours")
    _add_record(verb)
    _add_new(verbs)
    if "release" in verbs.choices:
        verbs.choices["release"].set_defaults(
            unsound=_list_faults_of_set, finish=store_notebook, after=_renew_pages
        )


def _add_record(verb: argparse.ArgumentParser) -> None:
    """Add the options on the record of what was checked."""
    says = (
        "you have opened this source again: what rests on it goes back into the record; or a row or a cell; "
        "or the digest of a line without a day, which is signed with the source beside it"
    )
    verb.add_argument("--read", action="append", default=[], metavar="KEY", help=says)
    says = "put into the record, without a day, what has changed and nobody has read again"
    verb.add_argument("--unread", action="store_true", help=says)


def _add_new(verbs: Verbs) -> None:
    """Add ``samarkand new`` with a subcommand for each template."""
    kinds = add_group(verbs, "new")
    one_word = {"subject": "a word, such as roads"}
    which = {"lesson": "number or name"}
    begun = {"--number": "two digits, such as 06", "--title": "its first heading"}
    begun |= {"--question": "what the lesson asks, one sentence"}
    for kind, says, arguments in (
        ("lesson", "a lesson with practice, map, explorer and set", one_word | begun),
        ("exercise", "the set of a lesson that has none", which),
        ("map", "the map of a subject", one_word),
        ("explorer", "the explorer of a subject", one_word),
        ("before-after", "the twelve questions, as two sets: ex00_before and ex12_after", {}),
    ):
        verb = kinds.add_parser(kind, help=says, description=f"Begin {says}.")
        verb.add_argument("--secret", type=Path, help=SECRET)
        for name, about in arguments.items():
            required: dict[str, Any] = {"required": True} if name.startswith("-") else {}
            verb.add_argument(name, help=about, **required)
        verb.set_defaults(run=make_new_material, kind=kind)
