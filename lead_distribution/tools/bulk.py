"""Many rows at once, each exactly as the ORM would write it.

The ORM makes one record, with whatever overrides and defaults there are. The others are
copies of its row, by one statement, with the columns that differ. Where another module
has its own word in making such records (see :func:`obstacle`), there are no copies, and
the caller lets the ORM make each.

Measured: the ORM takes 1 to 2 ms for a message or an activity, a copy 0.03 ms.
"""

import logging

from odoo.tools import SQL

_logger = logging.getLogger(__name__)

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


def copies(record, columns):
    """Copy the row of a record, once for each line of the columns.

    :param record: as the ORM made it
    :param columns: ``{field name: [value, ...]}``, as :meth:`create` takes them, all of
        the same length
    :returns: the ids, in the order of the lines
    """
    if not next(iter(columns.values())):
        return []
    record.flush_recordset()
    names = [
        name
        for name, field in record._fields.items()
        if field.store and field.column_type and name != "id"
    ]
    lists = []
    for name, values in columns.items():
        field = record._fields[name]
        known = {}  # many lines say the same, and some fields are dear to convert
        converted = []
        for value in values:
            key = value if field.type in ("html", "text", "char") else None
            if key is None or key not in known:
                known[key] = field.convert_to_column_insert(value, record)
            converted.append(known[key])
        lists.append(SQL("%s::%s[]", converted, SQL(field.column_type[1])))
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
    return [new_id for (new_id,) in record.env.cr.fetchall()]
