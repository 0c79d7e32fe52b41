//! Tokens that are derived from an account's, by token exchange.

use std::{
    fmt,
    ops::Deref,
    sync::{
        Arc, PoisonError,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};

use attache_core::{
    AccountKey, Authorization, AuthorizationError, AuthorizationErrorKind, AuthorizationNow, Deadline,
    FailureClass, Generation, Need, Secret, Timestamp,
};

use crate::{
    gate::Landing,
    keeper::{
        account::Account,
        asking::{NoAnswer, ask},
        declined,
        grant::{Grant, Tokens},
        kept::Kept,
        serving::{Purpose, Serve, Served, slow},
        snapshot::Snapshot,
    },
    store::Version,
    wire::{self, TokenAnswer, TokenFailure},
};

/// A credential for one resource of an account, such as a child portal. Cheap to clone; all handles of the same
/// resource share their state.
///
/// It has no refresh token and is kept nowhere: its access token is exchanged for the account's whenever one is
/// needed, and lives in memory. It works for as long as the account does.
#[derive(Clone)]
pub struct Derived {
    parent: Arc<Kept>,
    token: Arc<DerivedToken>,
}

/// What the handles of one resource share. It does not hold the account, which holds it.
pub(crate) struct DerivedToken {
    served: Served,
    resource: Box<str>,
    /// The provider refused the resource to a fresh token of the account: a fresher one would be refused as well.
    forbidden: AtomicBool,
}

/// One that can be renewed.
struct Exchange {
    parent: Arc<Kept>,
    token: Arc<DerivedToken>,
}

impl Account {
    /// A credential for `resource`, by exchanging this account's access token (the provider's token exchange grant,
    /// as its profile names it). Nothing is sent before it is first used.
    ///
    /// # Errors
    ///
    /// `ConnectorMisconfigured` if the provider has no such grant.
    pub fn derive(&self, resource: &str) -> Result<Derived, AuthorizationError> {
        let parent = &self.0;
        let snapshot = parent.snapshot.load();
        let failed = |source: String| {
            parent
                .error(AuthorizationErrorKind::ConnectorMisconfigured)
                .with_source(source)
        };
        if snapshot.connector.profile().token_exchange.is_none() {
            let provider = snapshot.connector.profile().provider;
            return Err(failed(format!("no token exchange is known of {provider}")));
        }
        let mut derived = parent.derived.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(token) = derived.get(resource) {
            return Ok(Derived {
                parent: Arc::clone(parent),
                token: Arc::clone(token),
            });
        }
        // A picture without a token, from before the first exchange.
        let empty = picture(
            &snapshot,
            Secret::from(""),
            Duration::ZERO,
            parent.clock.now(),
            None,
        );
        let version = Version(0);
        let empty = parent
            .shared
            .live(&snapshot.connector, empty, version)
            .map_err(|error| failed(error.to_string()))?;
        let token = Arc::new(DerivedToken {
            served: Served::new(Arc::clone(&parent.shared), parent.key.clone(), empty),
            resource: resource.into(),
            forbidden: AtomicBool::new(false),
        });
        derived.insert(resource.into(), Arc::clone(&token));
        Ok(Derived {
            parent: Arc::clone(parent),
            token,
        })
    }
}

impl Derived {
    /// What it is for, as the provider names it.
    pub fn resource(&self) -> &str {
        &self.token.resource
    }

    /// The account that it is derived from.
    pub fn parent(&self) -> Account {
        Account(Arc::clone(&self.parent))
    }

    fn slow(&self, need: Need) -> AuthorizationNow<'static> {
        slow(
            &Arc::new(Exchange {
                parent: Arc::clone(&self.parent),
                token: Arc::clone(&self.token),
            }),
            need,
        )
    }
}

impl Authorization for Derived {
    fn now(&self, need: Need) -> AuthorizationNow<'_> {
        if self.parent.snapshot.load().dead.is_none() {
            return match self.token.at_once(need) {
                Some(authorized) => AuthorizationNow::Ready(authorized),
                None => self.slow(need),
            };
        }
        // The account may have been linked again elsewhere. If it was not, nothing that came of it is served.
        let derived = self.clone();
        AuthorizationNow::Wait(Box::pin(async move {
            let parent = Account(Arc::clone(&derived.parent));
            match parent.now(need) {
                AuthorizationNow::Ready(_) => {}
                AuthorizationNow::Wait(wait) => drop(wait.await?),
            }
            match derived.slow(need) {
                AuthorizationNow::Ready(authorized) => Ok(authorized),
                AuthorizationNow::Wait(wait) => wait.await,
            }
        }))
    }

    fn rejected(&self, generation: Generation) {
        self.token.reject(generation);
    }

    fn accepted(&self, generation: Generation) {
        self.token.accept(generation);
    }

    fn account(&self) -> Option<&AccountKey> {
        Some(&self.token.key)
    }
}

impl fmt::Debug for Derived {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Derived")
            .field("account", &self.token.key)
            .field("resource", &self.token.resource)
            .finish_non_exhaustive()
    }
}

impl Deref for DerivedToken {
    type Target = Served;

    fn deref(&self) -> &Served {
        &self.served
    }
}

impl Deref for Exchange {
    type Target = Served;

    fn deref(&self) -> &Served {
        &self.token.served
    }
}

