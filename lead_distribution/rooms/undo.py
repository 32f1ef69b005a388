"""A batch taken back: the ledger read backwards, for the leads nobody touched since.

Whoever had a lead before has it again, with the ledger row that the batch had closed;
what was nobody's goes into the pool, or is distributed again. Units are given back, and
so are tags, activities and the contact's salesperson that came with the assignment.
"""

from odoo import SUPERUSER_ID, api, fields, models
from odoo.exceptions import AccessError, ConcurrencyError, UserError
from odoo.tools import SQL

#: what a batch left that can be taken back
STANDING = ("assigned", "offered", "unplaced")


class LeadDistributionUndo(models.AbstractModel):
    _inherit = "lead.distribution"

    @api.model
    def _undo(self, run, again=False):
        """Take back what a batch did, where nobody touched it since.

        :param run: ``lead.distribution.run``
        :param again: whether what was nobody's before is distributed again, else it
            stays in the pool
        :returns: the number of leads and customers taken back
        :raises AccessError: for who is neither manager of the distribution nor leader
            of the leads' teams
        """
        rows = self._rows_of_run(run).filtered(lambda row: row.state in STANDING)
        leads = rows.lead_id
        if any(not row.lead_id for row in rows):
            leads = leads.browse()  # customers have no leader but the managers
        if not self._is_leader(leads):
            raise AccessError(
                self.env._(
                    "Undoing a distribution is for managers and for the leaders of "
                    "the leads' teams."
                )
            )
        done = rows.browse()
        for company, ours in rows.grouped("company_id").items():
            service = self._as_service(company)
            if not service.env["lead.distribution.lock"]._acquire(company):
                raise ConcurrencyError(
                    self.env._("Another distribution is under way; try again.")
                )
            ours = ours.with_env(service.env)
            done |= service._take_back(company, ours, again, self.env.user)
        if not done:
            raise UserError(
                self.env._(
                    "Nothing to undo: all of it was touched since, or is undone already."
                )
            )
        count = len(self._subjects_of(done))
        run.sudo().write(  # runs are written by nobody, whatever their rights
            {
                "undone_count": run.undone_count + count,
                "date_undone": fields.Datetime.now(),
                "undone_by_id": self.env.uid,
            }
        )
        return count

    @api.model
    def _count_undo(self, run):
        """:returns: ``(leads and customers that would be taken back, those that were
        touched since and stay)``"""
        rows = self._rows_of_run(run)
        standing = rows.filtered(lambda row: row.state in STANDING)
        back = self._subjects_of(standing - self._touched_rows(standing))
        return len(back), len(self._subjects_of(rows) - back)

    @api.model
    def _subjects_of(self, rows):
        """:returns: set of the leads' and customers' names and ids that rows are of"""
        return {
            ("crm.lead", row.lead_id.id)
            if row.lead_id
            else ("res.partner", row.partner_id.id)
            for row in rows
        }

    @api.model
    def _rows_of_run(self, run):
        """:returns: what a run did and was not undone, in the companies of whoever
        asks; with all rights, for leaders see their own rows only"""
        run.ensure_one().check_access("read")
        return (
            self.env["lead.distribution.assignment"]
            .sudo()
            .search(
                [
                    ("run_id", "=", run.id),
                    ("company_id", "in", [False, *self.env.companies.ids]),
                    ("state", "!=", "undone"),
                    # in the pool before it was in the pool: nothing to take back
                    "|",
                    ("state", "!=", "unplaced"),
                    ("previous_user_id", "!=", False),
                    "|",
                    ("lead_id", "!=", False),
                    ("partner_id", "!=", False),
                ]
            )
        )

    # who touched what ------------------------------------------------------

    @api.model
    def _touched_rows(self, rows):
        """Salesperson, stage, a done activity, a message of a person, or closed: then
        it is somebody's work, and stays.

        :param rows: of the ledger, with all rights
        """
        of_leads = rows.filtered("lead_id")
        moved = of_leads.filtered(self._lead_went_on)
        newest = self._latest_rows(of_leads.lead_id)
        moved |= of_leads.filtered(
            lambda row: (
                row.state != "assigned" and newest[row.lead_id.id].run_id != row.run_id
            )
        )
        of_customers = rows - of_leads
        moved |= of_customers.filtered(
            lambda row: row.partner_id.user_id != row.user_id
        )
        worked = self._worked_on("crm.lead", {r.lead_id.id: r for r in of_leads})
        moved |= of_leads.filtered(lambda row: row.lead_id.id in worked)
        worked = self._worked_on(
            "res.partner", {r.partner_id.id: r for r in of_customers}
        )
        return moved | of_customers.filtered(lambda row: row.partner_id.id in worked)

    @api.model
    def _lead_went_on(self, row):
        """:returns: whether the lead says so itself"""
        lead = row.lead_id
        if not lead.active or lead.won_status != "pending":
            return True
        if (
            lead.customer_user_id
            and lead.date_customer
            and lead.date_customer > row.date
        ):
            return True
        if row.state == "assigned":
            claimed = row.deadline and row.date_response
            return bool(claimed) or lead.user_id != row.user_id
        state = "offered" if row.state == "offered" else "pool"
        return bool(lead.user_id) or lead.distribution_state != state

    @api.model
    def _worked_on(self, model, rows):
        """:param rows: ``{record id: row}``
        :returns: ids of those that a person wrote or answered, did an activity of, or
            moved to another stage, after it was given
        """
        if not rows:
            return set()
        for name in ("mail.message", "mail.tracking.value"):
            self.env[name].flush_model()
        stage = self.env["ir.model.fields"]._get("crm.lead", "stage_id")
        found = self.env.execute_query(
            SQL(
                """SELECT DISTINCT m.res_id
                     FROM unnest(%(ids)s, %(dates)s::timestamp[]) AS given(id, date)
                     JOIN mail_message m
                       ON m.model = %(model)s AND m.res_id = given.id
                      AND m.date > given.date
                    WHERE m.message_type = 'email'
                       OR m.mail_activity_type_id IS NOT NULL
                       OR m.create_uid != %(robot)s
                          AND (m.message_type IN ('comment', 'email_outgoing')
                               OR EXISTS (SELECT FROM mail_tracking_value v
                                           WHERE v.mail_message_id = m.id
                                             AND v.field_id = %(stage)s))""",
                ids=list(rows),
                dates=[row.date for row in rows.values()],
                model=model,
                robot=SUPERUSER_ID,
                stage=stage.id,
            )
        )
        return {record_id for (record_id,) in found}

    # taking back -----------------------------------------------------------

    @api.model
    def _take_back(self, company, rows, again, by):
        """:param rows: those of one company, in the service's environment
        :param by: ``res.users`` who asks for it
        :returns: those that were taken back"""
        leads, partners = (
            rows.lead_id,
            rows.filtered(lambda x: not x.lead_id).partner_id,
        )
        # who works on one right now keeps it
        free = leads.try_lock_for_update(allow_referencing=True)
        free_partners = partners.try_lock_for_update(allow_referencing=True)
        rows = rows.filtered(
            lambda x: x.lead_id in free if x.lead_id else x.partner_id in free_partners
        )
        rows -= self._touched_rows(rows)
        now = fields.Datetime.now()
        of_leads = rows.filtered("lead_id")
        self._leads_back(company, of_leads, now, again)
        self._customers_back(rows - of_leads, now)
        text = self.env._("%s undid the distribution.", by.name)
        for records in (of_leads.lead_id, (rows - of_leads).partner_id):
            records._message_log_batch(bodies=dict.fromkeys(records.ids, text))
        self._tell_taken_back(rows, by)
        self.env.flush_all()
        return rows

    @api.model
    def _leads_back(self, company, rows, now, again):
        leads = rows.lead_id
        if not leads:
            return
        rows.activity_id.filtered("active").unlink()
        for tags, ours in rows.grouped("tag_ids_added").items():
            if tags:
                ours.lead_id.write({"tag_ids": [(3, tag_id) for tag_id in tags.ids]})
        owned = rows.filtered("partner_owned")
        for former, ours in (
            owned.filtered(lambda row: row.partner_id.user_id == row.user_id)
            .grouped("partner_previous_user_id")
            .items()
        ):
            ours.partner_id.write({"user_id": former.id})
        owned.write({"partner_owned": False})
        pooled = rows.filtered(lambda row: row.state == "unplaced").lead_id
        offers = rows.filtered(lambda row: row.state == "offered")
        values = {"mail_pending": False, "tracking_pending": False}
        (rows - offers).write({"state": "undone", "date_response": now, **values})
        self._close_offers(offers, "undone", "taken", values)
        rows.flush_recordset()  # the index of one assignment a lead is next
        before = {row.lead_id.id: row for row in rows}
        holders = self._holders_again(company, before)
        groups = {}
        for lead in leads:
            row = before[lead.id]
            # what came into the pool kept its team
            team = lead.team_id if lead in pooled else row.previous_team_id
            key = (holders.get(lead.id), team.id, row.user_id.id)
            groups.setdefault(key, []).append(lead.id)
        rest = "pending" if again else "pool"
        for (user_id, team_id, former_id), ids in groups.items():
            ours = leads.browse(ids)
            ours.write(
                {
                    "user_id": user_id or False,
                    "team_id": team_id,
                    "company_id": company.id,
                    "distribution_route_id": False,
                    "distribution_state": "none" if user_id else rest,
                }
            )
            former = self.env["res.users"].browse(former_id or [])
            ours.message_unsubscribe(former.partner_id.ids)
        self._follow_again(leads, holders)
        self._reopen_rows(leads, holders)
        self._drop_calls_for_help(leads.browse(list(holders)))
        if again and len(holders) < len(leads):
            self._call_cron("ir_cron_distribute_pending")

    @api.model
    def _holders_again(self, company, before):
        """:param before: ``{lead_id: row}``
        :returns: ``{lead_id: user_id}`` of who had it, and may have it still"""
        users = self.env["res.users"].union(
            *(row.previous_user_id for row in before.values())
        )
        users = self._allowed_in(users.filtered("active"), company)
        return {
            lead_id: row.previous_user_id.id
            for lead_id, row in before.items()
            if row.previous_user_id in users
        }

    @api.model
    def _follow_again(self, leads, holders):
        default = self.env["mail.message.subtype"].default_subtypes("crm.lead")[0].ids
        partners = {
            user.id: user.partner_id.id
            for user in self.env["res.users"].browse(set(holders.values()))
        }
        self._insert_followers(
            leads,
            {
                (lead_id, partners[user_id]): default
                for lead_id, user_id in holders.items()
            },
        )

    @api.model
    def _reopen_rows(self, leads, holders):
        """The rows that the batch had closed are the assignments again, with the units
        of when they were given."""
        rows = self.env["lead.distribution.assignment"].search(
            [("lead_id", "in", list(holders)), ("state", "=", "released")],
            order="id desc",
        )
        last = {}
        for row in rows:
            if row.user_id.id == holders[row.lead_id.id]:
                last.setdefault(row.lead_id.id, row)
        rows = rows.union(*last.values())
        rows.write({"state": "assigned", "date_response": False})
        for route, ours in rows.grouped("route_id").items():
            ours.lead_id.write({"distribution_route_id": route.id})
        self.env.flush_all()
        self._settle(leads.browse(list(holders)))

    @api.model
    def _customers_back(self, rows, now):
        """Customers that a rule moved, and their contacts that went with them."""
        if not rows:
            return
        since = {row.partner_id: row.partner_id.lead_salesperson_since for row in rows}
        contacts = self.env["res.partner"].search(
            [
                ("commercial_partner_id", "in", rows.partner_id.ids),
                ("id", "not in", rows.partner_id.ids),
            ]
        )
        rows.write({"state": "undone", "date_response": now, "mail_pending": False})
        for (user, former), ours in rows.grouped(
            lambda row: (row.user_id, row.previous_user_id)
        ).items():
            partners = ours.partner_id
            along = contacts.filtered(
                lambda c, partners=partners, user=user: (
                    c.commercial_partner_id in partners
                    and c.user_id == user
                    and c.lead_salesperson_since == since[c.commercial_partner_id]
                )
            )
            (partners | along).write({"user_id": former.filtered("active").id})

    @api.model
    def _tell_taken_back(self, rows, by):
        """Whoever loses some is told which, once."""
        for user, ours in rows.grouped("user_id").items():
            if not user.active:
                continue
            _ = self.with_context(lang=user.lang or self.env.lang).env._
            names = [(row.lead_id or row.partner_id).display_name for row in ours]
            subject = _(
                "%(user)s undid a distribution: %(count)s of yours went back",
                user=by.name,
                count=len(ours),
            )
            self._tell_lost(user, _("Distribution undone"), subject, names, ours.run_id)
