#!/usr/bin/env bash
# Surprise:  force_not_null of read_csv, which says that a column is not to be matched against the null text, does match it: a cell
#            that reads NA becomes the empty text. What was in the file is lost, and is not NULL either.
# Package:   duckdb 1.5.5 from PyPI.
# Observed:  nullstr='NA': None, 'x', ''. With force_not_null=['country'] besides: '', 'x', ''. Expected: 'NA', 'x', ''.
#            So NA (Namibia) and an empty cell are one and the same afterwards.
# My guess:  the documentation's words, "do not match values in the specified columns against the NULL string", and what PostgreSQL's
#            FORCE_NOT_NULL does: the text stays as it is.
# It hurt:   the option was to keep a text column with real NA, None or null among its levels apart from missing cells, where other
#            columns do write missing as NA; it joined them into one level, the empty one, and nothing was NULL any more.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
python3 -m venv "$work/venv"
"$work/venv/bin/pip" install --quiet --no-compile --disable-pip-version-check duckdb==1.5.5
cd "$work"
printf '%s\n' 'country,weight' 'NA,1' 'x,NA' ',3' >t.csv
"$work/venv/bin/python" - <<'PY'
import sys

import duckdb


def countries(options):
    columns = "header=true, auto_detect=false, columns={'country': 'VARCHAR', 'weight': 'INTEGER'}"
    return [row[0] for row in duckdb.sql(f"select country from read_csv('t.csv', {columns}, {options})").fetchall()]


print("duckdb", duckdb.__version__)
plain = countries("nullstr='NA'")
forced = countries("nullstr='NA', force_not_null=['country']")
print("in the file:               ", ["NA", "x", ""])
print("nullstr='NA':              ", plain)
print("the same, force_not_null:  ", forced)
same = plain == [None, "x", ""] and forced == ["", "x", ""]
sys.exit(0 if same else "The behaviour changed.")
PY
