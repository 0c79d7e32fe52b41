//! The steps of the partner flow: set-up, authorize URL, browser, callback.

use std::collections::BTreeMap;

use serde_json::{Value, json};
use url::Url;
use url::form_urlencoded::Serializer;

use super::canary::{Bindings, Canaries};
use super::driver::Reply;
use super::matching::{Earlier, Filled, Findings};
use super::play::Stop;
use super::stage::Stage;
use crate::data::{Step, Then, UrlWords};

/// The attempts to link that a case has begun.
#[derive(Debug, Default)]
pub(super) struct Attempts {
    begun: BTreeMap<String, Attempt>,
    /// Every value that a parameter had.
    earlier: Earlier,
}

#[derive(Debug)]
struct Attempt {
    url: String,
    redirect_uri: String,
    /// Where the provider sent the browser.
    landed: Option<String>,
}

impl Stage<'_> {
    /// A driver with another set-up. What a client does not refuse at `configure` it may refuse when it is first used.
    pub(super) async fn configure(&mut self, with: Value, then: &Then) -> Result<(), Stop> {
        self.stop().await;
        let client_id = self.app["client_id"].clone();
        self.app = with;
        if self.app["client_id"].is_null() {
            self.app["client_id"] = client_id;
        }
        self.begin().await?;
        let members = self.configuration();
        let pending = self.ask("configure", members).await?;
        let mut replies = self.await_all(vec![pending]).await;
        if then.outcome() == "error" && matches!(replies.as_slice(), [Reply::Ok(_)]) {
            let redirect_uri = self.app["redirect_uris"][0].clone();
            let members = json!({ "attempt": "main", "account": "main", "redirect_uri": redirect_uri });
            let pending = self.ask("authorize_url", members).await?;
            replies = self.await_all(vec![pending]).await;
        }
        self.judge_all("configure", then, &replies)
    }

    pub(super) async fn authorize_url(&mut self, with: Value, step: &Step, then: &Then) -> Result<(), Stop> {
        let name = text(&with, "attempt", "main");
        let redirect_uri = match &with["redirect_uri"] {
            Value::Null => self.app["redirect_uris"][0].clone(),
            given => given.clone(),
        };
        let members = json!({
            "attempt": name,
            "account": text(&with, "account", "main"),
            "redirect_uri": redirect_uri,
        });
        let pending = self.ask("authorize_url", members).await?;
        let replies = self.await_all(vec![pending]).await;
        self.judge_all("authorize_url", then, &replies)?;
        let [Reply::Ok(ok)] = replies.as_slice() else {
            return Ok(());
        };
        let Some(url) = ok["url"].as_str() else {
            return Err(Stop::Untestable(
                "authorize_url: the answer has no `url`".to_owned(),
            ));
        };
        let mut findings = Findings::default();
        let words = step.url.clone().unwrap_or_default();
        let query = judge_url(url, &words, &self.attempts.earlier, &self.canaries, &mut findings);
        self.keep(&name, step, &query);
        for (name, value) in query {
            self.attempts.earlier.entry(name).or_default().push(value);
        }
        let told = |text: String| format!("authorize_url: {text}");
        self.wrong.extend(findings.failures.into_iter().map(told));
        self.warnings.extend(findings.warnings.into_iter().map(told));
        let attempt = Attempt {
            url: url.to_owned(),
            redirect_uri: redirect_uri.as_str().unwrap_or_default().to_owned(),
            landed: None,
        };
        self.attempts.begun.insert(name, attempt);
        Ok(())
    }

    /// What the client made up is masked from here on, and steps may use it.
    fn keep(&self, attempt: &str, step: &Step, query: &[(String, String)]) {
        for (name, value) in query {
            let saved = step.save.iter().find(|(_, parameter)| *parameter == name);
            let known = saved.map(|(template, _)| template.clone());
            match (name.as_str(), known) {
                ("state" | "nonce", known) => {
                    let template = known.unwrap_or_else(|| format!("{name}_of_{attempt}"));
                    self.canaries.guard(&template, value);
                }
                (_, Some(template)) => self.canaries.fix(&template, value),
                ("code_challenge", None) => self.canaries.fix(&format!("challenge_of_{attempt}"), value),
                _ => {}
            }
        }
    }

    /// Signs in at the emulator and answers the consent page.
    pub(super) fn browse(&mut self, with: &Value, step: &Step, then: &Then) -> Result<(), Stop> {
        let attempt = self.attempts.begun.get_mut(&text(with, "attempt", "main"));
        let (Some(attempt), Some(emulated)) = (attempt, &self.emulated) else {
            return Err(Stop::Untestable(
                "browse: there is no authorize URL to open".to_owned(),
            ));
        };
        let administrator = text(with, "administrator", "owner");
        let allow = with["consent"] != "deny";
        let landed = emulated.browse(&attempt.url, with["portal"].as_i64(), &administrator, allow);
        let reply = match landed {
            Ok(landed) => {
                let saved = step.save.iter().filter_map(|(template, parameter)| {
                    let query = Url::parse(&landed).ok()?;
                    let mut pairs = query.query_pairs();
                    let value = pairs.find(|(name, _)| name == parameter.as_str())?.1;
                    Some((template, value.into_owned()))
                });
                for (template, value) in saved {
                    self.canaries.fix(template, value);
                }
                attempt.landed = Some(landed);
                Reply::Ok(json!({}))
            }
            Err(shown) => Reply::Error(json!({ "class": "page", "display": shown })),
        };
        self.judge_all("browse", then, &[reply])
    }

    /// The browser comes back to the client's redirect URI.
    pub(super) async fn callback(&mut self, with: &Value, then: &Then) -> Result<(), Stop> {
        let name = text(with, "attempt", "main");
        let begun = self.attempts.begun.get(&name);
        let url = if let Some(url) = with["url"].as_str() {
            Some(url.to_owned())
        } else if let Some(pairs) = with["query"].as_array() {
            let redirect_uri = with["redirect_uri"].as_str();
            let redirect_uri = redirect_uri.or(begun.map(|attempt| attempt.redirect_uri.as_str()));
            redirect_uri.map(|redirect_uri| composed(redirect_uri, pairs))
        } else {
            begun.and_then(|attempt| attempt.landed.clone())
        };
        let Some(url) = url else {
            return Err(Stop::Untestable(
                "callback: the browser has nowhere to come back from".to_owned(),
            ));
        };
        let members = json!({ "attempt": name, "account": text(with, "account", "main"), "url": url });
        let pending = self.ask("callback", members).await?;
        let replies = self.await_all(vec![pending]).await;
        self.judge_all("callback", then, &replies)
    }

    /// Somebody does something on the provider's pages.
    pub(super) fn administer(&self, with: &Value) -> Result<(), Stop> {
        let Some(emulated) = &self.emulated else {
            return Err(Stop::Harness("admin: there is no emulator".to_owned()));
        };
        emulated
            .administer(&text(with, "action", ""), with["portal"].as_i64(), with)
            .map_err(|error| Stop::Harness(format!("admin: {error}")))
    }
}

