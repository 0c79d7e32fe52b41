//! The folder and the files in it.

use std::{
    fs::{self, File},
    io,
    path::{Path, PathBuf},
};

use attache_core::AccountKey;

use super::{
    format::{self, Refusal},
    lease::{self, LeaseLock},
};
use crate::store::{
    Fence, StoreError,
    disk::{self, failed},
    entry::{Entry, Lease},
};

pub(super) struct Folder(PathBuf);

/// An account of which no other process sees or makes a transition until this is dropped.
pub(super) struct Account<'a> {
    folder: &'a Folder,
    key: &'a AccountKey,
    stem: String,
    _lock: File,
}

impl Folder {
    pub(super) fn open(path: PathBuf) -> Result<Self, StoreError> {
        disk::create_folder(&path).map_err(|error| failed("create the folder", &path, error))?;
        Ok(Self(path))
    }

    pub(super) fn path(&self) -> &Path {
        &self.0
    }

    fn record_path(&self, stem: &str) -> PathBuf {
        self.0.join(format!("{stem}.json"))
    }

    fn temporary_path(&self, stem: &str) -> PathBuf {
        self.0.join(format!("{stem}.tmp"))
    }

    /// Lock files are never removed and never renamed. Whoever waits for a lock has the file open already; if
    /// its name could be taken away meanwhile, he and a later comer would lock two different files.
    fn lock_path(&self, stem: &str) -> PathBuf {
        self.0.join(format!("{stem}.lock"))
    }

    /// Lease files are made, probed and removed under the lock of the account, and removed only when the record
    /// names another lease. So nobody ever waits for one, and nobody probes one that is about to go.
    fn lease_path(&self, stem: &str, fence: Fence) -> PathBuf {
        self.0.join(format!("{stem}.{}.lease", fence.0))
    }

    /// Begins a transition.
    pub(super) fn lock<'a>(&'a self, key: &'a AccountKey) -> Result<Account<'a>, StoreError> {
        let stem = disk::stem(key);
        let path = self.lock_path(&stem);
        let lock = disk::open_or_create(&path)
            .and_then(|file| disk::lock(&file).map(|()| file))
            .map_err(|error| failed("lock", &path, error))?;
        Ok(Account {
            folder: self,
            key,
            stem,
            _lock: lock,
        })
    }

    /// Reads an account. A rename puts files in place whole, so no lock is needed.
    pub(super) fn read(&self, key: &AccountKey) -> Result<Option<Entry>, StoreError> {
        let path = self.record_path(&disk::stem(key));
        let Some((holds, entry)) = read_file(&path)? else {
            return Ok(None);
        };
        if holds == *key {
            return Ok(Some(entry));
        }
        Err(StoreError::new(format!(
            "account file {} holds {holds} and not {key}; it was left as it is: put back the file that belongs there, or move this one away and link the account again",
            path.display()
        )))
    }

    /// Visits every account. Files that are refused are passed by, with a warning.
    pub(super) fn each(&self, mut visit: impl FnMut(AccountKey, Entry)) -> Result<(), StoreError> {
        for (path, name) in self.files()? {
            let Some(stem) = name.strip_suffix(".json").filter(|stem| is_stem(stem)) else {
                continue;
            };
            match read_file(&path) {
                Ok(Some((key, entry))) if disk::stem(&key) == stem => visit(key, entry),
                Ok(Some((key, _))) => {
                    tracing::warn!(file = %path.display(), %key, "account file has another account's name: passed by");
                }
                Ok(None) => {}
                Err(error) => tracing::warn!(%error, "account file cannot be used: passed by"),
            }
        }
        Ok(())
    }

    /// Removes what killed processes left behind: temporary files, and files of leases that no record names.
    pub(super) fn sweep(&self) -> Result<(), StoreError> {
        for (path, name) in self.files()? {
            let leftover = if let Some(stem) = name.strip_suffix(".tmp") {
                self.is_idle(stem, |_| true)
            } else if let Some((stem, fence)) =
                name.strip_suffix(".lease").and_then(|name| name.rsplit_once('.'))
            {
                let fence = fence.parse().ok().map(Fence);
                self.is_idle(stem, |lease| lease.map(|lease| lease.fence) != fence)
            } else {
                None
            };
            // The lock of the account is held until the file is gone.
            if let Some(_lock) = leftover
                && let Err(error) = fs::remove_file(&path)
            {
                tracing::warn!(file = %path.display(), %error, "leftover file cannot be removed");
            }
        }
        Ok(())
    }

