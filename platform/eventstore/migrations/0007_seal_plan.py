"""Sealing looks at what is fresh, however long the log is."""

from django.db import migrations

from eventstore import sql


class Migration(migrations.Migration):
    dependencies = [("eventstore", "0006_jobs_dropped")]

    operations = [migrations.RunSQL(sql.text("seal"), migrations.RunSQL.noop)]
