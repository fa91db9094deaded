from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ("imagery", "0001_initial"),
    ]

    operations = [
        migrations.CreateModel(
            name="AlbumRow",
            fields=[
                ("patient_id", models.UUIDField(primary_key=True, serialize=False)),
                ("sealed", models.BinaryField()),
            ],
            options={
                "db_table": "imagery_album",
                "default_permissions": (),
            },
        ),
    ]
