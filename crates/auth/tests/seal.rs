//! Sealing opens for the right key, account and field, and for nothing else.
#![expect(
    clippy::unwrap_used,
    clippy::similar_names,
    reason = "every function here is test code"
)]

use std::{collections::BTreeSet, fs, sync::Arc};

use attache_auth::{
    seal::{KeyRing, KeyRingError, SealContext, SealError, Sealer},
    store::Sealed,
};
use attache_core::AccountKey;
use proptest::prelude::*;

const OLD: [u8; 32] = [1; 32];
const NEW: [u8; 32] = [2; 32];
/// Version, key id, context id, nonce, tag.
const OVERHEAD: usize = 1 + 8 + 8 + 24 + 16;

fn key(tenant: &str, provider: &str, account: &str) -> AccountKey {
    AccountKey::new(tenant, provider, account).unwrap()
}

fn sealer(key: [u8; 32]) -> Sealer {
    Sealer::new(KeyRing::new(key))
}

#[test]
fn what_is_sealed_opens_for_the_same_field_of_the_same_account() {
    let (key, sealer) = (key("t", "planday", "a"), sealer(NEW));
    let context = SealContext::new(&key, "grant");
    for plain in [&b""[..], b"x", &[0; 10_000]] {
        let sealed = sealer.seal(&context, plain).unwrap();
        assert_eq!(sealed.0.len(), plain.len() + OVERHEAD);
        assert_eq!(sealer.open(&context, &sealed).unwrap().as_slice(), plain);
    }
}

#[test]
fn the_plain_text_does_not_show_and_no_two_seals_are_alike() {
    let (key, sealer) = (key("t", "planday", "a"), sealer(NEW));
    let context = SealContext::new(&key, "grant");
    let seals: BTreeSet<_> = (0..100)
        .map(|_| sealer.seal(&context, b"refresh-token").unwrap().0)
        .collect();
    assert_eq!(seals.len(), 100);
    assert!(
        seals
            .iter()
            .all(|sealed| !sealed.windows(7).any(|window| window == b"refresh"))
    );
}

#[test]
fn another_account_or_field_does_not_open() {
    let sealer = sealer(NEW);
    let own = key("ab", "c", "d");
    let sealed = sealer.seal(&SealContext::new(&own, "grant"), b"x").unwrap();
    let others = [
        key("a", "bc", "d"),
        key("abc", "d", "grant"),
        key("ab", "c", "dg"),
        key("AB", "c", "d"),
        key("d", "c", "ab"),
    ];
    for other in &others {
        for field in ["grant", "rant", ""] {
            let opened = sealer.open(&SealContext::new(other, field), &sealed);
            assert_eq!(opened.unwrap_err(), SealError::OtherContext, "{other} {field}");
        }
    }
    let opened = sealer.open(&SealContext::new(&own, "link"), &sealed);
    assert_eq!(opened.unwrap_err(), SealError::OtherContext);
}

#[test]
fn a_forged_context_id_does_not_open_either() {
    let sealer = sealer(NEW);
    let (own, other) = (key("t", "p", "own"), key("t", "p", "other"));
    let mut sealed = sealer.seal(&SealContext::new(&own, "grant"), b"x").unwrap();
    let theirs = sealer.seal(&SealContext::new(&other, "grant"), b"y").unwrap();
    sealed.0[9..17].copy_from_slice(&theirs.0[9..17]);
    assert_eq!(
        sealer
            .open(&SealContext::new(&other, "grant"), &sealed)
            .unwrap_err(),
        SealError::Tampered
    );
}

#[test]
fn any_flipped_bit_and_any_cut_is_noticed() {
    let (key, sealer) = (key("t", "planday", "a"), sealer(NEW));
    let context = SealContext::new(&key, "grant");
    let sealed = sealer.seal(&context, b"refresh-token").unwrap();
    for position in 0..sealed.0.len() {
        for bit in 0..8 {
            let mut changed = sealed.clone();
            changed.0[position] ^= 1 << bit;
            let error = sealer.open(&context, &changed).unwrap_err();
            let expected = match position {
                0 => matches!(error, SealError::UnknownFormat { .. }),
                1..9 => matches!(error, SealError::UnknownKey { .. }),
                9..17 => error == SealError::OtherContext,
                _ => error == SealError::Tampered,
            };
            assert!(expected, "byte {position}, bit {bit}: {error}");
        }
    }
    for length in 0..sealed.0.len() {
        let error = sealer
            .open(&context, &Sealed(sealed.0[..length].to_vec()))
            .unwrap_err();
        let expected = if length < OVERHEAD {
            SealError::Cut { length }
        } else {
            SealError::Tampered
        };
        assert_eq!(error, expected, "{length}");
    }
}

