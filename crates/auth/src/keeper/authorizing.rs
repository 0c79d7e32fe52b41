//! From a link attempt and its callback to a provisional grant.

use std::{
    collections::HashMap,
    error::Error,
    fmt,
    sync::{Mutex, PoisonError},
};

use attache_core::{AuthorizationError, AuthorizationErrorKind, FailureClass, Monotonic, Secret};
use sha2::{Digest, Sha256};

use crate::{
    connector::Connector,
    keeper::{
        asking::{NoAnswer, ask},
        builder::Keeper,
        grant::Tokens,
        linking::Provisional,
    },
    link::{LinkAttempt, LinkStartError},
    wire::{self, AuthorizationRefusal, Callback, CallbackError},
};

/// Why a callback was not turned into a grant.
#[derive(Debug)]
pub struct CompleteLinkError {
    kind: CompleteLinkErrorKind,
    refusal: Option<AuthorizationRefusal>,
    source: Option<Box<dyn Error + Send + Sync>>,
}

/// The kinds of [`CompleteLinkError`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum CompleteLinkErrorKind {
    /// The callback cannot be read: it has neither a code nor an error, or a parameter twice. The attempt is still
    /// open.
    Malformed,
    /// The callback belongs to another attempt, or was made up: its state is another one, or is missing. The attempt
    /// is still open.
    StateMismatch,
    /// The attempt was begun too long ago. Begin again.
    Expired,
    /// The attempt has been completed before, with or without success. Begin again.
    AlreadyUsed,
    /// The attempt was begun with another app, in another environment, or with a redirect URI that the app no longer
    /// has. The attempt is still open.
    OtherConnector,
    /// The callback names another authorization server than the one that was asked (RFC 9207). Nothing was sent.
    IssuerMismatch,
    /// The person, or the provider, said no; [`CompleteLinkError::refusal`] has the words. Nothing was sent.
    Refused,
    /// The token endpoint refuses the code: it was used before, has ended, or belongs to another app or redirect URI.
    CodeRefused,
    /// The grant came without a refresh token, so it would end with its access token: ask for the scope that brings
    /// one.
    NoRefreshToken,
    /// The code could not be exchanged for another reason; the source is an
    /// [`AuthorizationError`](attache_core::AuthorizationError). The code may have been spent: begin again.
    Exchange(AuthorizationErrorKind),
}

impl CompleteLinkError {
    fn new(kind: CompleteLinkErrorKind) -> Self {
        Self {
            kind,
            refusal: None,
            source: None,
        }
    }

    fn with_source(mut self, source: impl Into<Box<dyn Error + Send + Sync>>) -> Self {
        self.source = Some(source.into());
        self
    }

    /// The kind.
    pub fn kind(&self) -> CompleteLinkErrorKind {
        self.kind
    }

    /// What the authorization server said on the callback, if it refused.
    pub fn refusal(&self) -> Option<&AuthorizationRefusal> {
        self.refusal.as_ref()
    }

    /// What the token endpoint said, if it was asked.
    pub fn exchange(&self) -> Option<&AuthorizationError> {
        self.source.as_deref()?.downcast_ref()
    }
}

impl fmt::Display for CompleteLinkError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self.kind {
            CompleteLinkErrorKind::Malformed => "the callback cannot be read",
            CompleteLinkErrorKind::StateMismatch => {
                "the callback's state is not the attempt's: it belongs to another attempt, or was made up"
            }
            CompleteLinkErrorKind::Expired => "the link attempt has ended: begin again",
            CompleteLinkErrorKind::AlreadyUsed => "the link attempt was used before: begin again",
            CompleteLinkErrorKind::OtherConnector => {
                "the link attempt was begun with another app, environment or redirect URI: complete it with the same"
            }
            CompleteLinkErrorKind::IssuerMismatch => {
                "the callback comes from another authorization server than the one that was asked"
            }
            CompleteLinkErrorKind::Refused => "the authorization was refused",
            CompleteLinkErrorKind::CodeRefused => {
                "the provider refuses the authorization code: it was used, has ended, or belongs to another redirect \
                 URI; begin again"
            }
            CompleteLinkErrorKind::NoRefreshToken => {
                "the grant has no refresh token: ask for the scope that brings one, and begin again"
            }
            CompleteLinkErrorKind::Exchange(_) => "the authorization code could not be exchanged: begin again",
        })?;
        if let Some(code) = self.refusal().and_then(AuthorizationRefusal::code) {
            write!(f, " (code {code})")?;
        }
        Ok(())
    }
}

impl Error for CompleteLinkError {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        self.source.as_deref().map(|source| source as _)
    }
}

