//! One armed `expect` step.

use std::collections::BTreeMap;

use regex::Regex;

use super::super::canary::{Bindings, Canaries};
use super::super::matching::{Earlier, Filled, Findings, expression_of};
use super::answer::Answer;
use super::parts::Parts;
use crate::data::{Count, Expect, Order, Server, Step, When, Words};

pub(super) struct Stub {
    pub(super) line: usize,
    pub(super) server: Server,
    pub(super) method: String,
    pub(super) path: String,
    path_match: Option<Regex>,
    pub(super) times: Count,
    pub(super) when: When,
    pub(super) order: Order,
    form: Option<Words>,
    header: Words,
    query: Option<Words>,
    json: Option<Words>,
    pub(super) answer: Answer,
}

impl Stub {
    pub(super) fn new(
        line: usize,
        step: &Step,
        expect: &Expect,
        answer: Answer,
        canaries: &Canaries,
    ) -> Self {
        let none = Bindings::new();
        let fill = |pairs: &BTreeMap<String, String>| {
            pairs
                .iter()
                .map(|(name, value)| (name.clone(), canaries.fill(value, &none)))
                .collect()
        };
        Self {
            line,
            server: expect.server(),
            method: expect.method.clone(),
            path: match &expect.path_match {
                Some(expression) => expression.clone(),
                None => canaries.fill(&expect.path, &none),
            },
            path_match: expect
                .path_match
                .as_ref()
                .and_then(|expression| expression_of(expression, canaries)),
            times: expect.times.unwrap_or(Count::Exactly(1)),
            when: When {
                header: fill(&expect.when.header),
                query: fill(&expect.when.query),
                form: fill(&expect.when.form),
            },
            order: expect.order,
            form: step.form.clone(),
            header: step.header.clone().unwrap_or_default(),
            query: step.query.clone(),
            json: step.json.clone(),
            answer,
        }
    }

    pub(super) fn reaches(&self, path: &str) -> bool {
        self.path_match
            .as_ref()
            .map_or(self.path == path, |expression| expression.is_match(path))
    }

    /// The words are filled in here and not before: what a step has saved is known only now.
    pub(super) fn judge(
        &self,
        parts: &Parts,
        earlier: &Earlier,
        canaries: &Canaries,
        findings: &mut Findings,
    ) {
        if let Some(form) = &self.form {
            Filled::new(form, canaries).pairs("form", &parts.form, earlier, findings);
        }
        if let Some(query) = &self.query {
            Filled::new(query, canaries).pairs("query", &parts.query, earlier, findings);
        }
        if let Some(json) = &self.json {
            Filled::new(json, canaries).json(&parts.body, findings);
        }
        Filled::new(&self.header, canaries).headers(&parts.headers, self.server == Server::Api, findings);
    }
}
