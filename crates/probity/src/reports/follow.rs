//! Figures kept up to date beside the gates.

use std::sync::Arc;
use std::time::Duration;

use decision_point::point::DecisionPoint;
use jiff::Timestamp;
use tokio::sync::watch;

use super::keeping::{KeepError, Keeping, Patience};
use crate::failure::chain;
use crate::troubles::{Part, Troubles};

/// How often the record is looked at. Nobody waits for it: reports are about months that are over.
const EVERY: Duration = Duration::from_secs(5);

/// Follows the record until `stopped`.
pub(crate) async fn follow(
    mut keeping: Keeping,
    point: Arc<DecisionPoint>,
    troubles: Arc<Troubles>,
    mut stopped: watch::Receiver<bool>,
) {
    loop {
        let is_over = tokio::select! {
            // An error means that the sender is gone: stop as well.
            _ = stopped.wait_for(|stop| *stop) => true,
            () = tokio::time::sleep(EVERY) => false,
        };
        let point = point.clone();
        let worked = tokio::task::spawn_blocking(move || {
            let done = once(&mut keeping, &point, is_over);
            (keeping, done)
        });
        let done;
        (keeping, done) = match worked.await {
            Ok(worked) => worked,
            Err(error) => {
                let why = format!("counting them ended badly: {error}");
                troubles.note(Part::Figures, Err(why), Timestamp::now());
                return;
            }
        };
        let result = done.map_err(|error| chain(&error));
        troubles.note(Part::Figures, result, Timestamp::now());
        if is_over {
            return;
        }
    }
}

fn once(keeping: &mut Keeping, point: &DecisionPoint, is_over: bool) -> Result<(), KeepError> {
    let now = Timestamp::now();
    let register = point.information().register();
    // Somebody else who does it does the same.
    let _ = keeping.bring_up_to_date(&register, now, true, Patience::Leave)?;
    match is_over {
        true => keeping.keep_the_rest(now),
        false => Ok(()),
    }
}
