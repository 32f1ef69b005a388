"""What people write and name: filters (domains), and records by their ids. What a
filter may use, how far it looks, and which names are told to whom.

A filter is kept by a manager and judged by the superuser, lead by lead: so whoever
keeps one uses only what they may read, and through relations it looks at nothing of
other companies. Before it is kept it is tried with the rights of who writes it."""

from ast import literal_eval

from odoo import api, models
from odoo.exceptions import AccessError
from odoo.fields import Domain

from ...tools.service_context import telling_nothing

#: where a record rule asks for nothing but these, it parts companies and guests
PARTS_COMPANIES = {"company_id", "company_ids", "share", "partner_share"}
#: operators that look at the records behind a relation
LOOKS_AT = ("any", "not any")


class LeadDistributionFilters(models.AbstractModel):
    _name = "lead.distribution.filters"
    _description = "Lead Distribution: Filters"

    # filters -----------------------------------------------------------------

    @api.model
    def _filter(self, text):
        """Parse a filter.

        :param text: a domain as people keep it
        :returns: Domain
        :raises ValueError, SyntaxError: when it is none
        """
        found = literal_eval((text or "[]").strip())
        if not isinstance(found, list):
            raise ValueError(self.env._("A filter is a list of conditions."))
        return Domain(found)

    @api.model
    def _filter_problem(self, model, text):
        """Try a filter out.

        :param model: name of the model that it filters
        :returns: why the filter cannot work, in words; "" if it can
        """
        _ = self.env._
        try:
            conditions = literal_eval((text or "[]").strip())
        except Exception:  # whatever it is, it is no list
            conditions = None
        if not isinstance(conditions, list):
            return _("It is not a list of conditions. Choose its conditions again.")
        try:
            domain = Domain(conditions)
        except Exception:  # whatever it is, the filter is unusable
            return _(
                "One of its conditions is incomplete, or uses a comparison that does "
                "not exist. Choose its conditions again."
            )
        problems = [
            self._condition_problem(self.env[model], condition)
            for condition in domain.iter_conditions()
        ]
        if any(problems):
            return next(filter(None, problems))
        return "" if self._works(model, domain) else _("It cannot be searched for.")

    @api.model
    def _works(self, model, domain):
        try:
            # sudo: a query is built and not run; that is what finds unknown fields and
            # operators, whoever reads of it
            self.env[model].sudo()._search(domain, limit=1)
        except Exception:  # whatever it is, the filter is unusable
            return False
        return True

    @api.model
    def _condition_problem(self, model, condition):
        """Return what is wrong with one condition in words, "" if nothing is."""
        _ = self.env._
        here, titles = model, []
        for name in condition.field_expr.split("."):
            field = here._fields.get(name)
            if field is None:
                # sudo: the name of the model, no more
                title = self.env["ir.model"].sudo()._get(here._name).name
                return _(
                    "“%(model)s” has no field “%(field)s”: the app that it came with "
                    "may be gone. Take the condition out.",
                    model=title,
                    field=name,
                )
            titles.append(field.get_description(self.env, ["string"])["string"] or name)
            if not field.relational:
                break  # what follows is a part of a date, or a property
            here = here.env[field.comodel_name]
        if self._works(model._name, Domain(condition)):
            return ""
        return _(
            "The condition on “%(field)s” cannot be searched for: it compares with "
            "“%(value)s” by “%(operator)s”.",
            field=" / ".join(titles),
            value=condition.value,
            operator=condition.operator,
        )

    @api.model
    def _filter_refusal(self, model, text):
        """What the current user may not filter by: fields that they may not read, and
        records behind a relation of which they may read none or only some, such as
        their own. The model itself is not asked for: managers of distribution say which
        leads go where, whether they sell or not.

        :returns: why not, in words; "" if they may
        """
        if self.env.su:
            return ""
        try:
            domain = self._filter(text)
        except Exception:  # it is no filter: that is told elsewhere
            return ""
        return self._refusal_in(self.env[model], domain)

    @api.model
    def _refusal_in(self, model, domain):
        for leaf in domain.iter_conditions():
            here, names = model, leaf.field_expr.split(".")
            for place, name in enumerate(names):
                field = here._fields.get(name)
                if field is None:
                    break  # a part of a date, or a property
                if not here._has_field_access(field, "read"):
                    return self.env._(
                        "You cannot filter by “%(field)s” of %(model)s.",
                        field=field._description_string(self.env),
                        model=self._model_in_words(here),
                    )
                asked = leaf.operator in LOOKS_AT and place == len(names) - 1
                if field.relational:
                    here = self.env[field.comodel_name]
                    into = asked or place < len(names) - 1
                    if into and not self._sees_all_of(here):
                        return self.env._(
                            "You cannot filter by %s, because you cannot see all of "
                            "them.",
                            self._model_in_words(here),
                        )
                # by its id a record looks at itself
                refusal = asked and self._refusal_in(here, Domain(leaf.value))
                if refusal:
                    return refusal
        return ""

    @api.model
    def _sees_all_of(self, model):
        """Tell whether only the company limits what the reader sees of a model.

        :returns: whether the current user may read whatever of a model is their
            companies'
        """
        if not model.has_access("read"):
            return False
        rules = self.env["ir.rule"]._compute_domain(model._name, "read")
        return self._parts_companies(model, rules)

    @api.model
    def _parts_companies(self, model, domain):
        """Whether a record rule keeps companies apart, and nothing else."""
        operator = getattr(domain, "OPERATOR", "")
        if operator in ("&", "|"):
            # of alternatives the widest is enough
            enough = any if operator == "|" else all
            return enough(self._parts_companies(model, one) for one in domain.children)
        parts = PARTS_COMPANIES | ({"id"} if model._name == "res.company" else set())
        for leaf in domain.iter_conditions():
            if leaf.operator in LOOKS_AT:
                comodel = self.env[model._fields[leaf.field_expr].comodel_name]
                if not self._parts_companies(comodel, Domain(leaf.value)):
                    return False
            elif leaf.field_expr.split(".")[-1] not in parts:
                return False
        return not domain.is_false()

    @api.model
    def _model_in_words(self, model):
        # sudo: its name, no more
        return self.env["ir.model"].sudo()._get(model._name).name

    @api.model
    def _filter_within(self, model, domain, company):
        """A filter as the superuser judges it: through relations it looks at what is of
        the company or of all companies.

        :param model: what it filters, an empty recordset
        :param company: ``res.company``; without one there is nothing to part
        :returns: Domain
        """
        if not company:
            return domain

        def keep_within(leaf):
            name, _dot, rest = leaf.field_expr.partition(".")
            field = model._fields.get(name)
            operator, inner = leaf.operator, leaf.value
            if name == "id" and operator in LOOKS_AT:
                inner = self._filter_within(model, Domain(inner), company)
                return Domain(name, operator, inner)
            if field is None or not field.relational:
                return leaf
            if rest:
                operator, inner = "any", Domain(rest, leaf.operator, leaf.value)
            elif operator not in LOOKS_AT:
                return leaf
            comodel = self.env[field.comodel_name]
            inner = self._filter_within(comodel, Domain(inner), company)
            return Domain(name, operator, inner & self._part_of(comodel, company))

        return domain.map_conditions(keep_within)

    @api.model
    def _part_of(self, model, company):
        """Return the domain of what is a company's, or everybody's."""
        if model._name == "res.users":
            return Domain("company_ids", "in", company.ids)
        # sudo: a branch looks at what is its parents', which its people may not see
        ours = company.sudo().parent_ids.ids
        if model._name == "res.company":
            return Domain("id", "in", ours)
        field = model._fields.get("company_id")
        if field is None or not field.store or field.comodel_name != "res.company":
            return Domain.TRUE
        return Domain("company_id", "in", [False, *ours])

    @api.model
    def _check_everywhere(self, records):
        """What holds for all companies is set up by who works for all of them: it moves
        everybody's leads.

        :param records: with a ``company_id``, empty for all companies
        :raises AccessError: for whoever works for some of the companies only
        """
        if self.env.su or all(record.company_id for record in records):
            return
        # sudo: whether there is a company that the user does not know
        companies = self.env["res.company"].sudo()
        if companies.search_count(
            [("id", "not in", self.env.user.company_ids.ids)], limit=1
        ):
            raise AccessError(
                self.env._(
                    "Only users of all companies can set this up for all companies: "
                    "choose a company."
                )
            )

    # names -------------------------------------------------------------------

    @api.model
    def _plainly(self, records):
        """Read records with a context that adds nothing to their names.

        :returns: records whose names are names and nothing more, whatever the context
            says
        """
        # pylint: disable=context-overridden
        return records.with_context(telling_nothing(records.env.context))

    @api.model
    def _name_of(self, model, record_id):
        """Return a name that the reader may see, see :meth:`_names_of`."""
        return self._names_of(self.env[model].browse(record_id))[0]

    @api.model
    def _names_of(self, records):
        """Names that the reader may see: of colleagues those of the companies chosen,
        of anything else what they may read.

        :param records: of one model, deleted ones included
        :returns: list of str, one for each
        """
        # sudo: what is there, and whose it is
        found = self._plainly(records.sudo().with_context(active_test=False))
        there = set(found.exists().ids)
        return [
            self._told(one) if one.id in there else self.env._("(deleted)")
            for one in found
        ]

    @api.model
    def _told(self, record):
        """Name a record, if the reader may know its name.

        :param record: with all rights
        :returns: its name, or a word in its place
        """
        _ = self.env._
        readable = self.env.su or record.sudo(False).has_access("read")
        if record._name in ("crm.lead", "res.partner"):
            # a colleague's lead or contact is not told to who may not read it
            return record.display_name if readable else _("(a colleague's)")
        companies = self.env["res.company"]
        if record._name == "res.users":
            companies = record.company_ids
        elif "company_id" in record:
            companies = record.company_id
        if companies and not companies & self.env.companies:
            return _("(another company's)")
        return record.display_name if readable else _("(you have no access)")
