#!/bin/bash
# Compiles requirements/*.in into pinned lists with hashes and without addresses. A version must be
# seven days old: what is withdrawn for malice is mostly withdrawn by then (S12).
set -euo pipefail
cd "$(dirname "$0")/.."

# In Python, since `date -d` means something else on a Mac.
limit=$(python3.13 -c 'import datetime as d; print((d.datetime.now(d.UTC) - d.timedelta(days=7)).strftime("%Y-%m-%dT%H:%M:%SZ"))')

compile() {
  .venvs/uv/bin/uv pip compile --quiet --universal --upgrade --python-version 3.13 \
    --generate-hashes --no-header --no-emit-index-url --no-emit-find-links \
    --exclude-newer "$limit" "requirements/$1.in" --output-file "$2"
}

compile layer layers/dependencies/requirements.txt
for name in bootstrap cli dev emulator runtime sam; do
  compile "$name" "requirements/$name.txt"
done
