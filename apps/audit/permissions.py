"""The access log is for administrators and auditors."""

from access.routes import YES, Row

ROUTES = {
    "audit:log": Row(administrator=YES, auditor=YES),
    "audit:api_log": Row(administrator=YES, auditor=YES),
}