fn text(with: &Value, name: &str, usual: &str) -> String {
    with[name].as_str().unwrap_or(usual).to_owned()
}

/// The redirect URI with a query, form-encoded as the provider would; its own query stays.
fn composed(redirect_uri: &str, pairs: &[Value]) -> String {
    let mut query = Serializer::new(String::new());
    for pair in pairs {
        let part = |index: usize| pair[index].as_str().unwrap_or_default();
        query.append_pair(part(0), part(1));
    }
    let mark = if redirect_uri.contains('?') { '&' } else { '?' };
    format!("{redirect_uri}{mark}{}", query.finish())
}

/// Judges an authorize URL and takes its query apart.
fn judge_url(
    url: &str,
    words: &UrlWords,
    earlier: &Earlier,
    canaries: &Canaries,
    findings: &mut Findings,
) -> Vec<(String, String)> {
    let parsed = match Url::parse(url) {
        Ok(parsed) => parsed,
        Err(error) => {
            findings
                .failures
                .push(format!("the answer is no absolute URL: {error}"));
            return Vec::new();
        }
    };
    let base = words
        .base
        .as_deref()
        .unwrap_or("{{identity_url}}/connect/authorize");
    let base = canaries.fill(base, &Bindings::new());
    let given = url.split(['?', '#']).next().unwrap_or_default();
    if given != base {
        findings
            .failures
            .push(format!("the URL goes to {given}, not to {base}"));
    }
    if parsed.fragment().is_some() {
        findings.failures.push("the URL has a fragment".to_owned());
    }
    if !parsed.username().is_empty() || parsed.password().is_some() {
        findings.failures.push("the URL has user information".to_owned());
    }
    let query: Vec<(String, String)> = parsed
        .query_pairs()
        .map(|(name, value)| (name.into_owned(), value.into_owned()))
        .collect();
    let mut names: Vec<&String> = query.iter().map(|(name, _)| name).collect();
    names.sort();
    for pair in names.windows(2) {
        if pair[0] == pair[1] {
            findings
                .failures
                .push(format!("the parameter {} is there more than once", pair[0]));
        }
    }
    Filled::new(&words.query(), canaries).pairs("query", &query, earlier, findings);
    if let Some(wanted) = &words.scopes {
        let scope = query.iter().find(|(name, _)| name == "scope");
        let sorted = |mut words: Vec<String>| {
            words.sort();
            words
        };
        let given = sorted(
            scope
                .map(|(_, value)| value.split(' ').map(str::to_owned).collect())
                .unwrap_or_default(),
        );
        let wanted = sorted(
            wanted
                .iter()
                .map(|word| canaries.fill(word, &Bindings::new()))
                .collect(),
        );
        if given != wanted {
            findings
                .failures
                .push(format!("the scopes are {given:?}, not {wanted:?}"));
        }
    }
    query
}

