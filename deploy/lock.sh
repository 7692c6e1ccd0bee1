#!/usr/bin/env bash
# Make the seven locks again from pyproject.toml, and see that they hold everywhere.
#   deploy/lock.sh             keep the pins that still fit
#   deploy/lock.sh --upgrade   take the newest of everything
# Needs the .venv that `python3 start.py --version` makes.
set -euo pipefail
cd "$(dirname "$0")/.."
uv=${UV:-.venv/bin/uv}

compile() { # lock file, then what goes into it
  local lock=$1
  shift
  "$uv" pip compile "$@" --universal --python-version 3.11 --only-binary :all: \
    --generate-hashes --no-annotate --no-emit-index-url --no-emit-find-links --quiet \
    --no-emit-package samarkand --custom-compile-command deploy/lock.sh --output-file "$lock"
}

grading=(packages/grading/pyproject.toml --extra class)
compile requirements.lock pyproject.toml --group start "$@"
compile requirements-test.lock pyproject.toml "${grading[@]}" --extra postgresql --extra hub --group start --extra test --constraints requirements.lock "$@"
# What the tests ran with, and nothing else: for the grader's container, which starts nothing and tests nothing.
compile requirements-grading.lock pyproject.toml "${grading[@]}" --constraints requirements-test.lock "$@"
compile requirements-hub.lock pyproject.toml "${grading[@]}" --extra hub --constraints requirements-test.lock "$@"
# What builds the course in the page; it runs where the site is made, and nowhere else.
compile requirements-lite.lock --group lite "$@"
# What holds the objects for a cluster to Kubernetes' schemas; it runs by night and when values change.
compile requirements-cluster.lock --group cluster "$@"
# The lowest versions that the requirements allow: CI runs the lessons with them.
compile requirements-oldest.lock pyproject.toml --group start --resolution lowest-direct "$@"

# Every pin must have a wheel for every system and Python that the course promises.
for system in x86_64-unknown-linux-gnu aarch64-unknown-linux-gnu x86_64-apple-darwin aarch64-apple-darwin x86_64-pc-windows-msvc; do
  for python in 3.11 3.12 3.13 3.14; do
    for lock in requirements*.lock; do
      "$uv" pip install --dry-run --quiet --target /nonexistent --no-deps --require-hashes --only-binary :all: \
        --python-platform "$system" --python-version "$python" -r "$lock"
    done
  done
  echo "$system: every pin has a wheel for Python 3.11 to 3.14"
done
