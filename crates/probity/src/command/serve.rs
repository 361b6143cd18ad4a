//! `probity serve`

use std::path::Path;

use decision_point::information::InformationPoint;
use register::snapshot::Snapshot;
use rustix::process::{Resource, getrlimit, setrlimit};

use crate::config::Config;
use crate::data_dir::DataDir;
use crate::desk;
use crate::failure::Failure;
use crate::gates::{self, Bound, Facts};
use crate::knowledge;
use crate::known_files::KnownFiles;
use crate::people::People;
use crate::print;

/// Runs the gates until interrupted.
pub(crate) fn run(path: &Path) -> Result<(), Failure> {
    let config = Config::read(path)?;
    allow_many_connections();
    let adopted = knowledge::adopt(&config.pack)?;
    let lists = knowledge::lists(&config)?;
    let signatures = knowledge::signatures(&config.signatures)?;
    let data = DataDir::new(&config.data_dir);
    let files = KnownFiles::of(&config);
    let bound = Bound::new(
        &data,
        config.mail.as_ref(),
        config.web.as_ref(),
        config.console.as_ref(),
    )?
    .with_status(config.status.as_ref())?
    .with_desk(config.desk.as_ref())?
    .with_feeds(&config.feeds)
    .with_calls(config.calls.as_ref())
    .with_phone(config.phone.as_ref())?
    .with_known_files(&files)
    .with_lake(config.lake.as_ref())
    .with_mailboxes(config.mailboxes.as_ref());
    let (register, facts) = match (&config.register, &config.people) {
        (Some(path), _) => (knowledge::register(path)?.0, Facts::File(path.clone())),
        (None, Some(people)) => {
            let opening = People::open(people, adopted.pack().clone(), &data);
            let (people, register) = bound.block_on(opening)?;
            let people = people.with_notices(config.notices.clone());
            (register, Facts::People(people))
        }
        (None, None) => (Snapshot::default(), Facts::Fixed),
    };
    let mut information = InformationPoint::new(adopted, register, lists);
    if let Some(signatures) = signatures {
        information.look_for(signatures);
    }
    knowledge::correct(&information, &data);
    if let Some(mail) = &config.mail {
        data.create()?;
        knowledge::remember(&mut information, mail, &data);
    }
    knowledge::recognise(&information, &files);
    if let Some(path) = config.desk.as_ref().and_then(|desk| desk.assets.as_ref()) {
        information.know_assets(Some(desk::read_assets(path)?.0));
    }
    let point = gates::open_point(information, &data, &config.record, config.scanner.as_ref())?;
    let mut gates = bound.start(point, &data, &config.record, facts)?;
    let mail = config.mail.as_ref().map(|mail| mail.listen.to_string());
    let or_off = |address: Option<String>| address.unwrap_or_else(|| "off".to_owned());
    print::tell(&format!(
        "probity: the gates are up (mail {}, web {}, phone {}, desk {}, console {}, status {}), pack {}, record in {}",
        or_off(mail),
        or_off(gates.web_address().map(|address| address.to_string())),
        or_off(gates.phone_address().map(|address| address.to_string())),
        or_off(gates.desk_address().map(|address| address.to_string())),
        or_off(
            gates
                .console_address()
                .map(|address| format!("http://{address}"))
        ),
        or_off(
            gates
                .status_address()
                .map(|address| format!("http://{address}/metrics"))
        ),
        gates.point().information().adopted().pack().settings().name,
        data.record().display(),
    ));
    gates.until_interrupted();
    print::tell("probity: stopping");
    gates.stop()
}

/// Takes as many open files as the system lets this process have: the usual first limit of 1,024
/// is below the connections both gates are ready for. Fewer is not an error; the gates then say
/// when they run out.
fn allow_many_connections() {
    let mut limit = getrlimit(Resource::Nofile);
    limit.current = limit.maximum;
    if let Err(error) = setrlimit(Resource::Nofile, limit) {
        tracing::warn!(%error, "the limit of open files cannot be raised");
    }
}
