"""The methods that every model has, and what they are called with."""

from dataclasses import dataclass

from .access import (
    CHANGING,
    CREATING,
    DELETING,
    DESCRIBING,
    FILLING,
    POSTING,
    READING,
    SEARCHING,
    AccessMixin,
    Case,
    is_public,
    public_methods,
)

#: the target of what makes a record
NEW = "new"
#: by what they do: one row of the table for each kind
KINDS = {
    READING: (
        "read",
        "web_read",
        "export_data",
        "copy_data",
        "get_metadata",
        "get_field_translations",
    ),
    SEARCHING: (
        "search",
        "search_read",
        "search_count",
        "name_search",
        "web_name_search",
        "web_search_read",
        "read_group",
        "formatted_read_group",
        "formatted_read_grouping_sets",
        "web_read_group",
        "read_progress_bar",
        "search_panel_select_range",
        "search_panel_select_multi_range",
        "activity_search",
    ),
    CREATING: ("create", "web_save", "copy", "load", "name_create"),
    CHANGING: (
        "write",
        "web_save",
        "web_save_multi",
        "web_resequence",
        "action_archive",
        "action_unarchive",
        "toggle_active",
        "update_field_translations",
        "web_override_translations",
        "activity_schedule",
    ),
    DELETING: ("unlink",),
    FILLING: ("default_get", "onchange"),
    POSTING: ("message_post", "message_subscribe", "message_unsubscribe"),
    # of the model or of the caller, whatever the records are: they have no rows, and
    # must tell nothing and change nothing
    DESCRIBING: (
        "check_access_rights",
        "check_access_rule",
        "check_field_access_rights",
        "fields_get",
        "get_base_url",
        "get_empty_list_help",
        "get_external_id",
        "get_formview_action",
        "get_formview_id",
        "has_access",
        "mail_allowed_qweb_expressions",
        "mail_get_partner_fields",
    ),
}
#: of a model with several targets, what is tried on all of them; the rest on the last
ALWAYS = ("read", "web_read", "search", "search_read", "write", "web_save", "unlink")
#: what every model has and is not tried, and why
LEFT_OUT = {
    "copy_translations": "takes records, which nobody can send; writes by write()",
    "get_import_templates": "the files that the import offers, the same for all models",
    "get_property_definition": "no model of ours has properties",
    "get_view": "the form, not the records; slow, and core's",
    "get_views": "the form, not the records; slow, and core's",
    "is_transient": "says so of the model",
    "view_header_get": "the title of a list",
    # conversations and activities: core's ways to the methods that are tried
    "action_reschedule_my_next_nextweek": "writes activities by write()",
    "action_reschedule_my_next_today": "writes activities by write()",
    "action_reschedule_my_next_tomorrow": "writes activities by write()",
    "activity_feedback": "finishes activities by action_feedback()",
    "activity_reschedule": "writes activities by write()",
    "activity_send_mail": "core's, with a template chosen by the caller",
    "activity_unlink": "deletes activities by unlink()",
    "message_change_thread": "takes records, which nobody can send",
    "message_get_followers": "core's: who follows a record, for every colleague",
    "message_mail_with_source": "core's, with a template chosen by the caller",
    "message_new": "core's gateway, which creates by create()",
    "message_notify": "core's message to colleagues",
    "message_parse": "core's gateway: takes a mail apart, knows no records",
    "message_post_with_source": "core's, with a template chosen by the caller",
    "message_process": "core's gateway, which creates by message_new()",
    "message_route": "core's gateway: whose a mail is",
    "message_update": "core's gateway, which writes by write()",
    "notify_cancel_by_type": "core's: one's own messages that failed",
}
#: modules whose methods every model of ours has, and that this list therefore knows
KNOWN_MODULES = (
    "odoo.orm.models",
    "odoo.addons.base.",
    "odoo.addons.base_import.",
    "odoo.addons.mail.",
    "odoo.addons.sms.",
    "odoo.addons.snailmail.",
    "odoo.addons.web.",
)
#: written by Odoo itself
_LOGGED = ("create_uid", "write_uid")


