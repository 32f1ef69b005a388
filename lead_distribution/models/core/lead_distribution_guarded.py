"""Odoo's own models in which our fields name records of ours."""

from odoo import models


class CrmLead(models.Model):
    _name = "crm.lead"
    _inherit = ["crm.lead", "lead.distribution.guard"]


class ResPartner(models.Model):
    _name = "res.partner"
    _inherit = ["res.partner", "lead.distribution.guard"]


class MailActivity(models.Model):
    _name = "mail.activity"
    _inherit = ["mail.activity", "lead.distribution.guard"]
