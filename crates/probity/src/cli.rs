//! The command line: names, options and help, and nothing that acts.

pub(crate) mod calls;
pub(crate) mod known_files;
pub(crate) mod lake;
pub(crate) mod mailboxes;
pub(crate) mod people;
pub(crate) mod report;

use std::path::PathBuf;

use clap::{Args, Parser, Subcommand, ValueEnum};
use jiff::Timestamp;

/// Runs a public body's acceptable-use policy: every message and page is decided by a clause, and
/// the answer is on the record before it is given.
#[derive(Debug, Parser)]
#[command(
    name = "probity",
    version,
    max_term_width = 100,
    after_help = "\
Examples:
  probity demo                              see it work, on a made-up council
  probity init > probity.toml               start a configuration
  probity check --config probity.toml       everything that is wrong with it, at once
  probity serve --config probity.toml       run the gates
  probity web check https://mail.example/ --as officer --at 2026-03-02T11:00:00Z
  probity policy show walsall-7.2.16        what one clause says and does"
)]
pub(crate) struct Cli {
    /// What to do.
    #[command(subcommand)]
    pub(crate) command: Command,
}

/// Everything `probity` can do.
#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Play a made-up council's day through the gates and print each decision
    Demo(DemoArgs),
    /// Run the gates
    Serve(ConfigArg),
    /// Report everything wrong with configuration, pack, register and data directory
    Check(CheckArgs),
    /// Print a commented configuration
    Init,
    /// Print the configuration to add to Postfix, Squid or Kamailio, for the versions Debian 12 ships
    Integrate(IntegrateArgs),
    /// Decide an activity given as JSON on standard input
    Decide(DecideArgs),
    /// What would happen to a message
    #[command(subcommand)]
    Mail(MailCommand),
    /// What would happen to a page
    #[command(subcommand)]
    Web(WebCommand),
    /// Packs, clauses, coverage and scenarios
    #[command(subcommand)]
    Policy(PolicyCommand),
    /// The record of what was decided
    #[command(subcommand)]
    Record(RecordCommand),
    /// Reports of what the record comes to, which tell of nobody
    #[command(subcommand)]
    Report(report::ReportCommand),
    /// What is in messages, files and texts
    #[command(subcommand)]
    Content(ContentCommand),
    /// Site lists
    #[command(subcommand)]
    Categories(CategoriesCommand),
    /// Call records of telephone systems and mobile bills
    #[command(subcommand)]
    Calls(calls::CallsCommand),
    /// The record as tables: for reports, for a SIEM, with retention
    #[command(subcommand)]
    Lake(lake::LakeCommand),
    /// People's mailboxes: what is personal in them is listed and removed
    #[command(subcommand)]
    Mailboxes(mailboxes::MailboxesCommand),
    /// Take in people and clock events
    #[command(subcommand)]
    Import(people::ImportCommand),
    /// Local accounts of the console, and tokens of the REST API
    #[command(subcommand)]
    Account(people::AccountCommand),
    /// Posts and who holds them
    #[command(subcommand)]
    Post(people::PostCommand),
    /// Look people up, at a console
    #[command(subcommand)]
    Person(people::PersonCommand),
    /// Requests for access, at a console
    #[command(subcommand)]
    Request(people::RequestCommand),
    /// Permissions, at a console
    #[command(subcommand)]
    Permission(people::PermissionCommand),
    /// Write the man pages into a folder
    #[command(hide = true)]
    Man {
        /// The folder.
        folder: PathBuf,
    },
}

/// How results are printed.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, ValueEnum)]
pub(crate) enum Format {
    /// For people.
    #[default]
    Human,
    /// For programs: one JSON document, or one a line for streams.
    Json,
}

/// `--format`.
#[derive(Debug, Clone, Copy, Args)]
pub(crate) struct FormatArg {
    /// How to print
    #[arg(long, value_enum, default_value_t)]
    pub(crate) format: Format,
}

/// `--config`.
#[derive(Debug, Clone, Args)]
pub(crate) struct ConfigArg {
    /// Configuration file
    #[arg(long, value_name = "FILE", default_value = "/etc/probity/probity.toml")]
    pub(crate) config: PathBuf,
}

/// Which policy: of a configuration, or a pack by name or folder.
#[derive(Debug, Clone, Args)]
pub(crate) struct PackArg {
    /// Built-in pack (walsall, halton, chorley) or the folder of one
    #[arg(long, value_name = "NAME|FOLDER", default_value = "walsall")]
    pub(crate) pack: String,
}

