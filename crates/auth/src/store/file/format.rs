//! What is in an account's file.

use attache_core::AccountKey;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use crate::store::{
    disk::{push_hex, text::WrittenKey},
    entry::Entry,
};

const FORMAT: &str = "attache-account";
const FORMAT_VERSION: u32 = 1;

/// What every format version has.
#[derive(Deserialize)]
struct Head {
    format: String,
    format_version: u32,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Contents<E> {
    format: String,
    format_version: u32,
    /// Of the key and the record, as they are written without spaces.
    sha256: String,
    key: WrittenKey,
    record: E,
}

/// Why the bytes of a file are not taken for an account.
#[derive(Debug)]
pub(super) enum Refusal {
    /// They are no account file.
    Foreign,
    /// They come from a later version of this program.
    Newer(u32),
    /// They are an account file with something wrong in it.
    Damaged(Option<serde_json::Error>),
}

pub(super) fn encode(key: &AccountKey, entry: &Entry) -> Result<Vec<u8>, serde_json::Error> {
    let key = WrittenKey::new(key);
    let sha256 = checksum(&key, entry)?;
    let contents = Contents {
        format: FORMAT.into(),
        format_version: FORMAT_VERSION,
        sha256,
        key,
        record: entry,
    };
    let mut bytes = serde_json::to_vec_pretty(&contents)?;
    bytes.push(b'\n');
    Ok(bytes)
}

pub(super) fn decode(bytes: &[u8]) -> Result<(AccountKey, Entry), Refusal> {
    let head: Head = serde_json::from_slice(bytes).map_err(|error| match error.classify() {
        serde_json::error::Category::Data => Refusal::Foreign,
        _ => Refusal::Damaged(Some(error)),
    })?;
    if head.format != FORMAT {
        return Err(Refusal::Foreign);
    }
    if head.format_version == 0 {
        return Err(Refusal::Damaged(None));
    }
    if head.format_version > FORMAT_VERSION {
        return Err(Refusal::Newer(head.format_version));
    }
    let damaged = |error| Refusal::Damaged(Some(error));
    let contents: Contents<Entry> = serde_json::from_slice(bytes).map_err(damaged)?;
    if contents.sha256 != checksum(&contents.key, &contents.record).map_err(damaged)? {
        return Err(Refusal::Damaged(None));
    }
    let key = contents.key.key().ok_or(Refusal::Damaged(None))?;
    Ok((key, contents.record))
}

fn checksum(key: &WrittenKey, entry: &Entry) -> Result<String, serde_json::Error> {
    let mut text = String::with_capacity(64);
    push_hex(&mut text, &Sha256::digest(serde_json::to_vec(&(key, entry))?));
    Ok(text)
}

#[cfg(test)]
mod tests {
    use attache_core::{RelinkReason, Timestamp};

    use super::*;
    use crate::store::{
        AttemptId, BeginOutcome, Expected, Fence, GrantState, NewRecord, Sealed, Settlement, Unsettled,
        Version,
    };

    fn at(seconds: i64) -> Timestamp {
        Timestamp::from_unix_seconds(seconds).unwrap()
    }

    fn minute() -> std::time::Duration {
        std::time::Duration::from_secs(60)
    }

    /// An account with something in every field.
    fn full() -> (AccountKey, Entry) {
        let new = |byte| NewRecord {
            state: GrantState::Active,
            due: Some(at(1_800_000_000)),
            sealed: Sealed(vec![byte; 3]),
        };
        let key = AccountKey::new("Customer 17", "planday", "københavn").unwrap();
        let mut entry = Entry::first(Version::FIRST, new(1));
        entry.commit(Version(1), AttemptId([7; 16]), new(0xfe));
        entry.abandon(
            Version(2),
            AttemptId([8; 16]),
            Settlement::Dead(RelinkReason::LostInRotation),
        );
        for attempt in 0..18_u8 {
            let begun = entry.begin(
                Expected {
                    version: Version(2),
                    dead: true,
                },
                AttemptId([attempt; 16]),
                minute(),
                at(1_700_000_000 + 100 * i64::from(attempt)),
            );
            assert!(matches!(begun, BeginOutcome::Begun { .. }), "{begun:?}");
        }
        (key, entry)
    }

    #[test]
    fn an_account_is_read_as_it_was_written() {
        let (key, entry) = full();
        let (read_key, read) = decode(&encode(&key, &entry).unwrap()).unwrap();
        assert_eq!(read_key, key);
        assert_eq!(read.record(), entry.record());
        assert!(read == entry);
        assert_eq!(
            read.record().unsettled,
            Some(Unsettled {
                first_begun_at: at(1_700_000_000),
                attempts: 17
            })
        );
        assert_eq!(read.record().holder, Some((AttemptId([17; 16]), Fence(18))));
    }

    /// A file that an installed version has written must be readable for ever.
    #[test]
    fn format_1_stays_readable() {
        let file = include_bytes!("format-1.json");
        let (key, entry) = decode(file).unwrap();
        let expected = full();
        assert_eq!(key, expected.0);
        assert!(entry == expected.1);
        assert_eq!(encode(&key, &entry).unwrap(), file);
    }

    #[test]
    fn any_flipped_bit_is_noticed() {
        let (key, entry) = full();
        let bytes = encode(&key, &entry).unwrap();
        for position in 0..bytes.len() {
            let mut flipped = bytes.clone();
            flipped[position] ^= 1;
            if let Ok((read_key, read)) = decode(&flipped) {
                // Only what is between the values can change without a change of meaning.
                assert!(
                    bytes[position].is_ascii_whitespace(),
                    "byte {position} was changed unseen"
                );
                assert!(read_key == key && read == entry);
            }
        }
    }
}
