//! The console of this process: where it listens, and what it is put together from.

use std::net::{IpAddr, SocketAddr};
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use console::api;
use console::figures::Figures;
use console::held_messages::HeldMessages;
use console::running::Running;
use console::settings::{Logo, Settings};
use console::trying::Decides;
use console::{Console, Parts};
use directory::import::clocks::ClockFeed;
use directory::scim::kept::Register;
use jiff::Timestamp;
use register_store::seal::Key;
use register_store::signing_in::SignIn;
use serde::Deserialize;
use sign_in::oidc::{self, Provider};
use tokio::net::TcpListener;
use tokio::sync::watch;

use crate::data_dir::DataDir;
use crate::failure::Failure;
use crate::feeds::{Intake, ScimConfig};
use crate::people::People;

/// `[console]` of the configuration.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct ConsoleConfig {
    /// Where browsers, or the web server that ends TLS for them, reach it.
    pub(crate) listen: SocketAddr,
    /// The council's logo: an SVG or PNG file.
    #[serde(default)]
    pub(crate) logo: Option<PathBuf>,
    /// How it looks.
    #[serde(default)]
    pub(crate) look: Settings,
    /// Web servers in front whose word about a browser's address is believed.
    #[serde(default)]
    pub(crate) proxies: Vec<IpAddr>,
    /// The council's own sign-in (OpenID Connect).
    #[serde(default)]
    pub(crate) provider: Option<ProviderConfig>,
}

/// The council's own sign-in. Its secret is in a file of its own, not in the configuration.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct ProviderConfig {
    title: String,
    issuer: String,
    client_id: String,
    #[serde(default)]
    client_secret_file: Option<PathBuf>,
    redirect: String,
    #[serde(default = "subject")]
    claim: String,
    #[serde(default)]
    scopes: Vec<String>,
}

fn subject() -> String {
    "sub".to_owned()
}

impl ProviderConfig {
    fn open(&self) -> Result<Provider, Failure> {
        let secret = self
            .client_secret_file
            .as_deref()
            .map(std::fs::read_to_string);
        Ok(Provider::new(oidc::Settings {
            title: self.title.clone(),
            issuer: self.issuer.clone(),
            client_id: self.client_id.clone(),
            client_secret: secret.transpose()?.map(|secret| secret.trim().to_owned()),
            redirect: self.redirect.clone(),
            claim: self.claim.clone(),
            scopes: self.scopes.clone(),
        })?)
    }
}

impl ConsoleConfig {
    /// What cannot be used of it.
    pub(crate) fn problems(&self) -> Vec<String> {
        let mut problems = Vec::new();
        if self.look.plain_http && !self.listen.ip().is_loopback() {
            problems.push(
                "[console.look] plain_http sends sign-ins in the clear: leave it out, and end TLS \
                 in a web server in front"
                    .to_owned(),
            );
        }
        if let Err(error) = self.logo() {
            problems.push(format!("[console] logo: {error}"));
        }
        problems
    }

    fn logo(&self) -> Result<Option<Logo>, std::io::Error> {
        let bytes = self.logo.as_deref().map(std::fs::read).transpose()?;
        bytes
            .map(Logo::new)
            .transpose()
            .map_err(std::io::Error::other)
    }
}

/// An hour: drafts live for several, and none is kept twice as long.
const TIDY_EVERY: Duration = Duration::from_secs(60 * 60);

/// What the gates lend the console.
pub(crate) struct Lent {
    /// Says what would be decided.
    pub(crate) decides: Arc<dyn Decides>,
    /// Shows held messages, where there is a mail gate.
    pub(crate) held_messages: Option<Arc<dyn HeldMessages>>,
    /// Gives reports of use.
    pub(crate) figures: Arc<dyn Figures>,
    /// Says how the service is.
    pub(crate) running: Arc<dyn Running>,
}

/// Serves the console from the moment the database answers until `stopped`.
pub(crate) async fn serve(
    listener: TcpListener,
    config: ConsoleConfig,
    scim: Option<ScimConfig>,
    people: People,
    lent: Lent,
    data: DataDir,
    mut stopped: watch::Receiver<bool>,
) -> Result<(), Failure> {
    let mut stop = stopped.clone();
    let store = tokio::select! {
        store = people.connected() => store.clone(),
        _ = stop.wait_for(|stop| *stop) => return Ok(()),
    };
    let key = Key::at(&data.sign_in_key())?;
    let form_key = key.forms();
    let sign_in = SignIn::new(store.clone(), key);
    let console = Console::new(Parts {
        settings: Settings {
            scans: Some(data.scans()),
            notices_by_email: people.tells_by_mail(),
            ..config.look.clone()
        },
        logo: config.logo()?,
        store: store.clone(),
        sign_in,
        provider: config
            .provider
            .as_ref()
            .map(ProviderConfig::open)
            .transpose()?,
        proxies: config.proxies.clone(),
        form_key,
        clock: Arc::new(Timestamp::now),
        decides: Some(lent.decides),
        held_messages: lent.held_messages,
        figures: Some(lent.figures),
        running: Some(lent.running),
    })?;
    let tidy = keep_tidy(console.clone());
    let intake = Intake::new(&store, &data)?;
    let mut app = console::app(console.clone()).merge(api::clockings(
        console.clone(),
        ClockFeed {
            importer: intake.importer,
            raw: intake.raw,
            now: Timestamp::now,
        },
        api::Pace::default(),
    ));
    if let Some(scim) = scim {
        let users = Register {
            store,
            audiences: scim.audiences,
            now: Timestamp::now,
        };
        app = app.merge(api::scim(console, users, &scim.address));
    }
    let app = app.into_make_service_with_connect_info::<SocketAddr>();
    let ending = async move {
        // An error means that the sender is gone: stop as well.
        let _ = stopped.wait_for(|stop| *stop).await;
    };
    let serving = axum::serve(listener, app).with_graceful_shutdown(ending);
    tokio::select! {
        served = serving.into_future() => served?,
        () = tidy => (),
    }
    Ok(())
}

/// Forgets forms nobody goes on with, as long as it is awaited.
async fn keep_tidy(console: Console) {
    loop {
        if let Err(error) = console.forget_abandoned().await {
            let error = &error as &dyn std::error::Error;
            tracing::warn!(error, "forms nobody goes on with are still kept");
        }
        tokio::time::sleep(TIDY_EVERY).await;
    }
}