/// Options of `demo`.
#[derive(Debug, Clone, Args)]
pub(crate) struct DemoArgs {
    /// The pack the made-up council adopts.
    #[command(flatten)]
    pub(crate) pack: PackArg,
    /// Leave the gates up afterwards, with the addresses to point Postfix and Squid at
    #[arg(long)]
    pub(crate) keep_running: bool,
    /// How to print
    #[command(flatten)]
    pub(crate) format: FormatArg,
}

/// Options of `check`.
#[derive(Debug, Clone, Args)]
pub(crate) struct CheckArgs {
    /// The configuration.
    #[command(flatten)]
    pub(crate) config: ConfigArg,
    /// Also test whether the mail server at this address lets smuggled mail through; it must be
    /// your own, and accept mail for --smtp-recipient
    #[arg(long, value_name = "HOST:PORT", requires = "smtp_recipient")]
    pub(crate) smtp: Option<String>,
    /// A mailbox of your own for the test messages
    #[arg(long, value_name = "ADDRESS")]
    pub(crate) smtp_recipient: Option<String>,
    /// Live files to compare.
    #[command(flatten)]
    pub(crate) live: LiveArgs,
    /// How to print.
    #[command(flatten)]
    pub(crate) format: FormatArg,
}

/// Live files to compare with what `integrate` prints.
#[derive(Debug, Clone, Args)]
pub(crate) struct LiveArgs {
    /// Also compare Postfix's main.cf, or what `postconf -n` prints, with what `integrate` prints
    #[arg(long, value_name = "FILE")]
    pub(crate) main_cf: Option<PathBuf>,
    /// Also compare Postfix's master.cf: its services, and that none goes past the gate
    #[arg(long, value_name = "FILE")]
    pub(crate) master_cf: Option<PathBuf>,
    /// Also compare squid.conf; files it includes are not followed
    #[arg(long, value_name = "FILE")]
    pub(crate) squid_conf: Option<PathBuf>,
}

/// Options of `integrate`.
#[derive(Debug, Clone, Args)]
pub(crate) struct IntegrateArgs {
    /// The software to configure
    #[arg(value_enum)]
    pub(crate) software: Software,
    /// The configuration the addresses are taken from; the defaults of `init` without one
    #[arg(long, value_name = "FILE")]
    pub(crate) config: Option<PathBuf>,
    /// OpenLDAP: where people lie, or above; that of [feeds.directory] without it
    #[arg(long, value_name = "DN")]
    pub(crate) base: Option<String>,
    /// OpenLDAP: its own name for the database
    #[arg(long, value_name = "NAME", default_value = "{1}mdb")]
    pub(crate) database: String,
}

/// Software the gates stand behind.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Software {
    /// Postfix 3.7
    Postfix,
    /// Squid 5.7 (squid-openssl)
    Squid,
    /// OpenLDAP 2.5: how old and how good passwords are
    Openldap,
    /// Prosody 0.12
    Prosody,
    /// CUPS 2.4
    Cups,
    /// FreeRADIUS 3.2 (freeradius-rest)
    Freeradius,
    /// Kamailio 5.6 (kamailio-utils-modules)
    Kamailio,
}

/// Options of `decide`.
#[derive(Debug, Clone, Args)]
#[command(after_help = "\
Example:
  echo '{\"action\":\"visit\",\"who\":{\"audience\":\"officer\",\"acceptance\":\"signed\"},
        \"what\":{\"categories\":[\"webmail\"],\"method\":\"GET\"}}' | probity decide --format human

The facts an activity may hold are described in docs/reference/activity.md.")]
pub(crate) struct DecideArgs {
    /// The pack that decides.
    #[command(flatten)]
    pub(crate) pack: PackArg,
    /// How to print
    #[arg(long, value_enum, default_value = "json")]
    pub(crate) format: Format,
}

/// As whom, when and by what.
#[derive(Debug, Clone, Args)]
pub(crate) struct AsArgs {
    /// The person: id, account or address in the register
    #[arg(long = "as", value_name = "PERSON")]
    pub(crate) person: String,
    /// The moment, such as 2026-03-02T11:00:00Z; now if absent
    #[arg(long, value_name = "TIME")]
    pub(crate) at: Option<Timestamp>,
    /// Configuration with pack, register and site lists; the demo's council without one
    #[arg(long, value_name = "FILE")]
    pub(crate) config: Option<PathBuf>,
    /// How to print.
    #[command(flatten)]
    pub(crate) format: FormatArg,
}

