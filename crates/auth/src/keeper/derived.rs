//! Tokens that are derived from an account's, by token exchange.

use std::{
    collections::HashMap,
    fmt,
    ops::Deref,
    sync::{Arc, MutexGuard, PoisonError, Weak},
    time::Duration,
};

use attache_core::{
    AccountKey, Authorization, AuthorizationError, AuthorizationErrorKind, AuthorizationNow, Deadline,
    FailureClass, Generation, Monotonic, Need, Secret, Timestamp,
};

use crate::{
    gate::Landing,
    keeper::{
        account::Account,
        asking::{NoAnswer, ask},
        declined,
        grant::{Grant, Tokens},
        kept::Kept,
        serving::{Purpose, Serve, Served, renewed, slow},
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
}

/// The tokens that were derived from one account.
#[derive(Default)]
pub(crate) struct DerivedTokens {
    by_resource: HashMap<Box<str>, Entry>,
    /// The account's generation that was last minted because an exchange was refused, and when that was.
    minted_for_us: Option<(Generation, Monotonic)>,
}

/// One that has brought a token stays; one that has not goes with its last handle, so that trying resources costs
/// nothing.
struct Entry {
    token: Weak<DerivedToken>,
    stays: Option<Arc<DerivedToken>>,
}

/// For so long after a refused exchange has renewed the account's token, no other one does: the token is not what is
/// wrong.
const RENEWAL_FOR_US: Duration = Duration::from_secs(5 * 60);

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
        let mut derived = derived(parent);
        derived
            .by_resource
            .retain(|_, entry| entry.token.strong_count() > 0);
        if let Some(token) = derived
            .by_resource
            .get(resource)
            .and_then(|entry| entry.token.upgrade())
        {
            return Ok(Derived {
                parent: Arc::clone(parent),
                token,
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
        let empty = parent
            .shared
            .live(&snapshot.connector, empty, Version(0))
            .map_err(|error| failed(error.to_string()))?;
        let token = Arc::new(DerivedToken {
            served: Served::new(Arc::clone(&parent.shared), parent.key.clone(), empty),
            resource: resource.into(),
        });
        let entry = Entry {
            token: Arc::downgrade(&token),
            stays: None,
        };
        derived.by_resource.insert(resource.into(), entry);
        Ok(Derived {
            parent: Arc::clone(parent),
            token,
        })
    }
}

fn derived(parent: &Kept) -> MutexGuard<'_, DerivedTokens> {
    parent.derived.lock().unwrap_or_else(PoisonError::into_inner)
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

    /// The header, but not one that came of a grant that the account no longer has.
    fn of_the_present_grant(&self, need: Need) -> AuthorizationNow<'static> {
        let present = self.token.snapshot.load();
        if present.grant.link != self.parent.snapshot.load().grant.link {
            self.token.rejected.raise(present.generation());
        }
        match self.token.at_once(need) {
            Some(authorized) => AuthorizationNow::Ready(authorized),
            None => slow(
                &Arc::new(Exchange {
                    parent: Arc::clone(&self.parent),
                    token: Arc::clone(&self.token),
                }),
                need,
            ),
        }
    }
}

impl Authorization for Derived {
    fn now(&self, need: Need) -> AuthorizationNow<'_> {
        if self.parent.snapshot.load().dead.is_none() {
            return self.of_the_present_grant(need);
        }
        // The account may have been linked again elsewhere. If it was not, nothing that came of it is served.
        let derived = self.clone();
        AuthorizationNow::Wait(Box::pin(async move {
            let parent = Account(Arc::clone(&derived.parent));
            match parent.now(need) {
                AuthorizationNow::Ready(_) => {}
                AuthorizationNow::Wait(wait) => drop(wait.await?),
            }
            match derived.of_the_present_grant(need) {
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
                    AuthorizationErrorKind::NeedsRelink(_) => None,
                    AuthorizationErrorKind::Forbidden => Some(self.shared.policy.dead_reload),
                    _ => Some(self.next_backoff().max(error.retry_after().unwrap_or_default())),
                };
                Landing {
                    not_before: self.monotonic().plus(wait.unwrap_or_default()),
                    outcome: Err(match wait {
                        Some(wait) => error.with_retry_after(wait),
                        None => error,
                    }),
                }
            }
        }
    }
}

impl Exchange {
    /// Exchanges the account's token. If the provider refuses that one, it may be stale: a newer one is asked for, while
    /// the present one is served on. Once for all resources: ids that somebody makes up must not spend the grant.
    async fn exchange(&self) -> Result<Generation, AuthorizationError> {
        let first = self.parent_token().await?;
        let error = match self.attempt(&first).await {
            Ok(generation) => return Ok(generation),
            Err(Refusal::OfTheResource(error) | Refusal::Passing(error)) => return Err(error),
            Err(Refusal::OfTheToken(error)) => error,
        };
        if !self.may_renew(first.generation) || renewed(&self.parent, first.generation).await.is_err() {
            return Err(error);
        }
        let second = self.parent_token().await?;
        derived(&self.parent).minted_for_us = Some((second.generation, self.monotonic()));
        match self.attempt(&second).await {
            Ok(generation) => Ok(generation),
            Err(Refusal::OfTheResource(error) | Refusal::OfTheToken(error) | Refusal::Passing(error)) => {
                Err(error)
            }
        }
    }

    /// Whether a refused exchange is worth a newer token than this.
    fn may_renew(&self, refused: Generation) -> bool {
        derived(&self.parent)
            .minted_for_us
            .is_none_or(|(minted, at)| refused != minted || self.monotonic().since(at) > RENEWAL_FOR_US)
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
                self.take(parent, answer, sent_at)
            }
            Err(NoAnswer::Declined(failure)) if is_about_the_resource(&failure) => {
                Err(Refusal::OfTheResource(declined::describe(
                    self.error(AuthorizationErrorKind::Forbidden),
                    failure,
                )))
            }
            Err(NoAnswer::Declined(failure)) if is_about_the_token(&failure) => Err(Refusal::OfTheToken(
                declined::describe(self.error(AuthorizationErrorKind::Forbidden), failure),
            )),
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
        let refused = self.token.rejected.highest() >= before.generation()
            && before.version > Version(0)
            && before.grant.link == parent.snapshot.grant.link;
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
        if let Some(entry) = derived(&self.parent).by_resource.get_mut(&self.token.resource) {
            entry.stays = Some(Arc::clone(&self.token));
        }
        Ok(generation)
    }
}

/// Whether the token endpoint refuses the resource, whatever the token. A request that it calls invalid differs from
/// accepted ones in its resource only.
fn is_about_the_resource(failure: &TokenFailure) -> bool {
    matches!(
        failure.code(),
        Some("invalid_request" | "invalid_scope" | "invalid_target")
    )
}

/// Whether it refuses the token that was to be exchanged, or does not say what. That is no verdict about the account's
/// grant, which was not spent.
fn is_about_the_token(failure: &TokenFailure) -> bool {
    failure.class() == FailureClass::GrantRefused
        || failure.code() == Some("invalid_token")
        || (failure.status() == Some(401) && failure.code().is_none())
}

/// The account's token, and which one it is.
struct ParentToken {
    generation: Generation,
    snapshot: Arc<Snapshot>,
}

/// Why there is no derived token.
enum Refusal {
    /// The provider does not let the account act for the resource.
    OfTheResource(AuthorizationError),
    /// The provider refuses the account's token, or does not say what it refuses.
    OfTheToken(AuthorizationError),
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
