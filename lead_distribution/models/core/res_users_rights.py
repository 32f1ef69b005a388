"""What salespeople may know of each other: targets, limits, pauses, absences."""

from odoo import api, fields, models
from odoo.exceptions import AccessError

from .res_users import GROUP, MANAGED_FIELDS, MANAGER, TALENT_FIELDS

#: what internal users read and write on their own record, whatever their groups
OWN_FIELDS = frozenset(
    {
        "lead_absent",
        "lead_quiet_from",
        "lead_quiet_to",
        "lead_tell_assigned",
        "lead_tell_offered",
    }
)

#: what says how a colleague is doing, and when they are here: for those whom it
#: concerns, see :meth:`ResUsers._lead_known`
PRIVATE_FIELDS = (MANAGED_FIELDS - TALENT_FIELDS) | {
    "lead_limits",
    "lead_on_shift",
    "lead_quiet_from",
    "lead_quiet_to",
    "lead_tell_assigned",
    "lead_tell_offered",
    "lead_shift_text",
    "lead_shift_week",
    "lead_absence_ids",
    "lead_absent_text",
    "lead_workload_target",
    "lead_workload_units",
    "lead_workload_percent",
    "lead_balance_text",
    "lead_offer_count",
    "lead_offers_today",
    "lead_absence_compensation",
    "lead_compensation_text",
}


