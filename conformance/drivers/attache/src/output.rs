//! Lines on standard output.

use std::{
    io::Write,
    sync::{Arc, Mutex, PoisonError},
};

use serde_json::{Value, json};

use crate::failure::Failure;

/// Standard output, one line at a time.
#[derive(Clone, Default)]
pub(crate) struct Output(Arc<Mutex<()>>);

impl Output {
    pub(crate) fn answer(&self, id: &Value, answer: Result<Value, Failure>) {
        self.line(&match answer {
            Ok(ok) => json!({ "id": id, "ok": ok }),
            Err(failure) => json!({ "id": id, "error": failure.into_value() }),
        });
    }

    /// Writes one line. If the suite is gone, so is the reason to write.
    pub(crate) fn line(&self, value: &Value) {
        let _guard = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let mut out = std::io::stdout().lock();
        let _ = writeln!(out, "{value}").and_then(|()| out.flush());
    }
}
