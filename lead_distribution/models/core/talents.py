"""Languages, skills and territories of salespeople, and routes that ask for them
(P4)."""

from odoo import fields, models

from ...engine import Talents
from ...tools.locale import duration
from .res_users import GROUP

#: fields of routes by what they compare
MATCHES = {
    "language": "match_language",
    "skill": "match_skill",
    "territory": "match_territory",
}
RULES = [("no", "Does not matter"), ("should", "Should match"), ("must", "Must match")]


class ResUsers(models.Model):
    _inherit = "res.users"

    lead_language_ids = fields.Many2many(
        "res.lang",
        "lead_distribution_language_user_rel",
        "user_id",
        "lang_id",
        string="Languages",
        context={"active_test": False},
        groups=GROUP,
        help="Languages they speak with customers. Empty: the language of the user.",
    )
    lead_skill_ids = fields.Many2many(
        "crm.tag",
        "lead_distribution_skill_user_rel",
        "user_id",
        "tag_id",
        string="Lead Skills",
        groups=GROUP,
        help="Lead tags that they are good at.",
    )
    lead_territory_ids = fields.Many2many(
        "lead.distribution.territory",
        "lead_distribution_territory_user_rel",
        "user_id",
        "territory_id",
        string="Territories",
        groups=GROUP,
    )

    def _lead_talents(self):
        """Return ``{user_id: the engine's Talents}``."""
        return {
            user.id: Talents(
                frozenset(user.lead_language_ids.mapped("code") or [user.lang or ""]),
                frozenset(user.lead_skill_ids.ids),
                frozenset(user.lead_territory_ids.ids),
            )
            # sudo: decides for everybody
            for user in self.sudo().with_context(active_test=False)
        }


class LeadDistributionRoute(models.Model):
    _inherit = "lead.distribution.route"

    match_language = fields.Selection(
        RULES,
        string="Speaks the Lead's Language",
        default="no",
        required=True,
        tracking=True,
    )
    match_skill = fields.Selection(
        RULES,
        string="Has a Tag of the Lead",
        default="no",
        required=True,
        tracking=True,
        help="Tags of the lead count if they are a skill of a salesperson.",
    )
    match_territory = fields.Selection(
        RULES,
        string="Covers the Lead's Address",
        default="no",
        required=True,
        tracking=True,
    )
    relax_minutes = fields.Integer(
        string="Minutes to Wait for a Match",
        tracking=True,
        help="A lead waits this long from its arrival while nobody is left who meets "
        "all preferred criteria. Then others may take it. 0: at once.",
    )

    _relax_positive = models.Constraint(
        "CHECK (relax_minutes >= 0)", "Minutes cannot be negative."
    )

    def _matching(self):
        """Return ``((kind, rule), ...)`` of what the route compares."""
        self.ensure_one()
        return tuple(
            (kind, self[name]) for kind, name in MATCHES.items() if self[name] != "no"
        )

    def _describe_more(self):
        _ = self.env._
        words = {
            "must": {
                "language": _("only people who speak the lead's language"),
                "skill": _("only people who have a tag of the lead"),
                "territory": _("only people who cover the lead's address"),
            },
            "should": {
                "language": _("people who speak the lead's language first"),
                "skill": _("people who have a tag of the lead first"),
                "territory": _("people who cover the lead's address first"),
            },
        }
        rules = self._matching()
        parts = super()._describe_more()
        parts += [words[rule][kind] for kind, rule in rules]
        if self.relax_minutes and "should" in dict(rules).values():
            time = duration(self.env, self.relax_minutes, "minutes")
            parts.append(_("others after %s", time))
        return parts