/// What can be asked of mail.
#[derive(Debug, Subcommand)]
pub(crate) enum MailCommand {
    /// What would happen if this person sent this message
    Check {
        /// The message, as a file with header and body.
        file: PathBuf,
        /// Envelope recipients; those of To and Cc if absent
        #[arg(long, value_name = "ADDRESS")]
        to: Vec<String>,
        /// As whom and when.
        #[command(flatten)]
        whom: AsArgs,
    },
}

/// What can be asked of pages.
#[derive(Debug, Subcommand)]
pub(crate) enum WebCommand {
    /// What would happen if this person asked for this address
    Check {
        /// The address, with or without a scheme.
        url: String,
        /// HTTP method
        #[arg(long, default_value = "GET")]
        method: String,
        /// As whom and when.
        #[command(flatten)]
        whom: AsArgs,
    },
}

/// What can be asked of packs.
#[derive(Debug, Subcommand)]
pub(crate) enum PolicyCommand {
    /// The built-in packs
    List {
        /// How to print.
        #[command(flatten)]
        format: FormatArg,
    },
    /// Report everything wrong with a pack
    Check {
        /// The pack.
        #[command(flatten)]
        pack: PackArg,
        /// How to print.
        #[command(flatten)]
        format: FormatArg,
    },
    /// What a clause says, and what meets it
    Show {
        /// The clause's id, such as walsall-7.2.16.
        clause: String,
        /// A folder to look in instead of the built-in packs
        #[arg(long, value_name = "FOLDER")]
        pack: Option<String>,
        /// How to print.
        #[command(flatten)]
        format: FormatArg,
    },
    /// Which clauses are met now, by what, and how many remain
    Coverage {
        /// One pack; all built-in ones if absent
        #[arg(long, value_name = "NAME|FOLDER")]
        pack: Option<String>,
        /// Also look whether each test a clause names is there, below this folder of sources
        #[arg(long, value_name = "FOLDER")]
        tests: Option<PathBuf>,
        /// How to print.
        #[command(flatten)]
        format: FormatArg,
    },
    /// Play a pack's scenarios
    Test {
        /// One pack; all built-in ones if absent
        #[arg(long, value_name = "NAME|FOLDER")]
        pack: Option<String>,
        /// How to print.
        #[command(flatten)]
        format: FormatArg,
    },
}

/// Where the record is.
#[derive(Debug, Clone, Args)]
pub(crate) struct RecordArg {
    /// The data directory
    #[arg(long, value_name = "FOLDER", default_value = "/var/lib/probity")]
    pub(crate) data: PathBuf,
    /// How to print.
    #[command(flatten)]
    pub(crate) format: FormatArg,
}

/// What can be asked of the record.
#[derive(Debug, Subcommand)]
pub(crate) enum RecordCommand {
    /// The last entries
    Tail {
        /// How many
        #[arg(short = 'n', long, default_value_t = 20)]
        lines: u64,
        /// Go on printing new ones until interrupted
        #[arg(short, long)]
        follow: bool,
        /// Where.
        #[command(flatten)]
        record: RecordArg,
    },
    /// One entry, whole
    Show {
        /// Its number.
        entry: u64,
        /// Where.
        #[command(flatten)]
        record: RecordArg,
    },
    /// The last signed checkpoint, to be kept where nobody who can change the record can change it
    Checkpoint {
        /// Where.
        #[command(flatten)]
        record: RecordArg,
    },
    /// Find any flipped bit, removed, inserted or reordered entry, and say where
    Verify {
        /// The verifier key you noted down; the one in the data directory if absent
        #[arg(long, value_name = "VKEY")]
        key: Option<String>,
        /// A checkpoint you kept elsewhere: the record must continue it, so that a record cut back
        /// together with its own checkpoints is found too
        #[arg(long, value_name = "FILE")]
        checkpoint: Option<PathBuf>,
        /// Where.
        #[command(flatten)]
        record: RecordArg,
    },
}

