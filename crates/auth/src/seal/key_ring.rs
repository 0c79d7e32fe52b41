//! The keys that seal.

use std::{
    fs, io,
    path::{Path, PathBuf},
};

use attache_core::Secret;
use base64::{Engine as _, engine::general_purpose::STANDARD};
use zeroize::{Zeroize as _, Zeroizing};

use super::{ID, short_hash};
use crate::store::disk;

const LENGTH: usize = 32;

/// Keys of 32 bytes. The first seals, all open.
///
/// The keys never show themselves: there is no `Debug`, and their memory is overwritten when the ring is dropped.
pub struct KeyRing {
    /// Never empty.
    keys: Vec<Key>,
}

pub(super) struct Key {
    id: [u8; ID],
    bytes: Zeroizing<[u8; LENGTH]>,
}

impl Key {
    fn new(bytes: Zeroizing<[u8; LENGTH]>) -> Self {
        Self {
            id: short_hash(b"attache key", bytes.as_slice()),
            bytes,
        }
    }

    pub(super) const fn id(&self) -> [u8; ID] {
        self.id
    }

    pub(super) fn bytes(&self) -> &[u8; LENGTH] {
        &self.bytes
    }
}

/// Why there is no key ring.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum KeyRingError {
    /// There is no key in it.
    #[error("no key: give at least one of 32 bytes")]
    Empty,
    /// A key cannot be read. Which one, counted from 1.
    #[error("key {position} is not {expected}: make one with KeyRing::generate")]
    Malformed {
        /// Which one, counted from 1.
        position: usize,
        /// What was expected.
        expected: &'static str,
    },
    /// The operating system has no randomness to give.
    #[error("no randomness for a key: {0}")]
    Randomness(#[source] getrandom::Error),
    /// The key file cannot be read or written.
    #[error("key file {}: cannot {action}", path.display())]
    File {
        /// The key file.
        path: PathBuf,
        /// What could not be done.
        action: &'static str,
        /// Why not.
        source: io::Error,
    },
    /// Others than its owner can read the key file.
    #[error("key file {} can be read by others: set its mode to 0600, and roll the key if others had access", path.display())]
    Exposed {
        /// The key file.
        path: PathBuf,
    },
    /// The key file holds something else than keys.
    #[error("key file {} holds no key ring: {problem}", path.display())]
    InFile {
        /// The key file.
        path: PathBuf,
        /// What is wrong with it.
        #[source]
        problem: Box<Self>,
    },
}

impl KeyRing {
    /// A ring of one key.
    pub fn new(mut key: [u8; LENGTH]) -> Self {
        let ring = Self {
            keys: vec![Key::new(Zeroizing::new(key))],
        };
        key.zeroize();
        ring
    }

    /// A ring of one new random key. Keep it, or nothing sealed with it opens ever again: see
    /// [`KeyRing::to_base64`].
    pub fn generate() -> Result<Self, KeyRingError> {
        let mut key = Zeroizing::new([0; LENGTH]);
        getrandom::fill(key.as_mut_slice()).map_err(KeyRingError::Randomness)?;
        Ok(Self {
            keys: vec![Key::new(key)],
        })
    }

    /// Adds a key that opens what it has sealed before, and seals nothing more.
    #[must_use]
    pub fn and_open_with(mut self, mut older: [u8; LENGTH]) -> Self {
        self.keys.push(Key::new(Zeroizing::new(older)));
        older.zeroize();
        self
    }

    /// Reads keys of 44 base64 characters (the alphabet with `+` and `/`, padded), separated by commas or white
    /// space, the sealing one first.
    pub fn from_base64(text: &str) -> Result<Self, KeyRingError> {
        Self::read(text, "32 bytes in base64", |word, key| {
            STANDARD.decode_slice(word, key).ok()
        })
    }

    /// Reads keys of 64 hexadecimal digits, separated by commas or white space, the sealing one first.
    pub fn from_hex(text: &str) -> Result<Self, KeyRingError> {
        Self::read(text, "64 hexadecimal digits", |word, key| {
            let digits = word.as_bytes();
            if digits.len() != 2 * LENGTH {
                return None;
            }
            for (byte, pair) in key.iter_mut().zip(digits.chunks_exact(2)) {
                let [high, low] = [hex_digit(pair[0])?, hex_digit(pair[1])?];
                *byte = high << 4 | low;
            }
            Some(LENGTH)
        })
    }

