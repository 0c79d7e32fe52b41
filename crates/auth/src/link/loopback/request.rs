//! Which request is the callback.

use std::io;

use attache_core::Secret;
use tokio::io::{AsyncRead, AsyncReadExt as _};
use zeroize::Zeroizing;

use super::{bind::Place, response::Refusal};
use crate::{
    link::attempt::LinkAttempt,
    wire::{CALLBACK_LIMIT, Callback},
};

/// How many bytes a request's head may have.
const LIMIT: usize = CALLBACK_LIMIT;
/// Browsers send about twenty.
const MOST_HEADERS: usize = 100;

/// Reads one request's head and judges it. `None` if the other side says nothing, as browsers do that open a
/// connection in advance.
pub(super) async fn read<R: AsyncRead + Unpin + Send>(
    stream: &mut R,
    place: &Place,
    attempt: &LinkAttempt,
) -> io::Result<Option<Result<Secret, Refusal>>> {
    // It never grows, so no copy of the code stays behind.
    let mut head = Zeroizing::new(vec![0; LIMIT]);
    let mut length = 0;
    loop {
        let count = stream.read(&mut head[length..]).await?;
        if count == 0 {
            return Ok((length > 0).then_some(Err(Refusal::BadRequest)));
        }
        // From just before the new bytes on, so that the whole search is linear.
        let from = length.saturating_sub(3);
        length += count;
        if head[from..length].windows(4).any(|window| window == b"\r\n\r\n") {
            return Ok(Some(judge(&head[..length], place, attempt)));
        }
        if length == LIMIT {
            return Ok(Some(Err(Refusal::TooLarge)));
        }
    }
}

/// The query of a head that is this attempt's callback.
fn judge(head: &[u8], place: &Place, attempt: &LinkAttempt) -> Result<Secret, Refusal> {
    let mut headers = [httparse::EMPTY_HEADER; MOST_HEADERS];
    let mut request = httparse::Request::new(&mut headers);
    match request.parse(head) {
        Ok(httparse::Status::Complete(_)) => {}
        Err(httparse::Error::TooManyHeaders) => return Err(Refusal::TooLarge),
        Ok(httparse::Status::Partial) | Err(_) => return Err(Refusal::BadRequest),
    }
    let mut hosts = request
        .headers
        .iter()
        .filter(|header| header.name.eq_ignore_ascii_case("host"));
    // A name of somebody else that leads to this machine is an attack: DNS rebinding.
    let is_ours = match (hosts.next(), hosts.next()) {
        (Some(host), None) => host.value.eq_ignore_ascii_case(place.authority.as_bytes()),
        _ => false,
    };
    if !is_ours {
        return Err(Refusal::OtherHost);
    }
    let target = request.path.unwrap_or_default();
    let (path, query) = target.split_once('?').unwrap_or((target, ""));
    if path != place.path {
        return Err(Refusal::NotFound);
    }
    if request.method != Some("GET") {
        return Err(Refusal::OtherMethod);
    }
    // Any page in the user's browser can send a request here, but none of them knows the state.
    match Callback::from_query(query) {
        Ok(callback) if attempt.is_answered_by(&callback) => Ok(Secret::from(query)),
        _ => Err(Refusal::NotTheCallback),
    }
}
