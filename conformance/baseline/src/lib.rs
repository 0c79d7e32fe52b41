//! No code: the manifest is what counts. It names what a program depends on that calls an API by hand, with the same
//! TLS as attache-planday, JSON, queries and forms. `cargo xtask bench` counts how many packages attache-planday comes
//! with beyond these.
