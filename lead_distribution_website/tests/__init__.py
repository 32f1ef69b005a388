from . import test_forms
from . import test_visits
