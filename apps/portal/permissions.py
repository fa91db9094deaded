"""Who may reach which route. `crisis-help` is public and stands with the routes of no app."""

from access.routes import YES, Row

ROUTES = {
    "portal:home": Row(patient=YES),
    "portal:preferences": Row(patient=YES),
    "portal:access": Row(patient=YES),
    "portal:album": Row(patient=YES),
}
