"""A week of a route as a picture: the parts of a day in which it is open."""

#: a part of the picture, in minutes; hours that begin between two are drawn from the
#: part in which they begin
STEP = 15
DAY = 24 * 60


def open_parts(is_open, step=STEP):
    """Join the parts of a day in which something is open.

    :param is_open: for each part of the day, in order, whether it is open
    :param step: how long a part is, in minutes
    :returns: ``[(from, until), ...]`` in minutes of the day, in order
    """
    found, begin = [], None
    for place, opened in enumerate([*is_open, False]):
        if opened and begin is None:
            begin = place * step
        elif not opened and begin is not None:
            found.append((begin, place * step))
            begin = None
    return found
