"""Tasks of salespeople who leave."""

from odoo import api, models
from odoo.fields import Domain
from odoo.tools import SQL

from ...tools.service_context import as_service, as_task


class ResUsers(models.Model):
    _inherit = "res.users"

    @api.model
    def _lead_given_domain(self):
        """Keep activities that were given for the record to which they point, by who
        may write it: however one came to point at another, it opens nothing."""

        def to_sql(model, alias, query):
            return SQL(
                "(%s = %s AND %s = %s)",
                SQL.identifier(alias, "lead_given_id"),
                SQL.identifier(alias, "res_id"),
                SQL.identifier(alias, "lead_given_model"),
                SQL.identifier(alias, "res_model"),
            )

        def predicate(task):
            given = (task.lead_given_model, task.lead_given_id)
            return given == (task.res_model, task.res_id)

        given = Domain.custom(to_sql=to_sql, predicate=predicate)
        return super()._lead_given_domain() & given

    def action_archive(self):
        """Archive users; the tasks of their leads wait for whoever gets the leads. Odoo
        deletes all others."""
        self.check_access("write")
        leads = self.env["lead.distribution.manual"]._leads_of(self)
        if leads:
            apply = as_service(self).env["lead.distribution.apply"]
            tasks = apply._open_tasks(leads.ids).filtered(
                lambda task: task.user_id.id in self.ids
            )
            as_task(tasks).write({"user_id": False})
        return super().action_archive()
