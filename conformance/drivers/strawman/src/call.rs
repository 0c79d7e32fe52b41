//! API calls: sending with a good token, and walking lists.

use std::sync::Mutex;
use std::sync::atomic::Ordering;

use serde_json::{Value, json};
use url::form_urlencoded::Serializer;

use crate::client::{Client, lock};
use crate::grant::Grant;
use crate::operation::{self, Operation};
use crate::output::failure;
use crate::rows::Page;
use crate::wire::{Answer, Kind, Wire};

/// One call of the protocol on its way.
struct Call<'a> {
    grant: &'a Mutex<Grant>,
    /// What the provider counts it for.
    portal: String,
    operation: Operation,
    body: Option<String>,
}

impl Client {
    /// One API call of the protocol. `stale`: the token was not usable when the request came in.
    pub(crate) fn call(&self, request: &Value, stale: bool) -> Result<Value, Value> {
        if self.refused.load(Ordering::SeqCst) {
            return Err(failure("forbidden", "no", "the app was refused something before"));
        }
        let grant = self.grant(request)?;
        let params = request["params"].as_object().cloned().unwrap_or_default();
        let name = request["operation"].as_str().unwrap_or_default();
        let operation = Operation::of(name, &params, &self.fault)?;
        let call = Call {
            portal: format!("{}/{}", self.account(request), request["portal"]),
            body: operation::body(&operation, &request["body"], &self.fault),
            grant: &grant,
            operation,
        };
        let ahead = request["options"]["prefetch"].as_u64().unwrap_or_default();
        let items = if request["options"]["all_pages"] == true && call.operation.listing {
            self.walk(&call, stale, usize::try_from(ahead).unwrap_or_default())?
        } else {
            self.page(&call, None, stale)?.rows
        };
        let float = |id: &Value| {
            if self.broken("ids-as-floats") {
                json!(id.as_f64())
            } else {
                id.clone()
            }
        };
        let ids: Vec<Value> = items
            .iter()
            .filter_map(|item| item.get("id").map(float))
            .collect();
        Ok(json!({ "count": items.len(), "ids": ids, "item": items.first() }))
    }

    /// All rows of a list, page by page; some of them asked for ahead once the first has said how many there are.
    fn walk(&self, call: &Call<'_>, stale: bool, ahead: usize) -> Result<Vec<Value>, Value> {
        let start = call.operation.query.iter().find(|(name, _)| name == "offset");
        let start: u64 = start
            .and_then(|(_, offset)| offset.parse().ok())
            .unwrap_or_default();
        let mut offset = start;
        if self.broken("prefetches-blindly") && ahead > 0 {
            // What comes of it is asked for again when its turn comes.
            let _ = self.page(call, Some(offset + 50), false);
        }
        let mut page = self.page(call, (offset > 0).then_some(offset), stale)?;
        let mut items: Vec<Value> = Vec::new();
        let mut empty_pages = 0;
        loop {
            let limit = if self.broken("prefetch-by-limit") && ahead > 0 {
                Some(50)
            } else {
                page.limit
            };
            let total = page.total.unwrap_or_default();
            let received = page.rows.len() as u64;
            empty_pages += usize::from(received == 0);
            items.append(&mut page.rows);
            let seen = start + items.len() as u64;
            let more = seen < total || self.broken("one-page-more") && seen == total && total > 0;
            if empty_pages > usize::from(self.broken("ignores-empty-page")) || !more {
                return Ok(items);
            }
            offset = if self.broken("offset-by-limit") {
                seen.next_multiple_of(50)
            } else {
                seen
            };
            // Only a full page says where the others begin.
            if let (1.., Some(step @ 1..)) = (ahead, limit.filter(|limit| *limit == received || *limit == 50))
            {
                let first = if self.broken("prefetch-by-limit") {
                    start + step
                } else {
                    offset
                };
                let offsets = (0..ahead as u64).map(|index| first + index * step);
                let offsets: Vec<u64> = offsets.filter(|offset| *offset < total).collect();
                let mut pages = self.fetch(call, &offsets);
                if self.broken("prefetch-out-of-order") {
                    pages.reverse();
                }
                match self.in_order(pages, step, &mut items)? {
                    Some(last) => page = last,
                    None => return Ok(items),
                }
            } else {
                page = self.page(call, Some(offset), false)?;
            }
        }
    }

    /// Takes pages as long as they are full; the last one taken goes on the ordinary way.
    fn in_order(
        &self,
        pages: Vec<Result<Page, Value>>,
        step: u64,
        items: &mut Vec<Value>,
    ) -> Result<Option<Page>, Value> {
        let last = pages.len().saturating_sub(1);
        for (index, page) in pages.into_iter().enumerate() {
            let mut page = page?;
            let full = page.rows.len() as u64 == step || self.broken("prefetch-by-limit");
            if index == last || !full {
                return Ok(Some(page));
            }
            items.append(&mut page.rows);
        }
        Ok(None)
    }