#[test]
fn a_rolled_key_opens_what_it_sealed_and_seals_nothing_more() {
    let key = key("t", "planday", "a");
    let context = SealContext::new(&key, "grant");
    let before = sealer(OLD).seal(&context, b"x").unwrap();
    let rolled = Sealer::new(KeyRing::new(NEW).and_open_with(OLD));
    assert_eq!(rolled.open(&context, &before).unwrap().as_slice(), b"x");
    let after = rolled.seal(&context, b"y").unwrap();
    assert_eq!(sealer(NEW).open(&context, &after).unwrap().as_slice(), b"y");
    let without = sealer(NEW).open(&context, &before).unwrap_err();
    let SealError::UnknownKey { key_id } = &without else {
        panic!("{without}")
    };
    assert_eq!(key_id.len(), 16);
    assert_eq!(
        without.to_string(),
        format!(
            "sealed under the key {key_id}, which is not in the key ring: add the old key behind the first"
        )
    );
}

/// What an installed version has sealed must open for ever.
#[test]
fn format_1_still_opens() {
    let key = key("customer-17", "planday", "copenhagen");
    let hex = include_str!("seal/format-1.hex").trim();
    let bytes = (0..hex.len())
        .step_by(2)
        .map(|at| u8::from_str_radix(&hex[at..at + 2], 16).unwrap())
        .collect();
    let opened = sealer(NEW)
        .open(&SealContext::new(&key, "grant"), &Sealed(bytes))
        .unwrap();
    assert_eq!(opened.as_slice(), b"an invented token");
}

proptest! {
    #[test]
    fn anything_opens_to_what_it_was(plain: Vec<u8>, tenant in "[^/\\p{Cc}]{1,40}", field in ".*", secret: [u8; 32]) {
        let (key, sealer) = (key(&tenant, "planday", "a"), sealer(secret));
        let context = SealContext::new(&key, &field);
        let sealed = sealer.seal(&context, &plain).unwrap();
        let opened = sealer.open(&context, &sealed).unwrap();
        prop_assert_eq!(opened.as_slice(), plain.as_slice());
    }

    #[test]
    fn noise_never_opens(noise: Vec<u8>) {
        let key = key("t", "planday", "a");
        prop_assert!(sealer(NEW).open(&SealContext::new(&key, "grant"), &Sealed(noise)).is_err());
    }
}

/// Whether a ring seals with the key `first`.
fn seals_with(ring: KeyRing, first: [u8; 32]) -> bool {
    let key = key("t", "planday", "a");
    let context = SealContext::new(&key, "grant");
    let sealed = Sealer::new(ring).seal(&context, b"x").unwrap();
    sealer(first).open(&context, &sealed).is_ok()
}

#[test]
fn rings_are_read_from_base64_and_hex() {
    let base64 = KeyRing::new(NEW).and_open_with(OLD).to_base64();
    let [new, old]: [&str; 2] = base64.expose().split(',').collect::<Vec<_>>().try_into().unwrap();
    assert_eq!((new.len(), old.len()), (44, 44));
    for text in [
        base64.expose().to_owned(),
        format!(" {new}\n{old}\n"),
        format!("{new} , {old}"),
    ] {
        assert_eq!(KeyRing::from_base64(&text).unwrap().to_base64(), base64);
        assert!(seals_with(KeyRing::from_base64(&text).unwrap(), NEW));
    }
    let hex = format!("{},{}", "02".repeat(32), "01".repeat(32));
    assert_eq!(KeyRing::from_hex(&hex).unwrap().to_base64(), base64);
    assert!(seals_with(
        KeyRing::from_hex(&"Ab".repeat(32)).unwrap(),
        [0xab; 32]
    ));
}

