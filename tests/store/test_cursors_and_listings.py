"""Cursors move by compare-and-set; listings are imported from files."""

from pathlib import Path

import pytest

from store import ImportCounts, ListingsError, Store

HEAD = "channel,account,channel_sku,item_id,note\n"


async def test_a_cursor_moves_only_from_where_it_was_read(store: Store) -> None:
    cursors = store.cursors
    assert await cursors.get("trendyol", "riyadh", "orders") is None
    assert await cursors.commit("trendyol", "riyadh", "orders", "a", None)
    first = await cursors.get("trendyol", "riyadh", "orders")
    assert first is not None
    assert (first.value, first.version) == ("a", 1)
    assert not await cursors.commit("trendyol", "riyadh", "orders", "x", None)
    assert await cursors.commit("trendyol", "riyadh", "orders", "b", 1)
    assert not await cursors.commit("trendyol", "riyadh", "orders", "x", 1)
    second = await cursors.get("trendyol", "riyadh", "orders")
    assert second is not None
    assert (second.value, second.version) == ("b", 2)
    assert second.moved_at > first.moved_at


async def test_a_cursor_that_stands_still_is_touched(store: Store) -> None:
    await store.cursors.commit("trendyol", "riyadh", "orders", "a", None)
    first = await store.cursors.get("trendyol", "riyadh", "orders")
    await store.cursors.commit("trendyol", "riyadh", "orders", "a", 1)
    second = await store.cursors.get("trendyol", "riyadh", "orders")
    assert first is not None
    assert second is not None
    assert second.moved_at > first.moved_at


async def test_an_import_adds_changes_and_leaves(either: Store, tmp_path: Path) -> None:
    file = tmp_path / "listings.csv"
    rows = [f"trendyol,riyadh,SKU-{n},ITEM-{n},x\n" for n in range(1500)]
    file.write_text("\ufeff" + HEAD + "".join(rows), encoding="utf-8")
    counts = await either.listings.import_csv(file)
    assert counts == ImportCounts(added=1500, changed=0, unchanged=0)
    again = [HEAD, rows[0], "trendyol,riyadh,SKU-1,OTHER,\n", 'trendyol,riyadh,"ب,1",NEW,\n']
    counts = await either.listings.import_csv(again)
    assert counts == ImportCounts(added=1, changed=1, unchanged=1)
    asked = ["SKU-0", "SKU-1", "ب,1", "unknown"]
    assert await either.listings.lookup("trendyol", "riyadh", asked) == {
        "SKU-0": "ITEM-0", "SKU-1": "OTHER", "ب,1": "NEW",
    }  # fmt: skip
    assert await either.listings.lookup("trendyol", "jeddah", asked) == {}
    assert await either.listings.lookup("trendyol", "riyadh", []) == {}


async def test_skus_differ_by_case(store: Store) -> None:
    await store.listings.import_csv(
        [HEAD, "trendyol,riyadh,abc,LOWER,\n", "trendyol,riyadh,ABC,UPPER,\n"]
    )
    found = await store.listings.lookup("trendyol", "riyadh", ["abc", "ABC"])
    assert found == {"abc": "LOWER", "ABC": "UPPER"}


@pytest.mark.parametrize(
    ("lines", "why"),
    [
        (["channel,account\n"], "lacks channel_sku, item_id"),
        ([], "lacks channel, account"),
        ([HEAD, "trendyol,riyadh,SKU-1,,\n"], "Line 2: item_id is empty"),
        ([HEAD, "trendyol\n"], "Line 2: account, channel_sku, item_id is empty"),
    ],
)
async def test_a_file_that_lacks_something_is_refused_whole(
    store: Store, lines: list[str], why: str
) -> None:
    with pytest.raises(ListingsError, match=why):
        await store.listings.import_csv(lines)


async def test_a_file_that_is_not_there_is_named(store: Store, tmp_path: Path) -> None:
    with pytest.raises(ListingsError, match=r"nowhere\.csv"):
        await store.listings.import_csv(tmp_path / "nowhere.csv")
