//! What the page's buttons do.

use url::Url;

use crate::factorial::oauth::authorize::OUT_OF_BAND;
use crate::factorial::state::State;
use crate::factorial::world::{App, WorldError};

/// Refuses what is no redirect URI: it must be absolute and without a fragment (RFC 6749, 3.1.2), https, or http on
/// loopback, or the out-of-band one.
pub(crate) fn check_redirect_uris(uris: &[String]) -> Result<(), WorldError> {
    for uri in uris {
        let fits = uri == OUT_OF_BAND
            || Url::parse(uri).is_ok_and(|url| {
                let loopback = matches!(url.host_str(), Some("127.0.0.1" | "localhost" | "[::1]"));
                url.fragment().is_none()
                    && url.has_host()
                    && (url.scheme() == "https" || url.scheme() == "http" && loopback)
            });
        if !fits {
            return Err(WorldError::Unfit(
                "a redirect URI does not fit: use https, or http on 127.0.0.1, without a fragment".to_owned(),
            ));
        }
    }
    Ok(())
}

fn check(name: &str, redirect_uris: &[String]) -> Result<(), WorldError> {
    if name.is_empty() {
        return Err(WorldError::Unfit("the name is missing: give it one".to_owned()));
    }
    if redirect_uris.is_empty() {
        let text = "a redirect URI is missing: give at least one".to_owned();
        return Err(WorldError::Unfit(text));
    }
    check_redirect_uris(redirect_uris)
}

/// Makes an application, with the secret in it that the page shows once.
pub(crate) fn create(
    state: &mut State,
    company: u64,
    name: &str,
    redirect_uris: Vec<String>,
    confidential: bool,
    scopes: Vec<String>,
) -> Result<App, WorldError> {
    if !state.companies.contains_key(&company) {
        return Err(WorldError::Unknown(format!("company {company}")));
    }
    check(name, &redirect_uris)?;
    let client_id = state.tokens.text();
    state.tokens.given_out.add(&client_id);
    let mut app = App::new(client_id.clone(), state.tokens.secret())
        .name(name)
        .scopes(scopes)
        .company(company);
    app.redirect_uris = redirect_uris;
    app.confidential = confidential;
    state.apps.insert(client_id, app.clone());
    Ok(app)
}

/// Changes an application; other scopes than before kill its tokens.
pub(crate) fn update(
    state: &mut State,
    client_id: &str,
    name: &str,
    redirect_uris: Vec<String>,
    confidential: bool,
    scopes: Vec<String>,
) -> Result<(), WorldError> {
    check(name, &redirect_uris)?;
    state.set_scopes(client_id, scopes)?;
    if let Some(app) = state.apps.get_mut(client_id) {
        name.clone_into(&mut app.name);
        app.redirect_uris = redirect_uris;
        app.confidential = confidential;
    }
    Ok(())
}

/// Deletes an application and its tokens.
pub(crate) fn delete(state: &mut State, client_id: &str) -> Result<(), WorldError> {
    let app = state.apps.remove(client_id);
    app.ok_or_else(|| WorldError::Unknown("such application".to_owned()))?;
    state.end_tokens(client_id);
    Ok(())
}
