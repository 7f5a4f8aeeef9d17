#!/usr/bin/env bash
# Surprise:  a field read as JSON is not the text that stands in the file: DuckDB parses decimals to a double and writes them anew, so
#            digits are lost, though whole numbers of any length and whole documents keep every character.
# Package:   duckdb 1.5.5 from PyPI.
# Observed:  read_json with columns {'v': 'JSON'} and document -> 'v' both turn 1.10 into 1.1, 1e2 into 100.0, 123456789.12345678901 into
#            123456789.12345679 and 9007199254740993.5 into 9007199254740994.0, also deep inside of objects;
#            12345678901234567890123 stays, and read_json_objects and ::JSON keep all of them as written.
# My guess:  that the type JSON is text, as its documentation puts it, and extraction cuts the piece out; or that all numbers
#            go through a double, in which case the long whole number would have shown it.
# It hurt:   the type was chosen to carry columns of mixed types unchanged; prices, versions (1.10 and 1.1) and keys with a fraction
#            became other texts, two levels became one, and digests of the row no longer matched the file.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
python3 -m venv "$work/venv"
"$work/venv/bin/pip" install --quiet --no-compile --disable-pip-version-check duckdb==1.5.5
cd "$work"
"$work/venv/bin/python" - <<'PY'
import sys

import duckdb

written = ["1.10", "1e2", "123456789.12345678901", "9007199254740993.5", '{"price":1.10}', "12345678901234567890123"]
with open("t.jsonl", "w") as file:
    file.writelines(f'{{"v":{text}}}\n' for text in written)


def texts(query):
    return [row[0] for row in duckdb.sql(query).fetchall()]


column = texts("select v::varchar from read_json('t.jsonl', format='newline_delimited', columns={'v': 'JSON'})")
piece = texts("select (json -> 'v')::varchar from read_json_objects('t.jsonl', format='newline_delimited')")
whole = texts("select json::varchar from read_json_objects('t.jsonl', format='newline_delimited')")
print("duckdb", duckdb.__version__)
print(f"{'in the file':25}{'column of type JSON':25}{'-> of the document':25}the document")
for row in zip(written, column, piece, whole):
    print("".join(f"{text:25}" for text in row))
lost = ["1.1", "100.0", "123456789.12345679", "9007199254740994.0", '{"price":1.1}', written[-1]]
same = column == lost and piece == lost and whole == [f'{{"v":{text}}}' for text in written]
sys.exit(0 if same else "The behaviour changed.")
PY
