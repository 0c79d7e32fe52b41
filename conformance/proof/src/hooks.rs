//! Points in the way of a renewal at which a process can be made to stand still.

use std::{io::Write, sync::Arc, time::Duration};

use attache_auth::store::{
    AbandonOutcome, AttemptId, BeginOutcome, CommitOutcome, CreateOutcome, DueAccount, Expected, NewRecord,
    Record, Settlement, Store, StoreError, Version,
};
use attache_core::{AccountKey, BoxFuture, Timestamp, Transport, TransportError};
use bytes::Bytes;
use http::{Request, Response};

use crate::crash::Point;

/// Stands still for ever at one point, after telling the parent process.
#[derive(Debug, Clone, Copy)]
pub(crate) struct StopAt(pub(crate) Option<Point>);

impl StopAt {
    async fn reached(self, point: Point) {
        if self.0 == Some(point) && tell(point).is_ok() {
            std::future::pending::<()>().await;
        }
    }
}

fn tell(point: Point) -> std::io::Result<()> {
    let mut out = std::io::stdout().lock();
    writeln!(out, "{}", point.name())?;
    out.flush()
}

pub(crate) struct StoppingStore {
    pub(crate) inner: Arc<dyn Store>,
    pub(crate) stop: StopAt,
}

impl Store for StoppingStore {
    fn load<'a>(&'a self, key: &'a AccountKey) -> BoxFuture<'a, Result<Option<Record>, StoreError>> {
        self.inner.load(key)
    }

    fn create<'a>(
        &'a self,
        key: &'a AccountKey,
        first: Version,
        record: NewRecord,
    ) -> BoxFuture<'a, Result<CreateOutcome, StoreError>> {
        self.inner.create(key, first, record)
    }

    fn begin<'a>(
        &'a self,
        key: &'a AccountKey,
        expected: Expected,
        attempt: AttemptId,
        ttl: Duration,
    ) -> BoxFuture<'a, Result<BeginOutcome, StoreError>> {
        Box::pin(async move {
            self.stop.reached(Point::BeforeBegin).await;
            let outcome = self.inner.begin(key, expected, attempt, ttl).await;
            self.stop.reached(Point::AfterBegin).await;
            outcome
        })
    }

    fn commit<'a>(
        &'a self,
        key: &'a AccountKey,
        spent: Version,
        attempt: AttemptId,
        record: NewRecord,
    ) -> BoxFuture<'a, Result<CommitOutcome, StoreError>> {
        Box::pin(async move {
            let outcome = self.inner.commit(key, spent, attempt, record).await;
            self.stop.reached(Point::AfterCommit).await;
            outcome
        })
    }

    fn abandon<'a>(
        &'a self,
        key: &'a AccountKey,
        version: Version,
        attempt: AttemptId,
        settlement: Settlement,
    ) -> BoxFuture<'a, Result<AbandonOutcome, StoreError>> {
        self.inner.abandon(key, version, attempt, settlement)
    }

    fn delete<'a>(&'a self, key: &'a AccountKey) -> BoxFuture<'a, Result<bool, StoreError>> {
        self.inner.delete(key)
    }

    fn due(&self, before: Timestamp, limit: usize) -> BoxFuture<'_, Result<Vec<DueAccount>, StoreError>> {
        self.inner.due(before, limit)
    }
}

pub(crate) struct StoppingTransport {
    pub(crate) inner: Arc<dyn Transport>,
    pub(crate) stop: StopAt,
}

impl Transport for StoppingTransport {
    fn send(&self, request: Request<Bytes>) -> BoxFuture<'_, Result<Response<Bytes>, TransportError>> {
        Box::pin(async move {
            let answer = self.inner.send(request).await;
            self.stop.reached(Point::AfterAnswer).await;
            answer
        })
    }
}
