//! Sealing: encryption of what a store keeps, above the store.
//!
//! A [`Sealer`] encrypts with XChaCha20-Poly1305 under the first key of its [`KeyRing`] and a random nonce of 24
//! bytes, and decrypts with whichever key of the ring has sealed. Sealed bytes are bound to one field of one
//! account ([`SealContext`]): moved to another record they do not open.
//!
//! # Format 1
//!
//! | bytes | what |
//! | --- | --- |
//! | 1 | format version, 1 |
//! | 8 | key id: a hash of the key |
//! | 8 | context id: a hash of the context |
//! | 24 | nonce |
//! | n | ciphertext |
//! | 16 | tag |
//!
//! Associated data is the first 17 bytes and then tenant, provider, account and field, each after its length in
//! bytes as eight bytes, the most significant first.
//!
//! # Rolling a key
//!
//! Put a new key in front of the ring and keep the old one behind it. Records are sealed anew whenever their
//! grant is renewed; when all have been, the old key can go.

mod key_ring;

use attache_core::AccountKey;
use chacha20poly1305::{
    KeyInit, XChaCha20Poly1305, XNonce,
    aead::{AeadInOut, Tag},
};
use sha2::{Digest, Sha256};
use zeroize::Zeroizing;

use crate::store::Sealed;

pub use key_ring::{KeyRing, KeyRingError};

const FORMAT_VERSION: u8 = 1;
const ID: usize = 8;
const NONCE: usize = 24;
const TAG: usize = 16;
/// Where the nonce starts: after the version and the two ids.
const NONCE_AT: usize = 1 + 2 * ID;
const BODY_AT: usize = NONCE_AT + NONCE;

/// What sealed bytes belong to: one field of one account.
#[derive(Debug, Clone, Copy)]
pub struct SealContext<'a> {
    key: &'a AccountKey,
    field: &'a str,
}

impl<'a> SealContext<'a> {
    /// The context of `field`, any name, of the account `key`.
    pub const fn new(key: &'a AccountKey, field: &'a str) -> Self {
        Self { key, field }
    }

    /// The context without ambiguity: no two contexts have the same bytes.
    fn bytes(&self) -> Vec<u8> {
        let parts = [
            self.key.tenant(),
            self.key.provider(),
            self.key.account(),
            self.field,
        ];
        let mut bytes = Vec::with_capacity(parts.iter().map(|part| 8 + part.len()).sum());
        for part in parts {
            bytes.extend_from_slice(&(part.len() as u64).to_be_bytes());
            bytes.extend_from_slice(part.as_bytes());
        }
        bytes
    }
}

/// Why something could not be sealed or opened.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum SealError {
    /// No key of the ring has sealed this. Usually a key was rolled and the old one left out.
    #[error("sealed under the key {key_id}, which is not in the key ring: add the old key behind the first")]
    UnknownKey {
        /// The id of the missing key, as sixteen hexadecimal digits.
        key_id: String,
    },
    /// It was sealed for another account or another field: records were mixed up.
    #[error("sealed for another account or field: a record was copied or moved, restore the account's own")]
    OtherContext,
    /// The bytes are not as they were sealed.
    #[error("sealed bytes were changed: restore the record, or link the account again")]
    Tampered,
    /// The bytes end too early.
    #[error("sealed bytes are cut short at {length} bytes: restore the record, or link the account again")]
    Cut {
        /// How many bytes there are.
        length: usize,
    },
    /// A later version of this program has sealed this.
    #[error("sealed in format {version}, which this program does not know: run the version that wrote it")]
    UnknownFormat {
        /// The format version.
        version: u8,
    },
    /// The operating system has no randomness to give.
    #[error("no randomness for a nonce: {0}")]
    Randomness(#[source] getrandom::Error),
    /// More than can be sealed at once, which is 256 GiB.
    #[error("too long to be sealed")]
    TooLong,
}

/// Seals and opens what a store keeps.
pub struct Sealer {
    ring: KeyRing,
}

impl Sealer {
    /// A sealer that seals with the first key of `ring` and opens with all of them.
    pub const fn new(ring: KeyRing) -> Self {
        Self { ring }
    }

    /// Encrypts `plain` for one field of one account.
    ///
    /// # Errors
    ///
    /// [`SealError::Randomness`] and [`SealError::TooLong`].
    pub fn seal(&self, context: &SealContext<'_>, plain: &[u8]) -> Result<Sealed, SealError> {
        let key = self.ring.first();
        let context = context.bytes();
        let mut nonce = [0; NONCE];
        getrandom::fill(&mut nonce).map_err(SealError::Randomness)?;

        let mut sealed = Vec::with_capacity(BODY_AT + plain.len() + TAG);
        sealed.push(FORMAT_VERSION);
        sealed.extend_from_slice(&key.id());
        sealed.extend_from_slice(&context_id(&context));
        let associated = [sealed.as_slice(), &context].concat();
        sealed.extend_from_slice(&nonce);
        // Room for the tag is there from the start, so that no copy of the plain bytes is left behind.
        sealed.extend_from_slice(plain);
        let tag = cipher(key.bytes())
            .encrypt_inout_detached(&XNonce::from(nonce), &associated, (&mut sealed[BODY_AT..]).into())
            .map_err(|_| SealError::TooLong)?;
        sealed.extend_from_slice(&tag);
        Ok(Sealed(sealed))
    }

    /// Decrypts what was sealed for the same field of the same account.
    ///
    /// # Errors
    ///
    /// All but [`SealError::Randomness`] and [`SealError::TooLong`].
    pub fn open(&self, context: &SealContext<'_>, sealed: &Sealed) -> Result<Zeroizing<Vec<u8>>, SealError> {
        let cut = SealError::Cut {
            length: sealed.0.len(),
        };
        let version = *sealed.0.first().ok_or_else(|| cut.clone())?;
        if version != FORMAT_VERSION {
            return Err(SealError::UnknownFormat { version });
        }
        let (header, rest) = sealed.0.split_at_checked(NONCE_AT).ok_or_else(|| cut.clone())?;
        let (nonce, rest) = rest.split_first_chunk::<NONCE>().ok_or_else(|| cut.clone())?;
        let (body, tag) = rest.split_last_chunk::<TAG>().ok_or(cut)?;
        let (key_id, context_given) = header[1..].split_at(ID);
        let key = self.ring.find(key_id).ok_or_else(|| SealError::UnknownKey {
            key_id: key_ring::hex(key_id),
        })?;
        let context = context.bytes();
        if context_given != context_id(&context) {
            return Err(SealError::OtherContext);
        }
        let associated = [header, &context].concat();
        let mut plain = Zeroizing::new(body.to_vec());
        cipher(key.bytes())
            .decrypt_inout_detached(
                &XNonce::from(*nonce),
                &associated,
                plain.as_mut_slice().into(),
                &Tag::<XChaCha20Poly1305>::from(*tag),
            )
            .map_err(|_| SealError::Tampered)?;
        Ok(plain)
    }
}

fn cipher(key: &[u8; 32]) -> XChaCha20Poly1305 {
    XChaCha20Poly1305::new(key.into())
}

/// Tells a mixed-up record from a changed one, which the tag alone cannot.
fn context_id(context: &[u8]) -> [u8; ID] {
    short_hash(b"attache context", context)
}

fn short_hash(label: &[u8], bytes: &[u8]) -> [u8; ID] {
    let hash: [u8; 32] = Sha256::new()
        .chain_update(label)
        .chain_update(bytes)
        .finalize()
        .into();
    let mut short = [0; ID];
    short.copy_from_slice(&hash[..ID]);
    short
}
