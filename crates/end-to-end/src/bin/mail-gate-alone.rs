//! The mail gate and nothing else, for tests: reads `gate.toml` in the folder it is given, keeps
//! its record and quarantine there, and writes a file `ready` once it listens.

use std::error::Error;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use decision_point::adopted::Adopted;
use decision_point::information::InformationPoint;
use decision_point::point::{DecisionPoint, WebDurability};
use end_to_end::gate_process::GateConfig;
use jiff::Timestamp;
use journal::{Journal, Options};
use mail_gate::listener::Listener;
use mail_gate::settings::{Encryption, NoticeRoute, Settings};
use policy::pack::{Files, Pack};
use register::snapshot::Snapshot;
use tokio::signal::unix::{SignalKind, signal};

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    tracing_subscriber::fmt()
        .with_ansi(false)
        // A log that cannot be written must not bring the gate down.
        .log_internal_errors(false)
        .with_writer(std::io::stderr)
        .init();
    let folder = PathBuf::from(std::env::args_os().nth(1).ok_or("usage: FOLDER")?);
    let config: GateConfig = toml::from_str(&std::fs::read_to_string(folder.join("gate.toml"))?)?;
    let mut files = Files::new();
    read_pack(&config.pack, &config.pack, &mut files)?;
    let adopted = Adopted::new(Arc::new(Pack::load(&files)?))?;
    let register = Snapshot::parse(&std::fs::read_to_string(&config.register)?)?;
    let (journal, _recovery) = Journal::open(folder.join("journal"), Options::default())?;
    let information = InformationPoint::new(adopted, register, None);
    let now = Timestamp::now();
    let point = DecisionPoint::new(information, journal, WebDurability::Written, now)?;
    let listener = Listener::bind(&config.listen.parse()?, 0o666).await?;
    // A file size limit then makes writing fail, as a full disk does, and does not end the process.
    let _too_large = signal(SignalKind::from_raw(25))?;
    let mut terminate = signal(SignalKind::terminate())?;
    let stopped = async move {
        terminate.recv().await;
    };
    let serving = mail_gate::server::serve(
        listener,
        Arc::new(point),
        settings(&folder, config),
        stopped,
    );
    std::fs::write(folder.join("ready"), "")?;
    Ok(serving.await?)
}

fn settings(folder: &Path, config: GateConfig) -> Settings {
    let mut settings = Settings::new(folder.join("quarantine"));
    settings.trusted_authserv_id = config.trusted_authserv_id;
    settings.notices = config.notices.map(|server| NoticeRoute {
        server,
        from: "Probity <probity@council.example>".to_owned(),
    });
    if config.encrypts {
        settings.encryption = Encryption::ByHeader;
    }
    let limits = &mut settings.limits;
    limits.message_bytes = config.message_bytes.unwrap_or(limits.message_bytes);
    limits.recipients = config.recipients.unwrap_or(limits.recipients);
    limits.memory_bytes = config.memory_bytes.unwrap_or(limits.memory_bytes);
    settings
}

fn read_pack(root: &Path, folder: &Path, files: &mut Files) -> Result<(), Box<dyn Error>> {
    for entry in std::fs::read_dir(folder)? {
        let path = entry?.path();
        if path.is_dir() {
            read_pack(root, &path, files)?;
        } else {
            let name = path.strip_prefix(root)?.to_string_lossy().into_owned();
            files.insert(name, std::fs::read_to_string(&path)?);
        }
    }
    Ok(())
}
