//! `probity mailboxes …`

use mailboxes::round::{Mode, Tally};

use crate::cli::Format;
use crate::cli::mailboxes::MailboxesCommand;
use crate::failure::Failure;
use crate::mailboxes::go_over;
use crate::operator::Operator;
use crate::print::say;
use crate::progress;

pub(crate) fn run(command: MailboxesCommand) -> Result<(), Failure> {
    let MailboxesCommand::GoOver { dry_run, here } = command;
    let operator = Operator::open(&here)?;
    let Some(config) = &operator.config.mailboxes else {
        return Err(Failure::usage(
            "the configuration has no [mailboxes]: there is no mail server to ask",
        ));
    };
    let server = config.server()?;
    let mode = if dry_run { Mode::Say } else { Mode::Do };
    let format = here.format.format;
    let bar = progress::counter("mailboxes", format);
    let went = go_over(&operator.store, &server, &operator.data, mode, |progress| {
        bar.set_length(progress.of as u64);
        bar.set_position(progress.done as u64);
    });
    let tally = operator.block_on(went)?;
    bar.finish_and_clear();
    match format {
        Format::Json => say!("{}", serde_json::to_string(&tally)?),
        Format::Human => show(&tally, mode),
    }
    if tally.failed > 0 {
        return Err(Failure::Found);
    }
    Ok(())
}

fn show(tally: &Tally, mode: Mode) {
    let (listed, removed) = match mode {
        Mode::Do => ("listed", "removed"),
        Mode::Say => ("would be listed", "would be removed"),
    };
    say!(
        "mailboxes {}, people without one {}",
        tally.mailboxes,
        tally.without
    );
    say!(
        "messages: {} {listed}, {} {removed}",
        tally.listed,
        tally.removed
    );
    say!(
        "messages whose time is over and that have to be kept: {}",
        tally.kept
    );
    if tally.failed > 0 {
        say!(
            "mailboxes that could not be looked into: {} (see the log)",
            tally.failed
        );
    }
}
