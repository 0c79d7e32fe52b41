//! A gate that opens once.

use std::fmt;
use std::future::{Future, poll_fn};
use std::sync::{Arc, Mutex};
use std::task::{Poll, Waker};

use crate::lock::lock;

/// A gate that opens once and lets everyone through: what a stalled reply waits for.
///
/// Clones share the gate. It needs no runtime.
#[derive(Clone, Default)]
pub struct Latch(Arc<Mutex<Gate>>);

#[derive(Default)]
struct Gate {
    open: bool,
    waiting: Vec<Waker>,
}

impl Latch {
    /// A closed latch.
    pub fn new() -> Self {
        Self::default()
    }

    /// Opens the latch; opening it again does nothing.
    pub fn release(&self) {
        let waiting = {
            let mut gate = lock(&self.0);
            gate.open = true;
            std::mem::take(&mut gate.waiting)
        };
        waiting.into_iter().for_each(Waker::wake);
    }

    /// Whether the latch is open.
    pub fn is_released(&self) -> bool {
        lock(&self.0).open
    }

    /// Completes when the latch is open.
    ///
    /// # Cancel safety
    ///
    /// May be dropped at any point.
    pub fn released(&self) -> impl Future<Output = ()> + Send + use<> {
        let gate = Arc::clone(&self.0);
        poll_fn(move |context| {
            let mut gate = lock(&gate);
            if gate.open {
                return Poll::Ready(());
            }
            gate.waiting.push(context.waker().clone());
            Poll::Pending
        })
    }
}

impl fmt::Debug for Latch {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Latch")
            .field("released", &self.is_released())
            .finish()
    }
}
