"""How guesses are counted, slowed down and forgiven."""

from datetime import timedelta

import pytest

from apps.accounts import tallies
from apps.accounts.models import SignInTally


def test_waits_double_and_end_at_the_longest() -> None:
    waits = [tallies.LOGIN.wait(failures).total_seconds() for failures in range(4, 20)]
    assert waits[:5] == [0, 1, 2, 4, 8]
    assert waits[-1] == tallies.LOGIN.longest.total_seconds()


def test_a_network_is_forgiven_one_failure_a_minute_and_a_login_none() -> None:
    minutes = timedelta(minutes=7, seconds=30)
    assert tallies.NETWORK.left(60, minutes) == (53, timedelta(seconds=30))
    assert tallies.NETWORK.left(3, minutes)[0] == 0
    assert tallies.LOGIN.left(6, timedelta(hours=23)) == (6, timedelta(0))
    assert tallies.LOGIN.left(6, timedelta(hours=25)) == (0, timedelta(0))


def test_the_time_between_failures_is_forgiven_whole_however_often_they_come(db: None) -> None:
    network = tallies.key("network", "127.0.0.0/24")
    for _ in range(20):
        tallies.failed(network, tallies.NETWORK)
        row = SignInTally.objects.get(key=network)
        SignInTally.objects.update(last_failed_at=row.last_failed_at - timedelta(seconds=50))
    assert row.failures < 6, "50 s each: twenty came in sixteen minutes"


def test_who_guesses_on_from_one_network_gets_a_guess_a_minute() -> None:
    failures, rest, guesses, passed = 0, timedelta(0), 0, timedelta(0)
    while passed < timedelta(days=1):
        failures, guesses = failures + 1, guesses + 1
        wait = tallies.NETWORK.wait(failures)
        passed += wait
        failures, rest = tallies.NETWORK.left(failures, rest + wait)
    assert guesses < tallies.NETWORK.free + 24 * 60 + 10


@pytest.mark.parametrize(
    ("address", "block"),
    [
        ("192.0.2.77", "192.0.2.0/24"),
        ("2001:db8:1:2:3::4", "2001:db8:1:2::/64"),
        ("", ""),
        ("pipe", ""),
    ],
)
def test_networks_are_counted_by_block(address: str, block: str) -> None:
    assert tallies.network_of(address) == block
