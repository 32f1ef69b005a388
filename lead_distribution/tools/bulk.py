"""Many rows at once, each exactly as the ORM would write it.

The ORM makes one record, with whatever overrides and defaults there are. The others are
copies of its row, by one statement, with the columns that differ. Where another module
has its own word in making such records (see :func:`obstacle`), there are no copies, and
the ORM makes each.

Measured: the ORM takes 1 to 2 ms for a message or an activity and 0.4 ms for a row of
the ledger, a copy takes 0.03 to 0.08 ms.
"""

import json
import logging
import re

from odoo.fields import Command
from odoo.tools import SQL, json_default

_logger = logging.getLogger(__name__)

#: a name in bold, of letters, digits and blanks, which sanitising leaves as it is; and
#: one that stands for all of them
_NAME = re.compile(r"<b>[^\W_]+(?: [^\W_]+)*</b>")
_ANYBODY = "<b>Anybody</b>"

#: whose methods are known to do nothing for a copy that the caller does not do
KNOWN = ("odoo.orm.", "odoo.models", "odoo.addons.base.", "odoo.addons.mail.")
OURS = "odoo.addons.lead_distribution."
#: whose stored fields are known not to follow from a message or an activity
KNOWN_MODULES = {"base", "mail", "crm", "calendar", "lead_distribution"}
#: what others may override to have their word when a record is made
MAKING = ("create", "_create", "default_get", "_add_missing_default_values")


def obstacle(model, columns):
    """Say why rows of a model cannot be copied, if they cannot.

    :param columns: names of the fields in which copies differ
    :returns: a text for the log; nothing if nothing speaks against it
    """
    # automation rules put their methods onto the class while Odoo runs
    for cls in type(model).mro():
        for name in MAKING:
            if method := vars(cls).get(name):
                place = getattr(method, "__module__", "") or ""
                if not place.startswith((*KNOWN, OURS)):
                    return f"{place} has its own {name}"
    known = vars(model.pool).setdefault("_lead_distribution_copies", {})
    key = (model._name, frozenset(columns))
    if key not in known:
        known[key] = _stored_obstacle(model, set(columns))
    return known[key]


def _stored_obstacle(model, columns):
    """Look for what is computed from the columns and stored elsewhere."""
    for name in columns:
        for field in model.pool.get_dependent_fields(model._fields[name]):
            itself = field.model_name == model._name
            if not field.store or not field.compute or itself and field.name in columns:
                continue
            if itself or field._module not in KNOWN_MODULES:
                return f"{field} is computed from {name}"
    return None


def may_copy(model, columns):
    """Whether rows of a model may be copied; says in the log once why not."""
    reason = obstacle(model, columns)
    if reason:
        told = vars(model.pool).setdefault("_lead_distribution_told", set())
        if reason not in told:
            told.add(reason)
            _logger.info("%s are made one by one: %s", model._description, reason)
    return not reason


def create_alike(model, vals_list):
    """Make records that the ORM would make alike but for the values that differ: the
    first by the ORM, the others as copies of its row.

    :param model: recordset to create with
    :param vals_list: as :meth:`create` takes them, all with the same keys; of a
        many2many nothing but :meth:`Command.set`
    :returns: ``(records in the order of the values, those of them that are copies)``
    """
    columns, links = {}, {}
    for name in vals_list[0] if len(vals_list) > 1 else ():
        values = [vals[name] for vals in vals_list]
        if model._fields[name].type == "many2many":
            links[name] = values[1:]
        elif any(value != values[0] for value in values):
            columns[name] = values[1:]
    if not columns or not may_copy(model, columns):
        return model.create(vals_list), model.browse()
    first = model.create([dict(vals_list[0])])
    ids = copies(first, columns)
    for name, values in links.items():
        _link(first._fields[name], first, ids, values)
    copied = first.browse(ids)
    return first + copied, copied


