from . import crm_lead
from . import ir_http
from . import ir_qweb
from . import lead_distribution_listing
from . import lead_distribution_process
from . import website_form
from . import website_visit
