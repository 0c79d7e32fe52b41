//! How our words are written in files. Use with `#[serde(with = "text")]` and `#[serde(with = "text::optional")]`.

use attache_core::{AccountKey, RelinkReason, Timestamp};
use base64::{Engine as _, engine::general_purpose::STANDARD};
use serde::{Deserialize, Deserializer, Serialize, Serializer, de};

use crate::store::{AttemptId, Fence, GrantState, NewRecord, Sealed, Version};

/// What has one written form.
pub(crate) trait Written: Sized {
    /// What it is, for errors.
    const NAME: &'static str;
    fn write(&self) -> String;
    fn read(text: &str) -> Option<Self>;
}

pub(crate) fn serialize<T: Written, S: Serializer>(value: &T, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_str(&value.write())
}

pub(crate) fn deserialize<'de, T: Written, D: Deserializer<'de>>(deserializer: D) -> Result<T, D::Error> {
    let text = String::deserialize(deserializer)?;
    // The text itself stays out of the error: it may be sealed bytes.
    T::read(&text).ok_or_else(|| de::Error::custom(format_args!("not {}", T::NAME)))
}

#[expect(clippy::ref_option, reason = "serde gives the field as it is")]
pub(crate) mod optional {
    use serde::{Deserialize, Deserializer, Serializer, de};

    use super::Written;

    pub(crate) fn serialize<T: Written, S: Serializer>(
        value: &Option<T>,
        serializer: S,
    ) -> Result<S::Ok, S::Error> {
        match value {
            Some(value) => serializer.serialize_some(&value.write()),
            None => serializer.serialize_none(),
        }
    }

    pub(crate) fn deserialize<'de, T: Written, D: Deserializer<'de>>(
        deserializer: D,
    ) -> Result<Option<T>, D::Error> {
        Option::<String>::deserialize(deserializer)?
            .map(|text| T::read(&text).ok_or_else(|| de::Error::custom(format_args!("not {}", T::NAME))))
            .transpose()
    }
}

impl Written for Timestamp {
    const NAME: &'static str = "an RFC 3339 instant";

    fn write(&self) -> String {
        self.to_string()
    }

    fn read(text: &str) -> Option<Self> {
        text.parse().ok()
    }
}

impl Written for AttemptId {
    const NAME: &'static str = "an attempt: expected 32 hexadecimal digits";

    fn write(&self) -> String {
        self.to_string()
    }

    fn read(text: &str) -> Option<Self> {
        if text.len() != 32 || !text.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f')) {
            return None;
        }
        let number = u128::from_str_radix(text, 16).ok()?;
        Some(Self(number.to_be_bytes()))
    }
}

impl Written for GrantState {
    const NAME: &'static str = "a state that this version knows";

    fn write(&self) -> String {
        match self {
            Self::Active => "active",
            Self::NeedsRelink(reason) => reason.as_str(),
        }
        .into()
    }

    fn read(text: &str) -> Option<Self> {
        if text == "active" {
            return Some(Self::Active);
        }
        [
            RelinkReason::Refused,
            RelinkReason::ExpiredIdle,
            RelinkReason::LostInRotation,
            RelinkReason::IdentityChanged,
            RelinkReason::Revoked,
        ]
        .into_iter()
        .find(|reason| reason.as_str() == text)
        .map(Self::NeedsRelink)
    }
}

impl Written for Sealed {
    const NAME: &'static str = "base64";

    fn write(&self) -> String {
        STANDARD.encode(&self.0)
    }

    fn read(text: &str) -> Option<Self> {
        STANDARD.decode(text).ok().map(Self)
    }
}

#[derive(Serialize, Deserialize)]
#[serde(remote = "Version")]
pub(crate) struct VersionNumber(pub(crate) u64);

#[derive(Serialize, Deserialize)]
#[serde(remote = "Fence")]
pub(crate) struct FenceNumber(pub(crate) u64);

/// A key, written as its three parts.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct WrittenKey {
    tenant: String,
    provider: String,
    account: String,
}

impl WrittenKey {
    pub(crate) fn new(key: &AccountKey) -> Self {
        Self {
            tenant: key.tenant().into(),
            provider: key.provider().into(),
            account: key.account().into(),
        }
    }

    /// The key, or `None` if no key can have these parts.
    pub(crate) fn key(&self) -> Option<AccountKey> {
        AccountKey::new(&self.tenant, &self.provider, &self.account).ok()
    }
}

#[derive(Serialize, Deserialize)]
#[serde(remote = "NewRecord", deny_unknown_fields)]
pub(crate) struct WrittenNewRecord {
    #[serde(with = "self")]
    pub(crate) state: GrantState,
    #[serde(with = "self::optional")]
    pub(crate) due: Option<Timestamp>,
    #[serde(with = "self")]
    pub(crate) sealed: Sealed,
}
