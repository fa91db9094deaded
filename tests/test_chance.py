"""Tests draw the same ids in each run, so that one which hangs on a seed fails always or never."""

import os
from uuid import UUID, uuid4

import pytest


@pytest.mark.skipif("ATTUNE_TEST_SEED" in os.environ, reason="other ids were asked for")
def test_a_test_draws_the_same_ids_in_each_run() -> None:
    assert uuid4() == UUID("8ecd1638-7f31-42c5-b2da-381a340cb491")
    assert uuid4() != uuid4()
