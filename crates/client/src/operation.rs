//! What an API can be asked, as data.

use http::Method;

/// One thing that an API can do: where it is, what it needs, and how safely it can be repeated.
///
/// Made once as a `static`; nothing about it depends on a call.
///
/// # Examples
///
/// ```
/// use attache_client::{Idempotency, Operation, Paging};
/// use http::Method;
///
/// static LIST_SHIFTS: Operation = Operation::new("scheduling.listShifts", Method::GET, "/scheduling/v1.0/shifts")
///     .scopes(&["shift:read"])
///     .paging(Paging::Offset { default: Some(50), max: Some(5000) });
/// assert_eq!(LIST_SHIFTS.retry_as(), Idempotency::Safe);
/// ```
#[derive(Debug)]
pub struct Operation {
    name: &'static str,
    method: Method,
    template: &'static str,
    scopes: &'static [&'static str],
    idempotency: Idempotency,
    success: &'static [u16],
    paging: Paging,
    rate_class: &'static str,
}

/// The rate class of whatever names none.
pub(crate) const DEFAULT_CLASS: &str = "default";

/// How safely a request can be repeated when it is not known whether it arrived.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Idempotency {
    /// It changes nothing.
    Safe,
    /// Twice leaves the same state as once. The second answer may differ: a repeated delete finds nothing.
    Idempotent,
    /// Twice is not the same as once.
    NotIdempotent,
}

/// How a list is cut into pages.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Paging {
    /// It is not.
    None,
    /// By the number of rows to skip and the number of rows to give.
    Offset {
        /// Rows on a page where the request names no number, if that is documented.
        default: Option<u32>,
        /// The largest number of rows that may be asked for, if that is documented.
        max: Option<u32>,
    },
}

impl Operation {
    /// An operation with the idempotency of its method (RFC 9110, 9.2), success on any 2xx, no scopes and no
    /// pages.
    ///
    /// `name` is shown in errors and given to observers. `template` is a path under the API's base URL that
    /// starts with `/` and has its parameters in braces.
    pub const fn new(name: &'static str, method: Method, template: &'static str) -> Self {
        let idempotency = Idempotency::of(&method);
        Self {
            name,
            method,
            template,
            scopes: &[],
            idempotency,
            success: &[],
            paging: Paging::None,
            rate_class: DEFAULT_CLASS,
        }
    }

    /// The scopes that the operation needs, all of them.
    #[must_use]
    pub const fn scopes(mut self, scopes: &'static [&'static str]) -> Self {
        self.scopes = scopes;
        self
    }

    /// Overrides the idempotency that the method implies.
    #[must_use]
    pub const fn idempotency(mut self, idempotency: Idempotency) -> Self {
        self.idempotency = idempotency;
        self
    }

    /// The statuses that mean success, where not every 2xx does.
    #[must_use]
    pub const fn success(mut self, statuses: &'static [u16]) -> Self {
        self.success = statuses;
        self
    }

    /// How the list that the operation gives is cut into pages.
    #[must_use]
    pub const fn paging(mut self, paging: Paging) -> Self {
        self.paging = paging;
        self
    }

    /// Which of the provider's rate limits it counts against; `default` unless set.
    #[must_use]
    pub const fn rate_class(mut self, class: &'static str) -> Self {
        self.rate_class = class;
        self
    }

    /// Its name.
    pub const fn name(&self) -> &'static str {
        self.name
    }

    /// Its method.
    pub const fn method(&self) -> &Method {
        &self.method
    }

    /// Its path, with parameters in braces.
    pub const fn template(&self) -> &'static str {
        self.template
    }

    /// The scopes that it needs.
    pub const fn required_scopes(&self) -> &'static [&'static str] {
        self.scopes
    }

    /// How safely it can be repeated.
    pub const fn retry_as(&self) -> Idempotency {
        self.idempotency
    }

    /// The statuses that mean success; empty for any 2xx.
    pub const fn success_codes(&self) -> &'static [u16] {
        self.success
    }

    /// How its list is cut into pages.
    pub const fn page_kind(&self) -> Paging {
        self.paging
    }

    /// Which rate limit it counts against.
    pub const fn rate_class_name(&self) -> &'static str {
        self.rate_class
    }
}

impl Idempotency {
    /// What the method implies (RFC 9110, 9.2).
    pub const fn of(method: &Method) -> Self {
        match *method {
            Method::GET | Method::HEAD | Method::OPTIONS | Method::TRACE => Self::Safe,
            Method::PUT | Method::DELETE => Self::Idempotent,
            _ => Self::NotIdempotent,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use Idempotency::{Idempotent, NotIdempotent, Safe};

    #[test]
    fn the_method_implies_the_idempotency() {
        let implied: Vec<_> = [
            Method::GET,
            Method::HEAD,
            Method::PUT,
            Method::DELETE,
            Method::POST,
            Method::PATCH,
        ]
        .iter()
        .map(Idempotency::of)
        .collect();
        assert_eq!(
            implied,
            [Safe, Safe, Idempotent, Idempotent, NotIdempotent, NotIdempotent]
        );
    }

    #[test]
    fn it_is_const_data() {
        static SEARCH: Operation = Operation::new("search", Method::POST, "/search")
            .scopes(&["a", "b"])
            .idempotency(Safe)
            .success(&[200, 206])
            .rate_class("search");
        assert_eq!(SEARCH.required_scopes(), ["a", "b"]);
        assert_eq!(SEARCH.retry_as(), Safe);
        assert_eq!(SEARCH.success_codes(), [200, 206]);
        assert_eq!(SEARCH.rate_class_name(), "search");
        assert_eq!(SEARCH.page_kind(), Paging::None);
    }
}
