"""What scikit-learn's HistGradientBoostingRegressor learns of tables of float64."""

import json
import sys

import numpy as np
from sklearn.ensemble import HistGradientBoostingRegressor


def main(listing):
    with open(listing, encoding="utf-8") as file:
        cases = json.load(file)
    print(json.dumps([predictions(**case) for case in cases]))


def predictions(rows, target, asked, settings):
    model = HistGradientBoostingRegressor(early_stopping=False, **settings)
    model.fit(np.array(rows, dtype="float64"), np.array(target, dtype="float64"))
    return model.predict(np.array(asked, dtype="float64")).tolist()


main(*sys.argv[1:])
