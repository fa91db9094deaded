#!/bin/sh
# Compiles each .in to exact pins: base first, the others within its pins. Needs pip-tools (requirements/dev.txt).
set -eu
cd "$(dirname "$0")"
python="${PYTHON:-../.venv/bin/python}"
flags="--quiet --no-config --no-header --strip-extras --annotation-style=line --allow-unsafe"
flags="$flags --no-emit-index-url --no-emit-find-links --no-emit-trusted-host --no-emit-options"
compile() {
    name="$1"
    shift
    # shellcheck disable=SC2086
    "$python" -m piptools compile $flags "$@" --output-file "$name.txt" "$name.in"
}
compile base "$@"
compile ml --constraint base.txt "$@"
compile train --constraint ml.txt "$@"
compile production --constraint base.txt "$@"
compile dev --constraint ml.txt "$@"
