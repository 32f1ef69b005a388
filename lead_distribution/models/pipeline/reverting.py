"""Assignments that never were, or are no more: undone, removed, merged."""

from odoo import Command, api, fields, models

from ...tools.scheduling import trigger_cron


class LeadDistributionApply(models.AbstractModel):
    _inherit = "lead.distribution.apply"

    @api.model
    def _revert_rows(self, rows, at):
        """Undo rows of the ledger: their activities, tags, and the salespeople that
        contacts got. Whose the leads are is left to :meth:`_give_back`.

        :param rows: of leads; assigned, offered or unplaced
        """
        if not rows:
            return
        self._revert_consequences(rows)
        values = {"mail_pending": False, "tracking_pending": False}
        offers = rows.filtered(lambda row: row.state == "offered")
        (rows - offers).write({"state": "undone", "date_response": at, **values})
        rows._close_offers(offers, "undone", "taken", values)
        rows.flush_recordset()  # the index of one assignment a lead is next

    @api.model
    def _revert_consequences(self, rows):
        """Take back the activities, tags and contacts that came with assignments."""
        rows.activity_id.filtered("active").unlink()
        for tags, ours in rows.grouped("tag_ids_added").items():
            if tags:
                ours.lead_id.write(
                    {"tag_ids": [Command.unlink(tag_id) for tag_id in tags.ids]}
                )
        self._revert_contacts(rows)

    @api.model
    def _revert_contacts(self, rows):
        """Contacts whose salesperson came with these leads, unless another lead of
        theirs stays with that salesperson."""
        owned = rows.filtered("partner_owned")
        if not owned:
            return
        others = self.env["lead.distribution.assignment"].search(
            [
                ("partner_id", "in", owned.partner_id.ids),
                ("lead_id", "!=", False),
                ("state", "=", "assigned"),
                ("id", "not in", rows.ids),
            ]
        )
        keep = {(row.partner_id, row.user_id) for row in others}
        going = owned.filtered(
            lambda row: (
                row.partner_id.user_id == row.user_id
                and (row.partner_id, row.user_id) not in keep
            )
        )
        for former, ours in going.grouped("partner_previous_user_id").items():
            ours.partner_id.write({"user_id": former.filtered("active").id})
        owned.write({"partner_owned": False})

    @api.model
    def _remove_rows(self, leads):
        """Nobody's leads and no leads at all: what they counted is given back. Who had
        them keeps them, should they be restored."""
        rows = self.env["lead.distribution.assignment"].search(
            [
                ("lead_id", "in", leads.ids),
                ("state", "in", ["assigned", "offered", "released"]),
            ]
        )
        now = fields.Datetime.now()
        # what a correction made up for stays beside it: it is given back once
        made_up = rows.filtered("correction_ids")
        rows._close_rows(made_up.filtered(lambda row: row.state != "released"), now)
        (rows - made_up).write({"state": "removed", "date_response": now})

    @api.model
    def _merge_rows(self, head, rows, user=None):
        """Close the rows of leads that are merged into another one, but for one that
        becomes its assignment.

        :param rows: all those of the merged leads
        :param user: ``res.users`` who gets the lead, who has it by default
        """
        now = fields.Datetime.now()
        held = rows.filtered(lambda row: row.state in ("assigned", "offered"))
        assigned = held.filtered(lambda row: row.state == "assigned")
        owner = user or head.user_id
        own = rows.search([("lead_id", "=", head.id), ("state", "=", "assigned")])
        keep = rows.browse()
        if own and own.user_id != owner:
            keep = assigned.filtered(lambda row: row.user_id == owner)[:1]
            if keep:
                own._close_rows(own, now)
        elif not own and not head.user_id:
            keep = assigned[:1]
        # one lead of the same salesperson now, which counts once
        twice = (assigned - keep).filtered(lambda row: row.user_id == owner)
        twice.write({"state": "removed", "date_response": now})
        rows._close_rows(held - keep - twice, now)

    @api.model
    def _merged(self, context, lead, former):
        """Do what follows when leads were merged: whoever had one of them and does not
        have the one that stays has lost it.

        :param lead: the one that stays
        :param former: ``res.users`` who had one of them
        """
        former -= lead.user_id
        lead.message_unsubscribe(former.partner_id.ids)
        for user in former:
            self._notify_former(context, {lead.id: user.id})
        self._after_merge(context, lead, former)

    @api.model
    def _after_merge(self, context, lead, former):
        """Hook: do what follows when leads were merged into one.

        :param lead: the one that stays
        :param former: ``res.users`` who had one of them and do not have this one
        """

    @api.model
    def _give_back(self, context, rows, holders, again):
        """Give leads back to who had them before rows that are undone.

        :param rows: the undone ones, one of each lead; ``unplaced`` ones as well
        :param holders: ``{lead_id: user_id}`` of who has it again; all others are
            nobody's
        :param again: whether those are distributed again, else they stay in the pool
        """
        leads = rows.lead_id
        rest = "pending" if again else "pool"
        groups, former = {}, {}
        for row in rows:
            lead = row.lead_id
            # what came into the pool kept its team
            team = row.previous_team_id if row.user_id else lead.team_id
            if lead.user_id.id != holders.get(lead.id):
                former[lead.id] = lead.user_id.id
            key = (holders.get(lead.id), team.id)
            groups.setdefault(key, []).append(lead.id)
        for (user_id, team_id), ids in groups.items():
            leads.browse(ids).write(
                {
                    "user_id": user_id or False,
                    "team_id": team_id,
                    "company_id": context.company.id,
                    "distribution_route_id": False,
                    "distribution_state": "none" if user_id else rest,
                }
            )
        self._unsubscribe(leads, former)
        self._after_take_away(context, former)
        again = leads.browse(list(holders))
        self._insert_followers(leads, self._default_followers(holders))
        self._reopen_rows(rows, holders)
        self._after_give_back(context, holders)
        self._drop_escalations(again)
        if rest == "pending" and len(holders) < len(leads):
            trigger_cron(self.env, "ir_cron_distribute_pending")

    @api.model
    def _after_give_back(self, context, holders):
        """Hook: do what follows when salespeople have leads again that they had.

        :param holders: ``{lead_id: user_id}``
        """

    @api.model
    def _default_followers(self, holders):
        """Describe salespeople as followers of their leads.

        :returns: see :meth:`_insert_followers`
        """
        default = self.env["mail.message.subtype"].default_subtypes("crm.lead")[0].ids
        users = self.env["res.users"].browse(set(holders.values()))
        partners = {user.id: user.partner_id.id for user in users}
        return {
            (lead_id, partners[user_id]): default
            for lead_id, user_id in holders.items()
        }

    @api.model
    def _reopen_rows(self, undone, holders):
        """The rows that the undone ones had closed are the assignments again, with the
        units of when they were given."""
        before = {row.lead_id.id: row for row in undone}
        rows = self.env["lead.distribution.assignment"].search(
            [("lead_id", "in", list(holders)), ("state", "=", "released")]
        )
        rows = rows.filtered(lambda row: row._closed_by(before[row.lead_id.id]))
        rows._reopen()
        for route, ours in rows.grouped("route_id").items():
            ours.lead_id.write({"distribution_route_id": route.id})
        self.env.flush_all()
        leads = self.env["crm.lead"].browse(list(holders))
        self.env["lead.distribution"]._settle(leads)
