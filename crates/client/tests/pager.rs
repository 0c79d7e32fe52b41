//! Reading lists.

mod support;

use attache_client::{
    Call, Cursor, ErrorKind, OffsetNames, OffsetPage, Operation, Page, Pager, Paging, RequestOptions,
};
use futures_util::StreamExt as _;
use http::Method;
use serde::Deserialize;
use support::{Reply, World, answer, world};

static ROWS: Operation = Operation::new("rows.list", Method::GET, "/rows").paging(Paging::Offset {
    default: Some(50),
    max: Some(2),
});
static OTHERS: Operation = Operation::new("others.list", Method::GET, "/others");

#[derive(Deserialize)]
struct Envelope {
    paging: Option<Numbers>,
    #[serde(default)]
    data: Vec<u32>,
}

#[derive(Deserialize)]
struct Numbers {
    offset: Option<u64>,
    limit: Option<u64>,
    total: Option<u64>,
}

impl From<Envelope> for OffsetPage<u32> {
    fn from(envelope: Envelope) -> Self {
        let numbers = envelope.paging.as_ref();
        Self {
            offset: numbers.and_then(|numbers| numbers.offset),
            limit: numbers.and_then(|numbers| numbers.limit),
            total: numbers.and_then(|numbers| numbers.total),
            rows: envelope.data,
        }
    }
}

