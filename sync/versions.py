"""A job's version as apps see it: how many facts its log had, and in which life of the data they were counted.

A restored backup loses the end of a log, and the numbers that stood there are given out again. So a version of a life
that is over counts no further than the facts that this life left behind; of a life that was itself lost, nothing.
"""

from collections.abc import Sequence

FACTS_PER_LIFE = 2**22
"""More than a job's document could hold; lives go up to 2**31, and a version is exact in any language."""


def encoded(life: int, count: int) -> int:
    """The version of a job with so many facts. In the first life, 0, it is their number."""
    return life * FACTS_PER_LIFE + count


def decoded(version: int) -> tuple[int, int]:
    """The life, and how many facts there were."""
    return divmod(version, FACTS_PER_LIFE)


def is_over(version: int, lives: Sequence[int]) -> bool:
    """Whether the version was counted in an earlier one of these lives of the data; the last is the present one."""
    return decoded(version)[0] in lives[:-1]


def is_of_a_lost_log(version: int, lives: Sequence[int]) -> bool:
    """Whether its author had seen facts of a log that a restore has replaced since."""
    life, count = decoded(version)
    return count > 0 and life != lives[-1]


def seen(version: int, lives: Sequence[int], left: int) -> int:
    """How many facts of today's log an author had seen who named this version; `left` is how many its life left behind.

    It may be more than there are: that counts as all. A life that these do not name was lost with all its facts, and
    nobody can tell from where it began.
    """
    life, count = decoded(version)
    if life == lives[-1]:
        return count
    return min(count, left) if life in lives else 0
