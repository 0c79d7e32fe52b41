//! A request between its arrival and its answer.

use std::fmt;

use bytes::Bytes;
use http::{Request, Response};

use crate::Delivery;

/// A provider's emulator, as [`serve`](crate::serve) wants it.
pub trait Handler: Clone + Send + 'static {
    /// The longest request body that is read, in bytes; a longer one is answered with 413.
    const MAX_REQUEST_BODY: usize = 1 << 20;

    /// Takes a request in: it is logged, counted, and its faults are drawn, but nothing is processed yet.
    fn accept(&self, request: Request<Bytes>) -> Accepted;
}

/// A request that arrived and is not processed yet.
///
/// Dropped without [`finish`](Self::finish), it was never processed.
#[must_use = "finish it to get the answer"]
pub struct Accepted {
    before: Delivery,
    finish: Box<dyn FnOnce() -> Response<Bytes> + Send>,
}

impl Accepted {
    pub(crate) fn new(before: Delivery, finish: impl FnOnce() -> Response<Bytes> + Send + 'static) -> Self {
        Self {
            before,
            finish: Box::new(finish),
        }
    }

    /// What the request waits for before it may be processed: [`Delivery::Stall`], [`Delivery::Delay`], or nothing.
    pub fn before(&self) -> &Delivery {
        &self.before
    }

    /// Processes the request.
    pub fn finish(self) -> Response<Bytes> {
        (self.finish)()
    }

    /// Processes the request at once. A fault that holds it *before* it is processed shows as a held reply instead.
    pub(crate) fn finish_now(self) -> Response<Bytes> {
        let before = self.before.clone();
        let mut response = self.finish();
        if !matches!(before, Delivery::Normal)
            && matches!(response.extensions().get(), None | Some(Delivery::Normal))
        {
            response.extensions_mut().insert(before);
        }
        response
    }
}

impl fmt::Debug for Accepted {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Accepted")
            .field("before", &self.before)
            .finish_non_exhaustive()
    }
}
