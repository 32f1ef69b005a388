"""Whom the leads of one kind suit, on one route: found once, not for each lead."""


class Kind:
    """Who of a route could have the leads that are kept from the same people.

    :param skip: ``{user_id: code}`` of who cannot have them
    :param targets: ``{user_id: target}`` of everybody who takes part
    """

    __slots__ = ("skip", "size", "out", "targets", "groups", "left")

    def __init__(self, skip, targets, left=0):
        self.skip, self.size = skip, len(skip)
        self.left = left  # so many of those who leave are known here
        #: who would have a share otherwise, and the sum of their targets
        self.out = [user_id for user_id in skip if user_id in targets]
        self.targets = sum([targets[user_id] for user_id in self.out])
        #: ``{target: user ids}`` of those who can have them, roughly in the order in
        #: which they are due; None where they are more than half
        self.groups = None
        if 2 * len(self.out) > len(targets):
            self.groups = {}
            for user_id, target in targets.items():
                if user_id not in skip:
                    self.groups.setdefault(target, []).append(user_id)

    def forget(self, left, targets):
        """Note that some take no part any more.

        :param left: user ids of all who left
        :returns: False where it is to be found out anew
        """
        for user_id in left[self.left :]:
            if user_id in self.skip:
                # not there is who was admitted, and reached a limit
                self.out = [other for other in self.out if other != user_id]
            elif self.groups is not None:
                groups = {
                    target: [other for other in users if other != user_id]
                    for target, users in self.groups.items()
                }
                self.groups = {
                    target: users for target, users in groups.items() if users
                }
        self.left = len(left)
        self.targets = sum([targets[user_id] for user_id in self.out])
        return (self.groups is None) == (2 * len(self.out) <= len(targets))