    fn fetch(&self, call: &Call<'_>, offsets: &[u64]) -> Vec<Result<Page, Value>> {
        std::thread::scope(|scope| {
            let asked: Vec<_> = offsets
                .iter()
                .map(|offset| scope.spawn(|| self.page(call, Some(*offset), false)))
                .collect();
            let lost = || Err(failure("transport", "maybe", "a page was lost"));
            asked
                .into_iter()
                .map(|page| page.join().unwrap_or_else(|_| lost()))
                .collect()
        })
    }

    fn page(&self, call: &Call<'_>, offset: Option<u64>, stale: bool) -> Result<Page, Value> {
        let mut query = call.operation.query.clone();
        if let Some(offset) = offset {
            query.retain(|(name, _)| name != "offset");
            query.push(("offset".to_owned(), offset.to_string()));
        }
        let tail = Serializer::new(String::new()).extend_pairs(&query).finish();
        let mark = if tail.is_empty() { "" } else { "?" };
        let url = format!("{}{}{mark}{tail}", self.api, call.operation.path);
        let answer = self.authorized(call, &url, stale)?;
        Page::of(&answer, &call.operation, &self.fault).ok_or_else(|| self.answered("decode", "yes", &answer))
    }

    /// Sends with a good token, and once more with a new one if the first was refused.
    fn authorized(&self, call: &Call<'_>, url: &str, stale: bool) -> Result<Answer, Value> {
        let (mut rejected, mut refusals) = (None, 0);
        loop {
            let (token, generation) = self.token(call.grant, rejected, stale && refusals == 0)?;
            self.pace.admit(&call.portal, &self.clock, &self.fault);
            let answer = self.send(call, url, &token)?;
            self.pace
                .heard(&call.portal, answer.remaining, answer.reset, self.now());
            let proven = {
                let mut grant = lock(call.grant);
                // A throttle or a fault has not looked at the token.
                let seen = matches!(answer.status, 200..=400 | 402..=428)
                    || answer.status == 429 && self.broken("throttle-proves-token");
                if seen && grant.generation == generation {
                    grant.proven = generation;
                }
                grant.proven >= generation
            };
            let renewable = !(self.broken("child-for-ever") && lock(call.grant).parent.is_some());
            let again = match answer.status {
                401 if self.broken("too-many-401s") => refusals < 3,
                401 => refusals == 0 && proven && renewable && !self.broken("never-refreshes-on-401"),
                403 => refusals == 0 && self.broken("refreshes-on-403"),
                _ => false,
            };
            if again {
                refusals += 1;
                rejected = Some(generation);
                continue;
            }
            let odd = self.broken("reads-limit-headers")
                && answer.limit.split(',').any(|part| !part.contains(";w="));
            if (200..=299).contains(&answer.status) && !odd {
                return Ok(answer);
            }
            return Err(self.refused(call, &answer));
        }
    }

    fn send(&self, call: &Call<'_>, url: &str, token: &str) -> Result<Answer, Value> {
        let mut headers = vec![
            ("authorization", format!("Bearer {token}")),
            ("x-clientid", self.app.clone()),
        ];
        headers.extend(
            call.body
                .as_ref()
                .map(|_| ("content-type", "application/json".to_owned())),
        );
        let mut wire = Wire {
            method: call.operation.method,
            url: url.to_owned(),
            headers,
            body: call.body.clone(),
        };
        wire.spoil(&self.fault, Kind::Api);
        let mut sent = wire.send(self.broken("follows-redirects"));
        if self.broken("resends-writes") && sent.as_ref().map_or(true, |answer| answer.status >= 500) {
            sent = wire.send(false);
        }
        sent
    }

    /// The error of an answer that is no success.
    fn refused(&self, call: &Call<'_>, answer: &Answer) -> Value {
        let dies = answer.status == 401 && self.broken("unauthorized-is-death")
            || answer.status == 403 && self.broken("scope-is-death");
        let parent = {
            let mut grant = lock(call.grant);
            grant.dead |= dies;
            grant.parent.clone()
        };
        if let (Some(parent), true) = (parent, dies) {
            lock(&parent).dead = true;
        }
        if answer.status == 403 && self.broken("one-refusal-for-all") {
            self.refused.store(true, Ordering::SeqCst);
        }
        let class = match answer.status {
            400.. if self.broken("class-from-body") && answer.json().is_none() => "decode",
            400.. if self.broken("one-class") => "configuration",
            401 => "unauthorized",
            403 => "forbidden",
            404 => "not_found",
            400 | 409 | 422 => "validation",
            429 => "rate_limited",
            500.. => "unavailable",
            _ => "decode",
        };
        let mut error = self.answered(class, "yes", answer);
        if answer.status == 403 && !self.broken("names-no-scope") {
            error["missing_scope"] = json!(call.operation.scope);
        }
        error
    }
}