@dataclass
class Subject:
    """What the methods that every model has are tried on.

    :param targets: ``{words: records}``
    :param new: values of a new record, of company 1; None: nobody can make one
    :param change: values to write
    """

    targets: dict
    new: dict = None
    change: dict = None


def _not_empty(env, result):
    return bool(result)


def _groups(env, result):
    return bool(result.get("groups") if isinstance(result, dict) else result)


def _records_of_search(env, result):
    return bool(result["length"])


def _counted(env, result):
    return any(
        any(group.values()) if isinstance(group, dict) else group
        for group in result.values()
    )


def _sets(env, result):
    return any(result)


def _translations(env, result):
    return bool(result[0])


_TELLS = {
    READING: _not_empty,
    (READING, "export_data"): lambda env, result: bool(result["datas"]),
    (READING, "get_field_translations"): _translations,
    SEARCHING: _not_empty,
    (SEARCHING, "web_search_read"): _records_of_search,
    (SEARCHING, "web_read_group"): _groups,
    (SEARCHING, "read_progress_bar"): _counted,
    (SEARCHING, "formatted_read_grouping_sets"): _sets,
    # values of the other model, which has rows of its own
    (SEARCHING, "search_panel_select_range"): lambda env, result: False,
    (SEARCHING, "search_panel_select_multi_range"): lambda env, result: False,
    (SEARCHING, "activity_search"): lambda env, result: False,
}


