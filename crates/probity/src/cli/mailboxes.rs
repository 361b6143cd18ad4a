//! Commands about people's mailboxes.

use clap::Subcommand;

use super::people::HereArgs;

/// What can be done with people's mailboxes.
#[derive(Debug, Subcommand)]
#[command(after_help = "\
Examples:
  probity mailboxes go-over --dry-run           what would be listed and removed, and nothing else
  probity mailboxes go-over --format json

A running server does this once a day ([mailboxes] of the configuration), by the rules of
[people.personal_mail] of the pack. See docs/reference/mailboxes.md.")]
pub(crate) enum MailboxesCommand {
    /// List what is personal to its owners, and remove what was listed and whose time is over
    GoOver {
        /// Only say what would be done
        #[arg(long)]
        dry_run: bool,
        /// Where.
        #[command(flatten)]
        here: HereArgs,
    },
}
