//! After a case: what the servers counted, what leaked, and the verdict.

use std::path::Path;

use super::emulate::Emulated;
use super::leak::Leaks;
use super::lock;
use super::play::{Stage, Stop};
use super::verdict::{CaseReport, Word};
use crate::data::{Count, Level};

impl Stage<'_> {
    /// Writes down what came of the case, with every secret masked.
    pub(super) fn report(&mut self, stopped: Option<Stop>, report: &mut CaseReport) -> Result<(), String> {
        self.count();
        if let Some(emulated) = &self.emulated {
            emulated.teach(&self.canaries);
        }
        let secrets = self.canaries.secrets();
        let leaks = Leaks::new(&secrets).map_err(|error| error.to_string())?;
        let mut fixed = self.canaries.fixed();
        fixed.push(("store".to_owned(), self.folder.path().display().to_string()));
        let authorities: Vec<(String, String)> = fixed
            .iter()
            .filter_map(|(name, value)| Some((name.clone(), value.strip_prefix("http://")?.to_owned())))
            .collect();
        fixed.extend(authorities);
        let mask = |text: &str| {
            let text = fixed.iter().fold(text.to_owned(), |text, (name, value)| {
                text.replace(value, &format!("{{{{{name}}}}}"))
            });
            leaks.mask(&text)
        };
        let stdout = lock(&self.emitted.stdout).clone();
        let stderr = lock(&self.emitted.stderr).clone();
        for (place, bytes) in [("standard output", &stdout), ("standard error", &stderr)] {
            report.secrets.extend(
                leaks
                    .find(bytes)
                    .into_iter()
                    .map(|hit| format!("{hit} on {place}")),
            );
        }
        search_files(&self.folder.path().join("store"), &leaks, &mut report.secrets);
        let nonsense: Vec<String> = lock(&self.emitted.nonsense).clone();
        let mut seen = self.script.take_seen();
        if let Some(emulated) = &self.emulated {
            seen.exchanges.extend(emulated.exchanges());
        }
        self.warnings.append(&mut seen.warnings);
        let mut wrong = std::mem::take(&mut self.wrong);
        wrong.append(&mut seen.failures);
        report.word = match stopped {
            Some(Stop::Harness(text)) => {
                wrong.insert(0, text);
                Word::Harness
            }
            Some(Stop::Untestable(text)) => {
                let word = if wrong.is_empty() {
                    Word::Untestable
                } else {
                    Word::Fail
                };
                wrong.push(text);
                word
            }
            None if !nonsense.is_empty() => Word::Untestable,
            None if !wrong.is_empty() => {
                if self.case.level == Level::Must {
                    Word::Fail
                } else {
                    Word::Warn
                }
            }
            None if !self.warnings.is_empty() => Word::Warn,
            None => Word::Pass,
        };
        wrong.extend(nonsense);
        if !report.secrets.is_empty() && report.word != Word::Harness {
            report.word = Word::Fail;
        }
        report.reasons = wrong.iter().map(|text| mask(text)).collect();
        report.warnings = self.warnings.iter().map(|text| mask(text)).collect();
        report.warnings.sort();
        report.warnings.dedup();
        report.stderr = mask(&String::from_utf8_lossy(&stderr));
        report.dialogue = lock(&self.emitted.dialogue)
            .iter()
            .map(|line| mask(line))
            .collect();
        for exchange in &mut seen.exchanges {
            exchange.request = mask(&exchange.request);
            exchange.body = mask(&exchange.body);
            exchange.answer = mask(&exchange.answer);
            for (_, value) in &mut exchange.headers {
                *value = mask(value);
            }
        }
        report.exchanges = seen.exchanges;
        report.canaries = secrets;
        Ok(())
    }

    /// Counts what the servers saw and compares it with `[then]`.
    fn count(&mut self) {
        let none = Count::Exactly(0);
        let wanted = self.case.then.server.clone().unwrap_or_default();
        let unused = self.script.unused();
        let (mut refreshes, requests, mut unexpected) = self.script.counts();
        if let Some(emulated) = &self.emulated {
            refreshes += emulated.refreshes();
            unexpected.extend(emulated.unexpected());
        }
        let requests = requests + self.emulated.as_ref().map_or(0, Emulated::activity);
        let mut wrong = Vec::new();
        if !wanted.unused_stubs.unwrap_or(none).contains(unused.len() as u64) {
            wrong.extend(unused);
        }
        if !wanted
            .unexpected_requests
            .unwrap_or(none)
            .contains(unexpected.len() as u64)
        {
            unexpected.dedup();
            wrong.extend(unexpected);
        }
        for (what, wanted, given) in [
            ("refreshes", wanted.refreshes, refreshes),
            ("requests", wanted.requests, requests),
        ] {
            if let Some(wanted) = wanted
                && !wanted.contains(given)
            {
                wrong.push(format!("the servers saw {given} {what}, not {wanted}"));
            }
        }
        if let Some(waits) = self.case.then.waits {
            let seconds = u64::try_from(self.waited.as_secs()).unwrap_or_default();
            if !waits.contains(seconds) {
                wrong.push(format!("the client waited {seconds} s, not {waits}"));
            }
        }
        self.wrong.append(&mut wrong);
    }
}

fn search_files(folder: &Path, leaks: &Leaks, found: &mut Vec<String>) {
    let Ok(entries) = std::fs::read_dir(folder) else {
        return;
    };
    for path in entries.flatten().map(|entry| entry.path()) {
        let name = path
            .file_name()
            .map(|name| name.to_string_lossy().into_owned())
            .unwrap_or_default();
        found.extend(
            leaks
                .find(name.as_bytes())
                .into_iter()
                .map(|hit| format!("{hit} in a file name")),
        );
        if path.is_dir() {
            search_files(&path, leaks, found);
        } else if let Ok(bytes) = std::fs::read(&path) {
            found.extend(
                leaks
                    .find(&bytes)
                    .into_iter()
                    .map(|hit| format!("{hit} in the store's files")),
            );
        }
    }
}
