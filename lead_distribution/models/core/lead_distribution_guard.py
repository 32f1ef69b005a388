"""What a caller names has to be the caller's to read. Core tells the name of whatever a
many2one holds with all rights, so an id made up would tell another company's name, on a
form that is not saved as well as on a record that is."""

from odoo import Command, api, fields, models
from odoo.exceptions import AccessError

#: our addons; one that adds to them is called alike
OURS = "lead_distribution"
#: commands that are about a record there is, and that carry values
TOUCHING = (Command.UPDATE, Command.DELETE, Command.UNLINK, Command.LINK)
NESTING = (Command.CREATE, Command.UPDATE)


def is_ours(model):
    """Whether a model comes from this addon or one of its glue addons."""
    return (model._original_module or "").startswith(OURS)


class Named(dict):
    """``{model: ids}`` of the records that values name, those of our models or in
    fields of ours."""

    def collect(self, model, vals):
        """Note the guarded records that values name.

        :param vals: as for ``create``, ``write`` or ``onchange``
        """
        for name, value in vals.items():
            field = model._fields.get(name)
            if not value or field is None or not field.relational:
                continue
            comodel = model.env[field.comodel_name]
            if field.type != "many2one":
                ids = self._of_commands(comodel, value)
            else:
                ids = self._of_value(value)
            guarded = (
                is_ours(model)
                or is_ours(comodel)
                or (field._module or "").startswith(OURS)
            )
            if guarded and ids:
                self.setdefault(comodel._name, set()).update(ids)

    def _of_value(self, value):
        if isinstance(value, dict):
            value = value.get("id")
        elif isinstance(value, models.BaseModel):
            return value.ids
        elif isinstance(value, (list, tuple)):
            value = value[0] if value else None
        return [value] if type(value) is int else []

    def _of_commands(self, comodel, commands):
        """What nested values name is collected, too.

        :returns: ids of the records that commands touch
        """
        if isinstance(commands, models.BaseModel):
            return commands.ids
        ids = []
        if not isinstance(commands, (list, tuple)):
            return ids
        for command in commands:
            if not isinstance(command, (list, tuple)):
                ids += self._of_value(command)
                continue
            code, *rest = command
            if code in TOUCHING and rest:
                ids += self._of_value(rest[0])
            if code in NESTING and len(rest) > 1 and isinstance(rest[1], dict):
                self.collect(comodel, rest[1])
            if code == Command.SET and len(rest) > 1:
                ids += [value for value in rest[1] or () if type(value) is int]
        return ids

    def check(self, records):
        """Check that the current user may read what the values name.

        :param records: those that the values are for; what they hold already may be
            named again
        :raises AccessError: for a record that the current user may not read, or that
            is not there
        """
        for name, ids in self.items():
            comodel = records.env[name]
            there = comodel.browse(i for i in ids if 0 < i < 2**31).exists()
            hidden = ids - set(there._filtered_access("read").ids)
            if hidden:
                hidden -= self._held(records, name)
                hidden -= set(comodel._lead_may_be_named(hidden))
            if hidden:
                # sudo: the name of the model, no more
                model = records.env["ir.model"].sudo()._get(name)
                raise AccessError(
                    records.env._(
                        "A value of “%s” does not exist, or you may not read it.",
                        model.name,
                    )
                )

    def _held(self, records, name):
        """Return the ids of the model that the records hold themselves."""
        held = set()
        # sudo: ids that the caller sent, and which stay where they are
        for record in records.sudo().with_context(active_test=False):
            for field in record._fields.values():
                if field.relational and field.comodel_name == name and field.store:
                    held.update(record[field.name].ids)
        return held


class LeadDistributionGuard(models.AbstractModel):
    """For models of which others than administrators write values."""

    _name = "lead.distribution.guard"
    _description = "Names Only What One May Read"

    @api.model_create_multi
    def create(self, vals_list):
        self._lead_check_named(vals_list)
        return super().create(vals_list)

    def write(self, vals):
        self._lead_check_named([vals])
        return super().write(vals)

    @api.model
    def default_get(self, fields_list):
        if is_ours(self):
            # rights before answers: what the context names may be anybody's
            self.browse().check_access("create")
        return super().default_get(fields_list)


