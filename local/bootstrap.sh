#!/usr/bin/env bash
# Sets up one of the project's Python environments, or brings it in line with its lock.
#
#   local/bootstrap.sh uv|dev|sam|emulator|audit
#
# Called by make when an environment's stamp (<environment>/.ready) is older than its lock. Safe to
# run twice at once: one waits for the other. Quiet but for a line on what takes time; what goes
# wrong ends with one sentence that says what to do.
set -euo pipefail
cd "$(dirname "$0")/.."

uv=.venvs/uv/bin/uv
target=${1:?name the environment: uv, dev, sam, emulator or audit}

die() { printf 'notificationd: %s\n' "$*" >&2; exit 1; }

# The uv environment may be of any supported Python; uv then finds or fetches 3.13 for the others.
# Each candidate is run, since a pyenv shim is on PATH even where its Python is not installed.
find_python() {
  local candidate
  for candidate in python3.13 python3 python3.14 python3.12 python3.11 /usr/bin/python3; do
    if "$candidate" -c 'import sys; sys.exit(sys.version_info < (3, 11))' >/dev/null 2>&1; then
      printf '%s' "$candidate"
      return
    fi
  done
  die "Python 3.11 or newer is needed to set up: install it, with 'python3' on PATH, and run make again."
}

set_up_uv() {
  local python
  python=$(find_python)
  "$python" -c 'import ensurepip, venv' >/dev/null 2>&1 ||
    die "$python lacks its venv module: install it (on Debian and Ubuntu: apt-get install python3-venv) and run make again."
  "$python" -m venv --clear .venvs/uv
  .venvs/uv/bin/python -m pip install --quiet --disable-pip-version-check --require-hashes \
    --requirement local/requirements-uv.txt ||
    die "uv could not be installed with pip (see above): check the network or pip's configuration and run make again."
}

set_up() { # <environment's folder> <lock>
  local folder=$1 lock=$2
  if ! "$folder/bin/python" -c '' 2>/dev/null; then
    "$uv" python find --quiet --system --no-python-downloads 3.13 >/dev/null 2>&1 ||
      fetch_python ||
      die "Python 3.13 is not on this machine and could not be fetched: install it, with 'python3.13' on PATH, and run make again."
    # Relocatable: its commands go on working when the clone is moved or copied.
    "$uv" venv --quiet --clear --relocatable --python 3.13 "$folder"
  fi
  # SAM is compiled at once: the runner gives it an environment that would not keep the result.
  local compile=--no-compile-bytecode
  [ "$lock" != local/requirements-sam.txt ] || compile=--compile-bytecode
  "$uv" pip sync --quiet "$compile" --require-hashes --python "$folder" "$lock" ||
    die "the packages in $lock could not be installed (see above): check the network or uv's configuration and run make again."
}

fetch_python() {
  echo "Fetching Python 3.13" >&2
  "$uv" python install --quiet 3.13
}

stamp_is_fresh() { # <stamp> <lock>
  [ -e "$1" ] && [ "$1" -nt "$2" ] && [ "$1" -nt local/bootstrap.sh ]
}

case $target in
  uv) folder=.venvs/uv lock=local/requirements-uv.txt ;;
  dev) folder=.venv lock=requirements-dev.txt ;;
  sam | emulator | audit) folder=.venvs/$target lock=local/requirements-$target.txt ;;
  *) die "'$target' is no environment of this project: name uv, dev, sam, emulator or audit." ;;
esac

mkdir -p .venvs
if command -v flock >/dev/null; then # not on macOS, where two makes at once are then on their own
  exec 9>.venvs/lock
  flock 9
fi
stamp_is_fresh "$folder/.ready" "$lock" && exit

echo "Setting up $folder" >&2
if [ "$target" = uv ]; then set_up_uv; else set_up "$folder" "$lock"; fi
touch "$folder/.ready"
