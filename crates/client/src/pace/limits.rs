//! What is counted together, and how much of it may pass.

use std::{sync::Arc, time::Duration};

/// What requests are counted by: an app, a portal, a token. Equal keys share one count.
///
/// Keys are shown in `Debug`, so no part may be a secret.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct PaceKey(Arc<[Box<str>]>);

/// How many requests of one key may go out in which time.
///
/// # Examples
///
/// Ten a second and 750 a minute, of which an export takes ten:
///
/// ```
/// use std::time::Duration;
/// use attache_client::{PaceKey, PaceLimits};
///
/// let limits = PaceLimits::new(PaceKey::new(["example", "portal", "17"]))
///     .window(10, Duration::from_secs(1))
///     .window(750, Duration::from_secs(60))
///     .cost("export", 10);
/// # let _ = limits;
/// ```
#[derive(Debug, Clone)]
#[must_use]
pub struct PaceLimits {
    pub(super) key: PaceKey,
    pub(super) windows: Vec<Window>,
    pub(super) counting: Counting,
}

/// A number of requests in any stretch of time of one length.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Window {
    pub(super) requests: u64,
    pub(super) length: Duration,
}

/// Which operations count, and as how many requests.
#[derive(Debug, Clone, Default)]
pub(super) struct Counting {
    only: Option<&'static [&'static str]>,
    costs: Vec<(&'static str, u32)>,
}

impl PaceKey {
    /// A key of several parts. The first is the provider's name, by custom.
    pub fn new(parts: impl IntoIterator<Item = impl Into<Box<str>>>) -> Self {
        Self(parts.into_iter().map(Into::into).collect())
    }
}

impl PaceLimits {
    /// No limit yet.
    pub fn new(key: PaceKey) -> Self {
        Self {
            key,
            windows: Vec::new(),
            counting: Counting::default(),
        }
    }

    /// Adds a window: at most so many requests in any stretch of time of this length, whenever it begins. Zero
    /// requests count as one; a window without length is no limit.
    pub fn window(mut self, requests: u32, length: Duration) -> Self {
        if !length.is_zero() {
            self.windows.push(Window {
                requests: u64::from(requests.max(1)),
                length,
            });
        }
        self
    }

    /// Counts only operations of these [rate classes](crate::Operation::rate_class); all, unless set.
    pub fn only(mut self, classes: &'static [&'static str]) -> Self {
        self.counting.only = Some(classes);
        self
    }

    /// Lets an operation of a [rate class](crate::Operation::rate_class) count as so many requests; one, unless
    /// set. What costs more than a window holds takes the whole window.
    pub fn cost(mut self, class: &'static str, requests: u32) -> Self {
        self.counting.costs.push((class, requests));
        self
    }
}

impl Counting {
    /// As how many requests an operation of this class counts; zero if it does not count.
    pub(super) fn cost(&self, class: &str) -> u64 {
        if self.only.is_some_and(|classes| !classes.contains(&class)) {
            return 0;
        }
        let own = self.costs.iter().rev().find(|(name, _)| *name == class);
        u64::from(own.map_or(1, |(_, cost)| *cost))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_class_counts_as_often_as_it_costs_and_not_where_it_is_left_out() {
        let limits = PaceLimits::new(PaceKey::new(["example"]))
            .only(&["default", "export"])
            .cost("export", 10);
        let costs = ["default", "export", "search"].map(|class| limits.counting.cost(class));
        assert_eq!(costs, [1, 10, 0]);
    }

    #[test]
    fn a_window_takes_at_least_one_request_and_has_a_length() {
        let limits = PaceLimits::new(PaceKey::new(["example"]))
            .window(0, Duration::from_secs(1))
            .window(5, Duration::ZERO);
        assert_eq!(
            limits.windows,
            [Window {
                requests: 1,
                length: Duration::from_secs(1)
            }]
        );
    }
}
