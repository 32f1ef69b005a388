from . import models
from . import rooms