    /// Locks an account that nobody uses at the moment and whose record, if it has one, passes `test`.
    fn is_idle(&self, stem: &str, test: impl FnOnce(Option<Lease>) -> bool) -> Option<File> {
        if !is_stem(stem) {
            return None;
        }
        let lock = disk::open_or_create(&self.lock_path(stem)).ok()?;
        lock.try_lock().ok()?;
        let lease = match read_file(&self.record_path(stem)) {
            Ok(entry) => entry.and_then(|(_, entry)| entry.lease()),
            Err(_) => return None,
        };
        test(lease).then_some(lock)
    }

    fn files(&self) -> Result<Vec<(PathBuf, String)>, StoreError> {
        let list = || -> io::Result<_> {
            let mut files = Vec::new();
            for file in fs::read_dir(&self.0)? {
                let file = file?;
                files.extend(
                    file.file_name()
                        .into_string()
                        .ok()
                        .map(|name| (file.path(), name)),
                );
            }
            Ok(files)
        };
        list().map_err(|error| failed("list the folder", &self.0, error))
    }
}

impl Account<'_> {
    pub(super) fn read(&self) -> Result<Option<Entry>, StoreError> {
        self.folder.read(self.key)
    }

    pub(super) fn write(&self, entry: &Entry) -> Result<(), StoreError> {
        let path = self.folder.record_path(&self.stem);
        let bytes = format::encode(self.key, entry)
            .map_err(|error| StoreError::new("the account cannot be put into a file").with_source(error))?;
        disk::replace(&path, &self.folder.temporary_path(&self.stem), &bytes)
            .map_err(|error| failed("write account file", &path, error))
    }

    pub(super) fn remove(&self) -> Result<(), StoreError> {
        let path = self.folder.record_path(&self.stem);
        disk::remove_if_there(&path)
            .and_then(|()| disk::sync_folder(&self.folder.0))
            .map_err(|error| failed("remove account file", &path, error))
    }

    pub(super) fn take_lease_file(&self, lease: Lease) -> Result<LeaseLock, StoreError> {
        let path = self.folder.lease_path(&self.stem, lease.fence);
        LeaseLock::take(&path, lease).map_err(|error| failed("lock", &path, error))
    }

    pub(super) fn holder_has_stopped(&self, lease: Lease) -> Result<bool, StoreError> {
        let path = self.folder.lease_path(&self.stem, lease.fence);
        lease::holder_has_stopped(&path).map_err(|error| failed("probe", &path, error))
    }

    /// Removes the file of a lease that the record no longer names. If that fails, the next sweep does it.
    pub(super) fn drop_lease_file(&self, lease: Option<Lease>) {
        if let Some(lease) = lease {
            let _ = disk::remove_if_there(&self.folder.lease_path(&self.stem, lease.fence));
        }
    }
}

/// Whether a file's name, without its extension, is one of ours.
fn is_stem(stem: &str) -> bool {
    stem.rsplit_once('-')
        .is_some_and(|(_, hash)| hash.len() == 64 && hash.bytes().all(|byte| byte.is_ascii_hexdigit()))
}

fn read_file(path: &Path) -> Result<Option<(AccountKey, Entry)>, StoreError> {
    let bytes = match fs::read(path) {
        Ok(bytes) => bytes,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
        Err(error) => return Err(failed("read account file", path, error)),
    };
    let refused = |what: &str| StoreError::new(format!("account file {} {what}", path.display()));
    match format::decode(&bytes) {
        Ok(account) => Ok(Some(account)),
        Err(Refusal::Foreign) => Err(refused(
            "is not an account file; it was left as it is: move it out of the store's folder",
        )),
        Err(Refusal::Newer(version)) => Err(refused(&format!(
            "has format {version}, which is newer than this program; it was left as it is: run the version that wrote it"
        ))),
        Err(Refusal::Damaged(source)) => {
            let error = refused(
                "is damaged; it was left as it is: restore it from a backup, or move it away and link the account again",
            );
            Err(match source {
                Some(source) => error.with_source(source),
                None => error,
            })
        }
    }
}
