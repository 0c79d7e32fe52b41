//! Small files on a local disk: names, modes, and writes that are whole or not at all.

pub(crate) mod text;

use std::{
    fmt::Write as _,
    fs::{self, File, OpenOptions},
    io::{self, Write as _},
    path::Path,
};

use attache_core::AccountKey;
use sha2::{Digest, Sha256};

use super::StoreError;

/// How many characters of a key can be read in a file's name.
const READABLE: usize = 48;

/// The name of an account's files, without an extension: some of the key for people, all of it as a hash.
///
/// Only `[a-z0-9_-]` occur in it, so that no key can name another folder, and keys that a file system takes for
/// one (by case, by composition of letters) have different hashes.
pub(crate) fn stem(key: &AccountKey) -> String {
    let parts = [key.tenant(), key.provider(), key.account()];
    let mut hash = Sha256::new();
    for part in parts {
        hash.update((part.len() as u64).to_be_bytes());
        hash.update(part.as_bytes());
    }
    let mut stem: String = parts
        .join("-")
        .chars()
        .take(READABLE)
        .map(|character| match character {
            '-' => '-',
            character if character.is_ascii_alphanumeric() => character.to_ascii_lowercase(),
            _ => '_',
        })
        .collect();
    if stem.starts_with('-') {
        stem.replace_range(..1, "_");
    }
    stem.push('-');
    push_hex(&mut stem, &hash.finalize());
    stem
}

/// Appends two hexadecimal digits for each byte.
pub(crate) fn push_hex(text: &mut String, bytes: &[u8]) {
    for byte in bytes {
        // Writing to a String cannot fail.
        let _ = write!(text, "{byte:02x}");
    }
}

/// Creates a folder that only its owner can enter, with its parents. Leaves one that is there as it is.
pub(crate) fn create_folder(folder: &Path) -> io::Result<()> {
    if folder.is_dir() {
        return Ok(());
    }
    let mut builder = fs::DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(folder)?;
    match folder.parent() {
        Some(parent) if !parent.as_os_str().is_empty() => sync_folder(parent),
        _ => Ok(()),
    }
}

/// Options for a file that only its owner can read and write.
pub(crate) fn private() -> OpenOptions {
    #[cfg_attr(not(unix), expect(unused_mut, reason = "there is no mode to set"))]
    let mut options = OpenOptions::new();
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options
}

/// Opens a file to lock or to write in place; creates it empty if there is none.
pub(crate) fn open_or_create(path: &Path) -> io::Result<File> {
    private()
        .read(true)
        .write(true)
        .create(true)
        .truncate(false)
        .open(path)
}

/// Waits until nobody else has the file locked, and locks it until it is closed.
pub(crate) fn lock(file: &File) -> io::Result<()> {
    loop {
        match file.lock() {
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            done => return done,
        }
    }
}

/// Puts `bytes` in the place of the file `path`, whole or not at all. `temporary` must lie in the same folder
/// and be nobody else's for the time of the call; what a killed process left there is replaced.
pub(crate) fn replace(path: &Path, temporary: &Path, bytes: &[u8]) -> io::Result<()> {
    write_new(temporary, bytes)?;
    fs::rename(temporary, path)?;
    path.parent().map_or(Ok(()), sync_folder)
}

/// Writes a file anew and makes sure that it is on the disk.
pub(crate) fn write_new(path: &Path, bytes: &[u8]) -> io::Result<()> {
    // Not truncated but removed: what is there might be a link to somewhere else.
    remove_if_there(path)?;
    let mut file = private().write(true).create_new(true).open(path)?;
    file.write_all(bytes)?;
    file.sync_all()
}

/// Removes a file. None is as good.
pub(crate) fn remove_if_there(path: &Path) -> io::Result<()> {
    match fs::remove_file(path) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => Err(error),
        _ => Ok(()),
    }
}

/// Makes sure that the names in a folder are on the disk.
#[cfg(unix)]
pub(crate) fn sync_folder(folder: &Path) -> io::Result<()> {
    let folder = if folder.as_os_str().is_empty() {
        Path::new(".")
    } else {
        folder
    };
    File::open(folder)?.sync_all()
}

/// Elsewhere a folder cannot be opened as a file; names are journalled by the file system itself.
#[cfg(not(unix))]
pub(crate) fn sync_folder(_folder: &Path) -> io::Result<()> {
    Ok(())
}

/// Runs file work where it may block. Dropping the future leaves the work to finish by itself.
pub(crate) async fn blocking<T, W>(work: W) -> Result<T, StoreError>
where
    T: Send + 'static,
    W: FnOnce() -> Result<T, StoreError> + Send + 'static,
{
    let runtime = tokio::runtime::Handle::try_current().map_err(|error| {
        StoreError::new("file work needs a running tokio runtime: call it inside one").with_source(error)
    })?;
    runtime.spawn_blocking(work).await.map_err(|error| {
        let what = if error.is_panic() {
            "file work panicked: please report this"
        } else {
            "file work was cut off by the end of the runtime: call again in a running one"
        };
        StoreError::new(what).with_source(error)
    })?
}

/// An error about one file.
pub(crate) fn failed(action: &str, path: &Path, error: io::Error) -> StoreError {
    let remedy = match error.kind() {
        io::ErrorKind::PermissionDenied => "let this user read and write the folder and what is in it",
        io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded => "make room on the disk",
        io::ErrorKind::NotFound => "the folder has gone: put it back, or open the store anew",
        io::ErrorKind::Unsupported => "use a local file system that can lock files",
        _ => "check the disk and the folder",
    };
    StoreError::new(format!("cannot {action} {}: {remedy}", path.display())).with_source(error)
}
