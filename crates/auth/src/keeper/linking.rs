//! From a pasted credential to a kept account.

use std::{error::Error, fmt, sync::Arc};

use attache_core::{
    AccountKey, Authorization, AuthorizationError, AuthorizationErrorKind, AuthorizationNow, Authorized,
    Clock, Generation, Need, Secret, Timestamp,
};

use crate::{
    connector::Connector,
    keeper::{
        account::Account,
        asking::{NoAnswer, ask},
        builder::Keeper,
        grant::{Grant, Tokens},
        identity::Identity,
        shared::Unreadable,
        snapshot::Snapshot,
    },
    store::{AttemptId, CommitOutcome, CreateOutcome, StoreError, Version},
    wire,
};

/// A grant that belongs to no account yet, in memory only. It authorises the calls that find out whose it is;
/// then [`Keeper::adopt`] keeps it.
///
/// Where the provider rotates refresh tokens, the one that was pasted is spent now: a provisional grant that is
/// dropped has to be linked from the start.
pub struct Provisional {
    pub(super) connector: Connector,
    pub(super) tokens: Tokens,
    authorized: Authorized,
}

impl Provisional {
    /// A grant that was made elsewhere, for example by a program that kept tokens before. Nothing is sent: the
    /// refresh token is spent when the first renewal is due. `access` is the access token that goes with it and
    /// when that ends; without one, the first call of the adopted account renews.
    ///
    /// # Errors
    ///
    /// If the access token holds characters that no header can carry.
    pub fn from_tokens(
        connector: &Connector,
        refresh_token: Secret,
        access: Option<(Secret, Timestamp)>,
        clock: &dyn Clock,
    ) -> Result<Self, StoreError> {
        let (access_token, expires_at) = access.unwrap_or_else(|| (Secret::from(""), clock.now()));
        let lifetime = expires_at.since(clock.now());
        let tokens = Tokens {
            refresh_token,
            access_token,
            expires_at,
            lifetime,
            scope: None,
        };
        Self::new(connector, tokens)
    }

    pub(super) fn new(connector: &Connector, tokens: Tokens) -> Result<Self, StoreError> {
        let authorized = Snapshot::header(connector, &tokens)?;
        Ok(Self {
            connector: connector.clone(),
            tokens,
            authorized,
        })
    }

    /// The app that the grant was given to.
    pub fn connector(&self) -> &Connector {
        &self.connector
    }

    /// The scopes that the provider named, if it did.
    pub fn scope(&self) -> Option<&[String]> {
        self.tokens.scope.as_deref()
    }
}

impl Authorization for Provisional {
    /// The header, as it is: a provisional grant is not renewed. `Transient` if it holds no access token yet.
    fn now(&self, _: Need) -> AuthorizationNow<'_> {
        if self.tokens.access_token.is_empty() {
            let error = AuthorizationError::new(AuthorizationErrorKind::Transient).with_source(
                "the grant was made without an access token and is renewed only once it is adopted",
            );
            return AuthorizationNow::Wait(Box::pin(std::future::ready(Err(error))));
        }
        AuthorizationNow::Ready(self.authorized.clone())
    }

    fn rejected(&self, _: Generation) {}
}

impl fmt::Debug for Provisional {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Provisional")
            .field("connector", &self.connector)
            .finish_non_exhaustive()
    }
}

/// Why a grant was not adopted. The grant is still in it, so that another try loses nothing.
#[derive(Debug)]
pub struct AdoptError {
    kind: AdoptErrorKind,
    account: AccountKey,
    provisional: Provisional,
    source: Option<StoreError>,
}

/// The kinds of [`AdoptError`].
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum AdoptErrorKind {
    /// The account is linked for somebody else. Nothing was written; the account goes on as it was.
    IdentityMismatch {
        /// Who the account is linked for.
        pinned: Identity,
        /// Who the new grant is for.
        offered: Identity,
    },
    /// The store could not be read or written.
    Store,
    /// The account was renewed again and again in the meantime.
    Contended,
}

impl AdoptError {
    /// The kind.
    pub fn kind(&self) -> &AdoptErrorKind {
        &self.kind
    }

    /// The account that was not linked.
    pub fn account(&self) -> &AccountKey {
        &self.account
    }

    /// The grant, for another try.
    pub fn into_provisional(self) -> Provisional {
        self.provisional
    }
}

impl fmt::Display for AdoptError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let account = &self.account;
        match &self.kind {
            AdoptErrorKind::IdentityMismatch { pinned, offered } => write!(
                f,
                "account {account} is linked for {pinned}, the new credential is for {offered}: link it as another \
                 account, or use a credential of {pinned}"
            ),
            AdoptErrorKind::Store => write!(f, "account {account} could not be saved: try again"),
            AdoptErrorKind::Contended => {
                write!(
                    f,
                    "account {account} was renewed while it was linked again: try again"
                )
            }
        }
    }
}

impl Error for AdoptError {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        self.source.as_ref().map(|source| source as _)
    }
}

