#!/usr/bin/env bash
# Surprise:  read_csv leaves out the last record of a file without a word, when that record is longer than one buffer and no line break
#            follows in it; the same record one line earlier, or a little shorter, is an error. With parallel=false it comes back cut, a
#            row with one field of two, in strict mode.
# Package:   duckdb 1.5.5 from PyPI.
# Observed:  four hundred rows and a last line of 40,000,000 signs in strict mode: 400 rows, no error, ignore_errors off; of 31,000,000
#            signs: an error that names line 402. With parallel=false a last line of 70,000,000 signs is a row of 63,997,706 signs.
# My guess:  that max_line_size bounds every line, as the documentation of the option says, wherever it stands.
# It hurt:   a table whose tail was torn (a block of zeros where the last megabytes had been) was read as whole, only shorter; the count of
#            rows was believed, since a line that is too long had been an error in every test that put rows behind it.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
python3 -m venv "$work/venv"
"$work/venv/bin/pip" install --quiet --no-compile --disable-pip-version-check duckdb==1.5.5
cd "$work"
"$work/venv/bin/python" - <<'PY'
import sys

import duckdb

rows = "a,b\n" + "".join(f"{row},x\n" for row in range(400))
columns = "header=true, columns={'a': 'VARCHAR', 'b': 'VARCHAR'}, auto_detect=false, strict_mode=true, ignore_errors=false"


def read(length, options=""):
    with open("t.csv", "w") as file:
        file.write(rows + "x" * length)
    try:
        return duckdb.sql(f"select count(*), max(length(a)) from read_csv('t.csv', {columns}{options})").fetchone()
    except duckdb.Error as error:
        return "error of line 402" if "Line: 402" in str(error) else str(error)


print("duckdb", duckdb.__version__)
found = {
    "31,000,000 signs": read(31_000_000),
    "40,000,000 signs": read(40_000_000),
    "70,000,000 signs": read(70_000_000),
    "the same, parallel=false": read(70_000_000, ", parallel=false"),
}
for what, result in found.items():
    print(f"{what:26}{result}")
same = list(found.values()) == ["error of line 402", (400, 3), (400, 3), (401, 63_997_706)]
sys.exit(0 if same else "The behaviour changed.")
PY
