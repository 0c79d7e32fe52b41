//! A sheet as the world keeps it.

use std::collections::BTreeMap;
use std::time::SystemTime;

use serde_json::{Map, Value, json};

use super::super::world::AccessLevel;
use crate::smartsheet::state::Data;

/// The types of columns.
pub(crate) const COLUMN_TYPES: [&str; 11] = [
    "ABSTRACT_DATETIME",
    "CHECKBOX",
    "CONTACT_LIST",
    "DATE",
    "DATETIME",
    "DURATION",
    "MULTI_CONTACT_LIST",
    "MULTI_PICKLIST",
    "PICKLIST",
    "PREDECESSOR",
    "TEXT_NUMBER",
];

/// A sheet, for a world to start with. Rows name their cells by column title.
#[derive(Clone, Debug)]
pub struct Sheet {
    pub(crate) id: i64,
    pub(crate) name: String,
    pub(crate) owner: String,
    pub(crate) shares: BTreeMap<String, AccessLevel>,
    pub(crate) columns: Vec<Column>,
    pub(crate) rows: Vec<Row>,
    pub(crate) version: u64,
    pub(crate) created: SystemTime,
    pub(crate) modified: SystemTime,
    pub(crate) workspace: Option<i64>,
    /// What [`Sheet::row`] was given, until the sheet has ids.
    pub(crate) given: Vec<Vec<(String, Value)>>,
}

/// A column.
#[derive(Clone, Debug)]
pub struct Column {
    pub(crate) id: i64,
    pub(crate) title: String,
    /// One of [`COLUMN_TYPES`].
    pub(crate) kind: String,
    pub(crate) primary: bool,
    /// Everything else: `options`, `symbol`, `width`, `validation` and so on.
    pub(crate) more: Map<String, Value>,
}

impl Column {
    /// A column of a documented type, such as `TEXT_NUMBER`.
    pub fn new(title: impl Into<String>, kind: impl Into<String>) -> Self {
        Self {
            id: 0,
            title: title.into(),
            kind: kind.into(),
            primary: false,
            more: Map::new(),
        }
    }

    /// Makes it the primary column.
    #[must_use]
    pub fn primary(mut self) -> Self {
        self.primary = true;
        self
    }

    /// Sets another member of the column, such as `options` or `systemColumnType`.
    #[must_use]
    pub fn with(mut self, name: impl Into<String>, value: Value) -> Self {
        self.more.insert(name.into(), value);
        self
    }

    /// Whether Smartsheet fills it.
    pub(crate) fn is_system(&self) -> bool {
        self.more.contains_key("systemColumnType")
    }

    pub(crate) fn flag(&self, name: &str) -> bool {
        self.more.get(name).and_then(Value::as_bool).unwrap_or_default()
    }
}

/// A row; its place among the others is its place in the list.
#[derive(Clone, Debug)]
pub(crate) struct Row {
    pub(crate) id: i64,
    pub(crate) parent: Option<i64>,
    pub(crate) expanded: bool,
    pub(crate) locked: bool,
    pub(crate) format: Option<String>,
    /// By column id; a column without an entry has a cell that does not exist.
    pub(crate) cells: BTreeMap<i64, Map<String, Value>>,
    pub(crate) created: SystemTime,
    pub(crate) modified: SystemTime,
    pub(crate) created_by: String,
    pub(crate) modified_by: String,
}

impl Sheet {
    /// A sheet without columns; ids are chosen when building.
    pub fn new(name: impl Into<String>) -> Self {
        Self {
            id: 0,
            name: name.into(),
            owner: String::new(),
            shares: BTreeMap::new(),
            columns: Vec::new(),
            rows: Vec::new(),
            version: 1,
            created: SystemTime::UNIX_EPOCH,
            modified: SystemTime::UNIX_EPOCH,
            workspace: None,
            given: Vec::new(),
        }
    }

    /// Sets the id instead of a random one.
    #[must_use]
    pub fn id(mut self, id: i64) -> Self {
        self.id = id;
        self
    }

    /// Sets the owner, by e-mail address.
    #[must_use]
    pub fn owner(mut self, email: impl Into<String>) -> Self {
        self.owner = email.into();
        self
    }

