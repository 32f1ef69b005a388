"""How well, and how fast, somebody works: estimates that are fair to who had little.

Both shrink what one person did towards what all did together, as if everybody had had
:data:`WEIGHT` more leads of the common kind. Three of four won is then no better than
thirty of fifty; who neglects for long is slow, even if what was done was done fast.

Closing rate: posterior mean of a binomial share under a beta prior with the common
mean, ``(won + w p) / (had + w)`` (Gelman et al., *Bayesian Data Analysis*, 3rd ed.,
2.4).
Speed: mean waiting time of exponential durations of which some are not over yet,
``(hours + w m) / (follow-ups + w)``, the gamma prior's counterpart (Lawless,
*Statistical Models and Methods for Lifetime Data*, 2nd ed., 4.1).
"""

#: leads of the common kind that everybody is taken to have had besides the own ones
WEIGHT = 5.0


def closing_rates(table, weight=WEIGHT):
    """Estimate how much of what they got salespeople win.

    :param table: ``{user_id: (won, had)}``
    :returns: ``{user_id: share from 0 to 1, or None for who has no history}``

    >>> closing_rates({1: (3, 4), 2: (30, 50), 3: (0, 0), 4: (1, 46)})
    {1: 0.5222, 2: 0.5764, 3: None, 4: 0.0529}
    """
    won = sum(line[0] for line in table.values())
    had = sum(line[1] for line in table.values())
    common = won / had if had else 0.0
    return {
        user_id: round((mine + weight * common) / (leads + weight), 4)
        if leads
        else None
        for user_id, (mine, leads) in table.items()
    }


def follow_up_hours(table, weight=WEIGHT):
    """Estimate how long salespeople take to a first follow-up.

    :param table: ``{user_id: (hours waited in all, first follow-ups, leads)}``; the
        hours of leads that still wait count too
    :returns: ``{user_id: hours to a first follow-up, or None for who has no history}``

    >>> follow_up_hours({1: (10.0, 5, 5), 2: (900.0, 1, 10), 3: (0.0, 0, 0)})
    {1: 76.8333, 2: 276.3889, 3: None}
    """
    hours = sum(line[0] for line in table.values())
    done = sum(line[1] for line in table.values())
    common = hours / max(done, 1)
    return {
        user_id: round((waited + weight * common) / (count + weight), 4)
        if leads
        else None
        for user_id, (waited, count, leads) in table.items()
    }


def ranks(rates, largest_first):
    """Rank salespeople by a rate.

    :param rates: ``[(rate or None, tie breaker, user_id), ...]``
    :returns: ``{user_id: place}``, who has no history first, then the best
    """
    sign = -1 if largest_first else 1
    line = sorted(
        rates, key=lambda x: (x[0] is not None, sign * (x[0] or 0.0), x[1], x[2])
    )
    return {user_id: place for place, (_rate, _tie, user_id) in enumerate(line)}
