"""Values from outside, before they are written with more rights than those of who gave
them: plain values of the field's own kind, and ties to records that are there and are
theirs to tie. Records to be made, changed or deleted through a value end here.

Defaults in the context need no vetting: Odoo drops them where an environment becomes a
superuser's. Those that users set as their own go along, unless it is the service that
makes the record, or the model leaves them out (``lead.distribution.kept``)."""

import math
from datetime import date

from odoo import Command, api, models
from odoo.exceptions import AccessError, UserError

#: what Python may hand in for a field; nothing at all is always allowed
PLAIN = {
    "boolean": bool,
    "integer": (int, str),
    "float": (int, float, str),
    "monetary": (int, float, str),
    "char": str,
    "text": str,
    "html": str,
    "selection": (str, int),
    "date": (str, date),
    "datetime": (str, date),
}
#: ids and integers of PostgreSQL end here
LARGEST = 2**31 - 1


class LeadDistributionValues(models.AbstractModel):
    _name = "lead.distribution.values"
    _description = "Lead Distribution: Values"

    @api.model
    def _vetted(self, records, vals, access="write"):
        """Make values fit to be written as superuser.

        :param records: those to be written, or none of the model for what is to be
            made; with the rights of who gave the values
        :param vals: ``{name of a field: value}``, as ``write`` takes them
        :param access: what that person needs on records that a field of several
            records ties or unties; on the one record of a many2one it is "read"
        :returns: new values: plain ones, ids, and commands that link and unlink.
            Tied records that they have no access to stay tied
        :raises AccessError: for records that are not theirs to tie, and for fields and
            commands that make, change or delete other records
        :raises UserError: for a value of the wrong kind
        """
        vetted = {}
        for name, value in vals.items():
            field = records._fields.get(name)
            if field is None:
                raise UserError(self.env._("There is no field “%s”.", name))
            if field.type == "many2one":
                vetted[name] = self._vetted_one(records, field, value)
            elif field.type in ("one2many", "many2many"):
                vetted[name] = self._vetted_ties(records, field, value, access)
            elif field.type in PLAIN:
                vetted[name] = self._vetted_plain(records, field, value)
            else:
                raise AccessError(
                    self.env._("“%s” cannot be set in this way.", self._label(field))
                )
        return vetted

    @api.model
    def _label(self, field):
        return field._description_string(self.env)

    @api.model
    def _wrong_value(self, field, value):
        return UserError(
            self.env._(
                "“%(value)s” is no value of “%(field)s”.",
                value=str(value)[:50],
                field=self._label(field),
            )
        )

    @api.model
    def _vetted_plain(self, records, field, value):
        if value is None or value is False:
            return False
        if field.type == "boolean" and type(value) is int and value in (0, 1):
            value = bool(value)
        fits = isinstance(value, PLAIN[field.type])
        if not fits or (isinstance(value, bool) and field.type != "boolean"):
            raise self._wrong_value(field, value)
        try:
            found = field.convert_to_write(
                field.convert_to_cache(value, records), records
            )
        except (OverflowError, TypeError, ValueError) as error:
            raise self._wrong_value(field, value) from error
        if isinstance(found, str) and "\0" in found:
            raise self._wrong_value(field, value)
        if field.type == "integer" and abs(found) > LARGEST:
            raise self._wrong_value(field, value)
        if isinstance(found, float) and not math.isfinite(found):
            raise self._wrong_value(field, value)
        return found

    @api.model
    def _vetted_id(self, field, value):
        if type(value) is not int or not 0 < value <= LARGEST:
            raise self._wrong_value(field, value)
        return value

    @api.model
    def _vetted_one(self, records, field, value):
        if isinstance(value, models.BaseModel) and value._name == field.comodel_name:
            value = value.id
        if value is None or value is False:
            return False
        record = records.env[field.comodel_name].browse(self._vetted_id(field, value))
        if not record.exists():
            raise self._wrong_value(field, value)
        record.check_access("read")
        return record.id

    @api.model
    def _vetted_ties(self, records, field, value, access):
        """Reduce commands of a many2many to what the caller may tie and untie.

        :returns: commands that link and unlink, and nothing else
        """
        add, remove, instead = self._ties_asked_for(field, value)
        everything = {"active_test": False}
        # sudo: all that is tied, for what they do not see has to stay
        tied = records.sudo().with_context(**everything)[field.name].sudo(False)
        wanted = records.env[field.comodel_name].browse(add)
        if len(wanted.exists()) != len(wanted):
            raise self._wrong_value(field, (wanted - wanted.exists()).ids)
        wanted.check_access(access)
        gone = tied.filtered(lambda record: record.id in remove)
        gone.check_access(access)
        if instead:
            gone |= tied._filtered_access(access) - wanted
        return [
            *(Command.unlink(record_id) for record_id in gone.ids),
            *(Command.link(record_id) for record_id in wanted.ids),
        ]

    @api.model
    def _ties_asked_for(self, field, value):
        """Read what the commands of a many2many ask for.

        :returns: ``(ids to tie, ids to untie, whether the first replace all)``
        """
        if isinstance(value, models.BaseModel) and value._name == field.comodel_name:
            value = [Command.set(value.ids)]
        if value is None or value is False:
            value = [Command.clear()]
        if not isinstance(value, (list, tuple)):
            raise self._wrong_value(field, value)
        if value and not isinstance(value[0], (list, tuple)):
            value = [(Command.SET, 0, value)]
        add, remove, instead = {}, set(), False
        for command in value:
            code, ids = self._tie_of(field, command)
            ids = [self._vetted_id(field, record_id) for record_id in ids]
            if code in (Command.SET, Command.CLEAR):
                add, remove, instead = {}, set(), True
            for record_id in ids:
                if code == Command.UNLINK:
                    add.pop(record_id, None)
                    remove.add(record_id)
                else:
                    add[record_id] = True
                    remove.discard(record_id)
        return list(add), remove, instead

    @api.model
    def _tie_of(self, field, command):
        """Read one command of a many2many, which only ties and unties.

        :returns: ``(code, ids)`` of one command
        """
        match command:
            case [Command.LINK | Command.UNLINK as code, record_id, *_rest]:
                return code, [record_id]
            case [Command.SET as code, _nothing, [*ids]]:
                return code, ids
            case [Command.CLEAR as code, *_rest]:
                return code, []
        raise AccessError(
            self.env._(
                "“%s” links existing records: nothing is created, changed or deleted "
                "through it.",
                self._label(field),
            )
        )