    /// Shares it with somebody.
    #[must_use]
    pub fn share(mut self, email: impl Into<String>, level: AccessLevel) -> Self {
        self.shares.insert(email.into(), level);
        self
    }

    /// Adds a column.
    #[must_use]
    pub fn column(mut self, column: Column) -> Self {
        self.columns.push(column);
        self
    }

    /// Adds a row at the bottom: column titles with a value, or with a whole cell object such as
    /// `{"formula": "=1"}`.
    #[must_use]
    pub fn row<'a>(mut self, cells: impl IntoIterator<Item = (&'a str, Value)>) -> Self {
        let cells = cells.into_iter().map(|(title, value)| (title.to_owned(), value));
        self.given.push(cells.collect());
        self
    }

    /// What somebody may do with it; `None`: it is hidden from them.
    pub(crate) fn access(&self, email: &str) -> Option<AccessLevel> {
        if self.owner == email {
            return Some(AccessLevel::Owner);
        }
        self.shares.get(email).copied()
    }

    pub(crate) fn column_by_id(&self, id: i64) -> Option<&Column> {
        self.columns.iter().find(|column| column.id == id)
    }

    pub(crate) fn row_index(&self, id: i64) -> Option<usize> {
        self.rows.iter().position(|row| row.id == id)
    }

    /// The position after a row and all that hangs below it.
    pub(crate) fn end_of(&self, index: usize) -> usize {
        let Some(row) = self.rows.get(index) else {
            return self.rows.len();
        };
        let mut family = vec![row.id];
        let mut end = index + 1;
        while let Some(row) = self.rows.get(end) {
            if !row.parent.is_some_and(|parent| family.contains(&parent)) {
                break;
            }
            family.push(row.id);
            end += 1;
        }
        end
    }

    /// Notes a change.
    pub(crate) fn touch(&mut self, now: SystemTime) {
        self.version += 1;
        self.modified = now;
    }

    /// Gives ids to everything that has none, and puts the given rows in.
    pub(crate) fn settle(&mut self, data: &mut Data, now: SystemTime) -> Result<(), String> {
        if self.id == 0 {
            self.id = data.id();
        }
        (self.created, self.modified) = (now, now);
        for column in &mut self.columns {
            if column.id == 0 {
                column.id = data.id();
            }
        }
        if self.columns.iter().filter(|column| column.primary).count() == 0
            && let Some(first) = self.columns.first_mut()
        {
            first.primary = true;
        }
        for given in std::mem::take(&mut self.given) {
            let mut cells = BTreeMap::new();
            for (title, value) in given {
                let column = self.columns.iter().find(|column| column.title == title);
                let column = column.ok_or_else(|| format!("column {title:?} of sheet {:?}", self.name))?;
                let cell = match value {
                    Value::Object(cell) => cell,
                    value => [("value".to_owned(), value)].into_iter().collect(),
                };
                cells.insert(column.id, cell);
            }
            self.rows.push(Row {
                id: data.id(),
                parent: None,
                expanded: true,
                locked: false,
                format: None,
                cells,
                created: now,
                modified: now,
                created_by: self.owner.clone(),
                modified_by: self.owner.clone(),
            });
        }
        Ok(())
    }

    pub(crate) fn permalink(&self, data: &Data) -> String {
        format!("https://{}/sheets/{:x}", data.region.app_host(), self.id)
    }
}

impl Column {
    /// A column as answers show it. Complex types show as text unless `level` is high enough.
    pub(crate) fn shown(&self, index: usize, level: i64) -> Value {
        let version = match self.kind.as_str() {
            "MULTI_CONTACT_LIST" => 1,
            "MULTI_PICKLIST" => 2,
            _ => 0,
        };
        let kind = if i64::from(version) > level {
            "TEXT_NUMBER"
        } else {
            &self.kind
        };
        let mut shown = json!({
            "id": self.id,
            "version": version,
            "index": index,
            "title": self.title,
            "type": kind,
            "validation": self.flag("validation"),
            "width": 150,
        });
        if self.primary {
            shown["primary"] = json!(true);
        }
        for (name, value) in &self.more {
            shown[name] = value.clone();
        }
        shown
    }
}
