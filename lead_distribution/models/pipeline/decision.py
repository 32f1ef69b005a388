"""Step 4, decide: the one loop through the engine, whoever asks."""

from odoo import api, models

from ...engine import Engine, Request, Wants


class LeadDistributionDecision(models.AbstractModel):
    _name = "lead.distribution.decision"
    _description = "Lead Distribution: Decision"

    @api.model
    def _decide(self, snapshot, requests, known=()):
        """Decide requests one after the other, each knowing those before it.

        :param snapshot: :class:`.values.Snapshot`
        :param requests: the engine's ``Request``, in the order of their turn
        :param known: ``[(lead_id, user_id or None), ...]`` decided before
        :returns: ``(decisions, state)``: a ``Decision`` for each request, in the
            routes' own ids, and what is to be remembered of the routes
        """
        engine = self._engine(snapshot)
        engine.given.update(known)
        decisions = [snapshot.decided(engine.decide(request)) for request in requests]
        return decisions, snapshot.remembered(engine.state())

    @api.model
    def _through_routes(self, company, routes, leads, at, matches, skip=None):
        """Decide leads as the routes would, without the step that writes.

        :param at: naive UTC datetime of the decision
        :param matches: of :meth:`_match`
        :param skip: ``{lead_id: {user_id: code}}`` of who does not get which
        :returns: ``(decisions, snapshot)``, the decisions in the order of their turn
        """
        identities = self.env["lead.distribution.identity"]._identify(company, leads)
        keepers = {identity.keeper for identity in identities.values()} - {None}
        snapshot = self.env["lead.distribution.candidates"]._snapshot(
            company, routes, at, keepers, leads
        )
        priority = self.env["lead.distribution.priority"]
        leads, _places = priority._ranked(company, leads, at, identities)
        requests = self._requests(leads, matches, identities, snapshot, skip)
        decisions, _state = self._decide(snapshot, requests)
        return decisions, snapshot

    @api.model
    def _engine(self, snapshot):
        return Engine(snapshot.routes, snapshot.people)

    @api.model
    def _next_in_line(self, snapshot):
        """Tell who would take a lead of nobody's customer.

        :returns: ``{route_id: user_id or None}``
        """
        engine = self._engine(snapshot)
        return {
            route.route_id: engine.next_in_line(route.route_id)
            for route in snapshot.routes
        }

    @api.model
    def _requests(self, leads, matches, identities, snapshot, skip=None):
        """What the engine is asked about leads, in their order.

        :param skip: ``{lead_id: {user_id: code}}`` of who does not get which
        :returns: list of the engine's ``Request``
        """
        skip, codes = skip or {}, matches.codes_of(leads._ids)
        return [
            self._request(
                lead,
                codes[lead.id],
                identities.get(lead.id),
                snapshot,
                skip.get(lead.id),
            )
            for lead in leads
        ]

    @api.model
    def _request(self, lead, codes, identity, snapshot, skip=None):
        """What the engine is asked about one lead.

        :param codes: ``((route_id, "" or why it is passed over), ...)``
        :param identity: what is known of the customer, or None
        :param skip: ``{user_id: code}`` of who does not get it
        """
        listing_id = lead.listing_id.id
        return Request(
            lead.id,
            snapshot.codes(codes, listing_id),
            tuple(identity.advisors) if identity else (),
            skip=skip or {},
            keeper=identity.keeper if identity else None,
            same_as=identity.same_as if identity else None,
            evidence=identity.evidence if identity else None,
            scope=listing_id or None,
            weight=self.env["lead.distribution.candidates"]._weight(lead),
            value=lead.expected_revenue,
            wants=self._wants(lead, snapshot),
            age=self._age(lead, snapshot),
        )

    @api.model
    def _age(self, lead, snapshot):
        """Seconds since a lead's arrival; None where it waits for nothing."""
        if not snapshot.matched or not lead.create_date:
            return None
        return (snapshot.at - lead.create_date).total_seconds()

    @api.model
    def _wants(self, lead, snapshot):
        """What salespeople are to have in common with a lead (P4).

        :returns: the engine's ``Wants``; None where no route compares anything
        """
        if not snapshot.matched:
            return None
        # of values that are no lead yet the records behind them
        country, state = lead.country_id._origin.id, lead.state_id._origin.id
        place = (country or None, state or None, lead.zip or "")
        territories = None
        if any(place):
            territories = frozenset(
                territory.territory_id
                for territory in snapshot.territories
                if territory.contains(*place)
            )
        return Wants(
            lead.lang_id.code or "",
            frozenset(lead.tag_ids._origin.ids) & snapshot.skills,
            territories,
        )
