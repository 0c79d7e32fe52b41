//! What Planday wraps its answers in (Planday, Overview: pagination).

use attache_client::OffsetPage;
use serde::Deserialize;

/// `{"data": {...}}`.
#[derive(Deserialize)]
pub(crate) struct Single<T> {
    pub(crate) data: T,
}

/// `{"paging": {...}, "data": [...]}`. Some specifications allow `paging` to be null.
#[derive(Deserialize)]
pub(crate) struct Rows<T> {
    #[serde(default)]
    paging: Option<Paging>,
    data: Vec<T>,
}

#[derive(Deserialize, Default)]
struct Paging {
    offset: Option<u64>,
    limit: Option<u64>,
    total: Option<u64>,
}

impl<T> From<Rows<T>> for OffsetPage<T> {
    fn from(rows: Rows<T>) -> Self {
        let Paging { offset, limit, total } = rows.paging.unwrap_or_default();
        Self {
            rows: rows.data,
            offset,
            limit,
            total,
        }
    }
}