fn page(offset: u64, total: u64, rows: &[u32]) -> Reply {
    answer(
        200,
        &format!(r#"{{"paging":{{"offset":{offset},"limit":2,"total":{total}}},"data":{rows:?}}}"#),
    )
}

fn bare(rows: &[u32]) -> Reply {
    answer(200, &format!(r#"{{"paging":null,"data":{rows:?}}}"#))
}

fn pager(world: &World) -> Pager<u32> {
    Pager::offset::<Envelope>(world.api.clone(), Call::new(&ROWS), OffsetNames::default(), None)
}

fn all(world: &World) -> Vec<u32> {
    world.run(pager(world).items().map(Result::unwrap).collect())
}

fn queries(world: &World) -> Vec<String> {
    let query = |line: &String| {
        line.split_once('?')
            .map_or_else(String::new, |(_, query)| query.to_owned())
    };
    world.lines().iter().map(query).collect()
}

#[test]
fn it_reads_up_to_the_total_and_no_further() {
    let world = world([page(0, 3, &[1, 2]), page(2, 3, &[3])]);
    assert_eq!(all(&world), [1, 2, 3]);
    assert_eq!(queries(&world), ["offset=0&limit=2", "offset=2&limit=2"]);
}

#[test]
fn without_a_word_on_paging_it_reads_up_to_an_empty_page() {
    let world = world([bare(&[1, 2]), bare(&[3, 4]), bare(&[])]);
    assert_eq!(all(&world), [1, 2, 3, 4]);
    assert_eq!(
        queries(&world),
        ["offset=0&limit=2", "offset=2&limit=2", "offset=4&limit=2"]
    );
}

#[test]
fn without_a_word_on_paging_a_short_answer_is_the_rest() {
    let world = world([bare(&[1, 2]), bare(&[3])]);
    assert_eq!(all(&world), [1, 2, 3]);
    assert_eq!(queries(&world), ["offset=0&limit=2", "offset=2&limit=2"]);
}

#[test]
fn rows_can_be_left_out_at_the_beginning() {
    let world = world([page(2, 3, &[3])]);
    let items = pager(&world).skip_rows(2).items();
    assert_eq!(world.run(items.map(Result::unwrap).collect::<Vec<_>>()), [3]);
    assert_eq!(queries(&world), ["offset=2&limit=2"]);
}

#[test]
fn an_empty_list_has_no_page() {
    for reply in [page(0, 0, &[]), bare(&[]), page(0, 9, &[])] {
        let world = world([reply]);
        let mut pager = pager(&world);
        assert_eq!(world.run(pager.next_page()).unwrap(), None);
        assert_eq!(pager.cursor(), None);
        assert_eq!(world.run(pager.next_page()).unwrap(), None);
        assert_eq!(world.seen().len(), 1);
    }
}

#[test]
fn a_lowered_limit_loses_no_row() {
    let world = world([page(0, 4, &[1, 2]), page(2, 4, &[3, 4])]);
    let list = Pager::offset::<Envelope>(
        world.api.clone(),
        Call::new(&ROWS).query("q", 1),
        OffsetNames::default(),
        Some(100),
    );
    let seen: Vec<_> = world.run(list.pages().map(Result::unwrap).collect());
    let seen: Vec<_> = seen
        .into_iter()
        .map(
            |Page {
                 items,
                 offset,
                 limit,
                 total,
                 ..
             }| (items, offset, limit, total),
        )
        .collect();
    assert_eq!(
        seen,
        [
            (vec![1, 2], 0, Some(2), Some(4)),
            (vec![3, 4], 2, Some(2), Some(4))
        ]
    );
    assert_eq!(
        queries(&world),
        ["q=1&offset=0&limit=100", "q=1&offset=2&limit=100"]
    );
}

#[test]
fn an_operation_without_a_known_maximum_names_no_limit() {
    let world = world([bare(&[])]);
    let pager = Pager::<u32>::offset::<Envelope>(
        world.api.clone(),
        Call::new(&OTHERS),
        OffsetNames::default(),
        None,
    );
    assert_eq!(world.run(pager.items().count()), 0);
    assert_eq!(queries(&world), ["offset=0"]);
}

#[test]
fn a_server_that_gives_the_same_page_again_is_noticed() {
    let world = world([bare(&[1, 2]), bare(&[1, 2])]);
    let mut items = pager(&world).items();
    assert_eq!(world.run(items.next()).unwrap().unwrap(), 1);
    assert_eq!(world.run(items.next()).unwrap().unwrap(), 2);
    let error = world.run(items.next()).unwrap().unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Decode);
    assert!(
        error
            .to_string()
            .contains("the server gives the same page again (offset 2)")
    );
    assert!(world.run(items.next()).is_none());
}

#[test]
fn a_page_from_another_place_is_noticed() {
    let world = world([page(0, 9, &[1, 2]), page(0, 9, &[3, 4])]);
    let mut pager = pager(&world);
    world.run(pager.next_page()).unwrap();
    let error = world.run(pager.next_page()).unwrap_err();
    assert!(
        error
            .to_string()
            .contains("from another place than was asked for (offset 2)")
    );
}

#[test]
fn a_cursor_goes_through_text_and_reading_goes_on_from_there() {
    let first = world([page(0, 3, &[1, 2])]);
    let mut items = pager(&first).items();
    first.run(items.next()).unwrap().unwrap();
    let text = serde_json::to_string(items.cursor().unwrap()).unwrap();
    assert_eq!(text, r#"{"operation":"rows.list","offset":1}"#);

    let second = world([page(1, 3, &[2, 3])]);
    let cursor: Cursor = serde_json::from_str(&text).unwrap();
    let rest = pager(&second).resume(&cursor).unwrap().items();
    let rest: Vec<_> = second.run(rest.map(Result::unwrap).collect());
    assert_eq!(rest, [2, 3]);
}

#[test]
fn a_cursor_of_another_list_is_refused() {
    let world = world([]);
    let other = Pager::<u32>::offset::<Envelope>(
        world.api.clone(),
        Call::new(&OTHERS),
        OffsetNames::default(),
        None,
    );
    let error = pager(&world).resume(&other.cursor().unwrap()).unwrap_err();
    assert_eq!(
        error.to_string(),
        "configuration: cursor: belongs to another list than that of rows.list"
    );
}

#[test]
fn a_dropped_fetch_loses_nothing() {
    let world = world([page(0, 3, &[1, 2]), Reply::Hang]);
    let mut pager = pager(&world);
    world.run(pager.next_page()).unwrap();
    World::poll_and_drop(pager.next_page());
    world.reply(page(2, 3, &[3]));
    assert_eq!(world.run(pager.next_page()).unwrap().unwrap().items, [3]);
    assert_eq!(
        queries(&world),
        ["offset=0&limit=2", "offset=2&limit=2", "offset=2&limit=2"]
    );
}

#[test]
fn after_an_error_the_same_page_can_be_asked_for_again() {
    let world = world([page(0, 3, &[1, 2]), answer(404, ""), page(2, 3, &[3])]);
    let mut pager = pager(&world);
    world.run(pager.next_page()).unwrap();
    assert!(world.run(pager.next_page()).unwrap_err().is_not_found());
    assert_eq!(world.run(pager.next_page()).unwrap().unwrap().items, [3]);
}

#[test]
fn a_stream_ends_after_an_error_and_tells_where_to_go_on() {
    let world = world([page(0, 3, &[1, 2]), answer(404, "")]);
    let mut pages = pager(&world).pages();
    world.run(pages.next()).unwrap().unwrap();
    assert!(world.run(pages.next()).unwrap().is_err());
    assert!(world.run(pages.next()).is_none());
    let cursor = serde_json::to_value(pages.cursor().unwrap()).unwrap();
    assert_eq!(cursor, serde_json::json!({"operation": "rows.list", "offset": 2}));
}

#[test]
fn a_row_that_cannot_be_decoded_is_named() {
    let world = world([answer(200, r#"{"data":[1,"canary"]}"#)]);
    let call = Call::new(&ROWS).options(RequestOptions::new().attempts(1));
    let mut pager = Pager::<u32>::offset::<Envelope>(world.api.clone(), call, OffsetNames::default(), None);
    let error = world.run(pager.next_page()).unwrap_err();
    assert_eq!(
        (error.kind(), error.decode_path(), error.operation()),
        (ErrorKind::Decode, Some("data[1]"), Some("rows.list"))
    );
    assert!(!support::shown(&error).contains("canary"));
}

#[test]
fn the_streams_can_be_spawned() {
    fn sendable<T: Send + 'static>(_: &T) {}
    let world = world([]);
    sendable(&pager(&world).items());
    sendable(&pager(&world).pages());
    let mut pager = pager(&world);
    let future = async move { pager.next_page().await };
    sendable(&future);
}
