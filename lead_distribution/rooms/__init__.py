"""The walk of a lead, one room a file, all on the service ``lead.distribution``:

entry -> intake, identity -> match -> people (the snapshot) -> ``engine`` -> apply

Offers that nobody claimed go on in ``offer``. A claim or a change by hand
(``hand``), a removal (``status``), a client tied or untied (``customer``), a merge
(``merge``), what is neglected (``rules``) and a batch taken back (``undo``) enter at
apply. ``events`` catches what
people do with leads, ``times`` measures it. ``explain`` reads what apply wrote;
``post`` tells people about it, outside of the lock. ``task`` starts tasks,
``outcome`` finishes them and does what follows, ``given`` says for which record a
task was given to whom, ``process`` starts tasks when something happens. ``health``
says what is wrong with the set-up, ``simulate`` walks without apply. ``privacy``
forgets people, ``retention`` what is old; ``log`` keeps what people wrote out of the
log.
"""

from . import entry
from . import intake
from . import identity
from . import match
from . import people
from . import apply
from . import offer
from . import hand
from . import merge
from . import status
from . import customer
from . import explain
from . import events
from . import times
from . import history
from . import rates
from . import simulate
from . import rules
from . import undo
from . import post
from . import task
from . import outcome
from . import given
from . import process
from . import health
from . import privacy
from . import retention
