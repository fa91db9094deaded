"""Where followers of the log stand, which erasures are done, and the durable jobs: ordinary tables beside the log."""

import uuid

from django.db import models


class Follower(models.Model):
    """A projection's or subscription's checkpoint: written in the same transaction as its effect."""

    class Status(models.TextChoices):
        RUNNING = "running"
        STOPPED = "stopped"

    name = models.CharField(primary_key=True, max_length=100)
    version = models.IntegerField()
    position = models.BigIntegerField(default=0)
    status = models.CharField(max_length=10, choices=Status.choices, default=Status.RUNNING)
    problem = models.CharField(max_length=300, default="")
    updated_at = models.DateTimeField(auto_now=True)

    def __str__(self) -> str:
        return self.name


class Erasure(models.Model):
    """That a subject is being erased, or was. Written with the erasing event, so that an erasure which is cut off is
    known, and gone on with; and beside the rows that it drops, so that a restore of this database brings back both.
    """

    subject_id = models.UUIDField(primary_key=True)
    begun_at = models.DateTimeField()
    finished_at = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return str(self.subject_id)


class Job(models.Model):
    """Work to be done at least once. Ids only, never content: the table is in the clear."""

    class Status(models.TextChoices):
        WAITING = "waiting"
        RUNNING = "running"
        DONE = "done"
        DEAD = "dead"
        DROPPED = "dropped"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4)
    kind = models.CharField(max_length=100)
    key = models.UUIDField()
    ids = models.JSONField()
    queue = models.CharField(max_length=50)
    status = models.CharField(max_length=10, choices=Status.choices, default=Status.WAITING)
    attempts = models.IntegerField(default=0)
    token = models.BigIntegerField(default=0)
    lease_until = models.DateTimeField(null=True)
    run_at = models.DateTimeField()
    published_at = models.DateTimeField(null=True)
    created_at = models.DateTimeField(auto_now_add=True)
    finished_at = models.DateTimeField(null=True)
    problem = models.CharField(max_length=100, default="")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["kind", "key"], name="one_job_a_kind_and_key")]
        indexes = [
            models.Index(fields=["run_at"], condition=models.Q(status__in=["waiting", "running"]), name="job_open"),
            models.Index(fields=["status"], condition=~models.Q(status="done"), name="job_undone"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.id}"
