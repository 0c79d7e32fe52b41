//! Where the set-up guide is.

/// A section of the set-up guide.
macro_rules! guide {
    ($section:literal) => {
        concat!(
            env!("CARGO_PKG_REPOSITORY"),
            "/blob/main/docs/planday.md#",
            $section
        )
    };
}

pub(crate) use guide;