#[test]
fn malformed_keys_are_refused_by_position_and_not_repeated() {
    let good = KeyRing::new(NEW).to_base64();
    let good = good.expose();
    for (bad, position) in [
        ("c2hvcnQ=".to_owned(), 1),
        (format!("{good},not-base-64!"), 2),
        (format!("{good} {good}A"), 2),
        (format!("{}=", &good[..42]), 1),
    ] {
        let error = KeyRing::from_base64(&bad).map(|_| ()).unwrap_err().to_string();
        assert_eq!(
            error,
            format!("key {position} is not 32 bytes in base64: make one with KeyRing::generate")
        );
    }
    for bad in [
        "02".repeat(31),
        "02".repeat(33),
        "0g".repeat(32),
        "\u{e9}".repeat(32),
    ] {
        let error = KeyRing::from_hex(&bad).map(|_| ()).unwrap_err().to_string();
        assert_eq!(
            error,
            "key 1 is not 64 hexadecimal digits: make one with KeyRing::generate"
        );
    }
    for empty in ["", " ,\n"] {
        assert!(matches!(KeyRing::from_base64(empty), Err(KeyRingError::Empty)));
        assert!(matches!(KeyRing::from_hex(empty), Err(KeyRingError::Empty)));
    }
}

#[test]
fn generated_keys_differ() {
    let keys: Vec<_> = (0..2).map(|_| KeyRing::generate().unwrap().to_base64()).collect();
    assert_ne!(keys[0], keys[1]);
}

#[test]
fn a_key_file_is_created_once_and_read_ever_after() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("config/seal.key");
    let first = KeyRing::load_or_create(&path).unwrap().to_base64();
    assert_eq!(KeyRing::load_or_create(&path).unwrap().to_base64(), first);
    let names: Vec<_> = fs::read_dir(path.parent().unwrap())
        .unwrap()
        .map(|file| file.unwrap().file_name())
        .collect();
    assert_eq!(names, ["seal.key"]);
}

#[test]
fn all_who_race_for_a_key_file_get_the_same_key() {
    let folder = tempfile::tempdir().unwrap();
    for round in 0..20 {
        let path = folder.path().join(format!("{round}.key"));
        let barrier = Arc::new(std::sync::Barrier::new(8));
        let racers: Vec<_> = (0..8)
            .map(|_| {
                let (path, barrier) = (path.clone(), Arc::clone(&barrier));
                std::thread::spawn(move || {
                    barrier.wait();
                    KeyRing::load_or_create(path)
                        .unwrap()
                        .to_base64()
                        .expose()
                        .to_owned()
                })
            })
            .collect();
        let keys: BTreeSet<_> = racers.into_iter().map(|racer| racer.join().unwrap()).collect();
        assert_eq!(keys.len(), 1);
    }
    assert_eq!(
        fs::read_dir(folder.path()).unwrap().count(),
        20,
        "temporary files stay"
    );
}

#[cfg(unix)]
#[test]
fn a_key_file_is_the_owners_alone_and_refused_if_it_is_not() {
    use std::os::unix::fs::PermissionsExt as _;

    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("seal.key");
    KeyRing::load_or_create(&path).map(|_| ()).unwrap();
    assert_eq!(fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o600);
    for mode in [0o640, 0o604, 0o660] {
        fs::set_permissions(&path, fs::Permissions::from_mode(mode)).unwrap();
        assert!(
            matches!(KeyRing::load_or_create(&path), Err(KeyRingError::Exposed { .. })),
            "{mode:o}"
        );
    }
}

#[cfg(unix)]
#[test]
fn a_key_file_that_holds_something_else_is_refused_and_left() {
    use std::os::unix::fs::PermissionsExt as _;

    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("seal.key");
    for text in ["", "# nothing\n", "hello"] {
        fs::write(&path, text).unwrap();
        fs::set_permissions(&path, fs::Permissions::from_mode(0o600)).unwrap();
        let error = KeyRing::load_or_create(&path).map(|_| ()).unwrap_err();
        assert!(
            error
                .to_string()
                .starts_with(&format!("key file {} holds no key ring: ", path.display())),
            "{error}"
        );
        assert_eq!(fs::read_to_string(&path).unwrap(), text);
    }
}
