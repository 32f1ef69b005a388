from . import test_access
from . import test_firms
from . import test_orders
from . import test_sale_screens
from . import test_security_orders