def _link(field, record, ids, values):
    """Write the rows of a many2many, as the ORM does.

    :param record: of which the others are copies
    :param values: list of commands, or of nothing, one for each id
    """
    pairs = [
        (new_id, other_id)
        for new_id, commands in zip(ids, values, strict=True)
        for command, _zero, others in commands or ()
        for other_id in others
        if command == Command.SET
    ]
    if pairs:
        record.env.cr.execute(
            SQL(
                """INSERT INTO %s (%s, %s) SELECT * FROM unnest(%s::int[], %s::int[])
                   ON CONFLICT DO NOTHING""",
                SQL.identifier(field.relation),
                SQL.identifier(field.column1),
                SQL.identifier(field.column2),
                [new_id for new_id, _other in pairs],
                [other_id for _new, other_id in pairs],
            )
        )


def copies(record, columns):
    """Copy the row of a record, once for each line of the columns.

    :param record: as the ORM made it
    :param columns: ``{field name: [value, ...]}``, as :meth:`create` takes them, all of
        the same length
    :returns: the ids, in the order of the lines; what was read before and follows from
        such records is forgotten
    """
    if not next(iter(columns.values())):
        return []
    record.flush_recordset()
    names = [
        name
        for name, field in record._fields.items()
        if field.store and field.column_type and name != "id"
    ]
    lists = [
        SQL(
            "%s::%s[]",
            _converted(record, record._fields[name], values),
            SQL(record._fields[name].column_type[1]),
        )
        for name, values in columns.items()
    ]
    record.env.cr.execute(
        SQL(
            """INSERT INTO %(table)s (%(into)s)
               SELECT %(values)s
                 FROM %(table)s AS made,
                      unnest(%(lists)s) WITH ORDINALITY AS line(%(own)s, place)
                WHERE made.id = %(id)s
                ORDER BY line.place
            RETURNING id""",
            table=SQL.identifier(record._table),
            into=SQL(", ").join(map(SQL.identifier, names)),
            values=SQL(", ").join(
                SQL.identifier("line" if name in columns else "made", name)
                for name in names
            ),
            lists=SQL(", ").join(lists),
            own=SQL(", ").join(map(SQL.identifier, columns)),
            id=record.id,
        )
    )
    _forget_what_follows(record, columns)
    return [new_id for (new_id,) in record.env.cr.fetchall()]


def _converted(record, field, values):
    """Convert values for the database, as the ORM does; many are the same, and some
    fields are dear to convert."""
    if field.type == "json" and not field.company_dependent:
        # as the field does, which writes and reads it once more in between
        return [
            json.dumps(value, default=json_default) if value else None
            for value in values
        ]
    known, converted = {}, []
    for value in values:
        if value not in known:
            convert = _convert_html if field.type == "html" else _convert
            known[value] = convert(record, field, value, known)
        converted.append(known[value])
    return converted


def _convert(record, field, value, _known):
    return field.convert_to_column_insert(value, record)


def _convert_html(record, field, value, known):
    """Texts that differ by a name in bold are sanitised once for all names."""
    found = _NAME.search(value or "")
    if not found or value.count("<b>") > 1:
        return _convert(record, field, value, known)
    template = f"{value[: found.start()]}{_ANYBODY}{value[found.end() :]}"
    if template not in known:
        known[template] = str(_convert(record, field, template, known))
    return known[template].replace(_ANYBODY, found[0])


def _forget_what_follows(record, columns):
    """Drop from the cache what copies of a record change elsewhere: the other side of
    its relations, and what is computed from such records and not stored."""
    env = record.env
    for name, field in record._fields.items():
        inverses = env.registry.field_inverses[field] if field.store else ()
        if inverses and field.type == "many2one":
            ids = set(columns[name]) if name in columns else set(record[name].ids)
            model = field.comodel_name
        elif inverses and field.type == "many2one_reference":
            ids = set(columns[name]) if name in columns else {record[name]}
            model = record[field.model_field]
        else:
            continue
        others = env[model].browse(ids - {False, None})
        for inverse in inverses:
            if inverse.model_name == model:
                others.invalidate_recordset([inverse.name], flush=False)
    known = vars(env.registry).setdefault("_lead_distribution_follows", {})
    if record._name not in known:
        known[record._name] = follows = {}
        for field in record._fields.values():
            if field.store and field.column_type:
                for other in env.registry.get_dependent_fields(field):
                    if not other.store and other.model_name != record._name:
                        follows.setdefault(other.model_name, set()).add(other.name)
    for name, names in known[record._name].items():
        env[name].invalidate_model(names, flush=False)