class ResUsers(models.Model):
    _inherit = "res.users"

    lead_known = fields.Boolean(
        compute="_compute_lead_known",
        groups=GROUP,
        help="Whether the reader may know their target, limits, pause and absence.",
    )

    @property
    def SELF_READABLE_FIELDS(self):
        return super().SELF_READABLE_FIELDS + list(OWN_FIELDS)

    @property
    def SELF_WRITEABLE_FIELDS(self):
        return super().SELF_WRITEABLE_FIELDS + list(OWN_FIELDS)

    @api.model
    def _self_accessible_fields(self):
        readable, writeable = super()._self_accessible_fields()
        if self.env.user._is_internal():
            return readable, writeable
        # core keeps one list for everybody; portal users have their own record, too
        return readable - OWN_FIELDS, writeable - OWN_FIELDS

    def _has_field_access(self, field, operation):
        if not super()._has_field_access(field, operation):
            return False
        if operation != "read" or self.env.su or field.name not in PRIVATE_FIELDS:
            return True
        if not self:
            # asked of the model: for searching, grouping and sorting by it
            return self._lead_knows_all()
        users = self._origin
        return users._lead_known() == users

    def _check_field_access(self, field, operation):
        if (
            operation == "read"
            and not self.env.su
            and field.name in PRIVATE_FIELDS
            and self.env.user.has_groups(field.groups)
            and not self._has_field_access(field, operation)
        ):
            raise AccessError(
                self.env._(
                    "Only managers of distribution and team leaders can see targets, "
                    "limits, pauses, absences and figures of colleagues."
                )
            )
        return super()._check_field_access(field, operation)

    @api.model
    def _lead_knows_all(self):
        """Tell whether the reader may know everybody's figures.

        :returns: whether the reader may search everybody's figures: managers of the
            distribution, whose search finds what is said in their company, and
            administrators of users
        """
        user = self.env.user
        return (
            self.env.su
            or user.has_group(MANAGER)
            or user.has_group("base.group_erp_manager")
        )

    def _lead_known(self):
        """Whose target, limits, pause, absence and figures the reader may know: one's
        own; of the teams one leads; managers of the distribution, of all who work for
        their companies; administrators of users, everybody's.

        :returns: those of ``self``, in its order
        """
        reader = self.env.user
        if self.env.su or reader.has_group("base.group_erp_manager"):
            return self
        others = self - reader
        if not others:
            return self
        # sudo: who is in which company and team, to decide and not to tell
        if reader.has_group(MANAGER):
            # sudo: who is in which company and team, to decide and not to tell
            companies = reader.sudo().company_ids
            # sudo: who is in which company and team, to decide and not to tell
            known = others.sudo().filtered(lambda user: user.company_ids & companies)
        else:
            # sudo: who is in which company and team, to decide and not to tell
            known = others.sudo().filtered(
                lambda user: (
                    reader.id
                    in user.crm_team_member_ids.filtered(
                        lambda member: member.active and member.crm_team_id.active
                    ).crm_team_id.user_id._ids
                )
            )
        return self.filtered(lambda user: user == reader or user.id in known._ids)

    @api.model
    def fields_get(self, allfields=None, attributes=None):
        found = super().fields_get(allfields, attributes=attributes)
        if self._lead_knows_all():
            return found
        for name in PRIVATE_FIELDS:
            found.pop(name, None)
        # what a view or a script names is described; whoever asks for all that there
        # is to read, filter and group by, of colleagues too, is not told of it
        for name in PRIVATE_FIELDS.intersection(allfields or ()):
            field = self._fields[name]
            own = name in self._self_accessible_fields()[0]
            if not (own or self.env.user.has_groups(field.groups)):
                continue
            description = field.get_description(self.env, attributes=attributes)
            said = {"searchable": False, "sortable": False, "groupable": False}
            said["readonly"] = name not in self._self_accessible_fields()[1]
            description.update(
                {key: value for key, value in said.items() if key in description}
            )
            found[name] = description
        return found

    @api.model
    @api.private
    def search_fetch(self, domain, field_names=None, offset=0, limit=None, order=None):
        if field_names is not None and not self._lead_knows_all():
            # read record by record, as far as the reader knows them
            field_names = [name for name in field_names if name not in PRIVATE_FIELDS]
        return super().search_fetch(domain, field_names, offset, limit, order)

    def _lead_hidden(self, names):
        """Tell what is private to others among some fields of these users.

        :param names: of fields that somebody asks for
        :returns: ``(private ones among them, those of self of whom the reader may not
            know them)``
        """
        private = PRIVATE_FIELDS.intersection(names or ())
        if not private or self.env.su or not all(self._ids):
            return (), self.browse()
        return private, self - self._lead_known()

    def _lead_masked(self, private, known, others):
        """What screens read: of colleagues nothing, instead of an error for all.

        :param private: of :meth:`_lead_hidden`
        :param known, others: what was read of the rest and of those hidden, a list of
            dictionaries each
        :returns: both, in the order of ``self``
        """
        empty = {name: self._lead_nothing(name) for name in private}
        found = {values["id"]: values for values in known}
        found.update({values["id"]: {**values, **empty} for values in others})
        return [found[user_id] for user_id in self._ids if user_id in found]

    @api.model
    def _lead_nothing(self, name):
        field = self._fields[name]
        if field.relational:
            return []
        return 0 if field.type in ("integer", "float") else False

    def read(self, fields=None, load="_classic_read"):
        private, hidden = self._lead_hidden(fields)
        if not hidden:
            return super().read(fields=fields, load=load)
        public = [name for name in fields if name not in private] or ["id"]
        shown = self - hidden  # Odoo takes reading nobody for asking of everybody
        return self._lead_masked(
            private,
            super(ResUsers, shown).read(fields=fields, load=load) if shown else [],
            super(ResUsers, hidden).read(fields=public, load=load),
        )

    def _read_format(self, fnames, load="_classic_read"):
        private, hidden = self._lead_hidden(fnames)
        if not hidden:
            return super()._read_format(fnames=fnames, load=load)
        public = [name for name in fnames if name not in private]
        return self._lead_masked(
            private,
            super(ResUsers, self - hidden)._read_format(fnames=fnames, load=load),
            super(ResUsers, hidden)._read_format(fnames=public, load=load),
        )

    def web_read(self, specification):
        private, hidden = self._lead_hidden(specification)
        if not hidden:
            return super().web_read(specification)
        public = {
            name: spec for name, spec in specification.items() if name not in private
        }
        shown = self - hidden
        return self._lead_masked(
            private,
            super(ResUsers, shown).web_read(specification) if shown else [],
            super(ResUsers, hidden).web_read(public),
        )

    @api.depends_context("uid")
    def _compute_lead_known(self):
        known = self._lead_known()
        for user in self:
            user.lead_known = user in known
