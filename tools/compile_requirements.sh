#!/bin/bash
# Compiles requirements/*.in into pinned lists with hashes and without addresses. A version must be
# seven days old: what is withdrawn for malice is mostly withdrawn by then (S12).
set -euo pipefail
cd "$(dirname "$0")/.."

# In Python, since `date -d` means something else on a Mac.
limit=$(.venvs/uv/bin/python -c 'import datetime as d; print((d.datetime.now(d.timezone.utc) - d.timedelta(days=7)).strftime("%Y-%m-%dT%H:%M:%SZ"))')

compile() {
  .venvs/uv/bin/uv pip compile --quiet --universal --upgrade --python-version "${3:-3.13}" \
    --generate-hashes --no-header --no-emit-index-url --no-emit-find-links \
    --exclude-newer "$limit" "requirements/$1.in" --output-file "$2"
}

# Any Python from 3.9 on makes the first environment (see find_python.sh)
compile bootstrap requirements/bootstrap.txt 3.9
compile layer layers/dependencies/requirements.txt
for name in audit cli dev emulator mutants runtime sam; do
  compile "$name" "requirements/$name.txt"
done
