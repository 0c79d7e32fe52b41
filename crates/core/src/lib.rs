//! Words that every Attaché crate shares, and the two seams between them.
//!
//! - [`Secret`]: text that never shows itself.
//! - [`Clock`], [`Monotonic`], [`Deadline`], [`Timestamp`]: time, always passed in. [`ManualClock`] is the clock of
//!   tests. [`Date`], [`LocalTime`], [`LocalDateTime`]: what calendars and clocks on walls show.
//! - [`Transport`]: sends one HTTP request. [`transport_from_fn`] makes one from a closure, so that an emulator
//!   or a recorded answer can stand in for the network.
//! - [`Authorization`]: gives the header that authorises a request, at once or after a wait.
//! - [`FailureClass`], [`Sent`], [`MaskedUrl`]: what went wrong, said without leaking anything.
//! - [`Observer`]: what happened, for logs and metrics.
//!
//! The crate does no I/O and knows no runtime.

mod account;
mod authorization;
mod clock;
mod date;
mod deadline;
mod echo;
mod failure;
mod local_date_time;
mod local_time;
mod loopback;
mod manual_clock;
mod masked_url;
mod observer;
mod secret;
mod timestamp;
mod transport;

pub use account::{AccountKey, InvalidAccountKey, RelinkReason};
pub use authorization::{
    Authorization, AuthorizationError, AuthorizationErrorKind, AuthorizationNow, Authorized, Generation, Need,
};
pub use clock::{Clock, Monotonic};
pub use date::{Date, InvalidDate};
pub use deadline::{Deadline, Elapsed};
pub use echo::echoes;
pub use failure::{FailureClass, Sent};
pub use local_date_time::{InvalidLocalDateTime, LocalDateTime};
pub use local_time::{InvalidLocalTime, LocalTime};
pub use loopback::is_loopback;
pub use manual_clock::ManualClock;
pub use masked_url::MaskedUrl;
pub use observer::{
    NeedsRelink, NoObserver, Observer, PaceWait, Recovered, RefreshFailed, Refreshed, Retried, Unauthorized,
    Unsaved,
};
pub use secret::Secret;
pub use timestamp::{InvalidTimestamp, Timestamp};
pub use transport::{BodyLimit, Transport, TransportError, TransportErrorKind, transport_from_fn};

/// A boxed future that may move between threads.
pub type BoxFuture<'a, T> = std::pin::Pin<Box<dyn Future<Output = T> + Send + 'a>>;
