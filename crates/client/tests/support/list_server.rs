//! A server of a list that takes its time, and can be odd.

use std::{
    sync::{Arc, Mutex},
    time::Duration,
};

use attache_client::{
    Api, ApiBuilder, Call, Error, ErrorKind, Items, OffsetNames, OffsetPage, Operation, Pace, PaceKey,
    PaceLimits, Pager, Paging, RequestOptions,
};
use attache_core::{BoxFuture, Clock as _, ManualClock, Transport, TransportError};
use bytes::Bytes;
use futures_util::StreamExt as _;
use http::{Method, Request, Response, header::AUTHORIZATION};
use serde::Deserialize;

use super::{FakeCredential, clock, crowd::Crowd};

static ROWS: Operation = Operation::new("rows.list", Method::GET, "/rows").paging(Paging::Offset {
    default: None,
    max: Some(5),
});

static ROW: Operation = Operation::new("rows.get", Method::GET, "/row");

#[derive(Deserialize)]
struct Envelope {
    offset: Option<u64>,
    limit: Option<u64>,
    total: Option<u64>,
    data: Vec<u32>,
}

impl From<Envelope> for OffsetPage<u32> {
    fn from(envelope: Envelope) -> Self {
        Self {
            offset: envelope.offset,
            limit: envelope.limit,
            total: envelope.total,
            rows: envelope.data,
        }
    }
}

pub(crate) const TURN: Duration = Duration::from_millis(20);

/// How a page is given.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Habit {
    Full,
    /// One row fewer than there could be.
    Short,
    /// Says nothing of the total.
    NoTotal,
    /// Gives and announces at most so many rows.
    Lowered(usize),
    /// Promises so many rows more than there are.
    Promises(u64),
    Fails,
    Hangs,
}

/// A list that takes its time. Each request is answered from the rows that there are when its time has come.
pub(crate) struct Server {
    pub(crate) clock: ManualClock,
    pub(crate) state: Mutex<State>,
}

#[derive(Default)]
pub(crate) struct State {
    pub(crate) rows: Vec<u32>,
    /// How pages that begin at or after a row are given: the last entry that fits counts.
    pub(crate) habits: Vec<(usize, Habit)>,
    /// How long the answers take, in turn.
    pub(crate) times: Vec<Duration>,
    /// What is done to the rows before the answer of this number: a row is removed, or comes in.
    pub(crate) changes: Vec<(usize, Change)>,
    pub(crate) asked: Vec<usize>,
    /// When, in milliseconds since the world began.
    pub(crate) asked_at: Vec<u128>,
    pub(crate) answered: Vec<Answered>,
    pub(crate) version: usize,
    pub(crate) in_flight: usize,
    pub(crate) most_in_flight: usize,
}

#[derive(Debug, Clone, Copy)]
pub(crate) enum Change {
    Remove(usize),
    Insert(usize),
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Answered {
    /// How often the rows had changed.
    version: usize,
    offset: usize,
    rows: Vec<u32>,
}

/// Whether rows, from a place on, can have been read page by page from these answers: each page begins where the
/// one before ended, and is of no earlier time.
pub(crate) fn is_page_by_page(rows: &[u32], place: usize, version: usize, answers: &[Answered]) -> bool {
    place == rows.len()
        || answers.iter().any(|page| {
            page.offset == place
                && page.version >= version
                && !page.rows.is_empty()
                && rows[place..].starts_with(&page.rows)
                && is_page_by_page(rows, place + page.rows.len(), page.version, answers)
        })
}

/// Counts a request out, also if it is abandoned.
struct InFlight(Arc<Server>);

impl Drop for InFlight {
    fn drop(&mut self) {
        self.0.state.lock().unwrap().in_flight -= 1;
    }
}

struct Door(Arc<Server>);

impl Transport for Door {
    fn send(&self, request: Request<Bytes>) -> BoxFuture<'_, Result<Response<Bytes>, TransportError>> {
        let query = |name: &str| {
            let query = request.uri().query().unwrap();
            let value = query.split('&').find_map(|pair| pair.strip_prefix(name)).unwrap();
            value.parse::<usize>().unwrap()
        };
        let (offset, limit) = (query("offset="), query("limit="));
        let server = self.0.clone();
        Box::pin(async move {
            let takes = {
                let mut state = server.state.lock().unwrap();
                state.asked.push(offset);
                state.asked_at.push(since_the_beginning(&server.clock));
                state.in_flight += 1;
                state.most_in_flight = state.most_in_flight.max(state.in_flight);
                let turn = state.asked.len() - 1;
                state.times.get(turn).copied().unwrap_or(TURN)
            };
            let _in_flight = InFlight(server.clone());
            let due = server.clock.monotonic().plus(takes);
            server.clock.sleep_until(due).await;
            if server.habit(offset) == Habit::Hangs {
                std::future::pending::<()>().await;
            }
            Ok(server.answer(offset, limit))
        })
    }
}

impl Server {
    fn habit(&self, offset: usize) -> Habit {
        let state = self.state.lock().unwrap();
        let fits = state.habits.iter().rev().find(|(from, _)| *from <= offset);
        fits.map_or(Habit::Full, |(_, habit)| *habit)
    }

