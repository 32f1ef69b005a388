"""One package a domain; imports go from left to right only:

core < pipeline < offer, manual, customer, intake, outgoing
     < follow_up, task < insight, privacy
"""

from . import core
from . import pipeline
from . import offer
from . import manual
from . import customer
from . import intake
from . import outgoing
from . import follow_up
from . import task
from . import insight
from . import privacy
