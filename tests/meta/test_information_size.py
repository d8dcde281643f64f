"""The optimal information size against statsmodels."""

import math

import pytest
from statsmodels.stats.proportion import samplesize_proportions_2indep_onetail

from meta.choices.information_size import information_size


@pytest.mark.parametrize("control", [0.01, 0.11, 0.2, 0.5, 0.79])
@pytest.mark.parametrize("relative", [0.5, 0.75, 1.25])
@pytest.mark.parametrize(("alpha", "power"), [(0.05, 0.8), (0.05, 0.9), (0.01, 0.8)])
def test_as_statsmodels_has_it(control: float, relative: float, alpha: float, power: float) -> None:
    other = control * relative
    group = samplesize_proportions_2indep_onetail(
        other - control, control, power, ratio=1, alpha=alpha, alternative="two-sided"
    )
    found = information_size(control, other, alpha=alpha, power=power)
    assert found == 2 * math.ceil(group)
