"""A route as it is being edited, before it is saved."""

from contextlib import contextmanager

from odoo import Command, models
from odoo.exceptions import AccessError, UserError

#: what a route's draft is judged by; its other kinds of fields decide nothing
SCALARS = {"boolean", "integer", "float", "char", "selection", "date", "many2one"}


class Draft:
    """A route as it is being edited: what was changed counts, the rest is as saved.

    :param route: ``lead.distribution.route``, with the rights of who edits it
    :param values: as for ``write``, of the fields that were changed
    """

    def __init__(self, route, values):
        self.route = route
        self.values, self.lines = {}, {}
        for name, value in values.items():
            field = route._fields.get(name)
            if field is None:
                raise UserError(route.env._("There is no field “%s”.", str(name)[:50]))
            if field.translate or not field.store or name in models.MAGIC_COLUMNS:
                continue  # texts decide nothing
            if not route._has_field_access(field, "write"):
                raise AccessError(
                    route.env._(
                        "You cannot change “%s”.",
                        field._description_string(route.env),
                    )
                )
            if field.type in SCALARS or field.type == "many2many":
                vetted = route.env["lead.distribution.values"]._vetted(
                    route, {name: value}, "read"
                )
                self.values[name] = vetted[name]
            elif field.type == "one2many":
                self.lines[name] = self._lines_of(field, value)
        if "domain" in self.values:
            self._check_filter(self.values["domain"])

    def _check_filter(self, domain):
        """Refuse filters that would tell what the reader may not see."""
        filters = self.route.env["lead.distribution.filters"]
        refusal = filters._filter_refusal("crm.lead", domain)
        # sudo: what is kept was let through when it was kept
        if refusal and domain != self.route.sudo().domain:
            raise AccessError(refusal)

    def _lines_of(self, field, commands):
        """Read the commands of the lines of a route.

        :returns: ``[(id or None, values or None), ...]``; without values it is dropped
        """
        route, Line = self.route, self.route.env[field.comodel_name]
        mine, lines = set(route[field.name].ids), []
        for command in commands or ():
            match command:
                case [Command.CREATE, _id, {} as vals]:
                    lines.append((None, self._line_values(Line, vals)))
                case [Command.UPDATE, int(line_id), {} as vals] if line_id in mine:
                    vals = self._line_values(Line.browse(line_id), vals)
                    lines.append((line_id, vals))
                case [Command.DELETE | Command.UNLINK, int(line_id), *_]:
                    lines.append((line_id, None))
                case [Command.LINK, int(line_id), *_] if line_id in mine:
                    continue
                case _:
                    raise AccessError(
                        route.env._(
                            "The lines of a route are changed one by one: “%s”.",
                            field._description_string(route.env),
                        )
                    )
        return lines

    @staticmethod
    def _line_values(line, vals):
        vals = {
            name: value
            for name, value in vals.items()
            if name not in line._fields
            or line._fields[name].type in SCALARS
            and line._fields[name].store
        }
        return line.env["lead.distribution.values"]._vetted(line, vals, "read")

    @contextmanager
    def instead(self, routes):
        """Let the route be as it is edited, in the cache and for a while.

        :param routes: the saved ones of the company, as the service
        :returns: those that count, in their order
        """
        route = self.route.with_env(routes.env)
        names = ["sequence", "active", "company_id", *self.values, *self.lines]
        route.fetch([n for n in names if route._fields[n].column_type])
        route.env.flush_all()
        lines = {name: route[name] for name in self.lines}
        touched = list(lines.values())
        try:
            for name, value in self.values.items():
                self._put(route, name, value)
            for name, changes in self.lines.items():
                self._put_lines(route, name, lines[name], changes)
            company = routes.env.company
            counts = route.active and route.company_id in (company, company.browse())
            yield (routes | route if counts else routes - route).sorted(
                lambda r: (r.sequence, r.id)
            )
        finally:
            # no change of it is left, and none was ever written
            for records in (route, *touched):
                records.invalidate_recordset(flush=False)

    @staticmethod
    def _put(record, name, value):
        field = record._fields[name]
        if field.type == "many2many":
            draft = record.new({name: value}, origin=record)
            value = tuple(draft[name]._origin.ids)
        else:
            value = field.convert_to_cache(value, record)
        field._update_cache(record, value)

    def _put_lines(self, route, name, lines, changes):
        field = route._fields[name]
        gone = {line_id for line_id, vals in changes if vals is None}
        kept = lines.filtered(lambda line: line.id not in gone)
        fresh = lines.browse()
        for line_id, vals in changes:
            if vals is None:
                continue
            if line_id is None:
                defaults = lines.default_get(list(lines._fields))
                fresh |= lines.new({**defaults, **vals, field.inverse_name: route.id})
                continue
            for key, value in vals.items():
                self._put(lines.browse(line_id), key, value)
        found = kept + fresh
        if "sequence" in found._fields:
            found = found.sorted("sequence")
        field._update_cache(route, found._ids)
