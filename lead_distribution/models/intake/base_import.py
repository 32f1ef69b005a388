"""Odoo's import of files, for leads: the files of advertisers and portals as they come.

The format is found by the titles of the columns (``engine/lead_files.py``). What is
handed on to Odoo's import is a table whose columns are fields of the lead, so that a
person still sees, tries and changes the mapping.
"""

from odoo import models
from odoo.exceptions import AccessError

from odoo.addons.base_import.models.base_import import ImportValidationError

from ...engine.lead_files import columns_of, convert, encoding_of, is_text, separator_of
from ...engine.text import LINE

#: context key of a list that is told what was read: an object, which nobody can send
COLLECT_KEY = "lead_distribution_import"


class Collector:
    """What the reading of a file found out, for whoever asked for it.

    :param converted: :class:`.lead_files.Converted`, None for other files
    :param columns: of :class:`.lead_files.Column`
    """

    converted = None
    columns = ()


class BaseImport(models.TransientModel):
    _inherit = "base_import.import"

    def _lead_collector(self):
        found = self.env.context.get(COLLECT_KEY)
        return found if isinstance(found, Collector) else Collector()

    def _lead_check_own(self):
        """Check that the file is the user's: a file of leads tells of people.

        :raises AccessError: for the file of somebody else
        """
        self.check_access("read")
        if not self.env.su and self.create_uid != self.env.user:
            raise AccessError(self.env._("This file was uploaded by somebody else."))

    # reading ---------------------------------------------------------------------

    def _read_file(self, options):
        if self.res_model != "crm.lead":
            return super()._read_file(options)
        if self.file and is_text(self.file):
            # some advertisers call a text file .xls
            self._lead_text_options(options)
            found = self._read_csv(options)
        else:
            found = super()._read_file(options)
        if not found or not options.get("has_headers"):
            return found
        length, rows = found
        converted = convert(rows, self._lead_zone(), self._lead_known_titles())
        if converted is None:
            return found
        if not converted.leads:
            raise ImportValidationError(
                self.env._(
                    "No row of this file (%(format)s) is a lead: no row says who is "
                    "asking or how to reach them.",
                    format=converted.template.label,
                )
            )
        table, columns = self._lead_table(converted)
        collector = self._lead_collector()
        collector.converted, collector.columns = converted, columns
        return len(table), table

    def _lead_text_options(self, options):
        """Find out encoding and separator, as far as nobody chose them."""
        if not options.get("encoding"):
            encoding = encoding_of(self.file)
            if encoding:
                options["encoding"] = encoding
        options.setdefault("quoting", '"')
        if not options.get("separator") and options.get("encoding"):
            text = self.file.decode(options["encoding"], "replace")
            separator = separator_of(text)
            if separator:
                options["separator"] = separator

    def _lead_zone(self):
        return str(self.env.company._lead_timezone())

    def _lead_known_titles(self):
        """Return the titles, in small letters, that name fields of a lead for Odoo."""
        found = {"id", ".id"}
        for name, values in (
            self.env[self.res_model].fields_get(None, ["string"]).items()
        ):
            found |= {name.lower(), values["string"].lower()}
        return found

    def _lead_table(self, converted):
        """Turn leads into what Odoo imports.

        :param converted: :class:`.lead_files.Converted`
        :returns: ``(rows, columns)``: the titles and the leads, all of one width, and
            a list of :class:`.lead_files.Column`
        """
        leads = converted.leads
        places = self.env["lead.distribution.intake"]._places(leads, self.env.company)
        more = []
        for lead, (country, state) in zip(leads, places, strict=True):
            more.append(
                {
                    "description": lead.description(),
                    "arrival_date": self._lead_local(lead.arrival),
                    "country_id": country.display_name or "",
                    "state_id": state.display_name or "",
                }
            )
        names = ("arrival_date", "country_id", "state_id", "description")
        filled = [name for name in names if any(values[name] for values in more)]
        columns = columns_of(converted, filled)
        rows = [
            [
                values.get(column.name) or lead.values.get(column.name) or ""
                for column in columns
            ]
            for lead, values in zip(leads, more, strict=True)
        ]
        return [[self._lead_title(column) for column in columns], *rows], columns

    def _lead_local(self, moment):
        """Return a moment as Odoo's import takes it: in the zone of whoever imports."""
        if not moment:
            return ""
        return self.env.tz.fromutc(moment).replace(tzinfo=None)

    def _lead_title(self, column):
        """Return a title for a column: those of the file, else the field's name."""
        if column.titles:
            return ", ".join(column.titles)[:LINE]
        return (
            self.env[self.res_model]
            ._fields[column.name]
            .get_description(self.env, ["string"])["string"]
        )

    # mapping ---------------------------------------------------------------------

    def parse_preview(self, options, count=10):
        if self.res_model == "crm.lead":
            self._lead_check_own()
            self = self.with_context(**{COLLECT_KEY: Collector()})
        return super().parse_preview(options, count=count)

    def _get_mapping_suggestions(self, headers, header_types, fields_tree):
        columns = self._lead_collector().columns
        if not columns:
            return super()._get_mapping_suggestions(headers, header_types, fields_tree)
        return {
            (place, title): {"field_path": [column.name], "distance": 0}
            for place, (title, column) in enumerate(zip(headers, columns, strict=True))
        }

    # importing -------------------------------------------------------------------

    def execute_import(self, fields, columns, options, dryrun=False):
        """Import leads as Odoo does, and keep what came of it for a person to see."""
        if self.res_model != "crm.lead":
            return super().execute_import(fields, columns, options, dryrun=dryrun)
        self._lead_check_own()
        collector = Collector()
        self = self.with_context(**{COLLECT_KEY: collector})
        skipped = int(options.get("skip") or 0)
        last = self.env["crm.lead"]._last_number()
        result = super().execute_import(fields, columns, options, dryrun=dryrun)
        ids = result.get("ids")
        if ids and not dryrun and not _is_error(result):
            self.env["lead.distribution.import"]._note(
                self, ids, last, skipped, collector.converted
            )
        return result


def _is_error(result):
    return any(each.get("type") == "error" for each in result.get("messages") or ())
