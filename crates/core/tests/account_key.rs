//! Keys of accounts: what they may be made of, and how they show themselves.

use attache_core::{AccountKey, InvalidAccountKey, RelinkReason};

fn refused(tenant: &str, provider: &str, account: &str) -> Vec<&'static str> {
    AccountKey::new(tenant, provider, account)
        .err()
        .map_or_else(Vec::new, |error: InvalidAccountKey| error.fields().to_vec())
}

#[test]
fn a_key_has_its_three_parts_and_shows_them() {
    let key = AccountKey::new("customer-17", "planday", "Café København").unwrap();
    assert_eq!(
        (key.tenant(), key.provider(), key.account()),
        ("customer-17", "planday", "Café København")
    );
    assert_eq!(key.to_string(), "customer-17/planday/Café København");
    assert_eq!(
        format!("{key:?}"),
        "AccountKey(customer-17/planday/Café København)"
    );
}

#[test]
fn every_part_that_cannot_be_used_is_named_at_once() {
    assert_eq!(
        refused("", "a/b", "line\nbreak"),
        ["tenant", "provider", "account"]
    );
    assert_eq!(refused("", "planday", "\u{7f}"), ["tenant", "account"]);
    assert_eq!(refused("customer-17", "/", "copenhagen"), ["provider"]);
    assert_eq!(refused("customer-17", "planday", "copenhagen"), [""; 0]);
}

#[test]
fn a_refusal_names_the_parts_and_the_rule_and_not_the_values() {
    let error = AccountKey::new("secret-looking/part", "planday", "").unwrap_err();
    assert_eq!(
        error.to_string(),
        "invalid account key: tenant, account must have 1 to 128 characters and no control characters or '/'"
    );
}

#[test]
fn a_part_may_have_128_characters_however_many_bytes_they_take() {
    let (longest, too_long) = ("ø".repeat(128), "ø".repeat(129));
    assert_eq!(refused(&longest, &longest, &longest), [""; 0]);
    assert_eq!(refused(&longest, &too_long, &longest), ["provider"]);
}

#[test]
fn keys_are_equal_and_ordered_by_all_of_their_parts() {
    let key = |tenant, provider, account| AccountKey::new(tenant, provider, account).unwrap();
    // The same letters, divided otherwise.
    let mut keys = [
        key("b", "a", "a"),
        key("a", "bb", "c"),
        key("a", "b", "bc"),
        key("a", "b", "bc"),
    ];
    keys.sort();
    assert_eq!(
        keys.each_ref().map(ToString::to_string),
        ["a/b/bc", "a/b/bc", "a/bb/c", "b/a/a"]
    );
    assert!(keys[0] == keys[1] && keys[1] != keys[2]);
}

#[test]
fn reasons_have_a_stored_name_and_a_text_for_people() {
    let reasons = [
        RelinkReason::Refused,
        RelinkReason::ExpiredIdle,
        RelinkReason::LostInRotation,
        RelinkReason::IdentityChanged,
        RelinkReason::Revoked,
    ];
    assert_eq!(
        reasons.map(RelinkReason::as_str),
        [
            "refused",
            "expired_idle",
            "lost_in_rotation",
            "identity_changed",
            "revoked"
        ]
    );
    assert_eq!(
        reasons.map(|reason| reason.to_string()),
        [
            "the provider refuses the grant",
            "the grant was unused for too long",
            "a rotated token was lost when a process stopped",
            "the credential belongs to someone else",
            "the grant was given back"
        ]
    );
}