impl Keeper {
    /// Begins to link an account by authorization code (RFC 6749, 4.1): send the person's browser to
    /// [`LinkAttempt::authorization_url`], and give what comes back to [`Keeper::complete_link`]. `redirect_uri` is
    /// one of the connector's, exactly as it is registered.
    ///
    /// An attempt is bound to the browser by whoever keeps it: seal it into the session's cookie
    /// ([`LinkAttempt::seal`]), or keep it in memory under the session.
    ///
    /// # Errors
    ///
    /// Names every problem: a redirect URI that is not the connector's, missing scopes where the provider requires
    /// some, a provider without this flow.
    pub fn begin_link(
        &self,
        connector: &Connector,
        redirect_uri: &str,
    ) -> Result<LinkAttempt, LinkStartError> {
        LinkAttempt::begin(connector, redirect_uri, self.shared().clock.now())
    }

    /// Completes a link attempt with what the authorization server sent to its redirect URI: the whole URL, or its
    /// query. Gives the grant for the calls that find out whose it is; then [`Keeper::adopt`] keeps it.
    ///
    /// In this order: the callback is read; the attempt must be this app's and must not have ended; the state must be the
    /// attempt's, compared in constant time; the attempt must not have been used; an issuer must be the expected one; and only then the code is sent, once,
    /// to the token endpoint of the same environment. The attempt is used from the moment that the state fits.
    /// Uses are remembered in this process; another process that holds the same sealed attempt is stopped by the
    /// provider, which takes a code only once.
    ///
    /// # Errors
    ///
    /// See [`CompleteLinkErrorKind`].
    ///
    /// # Cancel safety
    ///
    /// Not safe to drop: the code may be spent and its answer lost. Begin again then.
    pub async fn complete_link(
        &self,
        connector: &Connector,
        attempt: &LinkAttempt,
        callback: &str,
    ) -> Result<Provisional, CompleteLinkError> {
        use CompleteLinkErrorKind as Kind;

        let shared = self.shared();
        let failed = CompleteLinkError::new;
        let _counted = shared.tasks.count();
        if shared.tasks.is_closing() {
            return Err(failed(Kind::Exchange(AuthorizationErrorKind::ShuttingDown)));
        }
        let callback = Callback::parse(callback)
            .map_err(|error: CallbackError| failed(Kind::Malformed).with_source(error))?;
        let now = shared.clock.now();
        if !attempt.is_for(connector) || !connector.registers(attempt.redirect_uri()) {
            return Err(failed(Kind::OtherConnector));
        }
        // One that ends later than a new one would was begun under a clock that has been set back since.
        if attempt.expires_at() <= now || attempt.expires_at() > now.saturating_add(LinkAttempt::LIFETIME) {
            return Err(failed(Kind::Expired));
        }
        if !attempt.is_answered_by(&callback) {
            return Err(failed(Kind::StateMismatch));
        }
        if !shared.links.use_up(attempt.state(), shared.clock.monotonic()) {
            return Err(failed(Kind::AlreadyUsed));
        }
        // The server that was asked is the only one of this connector; `iss` can only contradict it (RFC 9207, 2.4).
        if let (Some(expected), Some(issuer)) = (connector.endpoints().issuer(), callback.issuer())
            && issuer != expected
        {
            return Err(failed(Kind::IssuerMismatch));
        }
        let code = callback.outcome().map_err(|refusal| CompleteLinkError {
            refusal: Some(refusal.clone()),
            ..failed(Kind::Refused)
        })?;
        let request = wire::code_request(connector, code, attempt.redirect_uri(), attempt.verifier());
        let (answer, sent_at) = ask(shared, connector, request, code).await.map_err(|answer| {
            let kind = match &answer {
                NoAnswer::Declined(failure) if failure.class() == FailureClass::GrantRefused => {
                    Kind::CodeRefused
                }
                NoAnswer::Declined(_) | NoAnswer::Unreached(_) => {
                    let error = answer.into_error();
                    return failed(Kind::Exchange(error.kind())).with_source(error);
                }
            };
            failed(kind).with_source(answer.into_error())
        })?;
        if answer.refresh_token.is_none() {
            return Err(failed(Kind::NoRefreshToken));
        }
        // What is not named in the answer is what was asked for (RFC 6749, 5.1).
        let asked = attempt.scopes().to_vec();
        let tokens = Tokens::from_answer(
            answer,
            connector.profile(),
            &Secret::from(""),
            Some(&asked).filter(|asked| !asked.is_empty()),
            sent_at,
        );
        Provisional::new(connector, tokens)
            .map_err(|error| failed(Kind::Exchange(AuthorizationErrorKind::Transient)).with_source(error))
    }
}

/// The link attempts that were used, until they have ended anyway.
#[derive(Default)]
pub(crate) struct UsedLinks(Mutex<HashMap<[u8; 32], Monotonic>>);

impl UsedLinks {
    /// Tells whether this is the first use. Remembered for twice as long as an attempt lasts, by the clock that cannot
    /// be set.
    fn use_up(&self, state: &Secret, now: Monotonic) -> bool {
        let mut used = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        used.retain(|_, forgotten_at| *forgotten_at > now);
        let digest = Sha256::digest(state.expose()).into();
        used.insert(digest, now.plus(LinkAttempt::LIFETIME * 2)).is_none()
    }
}
