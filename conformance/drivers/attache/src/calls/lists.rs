//! Answers with items.

use attache_planday::Pager;
use futures_util::TryStreamExt as _;
use serde_json::{Value, json};

use crate::{failure::Failure, items::Item};

pub(super) fn one(item: &impl Item) -> Value {
    json!({ "count": 1, "ids": [item.id()], "item": item.members() })
}

/// A list that comes whole.
pub(super) fn all<T: Item>(items: &[T]) -> Value {
    let mut answer = json!({ "count": items.len(), "ids": items.iter().map(Item::id).collect::<Vec<_>>() });
    if let Some(first) = items.first() {
        answer["item"] = first.members();
    }
    answer
}

/// How a list that comes in pages is asked for.
pub(super) struct Lists<'a> {
    pub(super) params: &'a Value,
    pub(super) all_pages: bool,
    pub(super) prefetch: Option<u64>,
}

impl Lists<'_> {
    pub(super) async fn many<T: Item + Send + 'static>(&self, list: Pager<T>) -> Result<Value, Failure> {
        let mut list = list.skip_rows(self.params["offset"].as_u64().unwrap_or(0));
        if let Some(pages) = self.prefetch {
            list = list.prefetch(usize::try_from(pages).unwrap_or(usize::MAX));
        }
        let mut pages = list.pages();
        let mut ids = Vec::new();
        let mut first = Value::Null;
        while let Some(page) = pages.try_next().await? {
            if first.is_null() {
                first = page.items.first().map_or(Value::Null, Item::members);
            }
            ids.extend(page.items.iter().map(Item::id));
            if !self.all_pages {
                break;
            }
        }
        let mut answer = json!({ "count": ids.len(), "ids": ids });
        if !first.is_null() {
            answer["item"] = first;
        }
        Ok(answer)
    }
}
