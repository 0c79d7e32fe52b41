//! `paging`: a long list from a slow server.

use std::path::Path;

use attache_core::Clock;
use attache_transport::SystemClock;
use futures_util::{StreamExt as _, TryStreamExt as _, stream};

use crate::{
    figures::{
        Figure,
        call::{median, runtime},
        server::{PAGES, ROWS, Seen, Server},
        storm::count,
        world::{ByHand, Ours},
    },
    portal::Failure,
};

/// The longest that the list may take, as a multiple of what it takes by hand.
const WALL: f64 = 1.05;
/// How many pages are under way at a time.
const AT_ONCE: usize = 8;
const ROUNDS: usize = 7;

pub(super) fn listing(program: &Path) -> Result<Vec<Figure>, Failure> {
    let server = Server::start(program)?;
    runtime()?.block_on(async {
        let by_hand = ByHand::new(&server.base)?;
        let ours = Ours::new(&server.base, None).await?;
        let (mut theirs, mut typed) = (Vec::new(), Vec::new());
        let mut most = 0;
        for _ in 0..ROUNDS {
            theirs.push(timed(list_by_hand(&by_hand)).await?);
            seen(&by_hand).await?;
            typed.push(timed(list(&ours)).await?);
            most = most.max(seen(&by_hand).await?.most);
        }
        let first = until_the_first_item(&ours, &by_hand).await?;
        let (theirs, typed) = (median(theirs), median(typed));
        Ok(vec![
            Figure::told("paging: 200 pages of 20 ms", "ms", typed)
                .over(theirs)
                .at_most(theirs * WALL),
            Figure::told("paging: most pages in flight", "pages", count(most)).at_most(count(AT_ONCE)),
            Figure::told(
                "paging: pages asked for until the first item",
                "pages",
                count(first.answered + first.in_flight),
            )
            .exactly(1.0),
        ])
    })
}

/// All items as the SDK gives them, with its own number of pages at a time.
async fn list(ours: &Ours) -> Result<u64, Failure> {
    let mut items = ours.client.hr().departments().list().items();
    let mut rows = 0;
    while items.try_next().await?.is_some() {
        rows += 1;
    }
    Ok(rows)
}

/// The first page, which tells how many there are, then the others in order.
async fn list_by_hand(client: &ByHand) -> Result<u64, Failure> {
    let first = client.page(0, ROWS).await?;
    let offsets = (first.paging.limit..first.paging.total).step_by(usize::try_from(ROWS)?);
    let mut pages = stream::iter(offsets.map(|offset| client.page(offset, ROWS))).buffered(AT_ONCE);
    let mut rows = first.data.into_iter().map(|_| 1).sum();
    while let Some(page) = pages.next().await {
        rows += page?.data.into_iter().map(|_| 1).sum::<u64>();
    }
    Ok(rows)
}

/// Milliseconds until the whole list is there.
async fn timed(list: impl Future<Output = Result<u64, Failure>>) -> Result<f64, Failure> {
    let started = SystemClock.monotonic();
    let rows = list.await?;
    let took = SystemClock.monotonic().since(started);
    if rows != PAGES * ROWS {
        return Err(format!("the list has {} items but {rows} came", PAGES * ROWS).into());
    }
    Ok(took.as_secs_f64() * 1000.0)
}

/// What the server has been asked for by the time the first item is there.
async fn until_the_first_item(ours: &Ours, by_hand: &ByHand) -> Result<Seen, Failure> {
    let mut items = ours.client.hr().departments().list().items();
    if items.try_next().await?.is_none() {
        return Err("the list is empty".into());
    }
    seen(by_hand).await
}

async fn seen(by_hand: &ByHand) -> Result<Seen, Failure> {
    by_hand.read("/seen").await
}
