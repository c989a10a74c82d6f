#!/bin/bash
# Prints the path of a Python; where there is none, one sentence says what to do.
#   find_python.sh any    from 3.9 on, for the first environment, which only holds uv
#   find_python.sh 3.13   for all the others: one of this machine, else one that uv fetches
set -euo pipefail
cd "$(dirname "$0")/.."

UV=.venvs/uv/bin/uv
WANTED=cpython@3.13

# The versions of pyenv, behind everything else: a shim of pyenv fails unless its version is active.
for folder in "${PYENV_ROOT:-${HOME:-}/.pyenv}"/versions/*/bin; do
  PATH="$PATH:$folder"
done

give_up() {
  echo "$1, then run make again." >&2
  exit 1
}

any_python() {
  local candidate without_venv=
  while IFS= read -r candidate; do
    "$candidate" -c 'import sys; sys.exit(sys.version_info < (3, 9))' 2>/dev/null || continue
    if "$candidate" -c 'import ensurepip, venv' 2>/dev/null; then
      echo "$candidate"
      return
    fi
    without_venv=$candidate
  done < <(type -aP python3 python3.{13,12,11,10,9})
  if [ -n "$without_venv" ]; then
    give_up "$without_venv lacks the module venv: install it (on Debian: apt install python3-venv)"
  fi
  give_up "There is no python3 from version 3.9 on: install one, best 3.13"
}

python_3_13() {
  # What the machine has by itself goes before what uv once fetched for another project
  UV_PYTHON_PREFERENCE=system "$UV" python find --system "$WANTED" 2>/dev/null || fetched_python
}

fetched_python() {
  export UV_PYTHON_INSTALL_DIR=.venvs/pythons UV_PYTHON_DOWNLOADS=manual
  local said
  echo "fetching Python 3.13, since there is none on this machine" >&2
  if ! said=$("$UV" python install --no-bin "$WANTED" 2>&1); then
    echo "uv: ${said##*cause: }" >&2
    give_up "There is no Python 3.13, and none can be fetched: install it (python.org, pyenv or your system's packages)"
  fi
  "$UV" python find --managed-python "$WANTED"
}

case "$1" in
  any) any_python ;;
  3.13) python_3_13 ;;
esac