impl Keeper {
    /// Exchanges a pasted refresh token for a provisional grant, with a single token request.
    ///
    /// # Errors
    ///
    /// `NeedsRelink` if the provider refuses the token, `ConnectorMisconfigured` if it refuses the app, `Transient`
    /// or `Throttled` if it gave no usable answer.
    ///
    /// # Cancel safety
    ///
    /// Not safe to drop where the provider rotates refresh tokens: the answer may be lost with the future.
    pub async fn provisional(
        &self,
        connector: &Connector,
        refresh_token: Secret,
    ) -> Result<Provisional, AuthorizationError> {
        let shared = self.shared();
        let _counted = shared.tasks.count();
        if shared.tasks.is_closing() {
            return Err(AuthorizationError::new(AuthorizationErrorKind::ShuttingDown));
        }
        let request = wire::refresh_request(connector, &refresh_token);
        let (answer, sent_at) = ask(shared, connector, request, &refresh_token)
            .await
            .map_err(NoAnswer::into_error)?;
        let tokens = Tokens::from_answer(answer, connector.profile(), &refresh_token, None, sent_at);
        Provisional::new(connector, tokens)
            .map_err(|error| AuthorizationError::new(AuthorizationErrorKind::Transient).with_source(error))
    }

    /// Keeps a provisional grant as an account: a new one, or one that is linked again. An account that exists is
    /// linked again only for the identity that it is pinned to, and keeps its handles.
    ///
    /// # Errors
    ///
    /// See [`AdoptErrorKind`]. The grant comes back with the error.
    ///
    /// # Cancel safety
    ///
    /// Dropping the future drops the grant; whether the account was written is then open.
    pub async fn adopt(
        &self,
        key: &AccountKey,
        provisional: Provisional,
        identity: Identity,
    ) -> Result<Account, AdoptError> {
        let failed = |kind, provisional, source| AdoptError {
            kind,
            account: key.clone(),
            provisional,
            source,
        };
        match self.write(key, &provisional, &identity).await {
            Ok(snapshot) => Ok(self.install(key, snapshot)),
            Err(Unwritten::Mismatch(pinned)) => Err(failed(
                AdoptErrorKind::IdentityMismatch {
                    pinned,
                    offered: identity,
                },
                provisional,
                None,
            )),
            Err(Unwritten::Store(error)) => Err(failed(AdoptErrorKind::Store, provisional, Some(error))),
            Err(Unwritten::Contended) => Err(failed(AdoptErrorKind::Contended, provisional, None)),
        }
    }

    async fn write(
        &self,
        key: &AccountKey,
        provisional: &Provisional,
        identity: &Identity,
    ) -> Result<Snapshot, Unwritten> {
        let shared = self.shared();
        let connector = &provisional.connector;
        let attempt = AttemptId::random()?;
        let grant = Arc::new(Grant {
            link: attempt.to_string().into(),
            client_id: connector.client_id().into(),
            token_endpoint: connector.endpoints().token().as_str().into(),
            identity: identity.clone(),
            tokens: provisional.tokens.clone(),
        });
        let record = shared.record(key, &grant)?;
        let first = Version::first_at(shared.clock.now());
        let mut outcome = shared.store.create(key, first, record.clone()).await?;
        for _ in 0..8 {
            let present = match outcome {
                CreateOutcome::Created => return Ok(shared.live(connector, grant, first)?),
                CreateOutcome::Exists(present) => present,
            };
            check_identity(&shared.open(key, &present.sealed)?, identity)?;
            outcome = match shared
                .store
                .commit(key, present.version, attempt, record.clone())
                .await?
            {
                CommitOutcome::Committed(version) => return Ok(shared.live(connector, grant, version)?),
                CommitOutcome::Superseded(newer) => CreateOutcome::Exists(newer),
                CommitOutcome::Gone => shared.store.create(key, first, record.clone()).await?,
            };
        }
        Err(Unwritten::Contended)
    }

    /// The snapshot of an account for its first handle in this process, after anything that an earlier process
    /// could only spill has been saved.
    pub(crate) async fn first_look(
        &self,
        key: &AccountKey,
        connector: &Connector,
    ) -> Result<Option<Snapshot>, Unreadable> {
        let shared = self.shared();
        let Some(mut record) = shared.store.load(key).await? else {
            return Ok(None);
        };
        match shared.save_spilled(key, record.version).await {
            Ok(Some(saved)) => record = saved,
            Ok(None) => {}
            // Nothing is missing from a record that nobody was at work on.
            Err(_) if record.holder.is_none() && record.unsettled.is_none() => {}
            Err(error) => return Err(error.into()),
        }
        shared.snapshot(key, connector, &record).map(Some)
    }
}

enum Unwritten {
    Mismatch(Identity),
    Store(StoreError),
    Contended,
}

impl From<StoreError> for Unwritten {
    fn from(error: StoreError) -> Self {
        Self::Store(error)
    }
}

fn check_identity(present: &Grant, offered: &Identity) -> Result<(), Unwritten> {
    if present.identity == *offered {
        Ok(())
    } else {
        Err(Unwritten::Mismatch(present.identity.clone()))
    }
}
