//! Where a row goes (Smartsheet, Rows: location specifiers).

use super::model::{Row, Sheet};
use crate::smartsheet::body::{self, Members};
use crate::smartsheet::errors::Problem;

/// A location specifier.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Place {
    Top,
    Bottom,
    Below { parent: i64, bottom: bool },
    Beside { sibling: i64, above: bool },
    Indent,
    Outdent,
}

impl Place {
    /// The one specifier of a row, if it has one (1062 for a combination that means nothing).
    pub(crate) fn read(row: &Members, update: bool) -> Result<Option<Self>, Problem> {
        let bad = || Problem::new(1062, "The row location is not valid.");
        let top = body::flag(row, "toTop")?.unwrap_or_default();
        let bottom = body::flag(row, "toBottom")?.unwrap_or_default();
        let above = body::flag(row, "above")?;
        let parent = body::number(row, "parentId")?;
        let sibling = body::number(row, "siblingId")?;
        let indent = body::number(row, "indent")?;
        let outdent = body::number(row, "outdent")?;
        if !update && (indent.is_some() || outdent.is_some()) {
            return Err(Problem::new(1032, "indent and outdent are for updates only."));
        }
        let place = match (parent, sibling, indent, outdent) {
            (None, None, None, None) => match (top, bottom) {
                (false, false) => None,
                (true, false) => Some(Self::Top),
                (false, true) => Some(Self::Bottom),
                (true, true) => return Err(bad()),
            },
            (Some(parent), None, None, None) if !(top && bottom) => Some(Self::Below { parent, bottom }),
            (None, Some(sibling), None, None) if !top && !bottom => Some(Self::Beside {
                sibling,
                above: above.unwrap_or_default(),
            }),
            (None, None, Some(1), None) if !top && !bottom => Some(Self::Indent),
            (None, None, None, Some(1)) if !top && !bottom => Some(Self::Outdent),
            _ => return Err(bad()),
        };
        if above.is_some() && sibling.is_none() {
            return Err(bad());
        }
        Ok(place)
    }

    /// The places of all rows of one call, which must be of one kind (1123).
    pub(crate) fn read_all(rows: &[Members], update: bool) -> Result<Vec<Option<Self>>, Problem> {
        let places = rows.iter().map(|row| Self::read(row, update));
        let places: Vec<Option<Self>> = places.collect::<Result<_, _>>()?;
        let kind = |place: &Option<Self>| place.as_ref().map(std::mem::discriminant);
        if places.windows(2).any(|pair| kind(&pair[0]) != kind(&pair[1])) {
            return Err(Problem::new(
                1123,
                "Rows of one call must use the same location specifier.",
            ));
        }
        Ok(places)
    }

    /// Parent and position that this means in a sheet. `after`: the position behind the last row of the same call at the
    /// same place, so that rows keep their order.
    pub(crate) fn find(self, sheet: &Sheet, after: Option<usize>) -> Result<(Option<i64>, usize), Problem> {
        let (parent, index) = match self {
            Self::Top => (None, 0),
            Self::Bottom | Self::Indent | Self::Outdent => (None, sheet.rows.len()),
            Self::Below { parent, bottom } => {
                let at = sheet.row_index(parent);
                let at = at.ok_or_else(|| Problem::new(1063, "The parentId is invalid."))?;
                (Some(parent), if bottom { sheet.end_of(at) } else { at + 1 })
            }
            Self::Beside { sibling, above } => {
                let at = sheet.row_index(sibling);
                let at = at.ok_or_else(|| Problem::new(1064, "The siblingId is invalid."))?;
                let index = if above { at } else { sheet.end_of(at) };
                (sheet.rows[at].parent, index)
            }
        };
        Ok((parent, after.unwrap_or(index)))
    }
}

/// Moves a row and all below it.
pub(crate) fn relocate(
    sheet: &mut Sheet,
    id: i64,
    place: Place,
    after: Option<usize>,
) -> Result<usize, Problem> {
    let missing = || Problem::new(1034, "The row id is invalid.");
    let from = sheet.row_index(id).ok_or_else(missing)?;
    match place {
        Place::Indent => {
            let parent = sheet.rows[from].parent;
            let above = sheet.rows[..from].iter().rev().find(|row| row.parent == parent);
            let above = above.map(|row| row.id);
            let above = above.ok_or_else(|| Problem::new(1062, "There is no row to indent under."))?;
            sheet.rows[from].parent = Some(above);
            return Ok(sheet.end_of(from));
        }
        Place::Outdent => {
            let parent = sheet.rows[from].parent.and_then(|parent| sheet.row_index(parent));
            let parent = parent.ok_or_else(|| Problem::new(1062, "The row has no parent to leave."))?;
            let (grandparent, end) = (sheet.rows[parent].parent, sheet.end_of(parent));
            let family: Vec<Row> = sheet.rows.drain(from..sheet.end_of(from)).collect();
            let to = end - family.len();
            sheet.rows.splice(to..to, family);
            sheet.rows[to].parent = grandparent;
            return Ok(sheet.end_of(to));
        }
        _ => {}
    }
    let end = sheet.end_of(from);
    let mut rest = sheet.clone();
    let family: Vec<Row> = rest.rows.drain(from..end).collect();
    // A row cannot move under itself: its own family is not there any more.
    let after = after.map(|after| if after > from { after - family.len() } else { after });
    let (parent, to) = place.find(&rest, after)?;
    rest.rows.splice(to..to, family);
    rest.rows[to].parent = parent;
    *sheet = rest;
    Ok(sheet.end_of(to))
}
