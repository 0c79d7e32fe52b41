//! One configured SDK: an app, a folder, a clock.

use std::{path::PathBuf, sync::Arc, time::Duration};

use attache_auth::{
    Connector, Keeper, Provisional, RotationRule,
    seal::{KeyRing, Sealer},
    spill::SpillFolder,
    store::FileStore,
};
use attache_core::{AccountKey, Clock, Secret, Timestamp, Transport};
use attache_planday::{Client, Environment, Error, Identity, Planday, TokenSecret};
use attache_transport::ReqwestTransport;
use serde_json::{Value, json};
use sha2::{Digest, Sha256};
use url::Url;

use crate::{clock::SuiteClock, failure::Failure, output::Output};

pub(crate) struct Session {
    planday: Planday,
    connector: Connector,
    transport: Arc<dyn Transport>,
    clock: SuiteClock,
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
        let app = attache_planday::App::at(
            request["app"]["client_id"].as_str().unwrap_or_default(),
            &Environment::new(identity, api),
        )
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
            transport,
            clock,
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

    /// A client for the account that a request names.
    pub(crate) async fn client(&self, request: &Value) -> Result<Client, Failure> {
        let key = account_key(request)?;
        let account = self
            .planday
            .keeper()
            .account(&key, &self.connector)
            .await
            .map_err(Error::from)?;
        Ok(Client::new(
            account,
            Arc::clone(&self.transport),
            Arc::new(self.clock.clone()),
        )?)
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

fn account_key(request: &Value) -> Result<AccountKey, Failure> {
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
