"""GAD-7: anxiety over the last two weeks.

Bands 5/10/15: Spitzer, Kroenke, Williams, Löwe, "A brief measure for assessing generalized anxiety disorder: the
GAD-7", Arch Intern Med 2006;166:1092-1097. No rule for missing answers, so one missing answer means no total.
Codes: LOINC panel 69737-5. One public app swaps the codes of the last two items; a test pins codes to texts.
"""

from typing import Final

from apps.assessments.instruments.model import Band, Instrument, Item, Scale
from apps.assessments.instruments.phq9 import TWO_WEEKS

GAD_7: Final = Instrument(
    key="gad-7",
    version=1,
    title="GAD-7",
    purpose="Worry and tension",
    stem="Over the last 2 weeks, how often have you been bothered by the following problems?",
    items=(
        Item(number=1, code="69725-0", text="Feeling nervous, anxious, or on edge"),
        Item(number=2, code="68509-9", text="Not being able to stop or control worrying"),
        Item(number=3, code="69733-4", text="Worrying too much about different things"),
        Item(number=4, code="69734-2", text="Trouble relaxing"),
        Item(number=5, code="69735-9", text="Being so restless that it is hard to sit still"),
        Item(number=6, code="69689-8", text="Becoming easily annoyed or irritable"),
        Item(number=7, code="69736-7", text="Feeling afraid, as if something awful might happen"),
    ),
    choices=TWO_WEEKS,
    total=Scale(
        name="total",
        items=tuple(range(1, 8)),
        factor=1,
        bands=(
            Band(lowest=0, word="minimal"),
            Band(lowest=5, word="mild"),
            Band(lowest=10, word="moderate"),
            Band(lowest=15, word="severe"),
        ),
    ),
    panel_code="69737-5",
    total_code="70274-6",
    source="Spitzer, Kroenke, Williams, Löwe 2006, Arch Intern Med 166:1092-1097",
    credit="Developed by Drs. Robert L. Spitzer, Janet B.W. Williams, Kurt Kroenke and colleagues, with an educational "
    "grant from Pfizer Inc. No permission required to reproduce, translate, display or distribute.",
)
