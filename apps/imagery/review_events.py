"""What clinicians say of the templates: one stream ``templates-<the organisation>``, about no patient.

Who said it and when stand in each event's header. It is sealed under the system's key, as all that concerns no patient.
An example picture of a template is no judgement and has a stream of its own, ``template_example-<of these words>``.
"""

from typing import Final
from uuid import NAMESPACE_URL, UUID, uuid5

from eventstore.event import event
from eventstore.stream import StreamName

TEMPLATES: Final = "templates"
EXAMPLES: Final = "template_example"
ORGANISATION: Final = uuid5(NAMESPACE_URL, "attune:organisation")
"""An installation serves one organisation."""
REVIEWS: Final = StreamName(TEMPLATES, ORGANISATION)


@event("template.approved.v1")
class TemplateApproved:
    """A clinician found a template fit to be shown. It holds for the words that they read, and for no others."""

    template: str
    digest: str  # of the template as it was read, sha256
    comment: str


@event("template.withdrawn.v1")
class TemplateWithdrawn:
    """A clinician took a template out: nobody is shown it, however its words may change, until it is a draft again."""

    template: str
    digest: str
    comment: str


@event("template.returned_to_draft.v1")
class TemplateReturned:
    """A clinician put a template back among the drafts, or noted a doubt about one."""

    template: str
    digest: str
    comment: str


@event("template.drafts_allowed.v1")
class DraftsAllowed:
    """The organisation decided that patients may be shown templates that no clinician approved."""

    reason: str


@event("template.drafts_closed.v1")
class DraftsClosed:
    """The organisation took that decision back."""

    reason: str


@event("template_example.drawn.v1", blobs=("image_id",))
class ExampleDrawn:
    """A picture of a template's scene was drawn, for whoever reviews it."""

    template: str
    digest: str
    image_id: UUID
    style: str


def example_id(template: str, digest: str) -> UUID:
    """Under which the example of these words is kept."""
    return uuid5(ORGANISATION, f"{template}/{digest}")
