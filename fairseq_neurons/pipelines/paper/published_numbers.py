"""The numbers of Dalvi et al. 2019 that the tables show beside ours, in percent."""

from __future__ import annotations

from typing import NamedTuple

COLUMNS = ("FR POS", "FR morph", "EN POS", "EN SEM", "DE POS", "DE morph")
FRACTIONS = (0.1, 0.15, 0.2)

# Table 3: neuron, what it stands for, top words.
TOP_WORDS = (
    ("#1925", "month", "August, July, January, September, October, presidential, April, May, February, December"),
    ("#1960", "negation", "no, No, not, nothing, nor, neither, or, none, whether, appeal"),
    ("#1590", "cardinality", "50, 10, 51, 61, 47, 37, 48, 33, 43, 49"),
)

# Table 1.
MAJORITY = dict(zip(COLUMNS, (92.8, 89.5, 91.6, 84.2, 89.3, 83.7), strict=True))
ACCURACY = {
    "nmt": dict(zip(COLUMNS, (93.2, 88.0, 93.5, 90.1, 93.6, 87.3), strict=True)),
    "lm": dict(zip(COLUMNS, (92.4, 90.1, 92.9, 86.0, 92.3, 86.5), strict=True)),
}


class TopBottom(NamedTuple):
    """Accuracy with only the top or only the bottom 10, 15 and 20 % of the neurons."""

    top: tuple[float, float, float]
    bottom: tuple[float, float, float]


# Tables 2 and 5 (masking-out).
MASKED = {
    "nmt": {
        "FR POS": TopBottom((63.2, 73.0, 79.4), (23.8, 24.8, 24.9)),
        "EN POS": TopBottom((69.8, 78.3, 84.1), (15.8, 17.9, 21.5)),
        "EN SEM": TopBottom((51.5, 65.3, 74.2), (16.3, 18.9, 20.7)),
        "DE POS": TopBottom((65.9, 78.0, 88.2), (15.7, 15.6, 15.7)),
        "FR morph": TopBottom((25.2, 39.0, 56.3), (17.3, 20.3, 24.3)),
        "DE morph": TopBottom((21.8, 33.3, 53.2), (15.7, 20.8, 29.3)),
    },
    "lm": {
        "FR POS": TopBottom((41.6, 53.6, 59.6), (23.8, 23.8, 24.0)),
        "EN POS": TopBottom((54.2, 66.1, 72.4), (18.4, 20.4, 24.7)),
        "EN SEM": TopBottom((49.7, 56.8, 65.2), (21.9, 22.3, 25.1)),
        "DE POS": TopBottom((39.7, 51.7, 67.2), (16.7, 16.7, 16.9)),
        "FR morph": TopBottom((36.3, 45.1, 58.4), (13.9, 15.5, 19.0)),
        "DE morph": TopBottom((24.2, 40.7, 52.8), (10.7, 13.0, 19.2)),
    },
}

# Tables 4 and 6 (retraining).
RETRAINED = {
    "nmt": {
        "FR POS": TopBottom((88.4, 90.0, 91.1), (72.1, 77.8, 81.8)),
        "EN POS": TopBottom((89.1, 90.5, 91.2), (80.6, 84.8, 87.2)),
        "EN SEM": TopBottom((85.6, 87.0, 87.8), (73.4, 77.8, 80.8)),
        "DE POS": TopBottom((91.4, 92.3, 92.8), (77.1, 81.9, 85.3)),
        "FR morph": TopBottom((73.5, 78.0, 80.6), (65.8, 71.6, 75.1)),
        "DE morph": TopBottom((79.3, 82.1, 83.5), (75.4, 78.9, 80.5)),
    },
    "lm": {
        "FR POS": TopBottom((83.7, 86.2, 87.8), (61.8, 71.7, 77.4)),
        "EN POS": TopBottom((85.8, 88.2, 89.4), (62.4, 72.5, 79.2)),
        "EN SEM": TopBottom((78.9, 81.4, 82.7), (67.8, 74.1, 77.6)),
        "DE POS": TopBottom((87.2, 89.6, 90.4), (41.7, 67.0, 76.5)),
        "FR morph": TopBottom((79.5, 82.5, 84.9), (61.6, 70.3, 75.7)),
        "DE morph": TopBottom((78.3, 81.6, 83.0), (66.1, 72.4, 77.1)),
    },
}
