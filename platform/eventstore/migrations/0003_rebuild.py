"""Rebuilding projections beside the living ones."""

from django.db import migrations

from eventstore import sql

FILES = ("rebuild_schema", "drop_shadow", "make_shadow", "swap_shadow", "rebuild_grants")


class Migration(migrations.Migration):
    dependencies = [("eventstore", "0002_log")]

    operations = [migrations.RunSQL(sql.text(name), migrations.RunSQL.noop) for name in FILES]
