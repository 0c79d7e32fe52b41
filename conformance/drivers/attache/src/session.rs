//! One configured SDK: an app, a folder, a clock.

use std::{
    collections::HashMap,
    path::PathBuf,
    sync::{Arc, Mutex},
    time::Duration,
};

use attache_auth::{
    Account, Connector, Keeper, Provisional, RotationRule,
    seal::{KeyRing, Sealer},
    spill::SpillFolder,
    store::FileStore,
};
use attache_core::{AccountKey, Clock, Secret, Timestamp, Transport};
use attache_planday::{
    Client, Environment, Error, Identity, LinkAttempt, Planday, Scope, TokenSecret, portal::PortalId,
};
use attache_transport::ReqwestTransport;
use serde_json::{Value, json};
use sha2::{Digest, Sha256};
use url::Url;

use crate::{clock::SuiteClock, failure::Failure, output::Output};

pub(crate) struct Session {
    pub(crate) planday: Planday,
    connector: Connector,
    clock: SuiteClock,
    pub(crate) attempts: Mutex<HashMap<String, LinkAttempt>>,
}

/// How long a grace lasts, where the suite only says that there is one.
const GRACE: Duration = Duration::from_secs(300);

impl Session {
    pub(crate) fn configure(request: &Value, output: &Output) -> Result<Self, Failure> {
        let text = |name: &str| request[name].as_str().unwrap_or_default();
        let wrong = |error: &dyn std::error::Error| Failure::configuration(error);
        let start: Timestamp = text("clock").parse().map_err(|error| wrong(&error))?;
        let identity = Url::parse(text("identity_url")).map_err(|error| wrong(&error))?;
        let api = Url::parse(text("api_url")).map_err(|error| wrong(&error))?;
        let given = &request["app"];
        let texts = |name: &str| {
            let list = given[name].as_array().map(Vec::as_slice).unwrap_or_default();
            list.iter()
                .filter_map(Value::as_str)
                .map(str::to_owned)
                .collect::<Vec<_>>()
        };
        let app = attache_planday::App::builder(given["client_id"].as_str().unwrap_or_default())
            .environment(&Environment::new(identity, api))
            .scopes(texts("scopes").into_iter().map(Scope::new))
            .redirect_uris(texts("redirect_uris"))
            .pkce(given["pkce"] == true)
            .build()
            .map_err(|error| wrong(&error))?;
        let mut profile = attache_planday::profile();
        if let Some(rule) = request["rotation"].as_str() {
            profile.rotation = rotation(rule).ok_or_else(|| Failure::unsupported("no such rotation rule"))?;
        }
        let connector = Connector::new(
            profile,
            app.connector().endpoints().clone(),
            app.connector().client_id(),
        )
        .map_err(|error| wrong(&error))?;

        let clock = SuiteClock::new(start, output);
        let folder = PathBuf::from(text("store"));
        let transport: Arc<dyn Transport> = Arc::new(ReqwestTransport::new().map_err(|error| wrong(&error))?);
        let shared: Arc<dyn Clock> = Arc::new(clock.clone());
        let store =
            FileStore::open(folder.join("accounts"), Arc::clone(&shared)).map_err(|error| wrong(&error))?;
        let sealer = Sealer::new(KeyRing::load_or_create(folder.join("key")).map_err(|error| wrong(&error))?);
        let spill = SpillFolder::open(folder.join("spill")).map_err(|error| wrong(&error))?;
        let keeper = Keeper::builder(
            Arc::new(store),
            Arc::clone(&transport),
            Arc::clone(&shared),
            sealer,
        )
        .spill(Arc::new(spill))
        .build()
        .map_err(|error| wrong(&error))?;
        let planday = Planday::new(app, keeper, Arc::clone(&transport), shared);
        Ok(Self {
            planday,
            connector,
            clock,
            attempts: Mutex::default(),
        })
    }

    pub(crate) fn move_clock(&self, request: &Value) {
        if let Some(by) = request["advance_ms"].as_u64() {
            self.clock.clock.advance(Duration::from_millis(by));
        }
        if let Some(by) = request["jump_ms"].as_i64() {
            let (now, by) = (
                self.clock.now(),
                (by < 0, Duration::from_millis(by.unsigned_abs())),
            );
            self.clock.clock.set_wall(match by {
                (true, by) => now.saturating_sub(by),
                (false, by) => now.saturating_add(by),
            });
        }
    }

