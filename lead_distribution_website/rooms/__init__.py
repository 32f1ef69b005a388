from . import form
from . import visit
