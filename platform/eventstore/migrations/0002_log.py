"""The log's own tables and functions, in their own schema, from eventstore/sql/."""

from django.db import migrations

from eventstore import sql

FUNCTIONS = ("header", "leaf", "lock_stream", "append", "seal", "add_checkpoint")


class Migration(migrations.Migration):
    dependencies = [("eventstore", "0001_initial")]

    operations = [
        migrations.RunSQL(sql.text("tables"), "DROP SCHEMA eventstore CASCADE"),
        migrations.RunSQL(sql.text("append_only"), migrations.RunSQL.noop),
        *(migrations.RunSQL(sql.text(name), migrations.RunSQL.noop) for name in FUNCTIONS),
        migrations.RunSQL(sql.text("grants"), migrations.RunSQL.noop),
    ]
