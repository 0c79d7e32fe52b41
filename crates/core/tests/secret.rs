//! A secret text shows itself to whoever asks for it by name, and to nobody else.

use attache_core::Secret;

#[test]
fn debug_shows_neither_the_text_nor_its_length() {
    let shown = [
        Secret::new(""),
        Secret::from("s"),
        Secret::from("not-for-logs".to_owned()),
    ]
    .map(|secret| format!("{secret:?} {secret:#?}"));
    assert_eq!(shown, ["Secret(***) Secret(***)"; 3]);
}

#[test]
fn debug_of_what_holds_a_secret_hides_it_too() {
    let held = (7, Some(Secret::from("not-for-logs")));
    assert_eq!(format!("{held:?}"), "(7, Some(Secret(***)))");
}

#[test]
fn the_text_comes_back_as_it_went_in() {
    let texts = ["", "plain", "with \"quotes\"\n", "%2B+ æøå \u{1F511}"];
    assert_eq!(texts.map(|text| Secret::new(text).expose().to_owned()), texts);
    assert_eq!(
        texts.map(|text| Secret::new(text).is_empty()),
        [true, false, false, false]
    );
}

#[test]
fn secrets_are_equal_if_and_only_if_their_texts_are() {
    // Differences at the start, in the middle, at the end, in length, and none.
    let others = [
        "token-1", "Token-1", "tok_n-1", "token-2", "token-", "token-11", "",
    ];
    let secret = Secret::from("token-1");
    assert_eq!(
        others.map(|other| secret == Secret::from(other)),
        [true, false, false, false, false, false, false]
    );
    assert_eq!(Secret::from(""), Secret::from(String::new()));
    assert_eq!(secret.clone(), secret);
}

#[test]
fn a_clone_outlives_its_original() {
    let original = Secret::from("token-1");
    let clone = original.clone();
    drop(original);
    assert_eq!(clone.expose(), "token-1");
}
