//! The operations of a file.

/// Writes the operations of a file as statics, and `OPERATIONS`, the table of them.
macro_rules! operations {
    ($( $operation:ident = $value:expr; )+) => {
        $( static $operation: attache_client::Operation = $value; )+

        /// All of this file.
        pub(crate) static OPERATIONS: &[&attache_client::Operation] = &[$( &$operation ),+];
    };
}

pub(crate) use operations;