impl Serve for Exchange {
    async fn fly(self: Arc<Self>, _: Purpose) -> Landing<AuthorizationError> {
        match self.exchange().await {
            Ok(generation) => self.landed(generation),
            Err(error) => {
                let wait = match error.kind() {
                    // The account says itself when it is to be asked again.
                    AuthorizationErrorKind::NeedsRelink(_) => Duration::ZERO,
                    AuthorizationErrorKind::Forbidden => self.shared.policy.dead_reload,
                    _ => self.next_backoff().max(error.retry_after().unwrap_or_default()),
                };
                Landing {
                    outcome: Err(error.with_retry_after(wait)),
                    not_before: self.monotonic().plus(wait),
                }
            }
        }
    }
}

impl Exchange {
    /// Exchanges the account's token. If the provider refuses it, the account's token may be stale: once, a newer
    /// one is asked for.
    async fn exchange(&self) -> Result<Generation, AuthorizationError> {
        let first = self.parent_token().await?;
        match self.attempt(&first).await {
            Ok(generation) => Ok(generation),
            Err(Refusal::Passing(error)) => Err(error),
            Err(Refusal::Refused(error)) if self.token.forbidden.load(Ordering::Relaxed) => Err(error),
            Err(Refusal::Refused(_)) => {
                self.parent.reject(first.generation);
                let second = self.parent_token().await?;
                if second.generation > first.generation {
                    match self.attempt(&second).await {
                        Ok(generation) => return Ok(generation),
                        Err(Refusal::Passing(error)) => return Err(error),
                        Err(Refusal::Refused(error)) => {
                            self.token.forbidden.store(true, Ordering::Relaxed);
                            return Err(error);
                        }
                    }
                }
                self.token.forbidden.store(true, Ordering::Relaxed);
                Err(self.error(AuthorizationErrorKind::Forbidden))
            }
        }
    }

    /// The account's access token. Its flight is its own; this only waits for it.
    async fn parent_token(&self) -> Result<ParentToken, AuthorizationError> {
        let parent = Account(Arc::clone(&self.parent));
        let need = Need {
            deadline: Deadline::after(&*self.clock, self.shared.policy.default_wait),
            min_validity: Duration::ZERO,
        };
        match parent.now(need) {
            AuthorizationNow::Ready(_) => {}
            AuthorizationNow::Wait(wait) => drop(wait.await?),
        }
        let snapshot = self.parent.snapshot.load_full();
        Ok(ParentToken {
            generation: snapshot.generation(),
            snapshot,
        })
    }

    async fn attempt(&self, parent: &ParentToken) -> Result<Generation, Refusal> {
        let connector = &parent.snapshot.connector;
        let subject_token = &parent.snapshot.grant.tokens.access_token;
        let Some(request) = wire::token_exchange_request(connector, subject_token, &self.token.resource)
        else {
            return Err(Refusal::Passing(
                self.error(AuthorizationErrorKind::ConnectorMisconfigured),
            ));
        };
        match ask(&self.shared, connector, request, subject_token).await {
            Ok((answer, sent_at)) => {
                self.parent.accept(parent.generation);
                self.token.forbidden.store(false, Ordering::Relaxed);
                self.take(parent, answer, sent_at)
            }
            Err(NoAnswer::Declined(failure)) if is_about_the_resource(&failure) => {
                let error = self.error(AuthorizationErrorKind::Forbidden);
                Err(Refusal::Refused(declined::describe(error, failure)))
            }
            Err(other) => Err(Refusal::Passing(
                other.into_error().with_account(self.key.clone()),
            )),
        }
    }

    fn take(
        &self,
        parent: &ParentToken,
        answer: TokenAnswer,
        sent_at: Timestamp,
    ) -> Result<Generation, Refusal> {
        let profile = parent.snapshot.connector.profile();
        // Where the answer says nothing, the token may end with the one that it was exchanged for.
        let lifetime = answer.lifetime.unwrap_or_else(|| {
            let left = parent.snapshot.grant.tokens.expires_at.since(sent_at);
            profile.assumed_lifetime.min(left)
        });
        let before = self.token.snapshot.load_full();
        let refused = self.token.rejected.highest() >= before.generation() && before.version > Version(0);
        let grant = picture(
            &parent.snapshot,
            answer.access_token,
            lifetime,
            sent_at,
            answer.scope,
        );
        let connector = &parent.snapshot.connector;
        let snapshot = self
            .shared
            .live(connector, grant, before.version.next())
            .map_err(|error| {
                Refusal::Passing(self.error(AuthorizationErrorKind::Transient).with_source(error))
            })?
            .on_probation(refused);
        let generation = snapshot.generation();
        self.token.snapshot.store(Arc::new(snapshot));
        Ok(generation)
    }
}

/// Whether the token endpoint refuses this token for this resource. That says nothing about the account's grant,
/// which was not spent. A request that it calls invalid differs from accepted ones in its resource only.
fn is_about_the_resource(failure: &TokenFailure) -> bool {
    failure.class() == FailureClass::GrantRefused
        || matches!(
            failure.code(),
            Some("invalid_request" | "invalid_scope" | "invalid_target")
        )
}

/// The account's token, and which one it is.
struct ParentToken {
    generation: Generation,
    snapshot: Arc<Snapshot>,
}

/// Why there is no derived token.
enum Refusal {
    /// The provider refuses to exchange this token for this resource.
    Refused(AuthorizationError),
    /// Anything else.
    Passing(AuthorizationError),
}

/// What a snapshot of a derived token is made of.
fn picture(
    parent: &Snapshot,
    access_token: Secret,
    lifetime: Duration,
    sent_at: Timestamp,
    scope: Option<Vec<String>>,
) -> Arc<Grant> {
    let tokens = Tokens {
        refresh_token: Secret::from(""),
        access_token,
        expires_at: sent_at.saturating_add(lifetime),
        lifetime,
        scope,
    };
    Arc::new(Grant {
        tokens,
        ..Grant::clone(&parent.grant)
    })
}