/// What can be asked of content.
#[derive(Debug, Subcommand)]
pub(crate) enum ContentCommand {
    /// What is found in messages and files, each with its place and why
    #[command(after_help = "\
Examples:
  probity content scan message.eml
  probity content scan --format json downloads/     every file below the folder, one line each")]
    Scan {
        /// Messages (with header and body), any other files, or folders of them.
        #[arg(required = true)]
        files: Vec<PathBuf>,
        /// Signatures of malicious code besides the built-in ones (ClamAV's .ndb and .hsb)
        #[arg(long, value_name = "FILE")]
        signatures: Vec<PathBuf>,
        /// Register of known files, such as known-files.register of a data directory; its key lies beside it
        #[arg(long, value_name = "FILE")]
        known_files: Option<PathBuf>,
        /// The correction.
        #[command(flatten)]
        correction: CorrectionArg,
        /// How to print.
        #[command(flatten)]
        format: FormatArg,
    },
    /// Texts on standard input, findings on standard output, one JSON object a line
    #[command(after_help = "\
Example:
  echo '{\"id\":1,\"text\":\"Please send me all emails about the library under the FOI Act.\"}' |
    probity content classify --jsonl

A line may also have `subject` and `reply` (true or false). What comes out has the same `id`.")]
    Classify {
        /// One JSON object a line, the only form there is
        #[arg(long, required = true)]
        jsonl: bool,
        /// The correction.
        #[command(flatten)]
        correction: CorrectionArg,
    },
    /// Correct the model for offence by what reviewers said of its findings
    Retrain(RetrainArgs),
    /// Register files, so that the gates recognise them and their text
    Register(known_files::RegisterArgs),
    /// What is registered
    #[command(subcommand)]
    Registered(known_files::RegisteredCommand),
}

/// `--correction`.
#[derive(Debug, Clone, Args)]
pub(crate) struct CorrectionArg {
    /// Correction of the model for offence, such as offence.correction of a data directory
    #[arg(long, value_name = "FILE")]
    pub(crate) correction: Option<PathBuf>,
}

/// Options of `content retrain`.
#[derive(Debug, Clone, Args)]
#[command(after_help = "\
Examples:
  probity content retrain verdicts.jsonl            what would change, and nothing else
  probity content retrain --held-mail --apply       by what was said of held mail; take it into use
  probity content retrain --rollback                back to the correction before, or to none

A line is {\"label\":\"insult\",\"words\":\"…\",\"verdict\":\"wrong\"}: what a finding was called, the
words it quoted, and what was said of it: `right`, `wrong` or `right-but-allowed`. Other keys are
passed over. Give all verdicts each time: a correction is made anew, and not on top of the one
before. What makes the frozen set worse is not applied.")]
pub(crate) struct RetrainArgs {
    /// Verdicts, one JSON object a line; - is standard input.
    #[arg(value_name = "VERDICTS", required_unless_present_any = ["rollback", "held_mail"])]
    pub(crate) verdicts: Option<PathBuf>,
    /// Verdicts about held mail, as the people's database has them; no words are shown
    #[arg(long, conflicts_with = "verdicts")]
    pub(crate) held_mail: bool,
    /// Configuration whose data directory holds the correction
    #[arg(long, value_name = "FILE", default_value = "/etc/probity/probity.toml")]
    pub(crate) config: PathBuf,
    /// Take the correction into use; running gates take it up within a second
    #[arg(long)]
    pub(crate) apply: bool,
    /// Go back to the correction before, or to none
    #[arg(long, conflicts_with_all = ["verdicts", "held_mail", "apply"])]
    pub(crate) rollback: bool,
    /// How to print.
    #[command(flatten)]
    pub(crate) format: FormatArg,
}

/// What can be done with site lists.
#[derive(Debug, Subcommand)]
pub(crate) enum CategoriesCommand {
    /// Compile a folder of lists into the one file the gate maps
    Build {
        /// A folder with one folder or file for each category.
        folder: PathBuf,
        /// The file to publish.
        #[arg(long, value_name = "FILE")]
        out: PathBuf,
        /// Publish even if categories are lost or shrink
        #[arg(long)]
        force: bool,
        /// Allow this public suffix in this category, such as council-services=gov.uk
        #[arg(long, value_name = "CATEGORY=SUFFIX")]
        permit_suffix: Vec<String>,
        /// How to print.
        #[command(flatten)]
        format: FormatArg,
    },
    /// Which categories an address has
    Show {
        /// The published file.
        #[arg(long, value_name = "FILE")]
        file: PathBuf,
        /// The address.
        url: String,
        /// How to print.
        #[command(flatten)]
        format: FormatArg,
    },
}
