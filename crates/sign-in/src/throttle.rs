//! How often one may try: a few times at will, then with growing pauses.
//!
//! Kept for each account name tried, whether there is such an account or not, and for each address
//! the tries come from. Nobody is locked out for good: that would let a stranger lock out anybody.

use jiff::{SignedDuration, Timestamp};

/// Tries before the first pause: a mistyped password is no reason to wait.
const FREE: u32 = 5;

/// Tries before the first pause from one address: a whole office may share one.
const FREE_FROM_ADDRESS: u32 = 50;

/// The longest pause.
const LONGEST: SignedDuration = SignedDuration::from_mins(15);

/// The longest pause from one address: all the others behind it wait too, and 2,880 tries a day at
/// all accounts together are few enough.
const LONGEST_FROM_ADDRESS: SignedDuration = SignedDuration::from_secs(30);

/// After so long without a failure the count begins again, and need not be kept.
pub const FORGOTTEN: SignedDuration = SignedDuration::from_hours(24);

/// What failures are counted for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CountedFor {
    /// The name tried.
    Account,
    /// The address it was tried from.
    Address,
}

/// Failures so far.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Failures {
    /// How many in a row.
    pub count: u32,
    /// When the last one was.
    pub last: Timestamp,
}

impl Failures {
    /// One more failure.
    pub fn and_one(earlier: Option<Self>, at: Timestamp) -> Self {
        let count = earlier
            .filter(|earlier| at.duration_since(earlier.last) < FORGOTTEN)
            .map_or(0, |earlier| earlier.count);
        Self {
            count: count.saturating_add(1),
            last: at,
        }
    }

    /// How long to wait from a moment before the next try; zero when one may try at once.
    pub fn wait(&self, counted_for: CountedFor, at: Timestamp) -> SignedDuration {
        let (free, longest) = match counted_for {
            CountedFor::Account => (FREE, LONGEST),
            CountedFor::Address => (FREE_FROM_ADDRESS, LONGEST_FROM_ADDRESS),
        };
        let Some(beyond) = self.count.checked_sub(free) else {
            return SignedDuration::ZERO;
        };
        let pause = SignedDuration::from_secs(1 << beyond.min(10)).min(longest);
        let passed = at.duration_since(self.last);
        if passed >= FORGOTTEN {
            return SignedDuration::ZERO;
        }
        // A clock that was set back does not make the pause longer.
        (pause - passed.max(SignedDuration::ZERO)).max(SignedDuration::ZERO)
    }
}