class GenericMixin(AccessMixin):
    """Tries what every model has on the ``subjects`` (``{model: Subject}``)."""

    #: Odoo modules whose models are tried with it
    access_addons = ("lead_distribution",)

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.subjects, cls._fields_of = {}, {}

    def readable_fields(self, env, model):
        """:returns: names of the fields that a user may read, by the rights of the
        fields and of the models that they point to"""
        key = (env.uid, model)
        if key not in self._fields_of:
            fields_ = env[model]._fields
            # by the name of another record: name_search() asks for it
            called = fields_.get(env[model]._rec_name)
            skipped = {"display_name"} if called and called.relational else ()
            self._fields_of[key] = sorted(
                name
                for name, field_ in fields_.items()
                if name not in skipped
                and env[model]._has_field_access(field_, "read")
                and (
                    not field_.relational or env[field_.comodel_name].has_access("read")
                )
            )
        return self._fields_of[key]

    def specification(self, env, model, names=True):
        """:returns: of all readable fields, for web_read() and the like"""
        fields_ = env[model]._fields
        return {
            name: {"fields": {"display_name": {}}}
            if names and fields_[name].type == "many2one"
            else {}
            for name in self.readable_fields(env, model)
            if fields_[name].type not in ("many2one_reference", "reference")
        }

    def generic_cases(self, model, subject):
        """:returns: iterator of :class:`Case`"""
        last = [*subject.targets][-1]
        for words, records in subject.targets.items():
            for kind, method, args, tells in self._calls(model, subject, records):
                if words != last and method not in ALWAYS:
                    continue
                alone = kind in (CREATING, FILLING)
                if alone and words != last:
                    continue
                yield Case(
                    model,
                    method,
                    NEW if alone and method != "copy" else words,
                    records.browse() if alone and method != "copy" else records,
                    args,
                    # what is switched off is found, too
                    {"context": {"active_test": False}} if kind == SEARCHING else {},
                    row=method if kind == POSTING or method == "copy" else kind,
                    tells=tells,
                    dialogs=kind in (CHANGING, DELETING),
                    generic=True,
                )

    def _calls(self, model, subject, records):
        """What is called for one target: ``(kind, method, arguments, tells)``."""
        Model = self.env[model]
        for kind, methods in KINDS.items():
            for method in methods:
                if not is_public(Model, method):
                    continue
                make = getattr(self, f"_args_{method}", None)
                if kind == CREATING:
                    make = getattr(self, f"_args_{method}_new")
                args = make(Model, subject, records) if make else []
                if args is not None:
                    yield (
                        kind,
                        method,
                        args,
                        _TELLS.get((kind, method)) or (_TELLS.get(kind)),
                    )

    # arguments, None where a method does not fit the model -------------------

    def _args_read(self, model, subject, records):
        return lambda env: [self.readable_fields(env, model._name)]

    def _args_web_read(self, model, subject, records):
        return lambda env: [self.specification(env, model._name)]

    def _args_export_data(self, model, subject, records):
        # core exports an id without looking
        name = model._rec_name or self._grouping(model)
        return [[".id", name]] if name else None

    def _args_get_metadata(self, model, subject, records):
        # without dates nothing is read
        return [] if model._log_access and model._auto else None

    def _args_copy_data(self, model, subject, records):
        return [] if model._auto else None

    def _args_get_field_translations(self, model, subject, records):
        return self._translated(model)[:1] or None

    def _args_update_field_translations(self, model, subject, records):
        names = self._translated(model)
        return [names[0], {"en_US": "Said otherwise"}] if names else None

    def _args_web_override_translations(self, model, subject, records):
        names = self._translated(model)
        return [{names[0]: "Said otherwise"}] if names else None

    def _translated(self, model):
        return [
            name
            for name, field_ in model._fields.items()
            if field_.translate is True and field_.store and not field_.groups
        ]

    def _here(self, records):
        return [("id", "in", records.ids)]

    def _grouping(self, model, types=("many2one", "selection", "char", "integer")):
        """:returns: name of a field that everybody who reads the model may read"""
        for wanted in types:
            for name, field_ in sorted(model._fields.items()):
                if (
                    field_.type == wanted
                    and field_.store
                    and not field_.groups
                    and name != "id"
                ):
                    return name
        return None

    def _args_search(self, model, subject, records):
        return [self._here(records)]

    _args_search_count = _args_search

    def _args_search_read(self, model, subject, records):
        return [self._here(records), ["id"]]

    def _args_name_search(self, model, subject, records):
        return ["", self._here(records)]

    def _args_web_name_search(self, model, subject, records):
        return ["", {"display_name": {}}, self._here(records)]

    def _args_web_search_read(self, model, subject, records):
        return [self._here(records), {"id": {}}]

    def _args_read_group(self, model, subject, records):
        name = self._grouping(model)
        return [self._here(records), [name], [name]] if name else None

    def _args_formatted_read_group(self, model, subject, records):
        name = self._grouping(model)
        return [self._here(records), [name], ["__count"]] if name else None

    def _args_web_read_group(self, model, subject, records):
        name = self._grouping(model)
        return [self._here(records), [name]] if name else None

    def _args_formatted_read_grouping_sets(self, model, subject, records):
        name = self._grouping(model)
        return [self._here(records), [[name]], ["__count"]] if name else None

    def _args_read_progress_bar(self, model, subject, records):
        name = self._grouping(model, ("selection",))
        if not name:
            return None
        colors = dict(model._fields[name]._description_selection(self.env))
        return [self._here(records), name, {"field": name, "colors": colors}]

    def _args_search_panel_select_range(self, model, subject, records):
        name = self._grouping(model, ("many2one", "selection"))
        return name and (lambda env: [name])

    def _args_search_panel_select_multi_range(self, model, subject, records):
        return self._args_search_panel_select_range(model, subject, records)

    def _args_activity_search(self, model, subject, records):
        return ["mail.mail_activity_data_todo"]

    def _args_create_new(self, model, subject, records):
        return None if subject.new is None else [[subject.new]]

    def _args_web_save_new(self, model, subject, records):
        if subject.new is None:
            return None
        return lambda env: [subject.new, self.specification(env, model._name)]

    def _args_copy_new(self, model, subject, records):
        return [] if model._auto else None

    def _args_load_new(self, model, subject, records):
        if subject.new is None:
            return None
        columns, line = [], []
        for name, value in subject.new.items():
            kind = model._fields[name].type
            if kind in ("one2many", "many2many", "json"):
                continue
            columns.append(f"{name}/.id" if kind == "many2one" else name)
            line.append(str(value))
        return [columns, [line]]

    def _args_name_create_new(self, model, subject, records):
        field_ = model._fields.get(model._rec_name)
        return ["Made by name"] if field_ and field_.type == "char" else None

    def _args_write(self, model, subject, records):
        return None if subject.change is None else [subject.change]

    def _args_web_save(self, model, subject, records):
        return None if subject.change is None else [subject.change, {"id": {}}]

    def _args_web_save_multi(self, model, subject, records):
        if subject.change is None:
            return None
        return [[subject.change] * len(records), {"id": {}}]

    def _args_web_resequence(self, model, subject, records):
        return [{"id": {}}, "sequence", 77] if "sequence" in model._fields else None

    def _args_action_archive(self, model, subject, records):
        return [] if model._active_name else None

    _args_action_unarchive = _args_action_archive
    _args_toggle_active = _args_action_archive

    def _args_activity_schedule(self, model, subject, records):
        return ["mail.mail_activity_data_todo"]

    def _args_default_get(self, model, subject, records):
        return lambda env: [self.readable_fields(env, model._name)]

    def _args_onchange(self, model, subject, records):
        """A record made up: everything that it can point to is company 1's."""
        values = {
            **self._made_up(model),
            **{
                name: value
                for name, value in (subject.new or {}).items()
                if model._fields[name].type not in ("one2many", "many2many")
            },
        }

        def args(env):
            readable = self.readable_fields(env, model._name)
            given = {name: values[name] for name in values if name in readable}
            # names of what the caller chose are core's to tell, in any model
            return [given, [], self.specification(env, model._name, names=False)]

        return args

    def _made_up(self, model):
        values = {}
        for name, field_ in model._fields.items():
            if field_.type != "many2one" or field_.related or name in _LOGGED:
                continue
            subject = self.subjects.get(field_.comodel_name)
            found = [*subject.targets.values()] if subject else []
            if found:
                # the last is the most hidden one
                values[name] = found[-1][:1].id
        return values

    def _args_message_subscribe(self, model, subject, records):
        return lambda env: [env.user.partner_id.ids]

    _args_message_unsubscribe = _args_message_subscribe

    def _args_check_access_rights(self, model, subject, records):
        return ["read", False]

    def _args_check_access_rule(self, model, subject, records):
        return ["read"]

    def _args_check_field_access_rights(self, model, subject, records):
        return ["read", None]

    def _args_has_access(self, model, subject, records):
        return ["read"]

    def _args_get_empty_list_help(self, model, subject, records):
        return [""]

    def missing_cases(self):
        """:returns: ``model.method`` of what can be called and is not tried"""
        tried = {(case.model, case.method) for case in self.cases()}
        known = {name for names in KINDS.values() for name in names} | set(LEFT_OUT)
        # overridden for every model, and tried on those of ours
        of_all = {*public_methods(self.env["base"], self.access_modules)} & known
        missing = []
        for name, cls in sorted(self.env.registry.items()):
            model = self.env[name]
            names = public_methods(model, self.access_modules)
            missing += [
                f"{name}.{each}"
                for each in names
                if (name, each) not in tried
                and each not in of_all | set(KINDS[DESCRIBING])
                and not (model._abstract and each in known)
            ]
            if cls._original_module in self.access_addons and not model._abstract:
                if name not in self.subjects:
                    missing.append(f"{name}, a model of ours")
                missing += [
                    f"{name}.{each}"
                    for each in public_methods(model, KNOWN_MODULES)
                    if each not in known and each not in names
                ]
        return missing