class LeadDistributionFiltered(models.AbstractModel):
    """What has a filter: a domain that people write, see ``core/filters.py``."""

    _name = "lead.distribution.filtered"
    _inherit = "lead.distribution.guard"
    _description = "With a Filter"

    active = fields.Boolean(default=True)
    company_id = fields.Many2one("res.company")
    domain = fields.Char(default="[]", required=True)

    def _filter_model(self):
        """Return the name of the model that the filter is about."""
        return "crm.lead"

    def _parsed_domain(self):
        """Parse the filter.

        :raises ValueError, SyntaxError: when it is not a domain
        """
        self.ensure_one()
        return self.env["lead.distribution.filters"]._filter(self.domain)

    def _domain_problem(self):
        """Return what is wrong with the domain in words, "" if nothing is."""
        self.ensure_one()
        return self.env["lead.distribution.filters"]._filter_problem(
            self._filter_model(), self.domain
        )

    def _domain_refusal(self):
        """Tell why the reader may not use the filter as it is being entered.

        :returns: why the reader may not filter like this, in words; "" if they may, or
            if it is how it is kept
        """
        self.ensure_one()
        # sudo: whether it is the one that was kept, by somebody who might
        kept = self._origin.sudo()
        if kept.domain == self.domain and kept._filter_model() == self._filter_model():
            return ""
        return self.env["lead.distribution.filters"]._filter_refusal(
            self._filter_model(), self.domain
        )

    # Odoo runs constraints with all rights, so who keeps a filter is asked here

    @api.model_create_multi
    def create(self, vals_list):
        records = super().create(vals_list)
        records._check_everywhere()
        records._check_filters()
        return records

    def write(self, vals):
        reaches = not self._reaching().isdisjoint(vals)
        if reaches:
            self._check_everywhere()
        result = super().write(vals)
        if reaches:
            self._check_everywhere()
        if not self._filtering().isdisjoint(vals):
            self._check_filters()
        return result

    def _filtering(self):
        """Return the names of the fields that make its filter."""
        return {"domain"}

    def _reaching(self):
        """Return the names of the fields that say what it is about, and whose."""
        return {"active", "company_id", "domain"}

    def _check_filters(self):
        """Refuse filters that would tell users what they may not read.

        :raises AccessError: when the current user may not filter like this
        """
        for record in self if not self.env.su else ():
            refusal = self.env["lead.distribution.filters"]._filter_refusal(
                record._filter_model(), record.domain
            )
            if refusal:
                raise AccessError(refusal)

    def _check_everywhere(self):
        self.env["lead.distribution.filters"]._check_everywhere(self)

    @api.ondelete(at_uninstall=False)
    def _unlink_everywhere(self):
        self._check_everywhere()


class Base(models.AbstractModel):
    """A form of any model may hold lines of ours that are not saved."""

    _inherit = "base"

    @api.model
    def default_get(self, fields_list):
        values = super().default_get(fields_list)
        if any(key.startswith("default_") for key in self.env.context):
            self._lead_check_named([values])
        return values

    @api.model
    def _lead_may_be_named(self, ids):
        """Hook: which records may be named by those who may not read them.

        :param ids: of records of this model
        :returns: some of the ids
        """
        return []

    def onchange(self, values, field_names, fields_spec):
        self._lead_check_named([values])
        return super().onchange(values, field_names, fields_spec)

    def _lead_check_named(self, vals_list):
        """Check the records that values to be written name.

        :raises AccessError: when values name what the current user may not read, of our
            models or in fields of ours
        """
        if self.env.su:
            return
        named = Named()
        for vals in vals_list:
            named.collect(self, vals)
        named.check(self)
