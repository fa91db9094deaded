"""The rules of an album, without a store."""

from uuid import UUID, uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st

from apps.imagery import album


@given(st.lists(st.tuples(st.booleans(), st.sampled_from([UUID(int=number) for number in range(4)]))))
def test_whatever_is_kept_and_taken_out_the_album_holds_what_was_kept_last_and_nothing_twice(
    course: list[tuple[bool, UUID]],
) -> None:
    events: list[object] = []
    wanted: dict[UUID, None] = {}
    for keeps, image_id in course:
        events += (album.keep if keeps else album.remove)(album.replay(events), image_id)
        if not keeps:
            wanted.pop(image_id, None)
        else:
            wanted.setdefault(image_id)
    assert album.replay(events) == album.Album(tuple(wanted), len(events))


def test_an_album_holds_so_many_and_no_more() -> None:
    full = album.Album(tuple(uuid4() for _ in range(album.MOST_KEPT)))
    with pytest.raises(album.AlbumFull):
        album.keep(full, uuid4())
    assert album.keep(full, full.kept[0]) == []
