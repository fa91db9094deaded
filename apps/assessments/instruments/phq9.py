"""PHQ-9: depression over the last two weeks.

Bands 5/10/15/20: Kroenke, Spitzer, Williams, "The PHQ-9: validity of a brief depression severity measure", J Gen Intern
Med 2001;16:606-613. The source states no rule for missing answers, so one missing answer means no total.
Codes: LOINC panel 44249-1; items and answers as in the US Core PHQ-9 examples and the SDC questionnaire.
Item 9 above zero asks for a person whatever the total: Simon 2013 (one-year attempts rise from 0.4 % to 4 %); a zero is
no sign of safety either (71.6 % of VA suicides had answered "not at all", ps.201500149).
"""

from typing import Final

from apps.assessments.instruments.model import Band, Choice, Instrument, Item, Scale

TWO_WEEKS: Final = (
    Choice(value=0, text="Not at all", code="LA6568-5"),
    Choice(value=1, text="Several days", code="LA6569-3"),
    Choice(value=2, text="More than half the days", code="LA6570-1"),
    Choice(value=3, text="Nearly every day", code="LA6571-9"),
)
DIFFICULTY: Final = (
    Choice(value=0, text="Not difficult at all", code="LA6572-7"),
    Choice(value=1, text="Somewhat difficult", code="LA6573-5"),
    Choice(value=2, text="Very difficult", code="LA6575-0"),
    Choice(value=3, text="Extremely difficult", code="LA6574-3"),
)
HARM: Final = 9

PHQ_9: Final = Instrument(
    key="phq-9",
    version=1,
    title="PHQ-9",
    purpose="Low mood",
    stem="Over the last 2 weeks, how often have you been bothered by any of the following problems?",
    items=(
        Item(number=1, code="44250-9", text="Little interest or pleasure in doing things"),
        Item(number=2, code="44255-8", text="Feeling down, depressed, or hopeless"),
        Item(number=3, code="44259-0", text="Trouble falling or staying asleep, or sleeping too much"),
        Item(number=4, code="44254-1", text="Feeling tired or having little energy"),
        Item(number=5, code="44251-7", text="Poor appetite or overeating"),
        Item(
            number=6,
            code="44258-2",
            text="Feeling bad about yourself — or that you are a failure or have let yourself or your family down",
        ),
        Item(
            number=7,
            code="44252-5",
            text="Trouble concentrating on things, such as reading the newspaper or watching television",
        ),
        Item(
            number=8,
            code="44253-3",
            text="Moving or speaking so slowly that other people could have noticed? Or the opposite — being so "
            "fidgety or restless that you have been moving around a lot more than usual",
        ),
        Item(
            number=HARM,
            code="44260-8",
            text="Thoughts that you would be better off dead or of hurting yourself in some way",
        ),
    ),
    choices=TWO_WEEKS,
    total=Scale(
        name="total",
        items=tuple(range(1, 10)),
        factor=1,
        bands=(
            Band(lowest=0, word="minimal"),
            Band(lowest=5, word="mild"),
            Band(lowest=10, word="moderate"),
            Band(lowest=15, word="moderately severe"),
            Band(lowest=20, word="severe"),
        ),
    ),
    watched=(HARM,),
    after=Item(
        number=10,
        code="69722-7",
        text="If you checked off any problems, how difficult have these problems made it for you to do your work, take "
        "care of things at home, or get along with other people?",
    ),
    after_choices=DIFFICULTY,
    panel_code="44249-1",
    total_code="44261-6",
    source="Kroenke, Spitzer, Williams 2001, J Gen Intern Med 16:606-613",
    credit="Developed by Drs. Robert L. Spitzer, Janet B.W. Williams, Kurt Kroenke and colleagues, with an educational "
    "grant from Pfizer Inc. No permission required to reproduce, translate, display or distribute.",
)