    fn answer(&self, offset: usize, limit: usize) -> Response<Bytes> {
        let habit = self.habit(offset);
        let mut state = self.state.lock().unwrap();
        let number = state.answered.len();
        let changes: Vec<_> = state
            .changes
            .iter()
            .filter(|(at, _)| *at == number)
            .copied()
            .collect();
        for (_, change) in changes {
            match change {
                Change::Remove(at) if at < state.rows.len() => {
                    state.rows.remove(at);
                }
                Change::Insert(at) if at <= state.rows.len() => {
                    let new = state.rows.iter().max().map_or(0, |row| row + 1);
                    state.rows.insert(at, new);
                }
                Change::Remove(_) | Change::Insert(_) => continue,
            }
            state.version += 1;
        }
        let limit = match habit {
            Habit::Lowered(limit) => limit,
            _ => limit,
        };
        let give = if habit == Habit::Short { limit - 1 } else { limit };
        let rows: Vec<u32> = state.rows.iter().skip(offset).take(give).copied().collect();
        let total = match habit {
            Habit::NoTotal => "null".to_owned(),
            Habit::Promises(more) => (state.rows.len() as u64 + more).to_string(),
            _ => state.rows.len().to_string(),
        };
        let body = format!(r#"{{"offset":{offset},"limit":{limit},"total":{total},"data":{rows:?}}}"#);
        let version = state.version;
        state.answered.push(Answered {
            version,
            offset,
            rows,
        });
        let status = if habit == Habit::Fails { 404 } else { 200 };
        Response::builder()
            .status(status)
            .body(Bytes::from(body))
            .unwrap()
    }
}

pub(crate) struct World {
    pub(crate) clock: ManualClock,
    pub(crate) server: Arc<Server>,
    pub(crate) api: Api,
}

fn since_the_beginning(now: &ManualClock) -> u128 {
    now.monotonic().since(clock().monotonic()).as_millis()
}

pub(crate) fn world(rows: u32, set_up: impl FnOnce(&mut State)) -> World {
    world_with(rows, set_up, |_, builder| builder)
}

/// A world in which so many requests go out in any second.
pub(crate) fn paced_world(rows: u32, requests: u32) -> World {
    world_with(
        rows,
        |_| (),
        |clock, builder| {
            let limits = PaceLimits::new(PaceKey::new(["example"])).window(requests, Duration::from_secs(1));
            builder.pace(Pace::new(Arc::new(clock.clone())).gate([limits]))
        },
    )
}

fn world_with(
    rows: u32,
    set_up: impl FnOnce(&mut State),
    build: impl FnOnce(&ManualClock, ApiBuilder) -> ApiBuilder,
) -> World {
    let clock = clock();
    let mut state = State {
        rows: (0..rows).collect(),
        ..State::default()
    };
    set_up(&mut state);
    let server = Arc::new(Server {
        clock: clock.clone(),
        state: Mutex::new(state),
    });
    let builder = Api::builder(
        "https://api.example.com".parse().unwrap(),
        Arc::new(Door(server.clone())),
        Arc::new(FakeCredential::new(1, AUTHORIZATION)),
        Arc::new(clock.clone()),
    );
    World {
        api: build(&clock, builder).build().unwrap(),
        clock,
        server,
    }
}

impl World {
    pub(crate) fn pager(&self) -> Pager<u32> {
        let call = Call::new(&ROWS).options(RequestOptions::new().attempts(1));
        Pager::offset::<Envelope>(self.api.clone(), call, OffsetNames::default(), None)
    }

    /// Runs a future to its end.
    pub(crate) fn run<T: 'static>(&self, future: impl Future<Output = T> + 'static) -> T {
        let mut crowd = Crowd::new(&self.clock);
        crowd.join(future);
        crowd.finish();
        crowd.outcomes.remove(0).unwrap()
    }

    /// All rows up to the first error, and the kind of that.
    pub(crate) fn read(&self, pages: usize) -> (Vec<u32>, Option<ErrorKind>) {
        let mut items = self.pager().prefetch(pages).items();
        self.run(async move {
            let mut rows = Vec::new();
            while let Some(item) = items.next().await {
                match item {
                    Ok(row) => rows.push(row),
                    Err(error) => return (rows, Some(error.kind())),
                }
            }
            (rows, None)
        })
    }

    pub(crate) fn next(&self, mut items: Items<u32>) -> (Option<u32>, Items<u32>) {
        self.run(async move { (items.next().await.map(Result::unwrap), items) })
    }

    pub(crate) fn asked(&self) -> Vec<usize> {
        self.server.state.lock().unwrap().asked.clone()
    }

    pub(crate) fn most_in_flight(&self) -> usize {
        self.server.state.lock().unwrap().most_in_flight
    }

    pub(crate) fn in_flight(&self) -> usize {
        self.server.state.lock().unwrap().in_flight
    }

    pub(crate) fn asked_at(&self) -> Vec<u128> {
        self.server.state.lock().unwrap().asked_at.clone()
    }

    pub(crate) fn elapsed(&self) -> u128 {
        since_the_beginning(&self.clock)
    }

    /// One call that is no part of a list.
    pub(crate) fn call(&self, deadline: Duration) -> impl Future<Output = Result<(), Error>> + 'static {
        let api = self.api.clone();
        let options = RequestOptions::new().attempts(1).deadline(deadline);
        let call = Call::new(&ROW).query("offset", 0).query("limit", 1);
        async move { api.unit(call.options(options)).await }
    }
}
