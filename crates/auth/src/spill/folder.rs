//! A spill in a folder of the local disk.

use std::{
    fs::File,
    io::{self, Read as _, Seek as _, SeekFrom, Write as _},
    path::{Path, PathBuf},
};

use attache_core::{AccountKey, BoxFuture};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use super::{Spill, Spilled};
use crate::store::{
    AttemptId, NewRecord, StoreError, Version,
    disk::{
        self, failed,
        text::{self, VersionNumber, WrittenKey, WrittenNewRecord},
    },
};

/// First eight bytes of a slot that is in use: a name and the format version.
const MAGIC: [u8; 8] = *b"ATSPILL\x01";
/// Magic, length of the contents, their SHA-256.
const HEADER: usize = 8 + 8 + 32;
/// How large a slot is unless said otherwise: a sealed grant is a few KiB.
const SLOT: usize = 16 * 1024;

/// Keeps unsaved records in files of a fixed size, one for each account.
///
/// [`Spill::reserve`] really writes the whole file, and [`Spill::write`] overwrites it in place and flushes it,
/// so that a full disk or quota does not stop it. (A file system that copies on write, such as btrfs or ZFS, may
/// need new blocks even then.) Put the folder on another disk than the store's if you can; it must be local.
/// A slot stays when its account is deleted.
///
/// Files have mode 0600 and hold what the store would hold: sealed bytes and clear metadata.
#[derive(Debug, Clone)]
pub struct SpillFolder {
    folder: PathBuf,
    slot: usize,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Contents {
    key: WrittenKey,
    #[serde(with = "VersionNumber")]
    spent: Version,
    #[serde(with = "text")]
    attempt: AttemptId,
    #[serde(with = "WrittenNewRecord")]
    record: NewRecord,
}

impl SpillFolder {
    /// Opens a folder, and creates it, with mode 0700, if it is missing. Blocks for a few operations on the disk.
    pub fn open(folder: impl Into<PathBuf>) -> Result<Self, StoreError> {
        let folder = folder.into();
        disk::create_folder(&folder).map_err(|error| failed("create the folder", &folder, error))?;
        Ok(Self { folder, slot: SLOT })
    }

    /// Sets the size of a slot in bytes; 16 KiB unless set. Slots that are larger already stay as they are.
    #[must_use]
    pub fn with_slot_size(mut self, bytes: usize) -> Self {
        self.slot = bytes.max(HEADER);
        self
    }

    async fn blocking<T: Send + 'static>(
        &self,
        key: &AccountKey,
        action: &'static str,
        work: impl FnOnce(Place<'_>) -> io::Result<T> + Send + 'static,
    ) -> Result<T, StoreError> {
        let path = self.folder.join(format!("{}.spill", disk::stem(key)));
        let size = self.slot as u64;
        disk::blocking(move || {
            let place = Place { path: &path, size };
            work(place).map_err(|error| failed(action, &path, error))
        })
        .await
    }
}

impl Spill for SpillFolder {
    fn reserve<'a>(&'a self, key: &'a AccountKey) -> BoxFuture<'a, Result<(), StoreError>> {
        Box::pin(self.blocking(key, "reserve room in", |place| Slot::make(place)?.reserve()))
    }

    fn write<'a>(&'a self, key: &'a AccountKey, spilled: Spilled) -> BoxFuture<'a, Result<(), StoreError>> {
        Box::pin(async move {
            let Spilled {
                spent,
                attempt,
                record,
            } = spilled;
            let contents = Contents {
                key: WrittenKey::new(key),
                spent,
                attempt,
                record,
            };
            let contents = serde_json::to_vec(&contents)
                .map_err(|error| StoreError::new("the record cannot be spilled").with_source(error))?;
            let room = self.slot - HEADER;
            if contents.len() > room {
                return Err(StoreError::new(format!(
                    "the record of {key} takes {} bytes and its spill slot has room for {room}: open the folder with a larger slot size",
                    contents.len()
                )));
            }
            self.blocking(key, "write", move |place| Slot::make(place)?.write(&contents))
                .await
        })
    }

