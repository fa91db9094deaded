from django.db import migrations

# Whoever was erased before that was noted counts as unfinished once, and is erased once more.
_BEGUN = """INSERT INTO eventstore_erasure (subject_id, begun_at)
    SELECT subject_id, min(recorded_at) FROM eventstore.event
    WHERE type = 'patient.erased.v1' AND subject_id IS NOT NULL GROUP BY subject_id
    ON CONFLICT DO NOTHING"""


class Migration(migrations.Migration):

    dependencies = [
        ('patients', '0001_initial'),
        ('eventstore', '0005_erasures_begun'),
    ]

    operations = [
        migrations.RunSQL(_BEGUN, migrations.RunSQL.noop),
    ]
