"""The studies of a forest plot by subgroup: each in one, and only in one."""

from collections import Counter
from collections.abc import Sequence

from meta.faults import fault
from meta.moderators.subgroups import Subgroup, SubgroupAnalysis


def members(groups: SubgroupAnalysis, labels: Sequence[str]) -> list[tuple[Subgroup, list[int]]]:
    """Return each subgroup with the places of its studies.

    Parameters
    ----------
    groups : SubgroupAnalysis
    labels : sequence of str
        Of the studies, in their order.

    Returns
    -------
    list of (Subgroup, list of int)

    Raises
    ------
    InputError
        A study stands in no subgroup or in two.
    """
    times = Counter(label for group in groups.groups for label in group.labels)
    home = {label: group for group in groups.groups for label in group.labels}
    places: dict[str, list[int]] = {group.level: [] for group in groups.groups}
    for i, label in enumerate(labels):
        if times[label] != 1:
            where = "no subgroup" if not times[label] else "several places of the subgroups"
            raise fault(
                f"the study {label!r} stands in {where}",
                "Give the subgroups of the same studies, each with a label of its own.",
            )
        places[home[label].level].append(i)
    return [(group, places[group.level]) for group in groups.groups]
