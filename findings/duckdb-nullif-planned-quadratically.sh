#!/usr/bin/env bash
# Surprise:  planning one concat_ws over many columns takes time with the square of the columns as soon as each argument holds a NULLIF
#            (or a constant to fold), and time in proportion to them otherwise.
# Package:   duckdb 1.5.5 from PyPI.
# Observed:  EXPLAIN over 2,000 columns with coalesce(nullif(cast(c as varchar), 'nan'), '-') takes more than five times as long as with
#            coalesce(replace(cast(c as varchar), 'nan', '-'), '-'), which says the same; from 500 to 2,000 columns the first takes more than
#            eight times as long.
# My guess:  that rewriting an expression looks at that expression; in fact the rewriter seems to start from the root after each change.
# It hurt:   a digest over the columns of a wide file was planned for seconds, four times over, while its rows took a second to read.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
python3 -m venv "$work/venv"
"$work/venv/bin/pip" install --quiet --no-compile --disable-pip-version-check duckdb==1.5.5
"$work/venv/bin/python" - <<'PY'
import sys
import time

import duckdb

forms = {
    "nullif": "coalesce(nullif(cast(c{} as varchar), 'nan'), '-')",
    "replace": "coalesce(replace(cast(c{} as varchar), 'nan', '-'), '-')",
}


def planning(form, columns):
    connection = duckdb.connect()
    connection.sql("create table t as select " + ", ".join(f"random() as c{i}" for i in range(columns)))
    arguments = ", ".join(form.format(i) for i in range(columns))
    taken = []
    for _ in range(3):
        start = time.process_time()
        connection.sql(f"explain select md5(concat_ws('|', {arguments})) from t").fetchall()
        taken.append(time.process_time() - start)
    return min(taken)


print("duckdb", duckdb.__version__)
seconds = {(name, columns): planning(form, columns) for name, form in forms.items() for columns in (500, 2000)}
for (name, columns), taken in seconds.items():
    print(f"{name:8}{columns:6} columns {taken:8.3f} s")
same = seconds["nullif", 2000] > 8 * seconds["nullif", 500] and seconds["nullif", 2000] > 5 * seconds["replace", 2000]
sys.exit(0 if same else "The behaviour changed.")
PY
