//! How much may be kept.

use crate::StoreError;

/// A hundred years.
const MAX_DAYS: u32 = 36_500;

/// `limit` as it lies in the database, if it may be one.
pub(crate) fn bytes(limit: Option<u64>) -> Result<Option<i64>, StoreError> {
    let refused = || {
        StoreError::invalid(
            "A limit in bytes is 1 byte to 8 EiB. Type another one, or none at all.",
        )
    };
    let Some(limit) = limit else { return Ok(None) };
    let kept = i64::try_from(limit).ok().filter(|limit| *limit > 0);
    Ok(Some(kept.ok_or_else(refused)?))
}

/// `limit` if it may be one.
pub(crate) fn days(limit: Option<u32>) -> Result<Option<u32>, StoreError> {
    if limit.is_some_and(|days| !(1..=MAX_DAYS).contains(&days)) {
        return Err(StoreError::invalid(format!(
            "A limit in days is 1 to {MAX_DAYS}. Type another one, or none at all."
        )));
    }
    Ok(limit)
}
