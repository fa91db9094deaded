from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ("imagery", "0002_album"),
    ]

    operations = [
        migrations.CreateModel(
            name="PairRow",
            fields=[
                ("session_id", models.UUIDField(primary_key=True, serialize=False)),
                ("patient_id", models.UUIDField()),
                ("offered_at", models.DateTimeField()),
                ("sealed", models.BinaryField()),
            ],
            options={
                "db_table": "imagery_pair",
                "default_permissions": (),
                "indexes": [models.Index(fields=["patient_id", "offered_at"], name="pairs_of_patient")],
            },
        ),
    ]