    pub(crate) async fn import(&self, request: &Value) -> Result<Value, Failure> {
        let key = account_key(request)?;
        let refresh = request["refresh"].as_str().unwrap_or_default();
        if request["verify"] == true {
            let token = TokenSecret::new(refresh).map_err(|error| Failure::configuration(&error))?;
            self.planday.link(&key, token).await?;
            return Ok(json!({}));
        }
        let access = request["access"].as_str().map(|access| {
            let now = self.clock.now();
            let ends = match request["expires_in"].as_i64() {
                None => now.saturating_add(self.connector.profile().assumed_lifetime),
                Some(seconds) => {
                    let by = Duration::from_secs(seconds.unsigned_abs());
                    if seconds < 0 {
                        now.saturating_sub(by)
                    } else {
                        now.saturating_add(by)
                    }
                }
            };
            (Secret::from(access), ends)
        });
        let provisional = Provisional::from_tokens(&self.connector, refresh.into(), access, &self.clock)
            .map_err(|error| Failure::configuration(&error))?;
        // Nobody was asked whose it is; the suite's name for the account has to do.
        let identity =
            Identity::new(&format!("unverified:{key}")).map_err(|error| Failure::configuration(&error))?;
        let adopted = self.planday.keeper().adopt(&key, provisional, identity).await;
        adopted.map_err(|error| Failure::configuration(&error))?;
        Ok(json!({}))
    }

    /// A client for the account that a request names, or for a child portal of it.
    pub(crate) async fn client(&self, request: &Value) -> Result<Client, Failure> {
        let account = self.account(request).await?;
        if let Some(child) = request["portal"].as_i64() {
            return Ok(self.planday.child(account.key(), PortalId::from(child)).await?);
        }
        Ok(self.planday.client(account.key()).await?)
    }

    /// The account that a request names, opened under the rotation rule that the suite wants.
    pub(crate) async fn account(&self, request: &Value) -> Result<Account, Failure> {
        let key = account_key(request)?;
        let account = self.planday.keeper().account(&key, &self.connector).await;
        Ok(account.map_err(Error::from)?)
    }

    /// The stored grant, by salted digests only.
    pub(crate) async fn view(&self, request: &Value) -> Result<Value, Failure> {
        let key = account_key(request)?;
        let grant = self.planday.keeper().export(&key).await.map_err(Error::from)?;
        let Some(grant) = grant else {
            let missing =
                attache_core::AuthorizationError::new(attache_core::AuthorizationErrorKind::UnknownAccount);
            return Err(Error::from(missing).into());
        };
        let salt = request["salt"].as_str().unwrap_or_default();
        let digest = |token: &Secret| {
            let bytes = Sha256::new()
                .chain_update(salt)
                .chain_update(token.expose())
                .finalize();
            hex::encode(bytes)
        };
        let now = self.clock.now();
        let left = grant.expires_at.since(now).as_secs_f64() - now.since(grant.expires_at).as_secs_f64();
        let mut view = json!({
            "refresh": digest(&grant.refresh_token),
            "state": if grant.needs_relink.is_some() { "needs_relink" } else { "active" },
        });
        if let Some(access) = &grant.access_token {
            view["access"] = digest(access).into();
            view["expires_in"] = json!(left);
        }
        Ok(view)
    }
}

pub(crate) fn account_key(request: &Value) -> Result<AccountKey, Failure> {
    let account = request["account"].as_str().unwrap_or("main");
    AccountKey::new("conformance", "planday", account).map_err(|error| Failure::configuration(&error))
}

fn rotation(rule: &str) -> Option<RotationRule> {
    Some(match rule {
        "never" => RotationRule::Never,
        "first_use_grace" => RotationRule::FirstUseGrace,
        "grace" => RotationRule::Grace(GRACE),
        "once" => RotationRule::Once,
        "once_family" => RotationRule::OnceFamily,
        "unknown" => RotationRule::Unknown,
        _ => return None,
    })
}
