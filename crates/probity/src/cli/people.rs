//! Commands about people: for whoever looks after the server, and for the service desk.

use std::path::PathBuf;

use clap::{Args, Subcommand};
use jiff::Timestamp;
use jiff::civil::Date;

use super::{ConfigArg, FormatArg};

/// A configuration with `[people]`, and how to print.
#[derive(Debug, Clone, Args)]
pub(crate) struct HereArgs {
    /// The configuration.
    #[command(flatten)]
    pub(crate) config: ConfigArg,
    /// How to print.
    #[command(flatten)]
    pub(crate) format: FormatArg,
}

/// What can be imported.
#[derive(Debug, Subcommand)]
#[command(after_help = "\
Examples:
  probity import hr starters.csv --dry-run      what would change, and nothing else
  probity import hr starters.csv
  probity import directory --format json

A running server takes in files by itself ([feeds] of the configuration). Importing beside it, or twice,
does no harm.")]
pub(crate) enum ImportCommand {
    /// HR's list of starters, movers and leavers
    Hr(FileArgs),
    /// A list of clock events
    Clocks(FileArgs),
    /// The directory of [feeds.directory], and the comparison of its accounts with requests
    Directory {
        /// Only say what would change
        #[arg(long)]
        dry_run: bool,
        /// Where to.
        #[command(flatten)]
        here: HereArgs,
    },
}

/// A file to import.
#[derive(Debug, Clone, Args)]
pub(crate) struct FileArgs {
    /// The list, as CSV; its first line names the columns.
    pub(crate) file: PathBuf,
    /// Only say what would change
    #[arg(long)]
    pub(crate) dry_run: bool,
    /// Where to.
    #[command(flatten)]
    pub(crate) here: HereArgs,
}

/// What can be done with local accounts and tokens.
#[derive(Debug, Subcommand)]
#[command(after_help = "\
Examples:
  probity account add 1042                      a first passphrase, printed once
  probity account token --person 1042 --scope read:people --scope read:matters --days 90
  probity account token --service door-clocks --scope write:clockings

A person is named by id, employee number, account or address. What is done here is on the record as the
act of this machine's user.")]
pub(crate) enum AccountCommand {
    /// Let somebody sign in to the console, with a passphrase to be changed at once
    Add {
        /// Who.
        person: String,
        /// The name to sign in with; their first account, or else their id, if absent
        #[arg(long)]
        name: Option<String>,
        /// Where.
        #[command(flatten)]
        here: HereArgs,
    },
    /// Give somebody a new passphrase, to be changed at once, and end their sign-ins
    Reset {
        /// Who.
        person: String,
        /// Forget their one-time codes as well
        #[arg(long)]
        codes: bool,
        /// Where.
        #[command(flatten)]
        here: HereArgs,
    },
    /// Let nobody sign in with an account any more
    Close {
        /// Whose.
        person: String,
        /// Where.
        #[command(flatten)]
        here: HereArgs,
    },
    /// Open a closed account again
    Open {
        /// Whose.
        person: String,
        /// Where.
        #[command(flatten)]
        here: HereArgs,
    },
    /// Make a token for the REST API, printed once
    Token(TokenArgs),
    /// Tokens there are
    Tokens {
        /// Where.
        #[command(flatten)]
        here: HereArgs,
    },
    /// End a token
    EndToken {
        /// Its name, such as TK-ABC….
        name: String,
        /// Where.
        #[command(flatten)]
        here: HereArgs,
    },
}

/// A token to be made.
#[derive(Debug, Clone, Args)]
pub(crate) struct TokenArgs {
    /// Whose it is: it acts as this person, with the posts they hold
    #[arg(long, required_unless_present = "service", conflicts_with = "service")]
    pub(crate) person: Option<String>,
    /// The service it is for, which brings feeds and nothing else
    #[arg(long)]
    pub(crate) service: Option<String>,
    /// What may be done with it; see docs/reference/api.md
    #[arg(long, required = true)]
    pub(crate) scope: Vec<String>,
    /// What it is for, in words
    #[arg(long, default_value = "made at the command line")]
    pub(crate) label: String,
    /// How long it is good for
    #[arg(long, default_value_t = 90, value_parser = clap::value_parser!(u16).range(1..=366))]
    pub(crate) days: u16,
    /// Where.
    #[command(flatten)]
    pub(crate) here: HereArgs,
}

/// What can be done with posts.
#[derive(Debug, Subcommand)]
#[command(after_help = "\
Examples:
  probity post list
  probity post appoint monitoring-officer 1042
  probity post appoint head-of-service 1077 --unit highways --until 2027-03-31

Posts are those of the pack. Once somebody keeps the authority register in the console, appoint there.")]
pub(crate) enum PostCommand {
    /// Posts of the pack, and who holds them now
    List {
        /// Where.
        #[command(flatten)]
        here: HereArgs,
    },
    /// Say that somebody holds a post
    Appoint {
        /// The post, as the pack spells it.
        post: String,
        /// Who.
        person: String,
        /// The unit it is the post of
        #[arg(long)]
        unit: Option<String>,
        /// First day; today if absent
        #[arg(long, value_name = "DATE")]
        from: Option<Date>,
        /// Last day
        #[arg(long, value_name = "DATE")]
        until: Option<Date>,
        /// Where.
        #[command(flatten)]
        here: HereArgs,
    },
    /// Say that somebody holds a post no longer
    End {
        /// The post, as the pack spells it.
        post: String,
        /// Who.
        person: String,
        /// The unit it is the post of
        #[arg(long)]
        unit: Option<String>,
        /// Where.
        #[command(flatten)]
        here: HereArgs,
    },
}

