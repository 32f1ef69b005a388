"""Fields of many records at once, without a record for each value."""


def column(records, name):
    """Read a stored field of many records, as the cache keeps it.

    For steps that look at each lead of a block: reading the field record by record
    takes 1 µs a value, of a many2one 2 µs, this 0.05.

    :param records: as superuser, for nothing is asked about rights
    :param name: of a field that is the same in all languages and for all companies
    :returns: list, in the records' order: ids for a many2one, None for what is empty
    """
    field = records._fields[name]
    if field.compute:
        field.recompute(records)
    cache = field._get_cache(records.env)
    if not all(map(cache.__contains__, records._ids)):
        for record in records:
            _ = record[name]  # fills the cache, for as many as are read together
    return [cache[record_id] for record_id in records._ids]


def columns(records, *names):
    """Read stored fields of many records: one tuple a record, see :func:`column`."""
    return list(zip(*(column(records, name) for name in names), strict=True))
