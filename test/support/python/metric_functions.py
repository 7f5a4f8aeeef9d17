"""What scikit-learn calls each metric, by its name in the project file and by what it is given."""

from sklearn import metrics as m

# Of scores.
orders = {"roc_auc": m.roc_auc_score, "precision_recall_auc": m.average_precision_score}
probabilities = {"log_loss": m.log_loss, "brier_score": m.brier_score_loss}
# Of decided classes: one figure for each class, or one of them all.
of_classes = {"f1_score": m.f1_score, "precision_score": m.precision_score, "recall_score": m.recall_score}
of_decisions = {
    "accuracy_score": m.accuracy_score,
    "balanced_accuracy_score": m.balanced_accuracy_score,
    "matthews_corrcoef": m.matthews_corrcoef,
}
# Of numbers.
of_values = {
    "mean_absolute_error": m.mean_absolute_error,
    "root_mean_squared_error": m.root_mean_squared_error,
    "mean_squared_error": m.mean_squared_error,
    "r2_score": m.r2_score,
    "mean_absolute_percentage_error": m.mean_absolute_percentage_error,
}


def measured(functions, truth, predicted, **options):
    """The figure of each."""
    return {name: function(truth, predicted, **options) for name, function in functions.items()}