    fn read<'a>(&'a self, key: &'a AccountKey) -> BoxFuture<'a, Result<Option<Spilled>, StoreError>> {
        Box::pin(async move {
            let Some(contents) = self
                .blocking(key, "read", |place| {
                    Slot::find(place)?.map_or(Ok(None), |mut slot| slot.read())
                })
                .await?
            else {
                return Ok(None);
            };
            let refused = |what: String| {
                StoreError::new(format!(
                    "the spill slot of {key} {what}; it was left as it is: move it away"
                ))
            };
            let contents: Contents = serde_json::from_slice(&contents)
                .map_err(|error| refused("cannot be understood".into()).with_source(error))?;
            match contents.key.key() {
                Some(holds) if holds == *key => {}
                _ => return Err(refused("holds another account".into())),
            }
            let Contents {
                spent,
                attempt,
                record,
                ..
            } = contents;
            Ok(Some(Spilled {
                spent,
                attempt,
                record,
            }))
        })
    }

    fn clear<'a>(&'a self, key: &'a AccountKey, attempt: AttemptId) -> BoxFuture<'a, Result<(), StoreError>> {
        Box::pin(self.blocking(key, "clear", move |place| {
            let Some(mut slot) = Slot::find(place)? else {
                return Ok(());
            };
            // Looked at and cleared under one lock: another process may have spilled meanwhile.
            let kept = slot
                .read()?
                .and_then(|bytes| serde_json::from_slice::<Contents>(&bytes).ok());
            if kept.is_some_and(|kept| kept.attempt == attempt) {
                slot.clear()
            } else {
                Ok(())
            }
        }))
    }
}

/// Where a slot is or will be.
#[derive(Clone, Copy)]
struct Place<'a> {
    path: &'a Path,
    size: u64,
}

/// The file of one account, locked. It is never renamed or removed, so its own lock is enough.
struct Slot {
    file: File,
    size: u64,
}

impl Slot {
    fn make(place: Place<'_>) -> io::Result<Self> {
        let file = disk::open_or_create(place.path)?;
        disk::lock(&file)?;
        if file.metadata()?.len() == 0 {
            place.path.parent().map_or(Ok(()), disk::sync_folder)?;
        }
        Ok(Self {
            file,
            size: place.size,
        })
    }

    fn find(place: Place<'_>) -> io::Result<Option<Self>> {
        match File::options().read(true).write(true).open(place.path) {
            Ok(file) => {
                disk::lock(&file)?;
                Ok(Some(Self {
                    file,
                    size: place.size,
                }))
            }
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
            Err(error) => Err(error),
        }
    }

    fn reserve(&mut self) -> io::Result<()> {
        let length = self.file.metadata()?.len();
        if length < self.size {
            self.file.seek(SeekFrom::End(0))?;
            io::copy(&mut io::repeat(0).take(self.size - length), &mut self.file)?;
            self.file.sync_all()?;
        }
        Ok(())
    }

    fn write(&mut self, contents: &[u8]) -> io::Result<()> {
        let mut bytes = Vec::with_capacity(HEADER + contents.len());
        bytes.extend_from_slice(&MAGIC);
        bytes.extend_from_slice(&(contents.len() as u64).to_be_bytes());
        bytes.extend_from_slice(&Sha256::digest(contents));
        bytes.extend_from_slice(contents);
        self.file.seek(SeekFrom::Start(0))?;
        self.file.write_all(&bytes)?;
        self.file.sync_all()
    }

    fn read(&mut self) -> io::Result<Option<Vec<u8>>> {
        let mut bytes = Vec::new();
        self.file.seek(SeekFrom::Start(0))?;
        self.file.read_to_end(&mut bytes)?;
        Ok(contents(&bytes).map(<[u8]>::to_vec))
    }

    fn clear(&mut self) -> io::Result<()> {
        let length = self.file.metadata()?.len();
        self.file.seek(SeekFrom::Start(0))?;
        io::copy(&mut io::repeat(0).take(length), &mut self.file)?;
        self.file.sync_all()
    }
}

/// What a slot holds, if it is whole.
fn contents(bytes: &[u8]) -> Option<&[u8]> {
    let (magic, rest) = bytes.split_first_chunk::<8>()?;
    let (length, rest) = rest.split_first_chunk::<8>()?;
    let (hash, rest) = rest.split_first_chunk::<32>()?;
    let contents = rest.get(..usize::try_from(u64::from_be_bytes(*length)).ok()?)?;
    (*magic == MAGIC && Sha256::digest(contents).as_slice() == hash).then_some(contents)
}
