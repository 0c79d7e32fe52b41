//! One figure.

use std::fmt::Write as _;

use serde::Serialize;

/// How a figure's limit is meant.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Bound {
    /// Not more than this.
    AtMost,
    /// Exactly this.
    Exactly,
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
    pub limit: Option<f64>,
    /// How the promise is meant.
    pub bound: Option<Bound>,
    /// What the value is made of, where a number says too little.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub detail: Option<String>,
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
            bound: None,
            detail: None,
        }
    }

    /// Beside what the same thing costs done by hand.
    pub(crate) fn over(self, baseline: f64) -> Self {
        Self {
            baseline: Some(baseline),
            ratio: Some(self.value / baseline),
            ..self
        }
    }

    pub(crate) fn because(self, detail: String) -> Self {
        Self {
            detail: Some(detail),
            ..self
        }
    }

    pub(crate) fn at_most(self, limit: f64) -> Self {
        Self {
            limit: Some(limit),
            bound: Some(Bound::AtMost),
            ..self
        }
    }

    pub(crate) fn exactly(self, limit: f64) -> Self {
        Self {
            limit: Some(limit),
            bound: Some(Bound::Exactly),
            ..self
        }
    }

    /// Whether the promise is kept.
    pub fn is_kept(&self) -> bool {
        match (self.bound, self.limit) {
            (Some(Bound::AtMost), Some(limit)) => self.value <= limit,
            #[expect(clippy::float_cmp, reason = "counts are whole numbers")]
            (Some(Bound::Exactly), Some(limit)) => self.value == limit,
            (None, _) | (_, None) => true,
        }
    }
}

/// The figures as a table.
pub fn report(figures: &[Figure]) -> String {
    let mut text = format!(
        "{:<48} {:>12} {:<14} {:>10} {:>7} {:>12}\n",
        "figure", "value", "unit", "baseline", "ratio", "limit"
    );
    let number = |value: Option<f64>| value.map_or_else(|| "-".to_owned(), shown);
    for figure in figures {
        let limit = match (figure.bound, figure.limit) {
            (Some(Bound::AtMost), Some(limit)) => format!("<= {}", shown(limit)),
            (Some(Bound::Exactly), Some(limit)) => format!("= {}", shown(limit)),
            (None, _) | (_, None) => "-".to_owned(),
        };
        let verdict = if figure.is_kept() { "" } else { "  PAST ITS LIMIT" };
        let _ = writeln!(
            text,
            "{:<48} {:>12} {:<14} {:>10} {:>7} {:>12}{verdict}",
            figure.name,
            shown(figure.value),
            figure.unit,
            number(figure.baseline),
            number(figure.ratio),
            limit,
        );
    }
    for (figure, detail) in figures
        .iter()
        .filter_map(|figure| Some((figure, figure.detail.as_ref()?)))
    {
        let _ = writeln!(text, "\n{}: {detail}", figure.name);
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
