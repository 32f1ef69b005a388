"""What starts a task is told as one value, whoever asks."""

from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True)
class TaskSpec:
    """What is to be done, by whom and when; the same for all records it is started
    for.

    Whose it is: ``user_id``, else one of ``team_id`` (a department task, until one of
    them takes it), else whom ``route_id`` chooses, else the record's salesperson, else
    one of the record's team.

    :param activity_type_id: of ``mail.activity.type``
    :param note: HTML
    :param delay_number: minutes and hours: how long the task is not there yet; days,
        weeks and months: how long it is there before it is due (0: due at once)
    :param delay_unit: a code of :data:`.constants.TASK_DELAYS`
    :param resource_calendar_id: outside of these hours it waits for the next opening,
        and days are working days
    :param origin: a code of :data:`.constants.TASK_ORIGINS`
    :param date_deadline: the day a person chose; instead of the delay
    :param step_id: of the ``lead.distribution.process.step`` that starts it
    """

    activity_type_id: int
    summary: str = ""
    note: str = ""
    user_id: int | None = None
    team_id: int | None = None
    route_id: int | None = None
    delay_number: int = 0
    delay_unit: str = "days"
    resource_calendar_id: int | None = None
    origin: str = "action"
    date_deadline: date | None = None
    step_id: int | None = None
