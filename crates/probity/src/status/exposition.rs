//! Figures as OpenMetrics text, which Prometheus reads.

use std::fmt;

use decision_point::tally::{Counted, OUTCOMES, STEPS};
use prometheus_client::collector::Collector;
use prometheus_client::encoding::text::encode;
use prometheus_client::encoding::{DescriptorEncoder, EncodeMetric, MetricEncoder, NoLabelSet};
use prometheus_client::metrics::MetricType::{self, Counter, Gauge};
use prometheus_client::metrics::counter::ConstCounter;
use prometheus_client::metrics::gauge::ConstGauge;
use prometheus_client::registry::Registry;

use super::figures::Figures;

/// What kind of text it is.
pub(super) const CONTENT_TYPE: &str = "application/openmetrics-text; version=1.0.0; charset=utf-8";

/// The text.
pub(super) fn of(figures: Figures) -> Result<String, fmt::Error> {
    let mut registry = Registry::with_prefix("probity");
    registry.register_collector(Box::new(figures));
    let mut text = String::new();
    encode(&mut text, &registry)?;
    Ok(text)
}

impl Collector for Figures {
    fn encode(&self, mut to: DescriptorEncoder<'_>) -> fmt::Result {
        let to = &mut to;
        let (pack, version) = (self.pack.0.as_str(), self.pack.1.as_str());
        let program = env!("CARGO_PKG_VERSION");
        let mut running = family(to, "running", "The program and the policy in force", Gauge)?;
        let labels = [("version", program), ("pack", pack), ("edition", version)];
        ConstGauge::new(1_u64).encode(running.encode_family(&labels)?)?;

        self.decisions(to)?;
        self.record(to)?;

        let mut troubles = family(to, "trouble", "Whether a part is in trouble", Gauge)?;
        for (part, trouble) in &self.parts {
            let labels = [("part", part.name())];
            ConstGauge::new(u64::from(trouble.is_some()))
                .encode(troubles.encode_family(&labels)?)?;
        }
        let help = "Since when a part is in trouble, seconds since 1970";
        let mut since = family(to, "trouble_since_timestamp_seconds", help, Gauge)?;
        for (part, trouble) in &self.parts {
            if let Some(trouble) = trouble {
                let labels = [("part", part.name())];
                ConstGauge::new(seconds(trouble.since)).encode(since.encode_family(&labels)?)?;
            }
        }
        if let Some(behind) = self.lake_behind {
            let help = "Entries of the record that are not in the lake yet";
            gauge(to, "lake_behind_entries", help, behind)?;
        }
        self.people(to)
    }
}

fn family<'a>(
    to: &'a mut DescriptorEncoder<'_>,
    name: &'a str,
    help: &'a str,
    kind: MetricType,
) -> Result<MetricEncoder<'a>, fmt::Error> {
    to.encode_descriptor(name, help, None, kind)
}

fn gauge(to: &mut DescriptorEncoder<'_>, name: &str, help: &str, value: u64) -> fmt::Result {
    ConstGauge::new(value).encode(family(to, name, help, Gauge)?)
}

impl Figures {
    fn decisions(&self, to: &mut DescriptorEncoder<'_>) -> fmt::Result {
        let mut decisions = family(to, "decisions", "Recorded decisions", Counter)?;
        for one in &self.counted {
            for (outcome, count) in OUTCOMES.iter().zip(one.outcomes) {
                let labels = [("action", one.action.name()), ("outcome", outcome.name())];
                ConstCounter::new(count).encode(decisions.encode_family(&labels)?)?;
            }
        }
        let help = "Recorded decisions for which a rule could not be evaluated";
        let mut unevaluated = family(to, "decisions_unevaluated", help, Counter)?;
        each(&mut unevaluated, &self.counted, |one| one.unevaluated)?;
        let help = "Decisions that could not be recorded, and were not acted on";
        let mut unrecorded = family(to, "decisions_unrecorded", help, Counter)?;
        each(&mut unrecorded, &self.counted, |one| one.unrecorded)?;
        let help = "Seconds from the question to the recorded decision";
        let mut took = family(to, "decision_seconds", help, MetricType::Histogram)?;
        for one in &self.counted {
            let ends = STEPS.iter().copied().chain([f64::INFINITY]);
            let buckets: Vec<_> = ends.zip(one.took).collect();
            let labels = [("action", one.action.name())];
            let count = one.took.iter().sum();
            took.encode_family(&labels)?
                .encode_histogram::<NoLabelSet>(one.seconds, count, &buckets, None)?;
        }
        Ok(())
    }

    fn record(&self, to: &mut DescriptorEncoder<'_>) -> fmt::Result {
        let record = &self.record;
        let help = "Entries of the record, in memory or on the disk";
        let mut entries = family(to, "record_entries", help, Gauge)?;
        for (state, count) in [("written", record.written), ("synced", record.synced)] {
            ConstGauge::new(count).encode(entries.encode_family(&[("state", state)])?)?;
        }
        let help = "Whether the record takes entries";
        gauge(to, "record_working", help, record.trouble.is_none().into())?;
        if let Some(room) = record.room {
            let help = "Free on the record's disk";
            gauge(to, "record_free_bytes", help, room.free_bytes)?;
        }
        let help = "Below this nothing new is accepted";
        gauge(to, "record_min_free_bytes", help, record.min_free_bytes)
    }

    fn people(&self, to: &mut DescriptorEncoder<'_>) -> fmt::Result {
        let Some(people) = &self.people else {
            return Ok(());
        };
        let waits = people.backlog;
        let mut waiting = family(
            to,
            "waiting",
            "What waits for somebody, or to go out",
            Gauge,
        )?;
        let notices = people.tells_by_mail.then_some(("notices", waits.notices));
        let others = [
            ("tasks", waits.tasks),
            ("held-mail", waits.held),
            ("events", waits.unshipped),
        ];
        for (what, count) in others.into_iter().chain(notices) {
            ConstGauge::new(count).encode(waiting.encode_family(&[("what", what)])?)?;
        }
        if let Some(oldest) = waits.oldest_task {
            let help = "When the oldest open task was opened, seconds since 1970";
            gauge(to, "oldest_task_timestamp_seconds", help, seconds(oldest))?;
        }
        let help = "When a feed was last taken in whole, seconds since 1970";
        let mut feeds = family(to, "feed_taken_timestamp_seconds", help, Gauge)?;
        for (feed, whole) in &people.feeds {
            if let Some(whole) = whole {
                let labels = [("feed", feed.as_str())];
                ConstGauge::new(seconds(*whole)).encode(feeds.encode_family(&labels)?)?;
            }
        }
        Ok(())
    }
}

fn each(
    to: &mut MetricEncoder<'_>,
    counted: &[Counted],
    what: impl Fn(&Counted) -> u64,
) -> fmt::Result {
    for one in counted {
        let labels = [("action", one.action.name())];
        ConstCounter::new(what(one)).encode(to.encode_family(&labels)?)?;
    }
    Ok(())
}

/// Nothing here was before 1970.
fn seconds(at: jiff::Timestamp) -> u64 {
    u64::try_from(at.as_second()).unwrap_or_default()
}
