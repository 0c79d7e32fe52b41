//! After a case: what the servers counted, what leaked, and the verdict.

use std::path::Path;

use super::leak::Leaks;
use super::lock;
use super::mask::Mask;
use super::play::Stop;
use super::stage::Stage;
use super::verdict::{CaseReport, Word};
use crate::data::{Count, Level};

impl Stage<'_> {
    /// Writes down what came of the case, with every secret masked.
    pub(super) fn report(
        &mut self,
        stopped: Option<Stop>,
        brief: bool,
        report: &mut CaseReport,
    ) -> Result<(), String> {
        self.count();
        if let Some(emulated) = &self.emulated {
            emulated.teach(&self.canaries);
        }
        let secrets = self.canaries.secrets();
        let leaks = Leaks::new(&secrets).map_err(|error| error.to_string())?;
        let mut fixed = self.canaries.fixed();
        fixed.push(("store".to_owned(), self.folder.path().display().to_string()));
        let mask = Mask::new(fixed, &leaks);
        let mask = |text: &str| mask.text(text);
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
        let guarded = Leaks::new(&self.canaries.guarded()).map_err(|error| error.to_string())?;
        let said = guarded.find(&stderr).into_iter();
        report
            .secrets
            .extend(said.map(|hit| format!("{hit} on standard error")));
        report.secrets.append(&mut self.spilt);
        for leaks in [&leaks, &guarded] {
            search_files(&self.folder.path().join("store"), leaks, &mut report.secrets);
        }
        let nonsense: Vec<String> = lock(&self.emitted.nonsense).clone();
        let mut seen = self.script.take_seen();
        if let Some(emulated) = &self.emulated {
            if !brief {
                seen.exchanges.extend(emulated.exchanges());
            }
            seen.warnings.extend(emulated.surplus());
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
        report.canaries = secrets;
        if brief {
            return Ok(());
        }
        report.stderr = mask(&String::from_utf8_lossy(&stderr));
        report.dialogue = lock(&self.emitted.dialogue)
            .iter()
            .map(|line| mask(line))
            .collect();
        for exchange in &mut seen.exchanges {
            exchange.mask(&mask);
        }
        report.exchanges = seen.exchanges;
        Ok(())
    }

    /// Counts what the servers saw and compares it with `[then]`.
    fn count(&mut self) {
        let none = Count::Exactly(0);
        let wanted = self.case.then.server.clone().unwrap_or_default();
        let unused = self.script.unused();
        let (mut counts, mut unexpected) = self.script.counts();
        if let Some(emulated) = &self.emulated {
            counts = counts.and(emulated.counts());
            unexpected.extend(emulated.unexpected());
        }
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
            ("refreshes", wanted.refreshes, counts.refreshes),
            ("code exchanges", wanted.code_exchanges, counts.code_exchanges),
            ("derivations", wanted.derivations, counts.derivations),
            ("revocations", wanted.revocations, counts.revocations),
            ("token calls", wanted.token_calls, counts.token_calls),
            ("throttled requests", wanted.throttled, counts.throttled),
            (
                "requests held at one time",
                wanted.max_in_flight,
                self.held.most(),
            ),
            ("requests", wanted.requests, counts.requests),
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
