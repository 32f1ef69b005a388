"""Health check: filters of routes and rules."""

from odoo import api, models
from odoo.fields import Domain
from odoo.tools import OrderedSet

from ...engine import STRATEGIES
from .health_finding import Finding


class LeadDistributionHealthChecks(models.AbstractModel):
    _inherit = "lead.distribution.health.checks"

    @api.model
    def _health_installed(self, setup):
        """Routes and rules that go by something whose addon is not installed."""
        names = ("strategy", "pool_source", "workload_measure")
        for record in [*setup.mine(setup.routes), *setup.mine(setup.rules)]:
            for field in (record._fields[name] for name in names if name in record):
                value = record[field.name]
                if value in field.get_values(self.env):
                    if field.name != "strategy" or value in STRATEGIES:
                        continue
                yield Finding(
                    "installed",
                    "danger",
                    self.env._(
                        "%(what)s: “%(value)s”, chosen as %(field)s, is not installed. "
                        "Choose another, or install its addon.",
                        what=self._health_title(record),
                        value=value,
                        field=field._description_string(self.env),
                    ),
                    record.company_id,
                    record,
                )

    @api.model
    def _health_filters(self, setup):
        """Filters that are broken, contradict themselves, or ask for what is no longer
        there."""
        _ = self.env._
        whole, named = [], {}
        for record in self._health_filtered(setup):
            if record.problem:
                yield Finding(
                    "process" if "step_ids" in record else "filter",
                    "danger",
                    _(
                        "%(what)s is skipped and does nothing. %(why)s",
                        what=self._health_title(record),
                        why=record.problem,
                    ),
                    record.company_id,
                    record,
                )
                continue
            model, domain = self._health_domain(record)
            if domain.optimize_full(model).is_false():
                is_route = record._name == setup.routes._name
                if is_route and record.id in setup.chosen:
                    continue  # on purpose: it takes what is sent through it alone
                yield Finding(
                    "filter",
                    "danger",
                    _(
                        "%s can never match anything, since its filter contradicts "
                        "itself.",
                        self._health_title(record),
                    ),
                    record.company_id,
                    record,
                )
                continue
            whole.append((record, model, domain))
            for _label, comodel, ids in self._health_asked(model, domain):
                named.setdefault(comodel, set()).update(ids)
        gone, archived = self._health_missing(named, setup.reader)
        for record, model, domain in whole:
            yield from self._health_missed(record, model, domain, gone, archived)

    @api.model
    def _health_filtered(self, setup):
        """List what has a filter and a ``problem``, of all models."""
        processes = self.env["lead.distribution.process"].search(
            [("company_id", "in", [False, setup.company.id])]
        )
        return [
            record
            for records in (setup.routes, setup.rules, processes)
            for record in setup.mine(records)
        ]

    @api.model
    def _health_domain(self, record):
        """Return ``(model, Domain)`` of a filter that is not broken."""
        model = self.env[record._filter_model()]
        return model, record._parsed_domain().optimize(model)

    @api.model
    def _health_asked(self, model, domain):
        """Which records a filter asks for.

        :returns: ``[(label of the field, comodel, ids), ...]``, conditions that
            exclude records left out
        """
        found = []
        for leaf in domain.iter_conditions():
            label, comodel, what = self._health_leaf(model, leaf) or ("", "", ())
            if isinstance(what, Domain):
                found += self._health_asked(self.env[comodel], what)
                continue
            ids = {value for value in what if type(value) is int}  # False is none
            if ids:
                found.append((label, comodel, ids))
        return found

    @api.model
    def _health_leaf(self, model, leaf):
        """Find out for which records a condition asks.

        :returns: ``(label, comodel, set of values or Domain)`` of one condition, None
            where it asks for no record
        """
        known = model._fields.get(leaf.field_expr)
        if known is None or not (known.relational or known.name == "id"):
            return None
        if leaf.operator in ("any", "any!") and isinstance(leaf.value, Domain):
            return known.name, known.comodel_name, leaf.value
        if leaf.operator not in ("in", "=", "child_of", "parent_of"):
            return None
        value = leaf.value
        if not isinstance(value, (list, tuple, set, OrderedSet)):
            value = [value]
        if known.name == "id":
            label = self.env["ir.model"]._get(model._name).name
            return label, model._name, set(value)
        return known._description_string(self.env), known.comodel_name, set(value)

    @api.model
    def _health_missing(self, named, reader):
        """Find the deleted and the archived among records that filters name.

        :param named: ``{model: ids}``
        :param reader: the service, which knows what names may be told
        :returns: ``({model: ids that are deleted}, {model: {id: name}} of archived
            ones)``
        """
        gone, archived = {}, {}
        for model, ids in named.items():
            # whatever is larger is no id, and no number of the database's
            records = self.env[model].browse(i for i in ids if 0 < i < 2**31)
            there = records.with_context(active_test=False).exists()
            gone[model] = ids - set(there.ids)
            archived[model] = {}
            if there._active_name:
                old = there.filtered(lambda one: not one[one._active_name])
                told = reader.env["lead.distribution.filters"]._names_of(
                    old.with_env(reader.env)
                )
                archived[model] = dict(zip(old.ids, told, strict=True))
        return gone, archived

    @api.model
    def _health_missed(self, record, model, domain, gone, archived):
        _ = self.env._
        words, deleted = [], False
        for label, comodel, ids in self._health_asked(model, domain):
            for one in sorted(ids & gone[comodel]):
                deleted = True
                words.append(_("%(field)s no. %(id)s (deleted)", field=label, id=one))
            for one in sorted(ids & set(archived[comodel])):
                name = archived[comodel][one]
                words.append(
                    _("%(field)s “%(name)s” (archived)", field=label, name=name)
                )
        if not words:
            return
        never = deleted and self._health_cut(model, domain, gone).optimize(model)
        if never and never.is_false():
            severity, text = (
                "danger",
                _("%(what)s can never match anything: its filter asks for %(gone)s."),
            )
        else:
            severity, text = (
                "warning",
                _(
                    "%(what)s may match fewer than you expect: its filter asks for "
                    "%(gone)s."
                ),
            )
        yield Finding(
            "filter",
            severity,
            text
            % {"what": self._health_title(record), "gone": self._health_names(words)},
            record.company_id,
            record,
        )

    @api.model
    def _health_cut(self, model, domain, gone):
        """Cut what asks for deleted records out of a filter.

        :returns: the domain as it works: what asks for deleted records alone matches
            nothing
        """

        def cut(leaf):
            asked = self._health_leaf(model, leaf)
            if not asked:
                return leaf
            _label, comodel, what = asked
            if not isinstance(what, Domain):
                return Domain.FALSE if what <= gone.get(comodel, set()) else leaf
            inner = self._health_cut(self.env[comodel], what, gone)
            if inner.is_false():
                return inner
            return Domain(leaf.field_expr, leaf.operator, inner)

        return domain.map_conditions(cut)
