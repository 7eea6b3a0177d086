//! Clocks: the machine's, one that stands still, and one a test turns.

use futures_util::future::BoxFuture;
use jiff::Timestamp;
use jiff::tz::TimeZone;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::Duration;
use tokio::sync::watch;
use weft_node::world::Clock;

/// A wait is looked at again this often: the machine may have slept, or its clock been set.
const LOOK_AGAIN: Duration = Duration::from_secs(30);

fn zone_of_the_machine() -> String {
    TimeZone::system().iana_name().unwrap_or("UTC").to_owned()
}

/// The machine's clock, in its zone or in one that was asked for.
pub struct SystemClock {
    time_zone: String,
}

impl SystemClock {
    /// None: the zone of the machine.
    pub fn new(time_zone: Option<String>) -> Self {
        SystemClock { time_zone: time_zone.unwrap_or_else(zone_of_the_machine) }
    }
}

impl Clock for SystemClock {
    fn now_ms(&self) -> i64 {
        Timestamp::now().as_millisecond()
    }

    fn until(&self, at_ms: i64) -> BoxFuture<'_, ()> {
        Box::pin(async move {
            while let Ok(left @ 1..) = u64::try_from(at_ms.saturating_sub(self.now_ms())) {
                tokio::time::sleep(Duration::from_millis(left).min(LOOK_AGAIN)).await;
            }
        })
    }

    fn time_zone(&self) -> String {
        self.time_zone.clone()
    }
}

/// Stands still at one time, so that a run gives the same result every time. Waits take as long as ever; the
/// time they waited for is then the time it shows.
pub struct FrozenClock {
    now_ms: AtomicI64,
    time_zone: String,
}

impl FrozenClock {
    pub fn new(now_ms: i64, time_zone: Option<String>) -> Self {
        FrozenClock { now_ms: now_ms.into(), time_zone: time_zone.unwrap_or_else(zone_of_the_machine) }
    }
}

impl Clock for FrozenClock {
    fn now_ms(&self) -> i64 {
        self.now_ms.load(Ordering::Relaxed)
    }

    fn until(&self, at_ms: i64) -> BoxFuture<'_, ()> {
        Box::pin(async move {
            let left = u64::try_from(at_ms.saturating_sub(self.now_ms())).unwrap_or(0);
            tokio::time::sleep(Duration::from_millis(left)).await;
            self.now_ms.fetch_max(at_ms, Ordering::Relaxed);
        })
    }

    fn time_zone(&self) -> String {
        self.time_zone.clone()
    }
}

/// Moves only when it is told to: waits end when somebody turns it far enough.
pub struct VirtualClock {
    now_ms: watch::Sender<i64>,
}

impl VirtualClock {
    pub fn new(now_ms: i64) -> Self {
        VirtualClock { now_ms: watch::Sender::new(now_ms) }
    }

    pub fn advance(&self, ms: i64) {
        self.now_ms.send_modify(|now| *now += ms);
    }
}

impl Clock for VirtualClock {
    fn now_ms(&self) -> i64 {
        *self.now_ms.borrow()
    }

    fn until(&self, at_ms: i64) -> BoxFuture<'_, ()> {
        Box::pin(async move {
            let mut seen = self.now_ms.subscribe();
            // The sender lives as long as the clock, so this ends only when the time has come.
            seen.wait_for(|now| *now >= at_ms).await.ok();
        })
    }

    fn time_zone(&self) -> String {
        "UTC".into()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::time::Instant;

    #[tokio::test]
    async fn a_frozen_clock_shows_the_time_that_was_waited_for() {
        let clock = FrozenClock::new(1_000, None);
        let began = Instant::now();
        clock.until(1_060).await;
        assert!(began.elapsed() >= Duration::from_millis(60));
        assert_eq!(clock.now_ms(), 1_060);
        clock.until(5).await;
        assert_eq!(clock.now_ms(), 1_060);
    }

    #[tokio::test]
    async fn a_virtual_clock_wakes_only_who_is_due() {
        let clock = VirtualClock::new(0);
        let (mut soon, mut later) = (clock.until(10), clock.until(20));
        assert!(futures_util::poll!(&mut soon).is_pending());
        clock.advance(10);
        assert!(futures_util::poll!(&mut soon).is_ready());
        assert!(futures_util::poll!(&mut later).is_pending());
        clock.advance(10);
        later.await;
    }

    #[tokio::test]
    async fn the_machine_s_clock_waits() {
        let clock = SystemClock::new(Some("Europe/Berlin".into()));
        let at = clock.now_ms() + 30;
        clock.until(at).await;
        assert!(clock.now_ms() >= at);
        assert_eq!(clock.time_zone(), "Europe/Berlin");
    }
}
