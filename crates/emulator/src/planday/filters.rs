//! Query filters: spans of time and of days, lists of ids.

use jiff::civil::Date;

use super::api::Call;
use super::body::is_date;
use super::errors::Problem;

/// The ends of an inclusive span, in a format whose texts sort as the times do.
pub(crate) struct Span {
    from: Option<String>,
    to: Option<String>,
}

impl Span {
    pub(crate) fn is_open(&self) -> bool {
        self.from.is_none() && self.to.is_none()
    }

    pub(crate) fn holds(&self, text: &str) -> bool {
        self.from.as_deref().is_none_or(|from| text >= from) && self.to.as_deref().is_none_or(|to| text <= to)
    }
}

/// A filter on `yyyy-mm-ddThh:mm:ssZ` times.
pub(crate) fn times(call: &Call<'_>, from: &'static str, to: &'static str) -> Result<Span, Problem> {
    span(call, from, to, "yyyy-mm-ddThh:mm:ssZ", is_timestamp)
}

/// A filter on `yyyy-mm-dd` days.
pub(crate) fn days(call: &Call<'_>, from: &'static str, to: &'static str) -> Result<Span, Problem> {
    span(call, from, to, "yyyy-mm-dd", is_date)
}

fn span(
    call: &Call<'_>,
    from: &'static str,
    to: &'static str,
    format: &str,
    accepts: fn(&str) -> bool,
) -> Result<Span, Problem> {
    let read = |name| match call.query(name) {
        None => Ok(None),
        Some(text) if accepts(text) => Ok(Some(text.to_owned())),
        Some(_) => Err(Problem::bad(
            name,
            format!("The value of {name} must have the format {format}"),
        )),
    };
    Ok(Span {
        from: read(from)?,
        to: read(to)?,
    })
}

fn is_timestamp(text: &str) -> bool {
    text.len() == 20
        && text.as_bytes()[10] == b'T'
        && text.ends_with('Z')
        && text.parse::<jiff::Timestamp>().is_ok()
}

/// The ids of a filter: comma-joined or repeated. `None`: no filter.
pub(crate) fn ids(call: &Call<'_>, name: &'static str) -> Result<Option<Vec<i64>>, Problem> {
    let mut ids = Vec::new();
    for text in call.query_all(name).flat_map(|value| value.split(',')) {
        let id = text.trim().parse().ok().filter(|id: &i64| *id > 0);
        ids.push(id.ok_or_else(|| Problem::bad(name, format!("The value of {name} is not valid")))?);
    }
    Ok((!ids.is_empty()).then_some(ids))
}

/// One id, if it is given.
pub(crate) fn id(call: &Call<'_>, name: &'static str) -> Result<Option<i64>, Problem> {
    Ok(ids(call, name)?.and_then(|ids| ids.last().copied()))
}

/// One id, which must be given.
pub(crate) fn required_id(call: &Call<'_>, name: &'static str) -> Result<i64, Problem> {
    id(call, name)?.ok_or_else(|| Problem::bad(name, format!("{name} is required")))
}

/// The days `from` and `to`, which must be given.
pub(crate) fn required_days(call: &Call<'_>) -> Result<(Date, Date), Problem> {
    let Span {
        from: Some(from),
        to: Some(to),
    } = days(call, "from", "to")?
    else {
        return Err(Problem::bad("from", "from and to are required"));
    };
    match (from.parse(), to.parse()) {
        (Ok(from), Ok(to)) if from <= to => Ok((from, to)),
        _ => Err(Problem::bad("to", "to must not be before from")),
    }
}

/// Whether an optional id passes a filter.
pub(crate) fn passes(filter: Option<&Vec<i64>>, id: Option<i64>) -> bool {
    filter.is_none_or(|ids| id.is_some_and(|id| ids.contains(&id)))
}

/// A boolean filter, if it is given.
pub(crate) fn flag(call: &Call<'_>, name: &'static str) -> Result<Option<bool>, Problem> {
    match call.query(name) {
        None => Ok(None),
        Some(_) => call.flag(name).map(Some),
    }
}
