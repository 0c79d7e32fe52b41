//! Runs many cases at a time and judges the run as a whole.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use std::time::Duration;

use futures_util::StreamExt;
use jiff::civil::Date;
use serde_json::{Value, json};

use super::driver::{Driver, Emitted, Killer, Launch};
use super::play::play;
use super::verdict::{CaseReport, Word};
use crate::data::{CAPABILITIES, Case, Suite, date, needs};
use crate::watch::{Stopwatch, tick};

/// How to run.
#[derive(Debug)]
pub(crate) struct RunOptions<'a> {
    pub(crate) launch: Launch,
    /// Only cases whose id starts with this.
    pub(crate) prefix: Option<&'a str>,
    /// Only these cases, if given.
    pub(crate) only: Option<BTreeSet<&'a str>>,
    pub(crate) jobs: usize,
    /// Case ids that are known to fail.
    pub(crate) known: BTreeSet<String>,
    /// Verdicts only: exchanges and dialogues are neither masked nor kept.
    pub(crate) brief: bool,
    /// The day by which evidence is judged stale, if it is to be judged.
    pub(crate) today: Option<Date>,
}

/// A finished run.
#[derive(Debug)]
pub(crate) struct Run {
    pub(crate) driver: String,
    pub(crate) capabilities: BTreeSet<String>,
    pub(crate) cases: Vec<CaseReport>,
    pub(crate) took: Duration,
}

impl Run {
    pub(crate) fn count(&self, word: Word) -> usize {
        self.cases.iter().filter(|case| case.word == word).count()
    }

    pub(crate) fn found_secrets(&self) -> bool {
        self.cases.iter().any(|case| !case.secrets.is_empty())
    }

    /// 0 good, 1 failures, 4 harness error, 5 secret found.
    pub(crate) fn exit_code(&self) -> u8 {
        if self.found_secrets() {
            5
        } else if self.count(Word::Harness) > 0 {
            4
        } else {
            u8::from(self.cases.iter().any(|case| case.word.is_red()))
        }
    }

    /// Words by provider and area.
    pub(crate) fn matrix(&self) -> BTreeMap<(String, String), BTreeMap<Word, usize>> {
        let mut matrix: BTreeMap<_, BTreeMap<Word, usize>> = BTreeMap::new();
        for case in &self.cases {
            let mut parts = case.id.split('/').map(str::to_owned);
            let place = (parts.next().unwrap_or_default(), parts.next().unwrap_or_default());
            *matrix.entry(place).or_default().entry(case.word).or_default() += 1;
        }
        matrix
    }
}

/// Plays the cases; `progress` hears of each as it ends.
pub(crate) async fn run(
    suite: &Suite,
    options: &RunOptions<'_>,
    mut progress: impl FnMut(&CaseReport, usize, usize),
) -> std::io::Result<Run> {
    let started = Stopwatch::start();
    let greeting = greet(&options.launch).await?;
    let name = greeting.as_ref().map_or_else(
        |complaint| format!("(no driver: {complaint})"),
        |hello| {
            hello
                .get("driver")
                .and_then(Value::as_str)
                .unwrap_or("unnamed")
                .to_owned()
        },
    );
    let capabilities: BTreeSet<String> = greeting
        .as_ref()
        .ok()
        .and_then(|hello| hello.get("capabilities")?.as_array())
        .into_iter()
        .flatten()
        .filter_map(|word| word.as_str().map(str::to_owned))
        .collect();
    let unknown: Vec<&String> = capabilities
        .iter()
        .filter(|word| !CAPABILITIES.contains(&word.as_str()))
        .collect();
    let complaint = match &greeting {
        Err(complaint) => Some(format!("hello: {complaint}")),
        Ok(_) if !unknown.is_empty() => Some(format!(
            "the driver declares the unknown capabilities {unknown:?}"
        )),
        Ok(_) => None,
    };
    let chosen: Vec<&Case> = suite
        .cases
        .iter()
        .filter(|case| options.prefix.is_none_or(|prefix| case.id.starts_with(prefix)))
        .filter(|case| {
            let only = options.only.as_ref();
            only.is_none_or(|only| only.contains(case.id.as_str()))
        })
        .collect();
    let total = chosen.len();
    let mut cases = Vec::with_capacity(total);
    let mut playing = futures_util::stream::iter(chosen.into_iter().map(|case| {
        let (complaint, capabilities) = (&complaint, &capabilities);
        Box::pin(async move {
            let mut report = match complaint {
                Some(complaint) => unplayed(case, Word::Untestable, complaint.clone()),
                None => match missing(case, capabilities) {
                    Some(missing) => {
                        unplayed(case, Word::Skip, format!("the driver does not declare {missing}"))
                    }
                    None => play(suite, case, &options.launch, options.brief).await,
                },
            };
            report.word = adjusted(case, &report, options);
            report
        })
    }))
    .buffer_unordered(options.jobs.max(1));
    while let Some(report) = playing.next().await {
        cases.push(report);
        if let Some(report) = cases.last() {
            progress(report, cases.len(), total);
        }
    }
    drop(playing);
    cases.sort_by(|a, b| a.id.cmp(&b.id));
    Ok(Run {
        driver: name,
        capabilities,
        cases,
        took: started.elapsed(),
    })
}

/// Known failures and stale evidence.
fn adjusted(case: &Case, report: &CaseReport, options: &RunOptions<'_>) -> Word {
    if report.word == Word::Skip || !report.secrets.is_empty() {
        return report.word;
    }
    if options.known.contains(&case.id) {
        return match report.word {
            Word::Fail | Word::Untestable => Word::Xfail,
            Word::Pass | Word::Warn => Word::Xpass,
            other => other,
        };
    }
    let stale = options.today.is_some_and(|today| {
        date(&case.evidence.on).is_some_and(|on| (today - on).get_days() > case.evidence.class.lasts_days())
    });
    if stale && report.word == Word::Pass {
        Word::Stale
    } else {
        report.word
    }
}

fn missing(case: &Case, capabilities: &BTreeSet<String>) -> Option<String> {
    let missing: Vec<String> = needs(case)
        .into_iter()
        .filter(|need| !capabilities.contains(need))
        .collect();
    (!missing.is_empty()).then(|| missing.join(", "))
}

fn unplayed(case: &Case, word: Word, reason: String) -> CaseReport {
    CaseReport {
        id: case.id.clone(),
        title: case.title.clone(),
        level: case.level,
        covers: case.covers.clone(),
        word,
        reasons: vec![reason],
        warnings: Vec::new(),
        secrets: Vec::new(),
        exchanges: Vec::new(),
        dialogue: Vec::new(),
        stderr: String::new(),
        took: Duration::ZERO,
        canaries: Vec::new(),
        looked_at: None,
    }
}

/// Asks a driver who it is. The outer error means that it cannot even be started.
async fn greet(launch: &Launch) -> std::io::Result<Result<Value, String>> {
    let killer = Killer::default();
    let mut driver = Driver::start(launch, &killer, &Arc::new(Emitted::default()))?;
    let pending = driver.ask("hello", json!({ "protocol": 1 })).await;
    let started = Stopwatch::start();
    let reply = tokio::select! {
        reply = pending => reply.ok(),
        () = async { while started.elapsed() < Duration::from_secs(10) { tick().await } } => None,
    };
    killer.kill();
    Ok(match reply {
        Some(super::driver::Reply::Ok(hello)) => Ok(hello),
        Some(super::driver::Reply::Error(error)) => Err(super::verdict::summary(&error)),
        _ => Err("the driver ended or fell silent before it said hello".to_owned()),
    })
}
