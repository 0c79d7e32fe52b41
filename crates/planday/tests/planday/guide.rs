//! The set-up guide is where errors say it is.

const GUIDE: &str = include_str!("../../../../docs/planday.md");
const SOURCES: [&str; 2] = [
    include_str!("../../src/link_error.rs"),
    include_str!("../../src/lib.rs"),
];

/// The anchor that a heading has on the project's page.
fn anchor(heading: &str) -> String {
    heading.to_lowercase().replace(' ', "-").replace(
        |character: char| !character.is_alphanumeric() && character != '-',
        "",
    )
}

#[test]
fn every_section_that_an_error_names_is_in_the_guide() {
    let sections: Vec<_> = GUIDE
        .lines()
        .filter_map(|line| line.strip_prefix("## "))
        .map(anchor)
        .collect();
    let named: Vec<_> = SOURCES
        .iter()
        .flat_map(|source| source.split("guide!(\"").skip(1))
        .filter_map(|rest| rest.split('"').next())
        .collect();
    assert!(named.len() >= 4, "{named:?}");
    for section in named {
        assert!(sections.contains(&section.to_owned()), "no section `{section}`");
    }
    // The guide's own list of sections is whole.
    let listed: Vec<_> = GUIDE
        .lines()
        .filter_map(|line| line.strip_prefix("- [")?.split_once("](#")?.1.strip_suffix(')'))
        .collect();
    assert_eq!(listed, sections);
}
