//! All that this crate can ask of Planday's API.

use attache_client::Operation;

/// Every operation of this crate that calls Planday's API, by its areas. What each needs is in
/// [`Operation::required_scopes`]; the raw request door is not among them.
///
/// # Examples
///
/// The scopes that an app has to have for what a program does:
///
/// ```
/// use std::collections::BTreeSet;
///
/// let used = ["hr.listDepartments", "scheduling.listShifts"];
/// let scopes: BTreeSet<&str> = attache_planday::operations()
///     .filter(|operation| used.contains(&operation.name()))
///     .flat_map(|operation| operation.required_scopes())
///     .copied()
///     .collect();
/// assert_eq!(scopes, BTreeSet::from(["department:read", "shift:read"]));
/// ```
pub fn operations() -> impl Iterator<Item = &'static Operation> {
    let areas = [crate::portal::OPERATIONS]
        .into_iter()
        .chain(crate::hr::operations())
        .chain(crate::scheduling::operations());
    areas.flatten().copied()
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn no_name_and_no_request_line_is_there_twice() {
        let all: Vec<_> = operations().collect();
        let names: BTreeSet<_> = all.iter().map(|operation| operation.name()).collect();
        let lines: BTreeSet<_> = all
            .iter()
            .map(|operation| (operation.method().as_str(), operation.template()))
            .collect();
        assert_eq!((names.len(), lines.len()), (all.len(), all.len()));
    }

    #[test]
    fn a_name_begins_with_the_area_of_its_path() {
        for operation in operations() {
            let (area, _) = operation.name().split_once('.').unwrap();
            assert!(
                operation.template().starts_with(&format!("/{area}/v1.0/")),
                "{operation:?}"
            );
        }
    }

    #[test]
    fn only_the_portal_is_asked_without_a_scope() {
        let without: Vec<_> = operations()
            .filter(|operation| operation.required_scopes().is_empty())
            .map(Operation::name)
            .collect();
        assert_eq!(without, ["portal.info"]);
    }
}
