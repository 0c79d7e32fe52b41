//! What happens to a reply on its way out.

use std::time::Duration;

use crate::Latch;

/// How a reply is to be delivered, found in the extensions of every response.
///
/// An HTTP response cannot say "the connection drops here", so a fault on the wire travels beside it. The server
/// honours it; a test that calls the emulator in process reads it and plays the part of the wire.
#[derive(Clone, Debug, Default)]
#[non_exhaustive]
pub enum Delivery {
    /// The reply arrives.
    #[default]
    Normal,
    /// The connection ends without a reply.
    Drop,
    /// The head arrives with the full length, then this many bytes of the body, then the connection ends.
    Cut {
        /// Bytes of the body that still arrive.
        after: usize,
    },
    /// Nothing happens until the latch opens or the peer leaves.
    Stall(Latch),
    /// Nothing happens for this long, in real time.
    Delay(Duration),
}
