from . import offer
from . import intake
