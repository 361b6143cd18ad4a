//! `probity demo`: a made-up council's day, played through the real gates over the real protocols, and
//! its console to look around in.

pub(crate) mod council;
mod day;
mod mta;
mod past;
mod proxy;
mod sink;
mod traffic;

use std::collections::BTreeMap;
use std::net::{Ipv4Addr, SocketAddr};

use ::console::settings::{Phase, Settings};
use decision_point::information::InformationPoint;
use jiff::Timestamp;
use serde_json::json;

use crate::cli::{DemoArgs, Format};
use crate::config::{Config, Holds, Notices, PeopleConfig};
use crate::console::ConsoleConfig;
use crate::data_dir::DataDir;
use crate::failure::Failure;
use crate::gates::{self, Bound, Facts, Gates};
use crate::knowledge;
use crate::people::People;
use crate::print::{self, say};
use past::SignIns;

/// Where the console is, unless somebody else is there.
const PORT: u16 = 8080;

/// Plays the day.
pub(crate) fn run(args: &DemoArgs) -> Result<(), Failure> {
    let folder = tempfile::Builder::new().prefix("probity-demo-").tempdir()?;
    let data = DataDir::new(folder.path());
    let adopted = knowledge::adopt(&args.pack.pack)?;
    let pack = adopted.pack().clone();
    let config = gates_config(&data)?;
    let people = PeopleConfig {
        database: format!("sqlite://{}/people?mode=rwc", folder.path().display()),
        council: council::addresses(),
        lists: council::distribution(),
    };
    let listen = |port| {
        let console = console_config(port);
        Bound::new(
            &data,
            config.mail.as_ref(),
            config.web.as_ref(),
            Some(&console),
        )
    };
    let bound = listen(PORT).or_else(|_| listen(0))?;
    let human = args.format.format == Format::Human;
    if human {
        print::tell("Making up a council …");
    }
    let entering = past::enter(
        &people.database,
        (&args.pack.pack, pack.clone()),
        &data,
        Timestamp::now(),
    );
    let sign_ins = bound.block_on(entering)?;
    let (people, register) = bound.block_on(People::open(&people, pack, &data))?;
    let n_people = register.n_people();
    let lists = council::lists(folder.path())?;
    let information = InformationPoint::new(adopted, register, Some(lists));
    let point = gates::open_point(information, &data, &config.record, config.scanner.as_ref())?;
    let mut gates = bound.start(point, &data, &config.record, Facts::People(people))?;
    if human {
        welcome(&gates, &sign_ins, n_people, args.keep_running);
    }
    let mut tally = BTreeMap::new();
    day::play(&gates, &data, human, &mut tally)?;
    if human {
        day::summary(&tally, &data)?;
    } else {
        print::json(&json!({
            "console": console_address(&gates),
            "sign_ins": sign_ins,
            "decisions": tally,
        }));
    }
    if args.keep_running {
        stay(&mut gates, &data);
    }
    gates.stop()
}

/// Gates on any free ports of this machine.
fn gates_config(data: &DataDir) -> Result<Config, Failure> {
    let text = format!(
        "data_dir = \"{}\"\npack = \"\"\nregister = \"\"\n[mail]\nlisten = \"inet:127.0.0.1:0\"\n\
         [web]\nlisten = \"127.0.0.1:0\"\nproxies = [\"127.0.0.1\"]\nuser_names = \"plain\"\n",
        data.path().display()
    );
    let mut config = Config::parse(&text).map_err(|wrong| Failure::usage(wrong.join("; ")))?;
    if let Some(mail) = &mut config.mail {
        mail.holds = Holds::Here;
        mail.notices = Some(Notices {
            server: sink::start()?,
            from: "Acceptable use <probity@council.example>".to_owned(),
        });
    }
    Ok(config)
}

fn console_config(port: u16) -> ConsoleConfig {
    let phase = Phase {
        word: "Demonstration".to_owned(),
        sentence: "Everybody here is made up, and nothing is kept.".to_owned(),
    };
    ConsoleConfig {
        listen: SocketAddr::from((Ipv4Addr::LOCALHOST, port)),
        logo: None,
        look: Settings {
            phase: Some(phase),
            plain_http: true,
            ..Settings::default()
        },
        proxies: Vec::new(),
        provider: None,
    }
}

fn console_address(gates: &Gates) -> String {
    let address = gates.console_address();
    address.map_or_else(String::new, |address| format!("http://{address}/"))
}

/// The console, and who can sign in there.
fn welcome(gates: &Gates, sign_ins: &SignIns, n_people: usize, stays: bool) {
    say!("Console: {}", console_address(gates));
    if !stays {
        say!("         (gone when this ends: `probity demo --keep-running` leaves it up)");
    }
    say!(
        "Sign in as anybody below, with the passphrase {}\n",
        sign_ins.passphrase
    );
    let width = |of: fn(&past::Account) -> &str, least: usize| {
        let lengths = sign_ins.accounts.iter().map(|one| of(one).chars().count());
        lengths.fold(least, usize::max)
    };
    let (role, name) = (width(|one| &one.role, 4), width(|one| &one.name, 4));
    say!("{:role$}  {:name$}  user name", "role", "name");
    for one in &sign_ins.accounts {
        say!("{:role$}  {:name$}  {}", one.role, one.name, one.user_name);
    }
    let adopted = gates.point().information().adopted();
    say!(
        "\nA made-up council of {n_people} people has adopted the {} pack ({} clauses, {} rules).\n\
         Its gates are up; this is its day.\n",
        adopted.pack().settings().name,
        adopted.pack().clauses().len(),
        adopted.pack().rules().len(),
    );
}

/// Waits, with everything up.
fn stay(gates: &mut Gates, data: &DataDir) {
    let shown = |address: Option<SocketAddr>| address.map_or_else(String::new, |a| a.to_string());
    print::tell(&format!(
        "\nEverything stays up until you press Ctrl-C.\n  Console: {}\n  \
         Postfix: smtpd_milters = inet:{}\n  Squid:   icap://{}/reqmod\n  \
         record:  probity record tail --data {}",
        console_address(gates),
        shown(gates.mail_address()),
        shown(gates.web_address()),
        data.path().display(),
    ));
    gates.until_interrupted();
}
