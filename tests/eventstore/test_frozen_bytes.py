"""Bytes that the log's hashes stand on. If a test here fails, the change would break every log there is."""

import dataclasses
import hashlib
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from django.db import connection
from hypothesis import given
from hypothesis import strategies as st

from eventstore import header
from eventstore.header import EventHeader
from eventstore.merkle import EMPTY_ROOT, Tree
from eventstore.stream import StreamName

HEADER = EventHeader(
    stream_id=UUID(int=1),
    version=2,
    event_id=UUID(int=3),
    command_id=UUID(int=4),
    type="session.opened.v1",
    subject=UUID(int=5),
    key_id=UUID(int=6),
    actor_id=UUID(int=7),
    actor_role="patient",
    recorded_at=datetime(2026, 1, 2, 3, 4, 5, 678901, tzinfo=UTC),
    blobs=UUID(int=8).bytes,
)
SYSTEMS = EventHeader(
    UUID(int=1), 1, UUID(int=3), UUID(int=4), "x.y.v1", None, UUID(int=6), UUID(int=7), "système",
    datetime(1969, 12, 31, 23, 59, 59, 999999, tzinfo=UTC), b"",
)  # fmt: skip
HEADER_DIGEST = "307a65b10f298a3b0d1735f526ab86d11ae89deb6e2863c915f5a0f2f94e87b2"
LEAF = "d39ef39a888a1e86662df5fa8acea58b0def886f4d8a4c350fd704edaa8efb32"
CHAIN_HASH = "98c4ce3c0f7e5662f787e4b736339eae4817bd245a64ceb6ee2c2a313fc0344a"
STREAM_ID = "a367b251-cf4a-546e-b482-3d26a549d769"
_SQL_HEADER = "SELECT eventstore.header(%s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s)"


def columns(known: EventHeader) -> list[Any]:
    return [getattr(known, name) for name in EventHeader.__slots__]


def test_a_headers_bytes_are_frozen() -> None:
    assert hashlib.sha256(HEADER.to_bytes()).hexdigest() == HEADER_DIGEST
    assert HEADER.to_bytes().startswith(b"attune.event.v1\x00\x00\x00\x10")


def test_a_leafs_bytes_are_frozen() -> None:
    assert header.leaf(1, bytes(32)).hex() == LEAF


def test_a_chain_hash_is_frozen() -> None:
    assert header.chain_hash(header.GENESIS, b"header", bytes(32)).hex() == CHAIN_HASH


def test_a_streams_id_is_frozen() -> None:
    name = StreamName("session", UUID(int=9))
    assert str(name.stream_id) == STREAM_ID
    assert StreamName.parse(str(name)) == name


@pytest.mark.django_db
@pytest.mark.parametrize("known", [HEADER, SYSTEMS])
def test_the_database_makes_the_same_header(known: EventHeader) -> None:
    with connection.cursor() as cursor:
        cursor.execute(_SQL_HEADER, columns(known))
        assert bytes(cursor.fetchone()[0]) == known.to_bytes()


@pytest.mark.django_db
def test_the_database_makes_the_same_leaf() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT eventstore.leaf(%s, %s)", [2**40, bytes(range(32))])
        assert bytes(cursor.fetchone()[0]) == header.leaf(2**40, bytes(range(32)))


@given(st.datetimes(datetime(1900, 1, 1), datetime(2200, 1, 1)))  # noqa: DTZ001  (made aware below)
def test_a_microsecond_changes_the_header(moment: datetime) -> None:
    one = dataclasses.replace(HEADER, recorded_at=moment.replace(tzinfo=UTC))
    other = dataclasses.replace(one, recorded_at=one.recorded_at + timedelta(microseconds=1))
    assert one.to_bytes() != other.to_bytes()


# The leaves and roots of Certificate Transparency's reference implementation (RFC 6962), as every log tests them.
CT_LEAVES = ["", "00", "10", "2021", "3031", "40414243", "5051525354555657", "606162636465666768696a6b6c6d6e6f"]
CT_ROOTS = [
    "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
    "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
    "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
    "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
    "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
    "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
]


def test_the_tree_is_that_of_rfc_6962() -> None:
    tree = Tree.empty()
    assert tree.root() == EMPTY_ROOT
    for data, root in zip(CT_LEAVES, CT_ROOTS, strict=True):
        tree.add(hashlib.sha256(b"\x00" + bytes.fromhex(data)).digest())
        assert tree.root().hex() == root


@given(st.lists(st.binary(min_size=32, max_size=32), max_size=40), st.integers(0, 40))
def test_a_tree_that_was_put_away_grows_on_as_if_it_had_not_been(leaves: list[bytes], at: int) -> None:
    whole, first = Tree.empty(), Tree.empty()
    whole.extend(leaves)
    first.extend(leaves[:at])
    resumed = Tree.load(first.size, first.dump())
    resumed.extend(leaves[at:])
    assert resumed.root() == whole.root()
