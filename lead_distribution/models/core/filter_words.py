"""Filters in words, in the language of who reads them."""

from datetime import date

from odoo import api, models
from odoo.fields import Domain
from odoo.tools import format_date

from ...tools.locale import plain_number

#: so many values of a condition are named, and so many characters of a filter told
VALUES, LENGTH = 3, 220


class LeadDistributionFilters(models.AbstractModel):
    _inherit = "lead.distribution.filters"

    @api.model
    def _filter_in_words(self, model, text):
        """Put a filter into words.

        :param model: name of the model that it filters
        :param text: a domain as people keep it
        :returns: "Country: Spain and Expected Revenue at least 1000"; "" for a filter
            that lets everything through
        :raises ValueError, SyntaxError: when it is none
        """
        domain = self._filter(text)
        if domain.is_true():
            return ""
        words = self._domain_in_words(self.env[model], domain)
        return words if len(words) <= LENGTH else f"{words[:LENGTH].rstrip()}…"

    @api.model
    def _domain_in_words(self, model, domain, nested=False):
        """Put a domain into words.

        :param nested: whether it is part of another one
        """
        _ = self.env._
        operator = getattr(domain, "OPERATOR", "")
        if operator in ("&", "|"):
            word = _(" and ") if operator == "&" else _(" or ")
            parts = [self._domain_in_words(model, one, True) for one in domain.children]
            words = word.join(parts)
            return f"({words})" if nested else words
        if operator == "!":
            return _("not %s", self._domain_in_words(model, domain.child, True))
        if domain.is_true() or domain.is_false():
            return _("always") if domain.is_true() else _("never")
        return self._condition_in_words(model, domain)

    @api.model
    def _condition_in_words(self, model, leaf):
        """Put one condition into words."""
        _ = self.env._
        label, field, here = self._path_in_words(model, leaf.field_expr)
        value = leaf.value
        if leaf.operator in ("any", "not any"):
            inner = self._domain_in_words(here, Domain(value), True)
            inner = inner[1:-1] if inner.startswith("(") else inner
            text = f"{label} ({inner})"
            return text if leaf.operator == "any" else _("not %s", text)
        values = list(value) if isinstance(value, (list, tuple, set)) else [value]
        empty = all(one in (False, None) for one in values)
        negative = leaf.operator in ("!=", "not in", "not ilike", "not like")
        if field is not None and field.type == "boolean" and len(values) == 1:
            on = bool(values[0]) != negative
            return label if on else _("not %s", label)
        if empty:
            return _("%s is set", label) if negative else _("%s is not set", label)
        named = self._values_in_words(field, here, values)
        if leaf.operator in ("=like", "=ilike") and isinstance(value, str):
            plain = value.removesuffix("%")
            if plain != value and not {"%", "_"} & set(plain):
                return _("%(label)s begins with %(value)s", label=label, value=plain)
        shown = ", ".join(named[:VALUES]) + ("…" if len(named) > VALUES else "")
        templates = {
            "=": "%(label)s: %(value)s",
            "in": "%(label)s: %(value)s",
            "!=": _("%(label)s is not %(value)s"),
            "not in": _("%(label)s is not %(value)s"),
            "ilike": _("%(label)s contains %(value)s"),
            "like": _("%(label)s contains %(value)s"),
            "=ilike": _("%(label)s is like %(value)s"),
            "=like": _("%(label)s is like %(value)s"),
            "not ilike": _("%(label)s does not contain %(value)s"),
            "not like": _("%(label)s does not contain %(value)s"),
            ">": _("%(label)s more than %(value)s"),
            ">=": _("%(label)s at least %(value)s"),
            "<": _("%(label)s less than %(value)s"),
            "<=": _("%(label)s at most %(value)s"),
            "child_of": _("%(label)s within %(value)s"),
            "parent_of": _("%(label)s above %(value)s"),
        }
        template = templates.get(leaf.operator, f"%(label)s {leaf.operator} %(value)s")
        return template % {"label": label, "value": shown}

    @api.model
    def _path_in_words(self, model, path):
        """Put a path of fields into words.

        :returns: ``(label, last field or None, model behind it or where it stands)``
        """
        labels, field, here = [], None, model
        for name in path.split("."):
            field = here._fields.get(name)
            if field is None:
                labels.append(name)
                break
            labels.append(field._description_string(self.env))
            if field.relational:
                here = self.env[field.comodel_name]
        return " › ".join(labels), field, here

    @api.model
    def _values_in_words(self, field, comodel, values):
        """Put the values of a condition into words.

        :returns: list of str; names of records as far as the reader may know them
        """
        if field is not None and field.relational:
            ids = [one for one in values if type(one) is int]
            named = self._names_of(comodel.browse(ids)) if ids else []
            return named + [str(one) for one in values if isinstance(one, str)]
        if field is not None and field.type == "selection":
            options = dict(field._description_selection(self.env))
            return [str(options.get(one, one)) for one in values]
        return [
            format_date(self.env, one)
            if isinstance(one, date)
            else plain_number(self.env, one, 2)
            if isinstance(one, (int, float))
            else str(one)
            for one in values
            if one is not None and one is not False
        ]