/// A console somewhere, and whose token asks it.
#[derive(Debug, Clone, Args)]
pub(crate) struct ThereArgs {
    /// Where the console is, such as `https://probity.council.example`
    #[arg(long, env = "PROBITY_SERVER", value_name = "URL")]
    pub(crate) server: String,
    /// The file that holds your token
    #[arg(long, env = "PROBITY_TOKEN_FILE", value_name = "FILE")]
    pub(crate) token_file: PathBuf,
    /// How to print.
    #[command(flatten)]
    pub(crate) format: FormatArg,
}

const THERE: &str = "\
A token acts as its person, with the posts they hold, by the same rules as the pages. Whoever looks after
the server makes one: probity account token --person … --scope …";

/// What can be asked of people.
#[derive(Debug, Subcommand)]
#[command(after_help = THERE)]
pub(crate) enum PersonCommand {
    /// People by a part of name, id, number, account or address
    Find {
        /// The part.
        text: String,
        /// Where.
        #[command(flatten)]
        there: ThereArgs,
    },
    /// One person: services, signature, permissions, posts
    Show {
        /// Who: id, number, account or address.
        person: String,
        /// Where.
        #[command(flatten)]
        there: ThereArgs,
    },
}

/// What can be done with requests for access.
#[derive(Debug, Subcommand)]
#[command(after_help = THERE)]
pub(crate) enum RequestCommand {
    /// Requests you may see, the newest first
    List(ListArgs),
    /// One request, and every step so far
    Show {
        /// Its reference, such as AR-7F3K-29QD.
        reference: String,
        /// Where.
        #[command(flatten)]
        there: ThereArgs,
    },
    /// Ask for a service, as a draft
    Open {
        /// For whom: id, number, account or address.
        person: String,
        /// Which service of the pack
        #[arg(long)]
        service: String,
        /// What it is needed for
        #[arg(long)]
        need: String,
        /// Equipment that goes with it
        #[arg(long)]
        equipment: Option<String>,
        /// First moment it is no longer needed
        #[arg(long, value_name = "TIME")]
        until: Option<Timestamp>,
        /// Who answers for somebody the council does not employ
        #[arg(long, value_name = "PERSON")]
        sponsor: Option<String>,
        /// Where.
        #[command(flatten)]
        there: ThereArgs,
    },
    /// Take a step: submit, authorise, return, refuse, permit, provisioned …
    Step(StepArgs),
}

/// What can be done with permissions.
#[derive(Debug, Subcommand)]
#[command(after_help = THERE)]
pub(crate) enum PermissionCommand {
    /// Permissions you may see, the newest first
    List(ListArgs),
    /// One permission, and every step so far
    Show {
        /// Its reference, such as PM-7F3K-29QD.
        reference: String,
        /// Where.
        #[command(flatten)]
        there: ThereArgs,
    },
    /// Ask for a permission
    Ask {
        /// For whom: id, number, account or address.
        person: String,
        /// Which kind of the pack
        #[arg(long)]
        kind: String,
        /// What for
        #[arg(long)]
        why: String,
        /// Hosts, recipients, items, devices or occasions, as the kind says
        #[arg(long)]
        scope: Vec<String>,
        /// First moment; now if absent
        #[arg(long, value_name = "TIME")]
        from: Option<Timestamp>,
        /// First moment after
        #[arg(long, value_name = "TIME")]
        until: Timestamp,
        /// Where.
        #[command(flatten)]
        there: ThereArgs,
    },
    /// Take a step: advise, approve, refuse, withdraw, revoke
    Step(StepArgs),
}

/// What a list is narrowed to.
#[derive(Debug, Clone, Args)]
pub(crate) struct ListArgs {
    /// Only about this person: id, number, account or address
    #[arg(long)]
    pub(crate) person: Option<String>,
    /// Only in these states, with commas between them
    #[arg(long)]
    pub(crate) state: Option<String>,
    /// Only of this service, or of this kind
    #[arg(long)]
    pub(crate) about: Option<String>,
    /// Those that are over as well
    #[arg(long)]
    pub(crate) all: bool,
    /// Most of them
    #[arg(short = 'n', long, default_value_t = 50, value_parser = clap::value_parser!(u16).range(1..=10_000))]
    pub(crate) lines: u16,
    /// Where.
    #[command(flatten)]
    pub(crate) there: ThereArgs,
}

/// A step to be taken.
#[derive(Debug, Clone, Args)]
pub(crate) struct StepArgs {
    /// The matter's reference.
    pub(crate) reference: String,
    /// The step, as docs/reference/openapi.json spells it.
    pub(crate) step: String,
    /// Why; some steps need it
    #[arg(long)]
    pub(crate) reason: Option<String>,
    /// What else the step needs, such as method="by the secure portal"; JSON where it is no text
    #[arg(long = "with", value_name = "NAME=VALUE")]
    pub(crate) with: Vec<String>,
    /// Only if it still has this version; however it stands if absent
    #[arg(long)]
    pub(crate) version: Option<u64>,
    /// Where.
    #[command(flatten)]
    pub(crate) there: ThereArgs,
}
