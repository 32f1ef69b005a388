from . import test_access
from . import test_forms
from . import test_security_forms
from . import test_security_tasks
from . import test_visits
from . import test_website_screens
