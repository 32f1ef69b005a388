"""What every package may use: no model is defined here, and none is looked up.

Words of the ledger, batches that survive one bad record, the service's context,
the company's days and months.
"""
