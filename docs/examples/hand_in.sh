#!/bin/sh
# Hands in one invoice with its PDF over HTTPS. Needs curl and jq.
#
#     export KOPPELING_URL=https://koppeling.example KOPPELING_KEY=kop_...
#     sh hand_in.sh 20260455.json 20260455.pdf
#
# Every call may be repeated: what was taken already is not taken twice. So curl tries again when an
# answer gets lost, or when it is told to wait.
set -eu
document=$1 pdf=$2

connection=$(jq -r .connection_id "$document")
number=$(jq -r '.invoice_number | @uri' "$document")
invoice="$KOPPELING_URL/v1/connections/$connection/invoices/$number"
sha256=$(sha256sum "$pdf" | cut -d ' ' -f 1)
size=$(wc -c < "$pdf" | tr -d ' ')
work=$(mktemp -d)
trap 'rm -r "$work"' EXIT

ask() { # what an answer of 400 or above says goes to the standard output as well
  curl --silent --show-error --fail-with-body --retry 5 --retry-all-errors --max-time 30 "$@"
}

# The key stands in a file of its own: among the arguments everybody on this machine could read it
printf 'Authorization: Bearer %s\nAccept-Language: nl\nContent-Type: application/json\n' \
  "$KOPPELING_KEY" > "$work/headers"

# 1. Where does the PDF go?
ask -H "@$work/headers" -X POST "$invoice/pdf" \
  -d "{\"sha256\": \"$sha256\", \"size_bytes\": $size}" > "$work/upload"

# 2. Send it there, with the headers of the answer
jq -r '.headers | to_entries[] | "\(.key): \(.value)"' "$work/upload" > "$work/upload-headers"
ask -H "@$work/upload-headers" -T "$pdf" "$(jq -r .url "$work/upload")"

# 3. Hand in the document, which names the PDF
jq --arg key "$(jq -r .key "$work/upload")" --arg sha256 "$sha256" --argjson size "$size" \
  --arg name "$(basename "$pdf")" \
  '.pdf = {key: $key, sha256: $sha256, size_bytes: $size, file_name: $name}' "$document" \
  > "$work/document"
ask -H "@$work/headers" -X PUT "$invoice" --data-binary "@$work/document"
