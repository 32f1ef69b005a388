from . import models
from . import rooms
from .hooks import uninstall_hook
