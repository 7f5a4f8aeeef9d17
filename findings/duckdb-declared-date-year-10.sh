#!/usr/bin/env bash
# Surprise:  DuckDB's CSV reader and its cast disagree by 2000 years on the same text and type: read_csv detects 10-11-12 as DATE
#            2010-11-12; with the very column types that it detected written down, or by a cast, it is the year 10.
# Package:   duckdb 1.5.5 from PyPI.
# Observed:  detected: ['2010-11-12', '2011-12-13']. columns={'day': 'DATE', ...}, auto_detect=false: ['0010-11-12', '0011-12-13'].
#            '10-11-12'::DATE: 0010-11-12. No error and no warning; types={'day': 'DATE'} with detection on gives 2010 again.
# My guess:  one rule for what a DATE of two-digit years is, or a refusal where the year has two digits.
# It hurt:   fixing the detected schema, to read next month's file as the first one, moved all days to the first century; ages,
#            differences between days and time splits stay plausible among themselves, so nothing stands out until two files are joined.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
python3 -m venv "$work/venv"
"$work/venv/bin/pip" install --quiet --no-compile --disable-pip-version-check duckdb==1.5.5
cd "$work"
printf '%s\n' 'day,sales' '10-11-12,1' '11-12-13,2' >t.csv
"$work/venv/bin/python" - <<'PY'
import sys

import duckdb


def days(options=""):
    return [row[0] for row in duckdb.sql(f"select day::varchar from read_csv('t.csv', header=true{options})").fetchall()]


print("duckdb", duckdb.__version__)
found = duckdb.sql("describe from read_csv('t.csv', header=true)").fetchall()
types = {name: kind for name, kind, *_ in found}
detected, declared = days(), days(f", auto_detect=false, columns={types}")
hinted = days(", types={'day': 'DATE'}")
cast = duckdb.sql("select '10-11-12'::DATE::varchar").fetchall()[0][0]
print("types detected:              ", types)
print("read by detection:           ", detected)
print("the detected types declared: ", declared)
print("types={'day': 'DATE'}:       ", hinted)
print("'10-11-12'::DATE:            ", cast)
same = detected == hinted == ["2010-11-12", "2011-12-13"] and declared == ["0010-11-12", "0011-12-13"] and cast == declared[0]
sys.exit(0 if same else "The behaviour changed.")
PY
