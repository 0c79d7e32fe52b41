//! What goes out: answers and events, one whole line each, since several calls answer at a time.

use std::io::{self, Write};
use std::sync::{Mutex, PoisonError};

use serde_json::{Value, json};

pub(crate) fn answer(id: &Value, result: Result<Value, Value>) -> io::Result<()> {
    line(&match result {
        Ok(ok) => json!({ "id": id, "ok": ok }),
        Err(error) => json!({ "id": id, "error": error }),
    })
}

/// A whole line on standard output.
pub(crate) fn line(line: &Value) -> io::Result<()> {
    static OUT: Mutex<()> = Mutex::new(());
    let _one_at_a_time = OUT.lock().unwrap_or_else(PoisonError::into_inner);
    let mut out = io::stdout().lock();
    writeln!(out, "{line}")?;
    out.flush()
}

/// The class, whether the API call was sent, and what happened.
pub(crate) fn failure(class: &str, sent: &str, display: &str) -> Value {
    json!({ "class": class, "sent": sent, "display": display })
}
