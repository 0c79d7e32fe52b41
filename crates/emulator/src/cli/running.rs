//! A server that runs until somebody ends it.

use std::error::Error;
use std::io::{self, Write};

use attache_emulator::Server;

/// Prints the welcome, then serves until Ctrl-C.
pub(crate) fn hold(server: Server, welcome: &str) -> Result<(), Box<dyn Error>> {
    let mut stdout = io::stdout();
    stdout.write_all(welcome.as_bytes())?;
    stdout.flush()?;
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()?;
    runtime.block_on(tokio::signal::ctrl_c())?;
    server.shutdown();
    Ok(())
}
