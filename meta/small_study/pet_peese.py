"""PET-PEESE: the estimate for a study without sampling error, by one of two regressions."""

from dataclasses import dataclass
from typing import Any, Literal

from meta.effects.measures import to_natural
from meta.models.quantiles import Reference
from meta.models.results import SCHEMA_VERSION, MetaAnalysis, Note
from meta.models.text_tables import fixed, interval, listed, pvalue, table
from meta.moderators.results import Coefficient
from meta.small_study.regression_test import (
    PREDICTORS,
    AsymmetryTest,
    Model,
    line_test,
    predictor_values,
)
from meta.small_study.rules import (
    EXTREMELY_HETEROGENEOUS,
    FEW_STUDIES,
    SIMILAR_PRECISION,
    WITH_ITS_ERROR,
    admitted,
)

RULES = (FEW_STUDIES, SIMILAR_PRECISION, EXTREMELY_HETEROGENEOUS, *WITH_ITS_ERROR)
ALPHA = 0.10  # one-sided, of the test of PET's intercept that lets PEESE have its turn


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class PetPeese:
    """Two regressions on the precision of the studies, and the one that the rule takes.

    Parameters
    ----------
    pet : AsymmetryTest
        The regression on standard errors (precision-effect test).
    peese : AsymmetryTest
        The regression on variances (precision-effect estimate with standard error).
    pvalue : float or None
        One-sided, of PET's intercept in the direction of the pooled value; None where it has no test.
    chosen : {"PET", "PEESE"}
        PEESE where ``pvalue`` is below 0.10.
    unadjusted : MetaAnalysis
    notes : tuple of Note
    """

    pet: AsymmetryTest
    peese: AsymmetryTest
    pvalue: float | None
    chosen: Literal["PET", "PEESE"]
    unadjusted: MetaAnalysis
    notes: tuple[Note, ...]

    @property
    def estimate(self) -> Coefficient:
        """The intercept of the regression that was chosen."""
        found = (self.peese if self.chosen == "PEESE" else self.pet).intercept
        assert found is not None  # there are no moderators
        return found

    def to_dict(self) -> dict[str, Any]:
        """Return the numbers in plain types; those under ``natural`` on the natural scale of the measure."""
        effects, estimate = self.unadjusted.effects, self.estimate
        values = {
            "estimate": estimate.estimate,
            "ci_low": estimate.ci.low,
            "ci_high": estimate.ci.high,
        }
        return {
            "schema_version": SCHEMA_VERSION,
            "measure": str(effects.measure),
            "k": effects.k,
            "chosen": self.chosen,
            "alpha": ALPHA,
            "pvalue_one_sided": self.pvalue,
            **values,
            "se": estimate.se,
            "pvalue": estimate.pvalue,
            "level": estimate.ci.level,
            "natural": {
                name: to_natural(effects.measure, value, effects.size)
                for name, value in values.items()
            },
            "unadjusted": self.unadjusted.pooled.estimate,
            "pet": self.pet.to_dict(),
            "peese": self.peese.to_dict(),
            "notes": [{"code": note.code, "text": note.text} for note in self.notes],
        }

    def summary(self) -> str:
        """Return both regressions and the choice as plain text."""
        rows = [
            ["", "estimate", "se", "tval" if self.estimate.df else "zval", "pval", "ci.lb", "ci.ub"]
        ]
        for name, test in (("PET", self.pet), ("PEESE", self.peese)):
            one = test.intercept
            assert one is not None  # there are no moderators
            rows.append(
                [
                    name,
                    fixed(one.estimate),
                    fixed(one.se),
                    fixed(one.statistic),
                    pvalue(one.pvalue),
                    fixed(one.ci.low),
                    fixed(one.ci.high),
                ]
            )
        blocks = [
            [f"PET-PEESE (k = {self.unadjusted.effects.k})"],
            table(rows, words=1),
            [
                f"One-sided test of PET's intercept: p {pvalue(self.pvalue, '= ')}, "
                f"{'below' if self.chosen == 'PEESE' else 'not below'} {ALPHA:.2f}: {self.chosen}",
                f"Adjusted estimate: {fixed(self.estimate.estimate)}{interval(self.estimate.ci)}",
                f"Unadjusted: {fixed(self.unadjusted.pooled.estimate)}"
                f"{interval(self.unadjusted.pooled.ci)}",
            ],
            listed("Notes:", [note.text for note in self.notes]),
        ]
        return "\n\n".join("\n".join(block) for block in blocks if block)

    def __str__(self) -> str:
        """Return `summary`."""
        return self.summary()


def pet_peese(result: MetaAnalysis, *, model: Model = "lm", anyway: bool = False) -> PetPeese:
    """Estimate the effect in a study without sampling error: PET, or PEESE where there is an effect.

    PET is the intercept of a regression on standard errors, too low where there is an effect; PEESE that of
    one on variances, too high where there is none. PEESE is taken if PET's intercept lies on the side of
    the pooled value with a one-sided p below 0.10, PET otherwise.

    Parameters
    ----------
    result : MetaAnalysis
        Of three studies or more.
    model : {"lm", "rma"}
        Weighted least squares with weights ``1 / vi``, as published, or a meta-regression by the method and
        test of the analysis.
    anyway : bool
        Compute where the rules of use are broken (`meta.small_study.rules`), and say so.

    Returns
    -------
    PetPeese

    Raises
    ------
    InputError, ConvergenceError
        As `meta.small_study.regression_test.regression_test`.

    References
    ----------
    Stanley and Doucouliagos (2014). doi:10.1002/jrsm.1095. Stanley (2017). doi:10.1177/1948550617693062

    Examples
    --------
    >>> from meta.effects.effect_sizes import effect_sizes
    >>> from meta.models.pooling import pool
    >>> yi, vi = [1.0, 2.0, 3.0, 5.0], [1.0, 4.0, 9.0, 16.0]
    >>> found = pet_peese(pool(effect_sizes("GEN", {"yi": yi, "vi": vi})), anyway=True)
    >>> found.chosen, round(found.estimate.estimate, 4)
    ('PET', -0.2)
    """
    pet, peese = (
        line_test(
            result,
            predictor_values(result.effects, predictor),
            name=name,
            predictor=PREDICTORS[predictor],
            model=model,
            vanishing=True,
        )
        for name, predictor in (("PET", "sei"), ("PEESE", "vi"))
    )
    notes = admitted("PET-PEESE", RULES, result.effects, anyway=anyway)
    intercept = pet.intercept
    assert intercept is not None  # there are no moderators
    one_sided = None
    if intercept.statistic is not None:
        half = Reference(intercept.df).pvalue(intercept.statistic) / 2
        same = intercept.statistic * result.pooled.estimate > 0
        one_sided = half if same else 1 - half
    effect = one_sided is not None and one_sided < ALPHA
    return PetPeese(
        pet=pet,
        peese=peese,
        pvalue=one_sided,
        chosen="PEESE" if effect else "PET",
        unadjusted=result,
        notes=tuple(dict.fromkeys((*notes, *pet.notes, *peese.notes))),
    )
