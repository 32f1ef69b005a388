"""Whatever points to a merged lead moves to the lead that stays."""

import psycopg2

from odoo import api, models
from odoo.tools import SQL, mute_logger, ormcache

from ...tools.batch import safely
from ...tools.redacting_log import redacting_logger

_logger = redacting_logger(__name__)

#: moved by what knows more about them than where they point
_OWN_WAY = {
    "lead.distribution.assignment",  # one assignment a lead
    "mail.followers",  # nobody follows twice
}


class LeadDistributionMerge(models.AbstractModel):
    _inherit = "lead.distribution.merge"

    @api.model
    @ormcache()
    def _lead_references(self):
        """Every stored field of every model that points to one lead, as far as it can
        be looked for: what holds the name of the model may be a mere computation.

        :returns: ``((model, field, field with the model's name or ""), ...)``
        """
        found = []
        for name, model in sorted(self.env.registry.items()):
            if model._abstract or model._transient or not model._auto:
                continue
            if name in _OWN_WAY:
                continue
            for field in model._fields.values():
                if not field.store or (field.compute and field.readonly):
                    continue
                if field.type == "many2one" and field.comodel_name == "crm.lead":
                    found.append((name, field.name, ""))
                elif field.type == "many2one_reference":
                    named = model._fields.get(field.model_field)
                    if named and named._description_searchable:
                        found.append((name, field.name, field.model_field))
                elif field.type == "reference":
                    found.append((name, field.name, "reference"))
        return tuple(found)

    @api.model
    @ormcache()
    def _lead_relations(self):
        """Every table of a many2many with leads on one side.

        :returns: ``((table, column of the lead, other column), ...)``
        """
        found = set()
        for name, model in self.env.registry.items():
            if model._abstract or model._transient or not model._auto:
                continue
            for field in model._fields.values():
                if field.type != "many2many" or not field.store:
                    continue
                if name == "crm.lead":
                    found.add((field.relation, field.column1, field.column2))
                if field.comodel_name == "crm.lead":
                    found.add((field.relation, field.column2, field.column1))
        return tuple(sorted(found))

    @api.model
    def _move_references(self, model, name, model_name, master, duplicates):
        """Point what points to duplicates to the master. What cannot, since there may
        be one of its kind only or another module refuses it, stays and goes with the
        lead."""
        Model = self.env[model].with_context(active_test=False)
        if model_name == "reference":
            values = [f"crm.lead,{lead_id}" for lead_id in duplicates.ids]
            domain, value = [(name, "in", values)], f"crm.lead,{master.id}"
        else:
            domain, value = [(name, "in", duplicates.ids)], master.id
            if model_name:
                domain.append((model_name, "=", "crm.lead"))
        records = Model.search(domain)
        if not records:
            return
        self.env.flush_all()

        def move(some):
            some.write({name: value})
            some.flush_recordset()

        def leave(record, error):
            record.invalidate_recordset()
            if not isinstance(error, psycopg2.IntegrityError):
                _logger.warning("%s stays with a merged lead", record, exc_info=True)

        with mute_logger("odoo.sql_db"):
            safely(self.env.cr, records, move, leave)

    @api.model
    def _move_followers(self, master, duplicates):
        self.env["mail.followers"].flush_model()
        self.env.cr.execute(
            SQL(
                """UPDATE mail_followers f SET res_id = %(master)s
                     FROM (SELECT DISTINCT ON (partner_id) id FROM mail_followers
                            WHERE res_model = 'crm.lead'
                              AND res_id = ANY(%(duplicates)s)
                              AND partner_id NOT IN (
                                  SELECT partner_id FROM mail_followers
                                   WHERE res_model = 'crm.lead' AND res_id = %(master)s)
                         ORDER BY partner_id, id) AS new
                    WHERE new.id = f.id""",
                master=master.id,
                duplicates=duplicates.ids,
            )
        )
        self.env["mail.followers"].invalidate_model()
        (master | duplicates).invalidate_recordset(
            ["message_follower_ids", "message_partner_ids"]
        )

    @api.model
    def _move_relations(self, table, column, other, master, duplicates):
        self.env.cr.execute(
            SQL(
                """INSERT INTO %(table)s (%(column)s, %(other)s)
                   SELECT DISTINCT %(master)s, %(other)s FROM %(table)s
                    WHERE %(column)s = ANY(%(duplicates)s)
                   ON CONFLICT DO NOTHING""",
                table=SQL.identifier(table),
                column=SQL.identifier(column),
                other=SQL.identifier(other),
                master=master.id,
                duplicates=duplicates.ids,
            )
        )
        if self.env.cr.rowcount:
            self.env.invalidate_all()