    /// Reads the key file `path`, or creates it, with one new key, if there is none.
    ///
    /// Meant for desktop programs, commands and tests; servers take their key from where they keep their other
    /// secrets. The file holds base64 keys, one a line, the sealing one first; lines that start with `#` are
    /// comments. It is created whole, with mode 0600 (its folder, if missing, with 0700), and any number of
    /// processes that race for it end up with the same key. Blocks for a few operations on the disk.
    ///
    /// # Errors
    ///
    /// If the file cannot be read or made, holds something else, or, on Unix, can be read by others.
    pub fn load_or_create(path: impl AsRef<Path>) -> Result<Self, KeyRingError> {
        let path = path.as_ref();
        match Self::load(path) {
            Err(KeyRingError::File { source, .. }) if source.kind() == io::ErrorKind::NotFound => {}
            loaded => return loaded,
        }
        let text = Self::generate()?.to_base64();
        let text = Zeroizing::new(format!(
            "# Seals the accounts of Attaché. Keep it secret, and keep a copy.\n{}\n",
            text.expose()
        ));
        create(path, text.as_bytes())?;
        // Whoever came first has made the file. Its key is everybody's.
        Self::load(path)
    }

    /// All keys in the form that [`KeyRing::from_base64`] reads.
    pub fn to_base64(&self) -> Secret {
        let mut text = Zeroizing::new(String::with_capacity(self.keys.len() * 45));
        for key in &self.keys {
            if !text.is_empty() {
                text.push(',');
            }
            STANDARD.encode_string(key.bytes(), &mut text);
        }
        Secret::new(text.as_str())
    }

    pub(super) fn first(&self) -> &Key {
        &self.keys[0]
    }

    pub(super) fn find(&self, id: &[u8]) -> Option<&Key> {
        self.keys.iter().find(|key| key.id == id)
    }

    fn load(path: &Path) -> Result<Self, KeyRingError> {
        let failed = |action| {
            move |source| KeyRingError::File {
                path: path.into(),
                action,
                source,
            }
        };
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt as _;
            let mode = fs::metadata(path)
                .map_err(failed("look at it"))?
                .permissions()
                .mode();
            if mode & 0o077 != 0 {
                return Err(KeyRingError::Exposed { path: path.into() });
            }
        }
        let text = Zeroizing::new(fs::read_to_string(path).map_err(failed("read it"))?);
        let mut keys = Zeroizing::new(String::with_capacity(text.len()));
        for line in text.lines().filter(|line| !line.trim_start().starts_with('#')) {
            keys.push_str(line);
            keys.push('\n');
        }
        Self::from_base64(&keys).map_err(|problem| KeyRingError::InFile {
            path: path.into(),
            problem: Box::new(problem),
        })
    }

    /// `decode` writes one key and says how many bytes it has written.
    fn read(
        text: &str,
        expected: &'static str,
        decode: impl Fn(&str, &mut [u8]) -> Option<usize>,
    ) -> Result<Self, KeyRingError> {
        let words = text.split(|character: char| character == ',' || character.is_whitespace());
        let mut keys = Vec::new();
        for (index, word) in words.filter(|word| !word.is_empty()).enumerate() {
            // The decoder asks for some room more than it uses.
            let mut room = Zeroizing::new([0; LENGTH + 4]);
            let mut key = Zeroizing::new([0; LENGTH]);
            if decode(word, &mut room[..]) != Some(LENGTH) {
                return Err(KeyRingError::Malformed {
                    position: index + 1,
                    expected,
                });
            }
            key.copy_from_slice(&room[..LENGTH]);
            keys.push(Key::new(key));
        }
        if keys.is_empty() {
            Err(KeyRingError::Empty)
        } else {
            Ok(Self { keys })
        }
    }
}

pub(super) fn hex(bytes: &[u8]) -> String {
    let mut text = String::with_capacity(2 * bytes.len());
    disk::push_hex(&mut text, bytes);
    text
}

fn hex_digit(digit: u8) -> Option<u8> {
    char::from(digit)
        .to_digit(16)
        .and_then(|value| u8::try_from(value).ok())
}

/// Creates a file whole, if there is none of this name.
fn create(path: &Path, bytes: &[u8]) -> Result<(), KeyRingError> {
    let failed = |action| {
        move |source| KeyRingError::File {
            path: path.into(),
            action,
            source,
        }
    };
    let folder = path.parent().unwrap_or(Path::new(""));
    if !folder.as_os_str().is_empty() {
        disk::create_folder(folder).map_err(failed("create its folder"))?;
    }
    let mut name = [0; 8];
    getrandom::fill(&mut name).map_err(KeyRingError::Randomness)?;
    let temporary = folder.join(format!(".attache-key-{}.tmp", hex(&name)));
    // A link, unlike a rename, does not replace the file of somebody who was faster.
    let linked = disk::write_new(&temporary, bytes).and_then(|()| match fs::hard_link(&temporary, path) {
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists => Ok(()),
        linked => linked,
    });
    let removed = disk::remove_if_there(&temporary);
    linked
        .and(removed)
        .and_then(|()| disk::sync_folder(folder))
        .map_err(failed("create it"))
}
