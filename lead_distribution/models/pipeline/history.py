"""What counts as the past: the records as they are, or what a replay says of them.

A replay (see ``insight/replay.py``) puts a history of its own into the context. Steps
ask :func:`history_of`, and need not know which of the two it is.
"""

from datetime import datetime

from odoo.tools import SQL

from ...tools.service_context import HISTORY_KEY


class LiveHistory:
    """The records say it all."""

    #: naive UTC datetime; what the records say of later is not looked at
    as_of = datetime.max
    #: whether leads of the same name are looked for
    hints_by_name = True

    def before(self, column):
        """The condition of a query on a moment, as ``SQL``."""
        if self.as_of == datetime.max:
            return SQL("TRUE")
        return SQL("%s < %s", column, self.as_of)

    def open_leads(self, domain):
        """The domain of the leads that are open."""
        return [*domain, ("won_status", "=", "pending")]

    def loads(self, loads, company, route, at):
        """Loads by listing, see ``_loads`` of the candidates."""
        return loads

    def rows_of_stretches(self, company, at, edges):
        """Units that no record tells of, see ``_units_of_stretches``."""
        return []

    def limits(self, limits):
        """Leave out what nobody knows of the past, see ``_hard_limits``."""

    def limits_used(self, limits, spans):
        """Count what no record tells of, see ``_hard_limits``."""

    def last_rows(self, rows):
        """When each got the last lead, see ``_last_rows``."""
        return rows

    def route_states(self, states):
        """Turns and credits, see ``_route_states``."""
        return states

    def owners(self, env, owners, partners):
        """Salespeople of customers, see ``_owners``."""
        return owners


LIVE = LiveHistory()


def history_of(env):
    """The history that counts in this environment.

    Only an object in the context is one, so that no remote call can pretend to be a
    replay.
    """
    found = env.context.get(HISTORY_KEY)
    return found if isinstance(found, LiveHistory) else LIVE
