"""Whether the ledger of alerts may lack some: it follows the log, and so does what puts notes before the reader."""

from datetime import datetime

from apps.providers.projections import Caseload
from apps.providers.reading import READER
from eventstore.lag import lag_of


def late_since() -> datetime | None:
    """From when on alerts may be missing from every list; None while all is well. Ask before the list is read."""
    return lag_of(Caseload.name, READER).late_since
