from odoo.exceptions import AccessError
from odoo.tests.common import tagged

from ..engine.audit import audit
from ..models.insight import audit as service
from .common import DistributionCase


@tagged("post_install", "-at_install")
class TestAudit(DistributionCase):
    """The audit of the ledger finds what contradicts, as engine/audit.py says."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls._route(cls.anna | cls.boris)
        cls.leads = cls._lead(3)
        cls.env["lead.distribution"]._distribute(cls.leads, "button")

    def _audit(self, user=None):
        Health = self.env["lead.distribution.health"]
        return Health.with_user(user or self.manager).action_audit()

    def _break(self, lead):
        self.env.flush_all()
        self.env.cr.execute(
            "UPDATE crm_lead SET distribution_state = 'pool' WHERE id = %s", [lead.id]
        )
        self.env.invalidate_all()

    def _found(self, companies):
        _leads, _rows, found = self.env["lead.distribution.audit"]._audit_companies(
            companies
        )
        return {(entry.code, entry.lead) for entry in found}

    def test_sound(self):
        self.assertEqual(set(self.leads.mapped("distribution_state")), {"assigned"})
        leads, rows, found = self.env["lead.distribution.audit"]._audit_companies(
            self.company
        )
        self.assertGreaterEqual(leads, 3)
        self.assertGreaterEqual(rows, 3)
        self.assertFalse({entry.lead for entry in found} & set(self.leads.ids), found)

    def test_broken(self):
        """What contradicts is told by kind, and its leads are shown."""
        lead = self.leads[0]
        self._break(lead)
        self.assertLessEqual(
            {("row_left", lead.id), ("pool_owned", lead.id)}, self._found(self.company)
        )
        action = self._audit()
        self.assertEqual(action["params"]["type"], "warning")
        self.assertIn(
            "in the pool, with a salesperson: 1.", action["params"]["message"]
        )
        self.assertEqual(
            self.env["crm.lead"].search(action["params"]["next"]["domain"]), lead
        )

    def test_in_parts(self):
        """A large table is read in parts; each lead with all of its rows."""
        self.patch(service, "BLOCK", 2)
        self._break(self.leads[2])
        self.assertIn(("row_left", self.leads[2].id), self._found(self.company))

    def test_other_company(self):
        """Leads of a company that the reader did not choose are not looked at."""
        self._break(self.leads[0])
        self.assertFalse(
            {lead for _code, lead in self._found(self.company_2)} & set(self.leads.ids)
        )

    def test_managers_only(self):
        with self.assertRaises(AccessError):
            self._audit(self.anna)

    def test_each_code_has_words(self):
        """Each code of the engine is said in words."""
        labels = self.env["lead.distribution.audit"]._audit_labels()
        codes = audit.__doc__.split("Codes:")[1].split(":param")[0]
        for code in labels:
            self.assertIn(f"``{code}``", codes)
        self.assertEqual(codes.count("``"), 2 * len(labels))
