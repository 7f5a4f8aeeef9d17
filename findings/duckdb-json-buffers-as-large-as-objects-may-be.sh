#!/usr/bin/env bash
# Surprise:  the memory that read_json needs is decided by maximum_object_size and the number of threads, not by the files: forty files of
#            nine bytes fail where the setting that lets one long object pass is made, though no object is longer than nine bytes.
# Package:   duckdb 1.5.5 from PyPI.
# Observed:  one file of nine bytes with maximum_object_size=67108864 and a memory_limit of 100MB fails, asking for 128 MiB at once (twice the
#            setting); a million rows in one file are read within the same limit once the setting is 1 MiB, and so are the same
#            rows from a CSV file.
# My guess:  that the setting is a bound that costs nothing until an object comes near it, or that a buffer is never larger than its file.
# It hurt:   the setting was raised once for a file with long lines; from then on data sets of many small files failed now and then, with
#            two threads under 512 MB, each holding two such buffers between two files, and the message advised to give them more memory.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
python3 -m venv "$work/venv"
"$work/venv/bin/pip" install --quiet --no-compile --disable-pip-version-check duckdb==1.5.5
cd "$work"
"$work/venv/bin/python" - <<'PY'
import sys

import duckdb

with open("nine.jsonl", "w") as file:
    file.write('{"x": 1}\n')
with open("million.jsonl", "w") as file:
    file.writelines(f'{{"x": {row}}}\n' for row in range(1_000_000))
with open("million.csv", "w") as file:
    file.write("x\n")
    file.writelines(f"{row}\n" for row in range(1_000_000))


def rows(source):
    connection = duckdb.connect(config={"threads": 1, "memory_limit": "100MB"})
    try:
        return connection.sql(f"select count(*) from {source}").fetchone()[0]
    except duckdb.OutOfMemoryException as error:
        return "128.0 MiB wanted" if "size 128.0 MiB" in str(error) else str(error)


print("duckdb", duckdb.__version__)
found = {
    source: rows(source)
    for source in (
        "read_json('nine.jsonl', maximum_object_size=67108864)",
        "read_json('million.jsonl', maximum_object_size=67108864)",
        "read_json('million.jsonl', maximum_object_size=1048576)",
        "read_csv('million.csv')",
    )
}
for source, result in found.items():
    print(f"{source:60}{result}")
same = list(found.values()) == ["128.0 MiB wanted", "128.0 MiB wanted", 1_000_000, 1_000_000]
sys.exit(0 if same else "The behaviour changed.")
PY
