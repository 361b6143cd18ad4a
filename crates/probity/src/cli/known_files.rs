//! `probity content register` and `registered`: names, options and help.

use std::path::PathBuf;

use clap::{Args, Subcommand};
use content::known_files::Class;
use jiff::civil::Date;

use super::{ConfigArg, FormatArg};

/// Options of `content register`.
#[derive(Debug, Clone, Args)]
#[command(after_help = "\
Examples:
  probity content register plan.docx --as registered-document --reference LEGAL-2026-14 --owner legal
  probity content register letter.eml --as misdirected-document --reference ERR-31 --until 2027-03-31
  probity content register films/ --as copyright-work --reference FILMS
  probity content register letters/ --as ordinary-text --reference STANDARD-LETTERS

Documents are recognised by their text too, however it is saved, wrapped or quoted; a paragraph of it is
enough. Works are where most of their text is there, games by the file alone. The text of ordinary-text
is taken out of everything else: register standard letters, forms and published text as such, so that
nobody is stopped for them.

What is kept are hashes under a key, never words. The same reference again replaces what was
registered under it. Running gates take it up within a second.")]
pub(crate) struct RegisterArgs {
    /// Files, or folders of them; all go under one reference.
    #[arg(required = true)]
    pub(crate) files: Vec<PathBuf>,
    /// What they are: registered-document, misdirected-document, copyright-work, game or ordinary-text
    #[arg(long = "as", value_name = "WHAT")]
    pub(crate) class: Class,
    /// What people call it; it stands on the record and in notices
    #[arg(long)]
    pub(crate) reference: String,
    /// The person or post to ask about it; stands there too
    #[arg(long, value_name = "PERSON|POST")]
    pub(crate) owner: Option<String>,
    /// The last day on which it is recognised, such as 2027-03-31
    #[arg(long, value_name = "DATE")]
    pub(crate) until: Option<Date>,
    /// Which register.
    #[command(flatten)]
    pub(crate) config: ConfigArg,
    /// How to print.
    #[command(flatten)]
    pub(crate) format: FormatArg,
}

/// What can be asked of what is registered.
#[derive(Debug, Subcommand)]
pub(crate) enum RegisteredCommand {
    /// References with what is known of each
    List {
        /// Which register.
        #[command(flatten)]
        config: ConfigArg,
        /// How to print.
        #[command(flatten)]
        format: FormatArg,
    },
    /// Recognise something no more
    #[command(after_help = "\
Example:
  probity content registered remove ERR-31")]
    Remove {
        /// Its reference.
        reference: String,
        /// Which register.
        #[command(flatten)]
        config: ConfigArg,
        /// How to print.
        #[command(flatten)]
        format: FormatArg,
    },
}
