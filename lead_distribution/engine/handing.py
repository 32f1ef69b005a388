"""Handing over: what somebody has is shared out evenly (P6)."""


def shared_out(item_ids, has, wanted=None):
    """Share out things evenly.

    :param item_ids: of what is shared out, in its order
    :param has: ``{user_id: how much they have}``; who has least comes first, among
        equals in the order given
    :param wanted: ``{item_id: user_id}`` of what belongs to somebody; only what they
        get by it counts for nobody
    :returns: ``{item_id: user_id}``; empty where there is nobody
    """
    wanted = wanted or {}
    line = sorted(has, key=has.get)
    found, turn = {}, 0
    for item_id in item_ids:
        user_id = wanted.get(item_id)
        if user_id is None and line:
            user_id = line[turn % len(line)]
            turn += 1
        if user_id is not None:
            found[item_id] = user_id
    return found
