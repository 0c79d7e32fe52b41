//! One figure.

use std::fmt::Write as _;

use serde::Serialize;

/// What a figure may be at most or has to be.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Limit {
    /// Not more than this.
    AtMost(f64),
    /// Exactly this.
    Exactly(f64),
}

/// One measured figure.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Figure {
    /// What was measured.
    pub name: &'static str,
    /// In what.
    pub unit: &'static str,
    /// What came out.
    pub value: f64,
    /// What the same thing costs done by hand, in the same run.
    pub baseline: Option<f64>,
    /// `value` over `baseline`.
    pub ratio: Option<f64>,
    /// The promise; `None` where the figure is only told.
    pub limit: Option<Limit>,
}

impl Figure {
    pub(crate) fn told(name: &'static str, unit: &'static str, value: f64) -> Self {
        Self {
            name,
            unit,
            value,
            baseline: None,
            ratio: None,
            limit: None,
        }
    }

    pub(crate) fn at_most(self, limit: f64) -> Self {
        Self {
            limit: Some(Limit::AtMost(limit)),
            ..self
        }
    }

    pub(crate) fn exactly(self, limit: f64) -> Self {
        Self {
            limit: Some(Limit::Exactly(limit)),
            ..self
        }
    }

    pub(crate) fn over(self, baseline: f64) -> Self {
        Self {
            baseline: Some(baseline),
            ratio: Some(self.value / baseline),
            ..self
        }
    }

    /// Whether the promise is kept. For a figure with a baseline that is counted, the limit is on the difference.
    pub fn is_kept(&self) -> bool {
        match self.limit {
            None => true,
            Some(Limit::AtMost(limit)) => self.value <= limit,
            #[expect(clippy::float_cmp, reason = "counts are whole numbers")]
            Some(Limit::Exactly(limit)) => self.value == limit,
        }
    }
}

/// The figures as a table.
pub fn report(figures: &[Figure]) -> String {
    let mut text = format!(
        "{:<44} {:>12} {:<14} {:>10} {:>7} {:>12}\n",
        "figure", "value", "unit", "baseline", "ratio", "limit"
    );
    let number = |value: Option<f64>| value.map_or_else(|| "-".to_owned(), shown);
    for figure in figures {
        let limit = match figure.limit {
            None => "-".to_owned(),
            Some(Limit::AtMost(limit)) => format!("<= {}", shown(limit)),
            Some(Limit::Exactly(limit)) => format!("= {}", shown(limit)),
        };
        let verdict = if figure.is_kept() { "" } else { "  PAST ITS LIMIT" };
        let _ = writeln!(
            text,
            "{:<44} {:>12} {:<14} {:>10} {:>7} {:>12}{verdict}",
            figure.name,
            shown(figure.value),
            figure.unit,
            number(figure.baseline),
            number(figure.ratio),
            limit,
        );
    }
    text
}

fn shown(value: f64) -> String {
    if value.fract().abs() < 1e-9 {
        format!("{value:.0}")
    } else {
        format!("{value:.2}")
    }
}
