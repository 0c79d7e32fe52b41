//! Setting an app up.

use std::sync::Arc;

use super::{Connector, Endpoints, Inner, InvalidConnector, Problem, redirect_uri};
use crate::profile::ProviderProfile;

/// Sets an app up: [`Connector::builder`].
#[derive(Debug, Clone)]
#[must_use = "nothing is checked before `build`"]
pub struct ConnectorBuilder {
    profile: ProviderProfile,
    endpoints: Endpoints,
    client_id: Box<str>,
    scopes: Vec<String>,
    redirect_uris: Vec<String>,
    pkce: bool,
}

impl ConnectorBuilder {
    pub(super) fn new(profile: ProviderProfile, endpoints: Endpoints, client_id: &str) -> Self {
        Self {
            profile,
            endpoints,
            client_id: client_id.into(),
            scopes: Vec::new(),
            redirect_uris: Vec::new(),
            pkce: false,
        }
    }

    /// The app's scopes, in place of those that were given before. What the profile adds to every authorization
    /// need not be among them. A scope that is given twice counts once.
    pub fn scopes(mut self, scopes: impl IntoIterator<Item: Into<String>>) -> Self {
        self.scopes = without_repetition(scopes.into_iter().map(Into::into));
        self
    }

    /// The redirect URIs that are registered at the provider, to the letter, in place of those that were given
    /// before. A URI that is given twice counts once. A loopback URI with port 0 stands for any port (RFC 8252,
    /// 7.3), for providers that let the port of loopback URIs vary.
    pub fn redirect_uris(mut self, redirect_uris: impl IntoIterator<Item: AsRef<str>>) -> Self {
        self.redirect_uris = without_repetition(redirect_uris.into_iter().map(|uri| uri.as_ref().to_owned()));
        self
    }

    /// Whether authorizations carry a PKCE challenge, always by S256 (RFC 7636). Off by default: a server that has
    /// never heard of it may refuse what it does not know.
    pub fn pkce(mut self, pkce: bool) -> Self {
        self.pkce = pkce;
        self
    }

    /// Checks the set-up.
    ///
    /// # Errors
    ///
    /// Lists every problem: a client id that is empty or holds white space or control characters; addresses that
    /// are neither HTTPS nor loopback, or carry a user name or a fragment; scopes that are empty or hold what no
    /// scope may (RFC 6749, 3.3); redirect URIs that are neither HTTPS nor HTTP on a loopback host, carry a user
    /// name or a fragment, or are more than the provider registers.
    pub fn build(self) -> Result<Connector, InvalidConnector> {
        let mut problems = Vec::new();
        let client_id_problem = if self.client_id.is_empty() {
            Some("is empty: copy it from the provider's page")
        } else if self
            .client_id
            .chars()
            .any(|character| character.is_whitespace() || character.is_control())
        {
            Some("holds white space: copy it again without any")
        } else {
            None
        };
        problems.extend(client_id_problem.map(|message| Problem::new(self.profile.client_id_label, message)));
        problems.extend(self.endpoints.problems());
        for (index, scope) in self.scopes.iter().enumerate() {
            let message = scope_problem(scope, self.profile.scope_separator);
            problems.extend(message.map(|message| Problem::new("scope", message).at(index)));
        }
        for (index, uri) in self.redirect_uris.iter().enumerate() {
            let message = redirect_uri::problem(uri);
            problems.extend(message.map(|message| Problem::new("redirect URI", message).at(index)));
        }
        if let Some(most) = self.profile.most_redirect_uris
            && self.redirect_uris.len() > most
        {
            problems.push(
                Problem::new(
                    "redirect URI",
                    "is one more than the provider registers for an app: leave it out",
                )
                .at(most),
            );
        }
        if problems.is_empty() {
            Ok(Connector(Arc::new(Inner {
                profile: self.profile,
                endpoints: self.endpoints,
                client_id: self.client_id,
                scopes: self.scopes,
                redirect_uris: self.redirect_uris,
                pkce: self.pkce,
            })))
        } else {
            Err(InvalidConnector {
                provider: self.profile.provider,
                problems,
            })
        }
    }
}

fn without_repetition(texts: impl Iterator<Item = String>) -> Vec<String> {
    let mut kept: Vec<String> = Vec::new();
    for text in texts {
        if !kept.contains(&text) {
            kept.push(text);
        }
    }
    kept
}

/// A scope has printable ASCII characters but space, `"` and `\` (RFC 6749, 3.3).
fn scope_problem(scope: &str, separator: &str) -> Option<&'static str> {
    if scope.is_empty() {
        Some("is empty: leave it out")
    } else if scope.contains(char::is_whitespace) {
        Some("holds white space: give each scope on its own")
    } else if !separator.trim().is_empty() && scope.contains(separator) {
        Some("holds what separates scopes: give each scope on its own")
    } else if !scope
        .bytes()
        .all(|byte| byte.is_ascii_graphic() && byte != b'"' && byte != b'\\')
    {
        Some("holds a character that no scope may have: copy it again")
    } else {
        None
    }
}
