//! The names of the faults, each listed with what it breaks in `conformance/mutants.toml`.

use std::collections::BTreeSet;
use std::sync::{Arc, Mutex, PoisonError};

/// Every name that `--fault` takes.
const NAMES: &str = "\
    any-failure-is-final any-number-of-redirects any-redirect-uri any-token-type asks-for-token authorizes-without-scopes \
    bearer-on-token-call believes-any-200 callback-rejects-unknown child-by-refresh-token child-by-urn child-for-ever \
    child-refusal-kills-parent child-replaces-parent child-with-parents-token child-with-requested-scope class-from-body \
    closed-status code-twice constant-state constant-verifier dates-with-time drops-custom-fields \
    drops-first-refresh-token drops-new-refresh-token drops-zone exchanges-on-error expires-in-forever extra-scope \
    failed-revocation-is-done first-of-array first-of-repeated follows-redirects forgets-refresh-token \
    fragment-redirect hides-the-wait ids-as-floats ignores-empty-page ignores-iss ignores-remaining ignores-state \
    instants-without-zone keeps-first-grant keeps-nonsense keeps-using-revoked leaves-stray-grant limit-100 names-no-scope \
    never-refreshes-on-401 no-bearer no-client-id no-offline-access no-pace no-redirect-in-exchange no-state \
    no-verifier nonsense-is-empty nulls-in-updates offset-by-limit old-paths omits-scope one-class one-page-more \
    one-refusal-for-all other-authorize-path other-redirect-in-exchange padded-challenge pages-by-number pkce-always \
    plain-challenge plain-http-redirect prefetch-by-limit prefetch-out-of-order prefetches-blindly prints-state \
    prints-token reads-limit-headers recheck-asks-nobody refreshes-always refreshes-derived refreshes-on-403 \
    refreshes-twice rejects-null rejects-unknown relinks-any-portal repeats-parameter repeats-what-it-reads \
    requested-scope-wins resends-writes retires-early retires-refresh-token retries-code retries-invalid-grant retries-with-plain \
    revocation-wants-body revokes-access-token revokes-in-query revokes-with-basic revokes-with-bearer \
    revokes-with-hint revokes-without-client-id scope-in-exchange scope-is-death scopes-by-comma \
    secret-in-query sends-client-secret sends-expired sends-region shares-tokens shift-times-in-utc short-verifier \
    state-may-be-missing text-bodies throttle-proves-token token-call-as-json token-call-by-put token-in-query \
    too-many-401s unauthorized-is-death wants-every-member wants-one-time-format wants-paging wrong-party";

/// What is broken in this process: nothing, or one thing.
#[derive(Clone, Debug, Default)]
pub(crate) struct Fault {
    name: String,
    /// The switches that were looked at. A client that never looks at a switch does the same whichever way it is.
    looked_at: Arc<Mutex<BTreeSet<&'static str>>>,
}

impl Fault {
    /// A known name.
    pub(crate) fn named(name: &str) -> Option<Self> {
        names().any(|known| known == name).then(|| Self {
            name: name.to_owned(),
            looked_at: Arc::default(),
        })
    }

    /// Whether this is what is broken.
    pub(crate) fn is(&self, name: &'static str) -> bool {
        self.looked_at
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .insert(name);
        self.name == name
    }

    /// Every switch that was looked at so far.
    pub(crate) fn looked_at(&self) -> Vec<&'static str> {
        let looked_at = self.looked_at.lock().unwrap_or_else(PoisonError::into_inner);
        looked_at.iter().copied().collect()
    }
}

pub(crate) fn names() -> impl Iterator<Item = &'static str> {
    NAMES.split_whitespace()
}