#[cfg(test)]
mod tests {
    use super::*;

    fn judged(words: &str, url: &str) -> Vec<String> {
        let canaries = Canaries::default();
        canaries.fix("identity_url", "http://id");
        let words: UrlWords = toml::from_str(words).expect("words");
        let earlier = Earlier::from([("state".to_owned(), vec!["abcdefghijklmnopqrstuvw".to_owned()])]);
        let mut findings = Findings::default();
        judge_url(url, &words, &earlier, &canaries, &mut findings);
        findings.failures
    }

    #[test]
    fn a_url_is_judged_without_any_word() {
        assert_eq!(
            judged("", "http://id/connect/authorize?a=1"),
            Vec::<String>::new()
        );
        assert_eq!(
            judged("", "http://elsewhere/connect/authorize"),
            ["the URL goes to http://elsewhere/connect/authorize, not to http://id/connect/authorize"]
        );
        assert_eq!(
            judged("base = 'http://me:x@id/a'", "http://me:x@id/a?a=1&a=2#b"),
            [
                "the URL has a fragment",
                "the URL has user information",
                "the parameter a is there more than once"
            ]
        );
        assert_eq!(
            judged("", "connect/authorize"),
            ["the answer is no absolute URL: relative URL without a base"]
        );
    }

    #[test]
    fn scopes_are_compared_as_a_set_of_words_each_once() {
        let words = "scopes = ['a', 'b:c']";
        let url = |scope: &str| format!("http://id/connect/authorize?scope={scope}");
        assert_eq!(judged(words, &url("b:c+a")), Vec::<String>::new());
        assert_eq!(judged(words, &url("a%20b%3Ac")), Vec::<String>::new());
        for wrong in ["a", "a,b:c", "a+b:c+a", "a+b:c+d"] {
            assert_eq!(judged(words, &url(wrong)).len(), 1, "{wrong}");
        }
    }

    #[test]
    fn a_state_is_new_and_a_challenge_has_its_form() {
        let url = |query: &str| format!("http://id/connect/authorize?{query}");
        assert_eq!(
            judged("fresh = ['state']", &url("state=abcdefghijklmnopqrstuvw")),
            ["query state was used before"]
        );
        let challenge = "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM";
        let words = "only = true\npkce = 'S256'";
        let good = format!("code_challenge={challenge}&code_challenge_method=S256");
        assert_eq!(judged(words, &url(&good)), Vec::<String>::new());
        for wrong in [
            good.replace("S256", "plain"),
            good.replace("-cM", "-cM%3D"),
            format!("{good}&b=1"),
        ] {
            assert_eq!(judged(words, &url(&wrong)).len(), 1, "{wrong}");
        }
    }

    #[test]
    fn a_callback_is_composed_as_a_form_and_may_repeat_itself() {
        let pairs = [
            json!(["code", "a b&c"]),
            json!(["state", "1"]),
            json!(["state", "2"]),
        ];
        assert_eq!(
            composed("https://app.example/back?x=1", &pairs),
            "https://app.example/back?x=1&code=a+b%26c&state=1&state=2"
        );
    }
}
