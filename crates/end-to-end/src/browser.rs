//! A real Chromium that a test drives: opens pages, fills in forms, reads what a person would.
//!
//! Each [`Browser`] is a process of its own; in it any number of [`Visitor`]s, each with their own
//! cookies, as people at computers of their own; and each visitor has [`Page`]s. Things on a page
//! are found by label, name or legend, never by class. A visitor may use the keyboard alone, a
//! magnified window, or no script, and the same test walks the same way.
//!
//! The driving is Playwright's, in `node/browser.js`; steps and answers are lines of JSON.

mod driver;
mod findings;
mod page;

use std::io;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use serde::{Deserialize, Serialize};
use serde_json::json;

pub use driver::{StepError, Whereabouts};
pub use findings::{Stop, TabOrder, Violation};
pub use page::{Control, Downloaded, Landmark, Link, Page};

use driver::Driver;

const CHROMIUM: &str = "/usr/bin/chromium";

/// The first Node.js that Playwright runs under.
const OLDEST_NODE: u32 = 20;

/// A browser that could not be started.
#[derive(Debug, thiserror::Error)]
pub enum StartError {
    /// Its folder could not be set up, or Node.js could not be run.
    #[error("the browser cannot be set up")]
    Setup(#[from] io::Error),
    /// It ended or says nothing.
    #[error("the browser does not start: {log}")]
    Failed {
        /// What was on its error output.
        log: String,
        /// How it failed.
        source: StepError,
    },
}

/// Whether somebody has a mouse.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Hands {
    /// They have.
    #[default]
    Pointer,
    /// They have not: every control is got to with Tab and worked with keys.
    Keyboard,
}

/// A proxy to go through, such as a private Squid, and who asks.
#[derive(Debug, Clone, Serialize)]
pub struct Proxy {
    server: String,
    username: String,
    password: String,
}

impl Proxy {
    /// The proxy there, for this user name; any password does in the tests.
    pub fn of(address: SocketAddr, user: &str) -> Self {
        Self {
            server: format!("http://{address}"),
            username: user.to_owned(),
            password: "secret".to_owned(),
        }
    }
}

/// How somebody uses their browser.
#[derive(Debug, Clone, Serialize)]
pub struct Habits {
    /// With a mouse or without.
    pub hands: Hands,
    /// Magnification of a window of 1280 × 1024 pixels, in per cent.
    pub percent: u32,
    /// Whether scripts run.
    pub script: bool,
    /// What they reach the web through, but for this machine itself.
    pub proxy: Option<Proxy>,
}

impl Default for Habits {
    fn default() -> Self {
        Self {
            hands: Hands::Pointer,
            percent: 100,
            script: true,
            proxy: None,
        }
    }
}

/// What is missing on this machine to run one, in words; none if nothing is.
pub fn missing() -> Option<String> {
    if !Path::new(CHROMIUM).exists() {
        return Some("chromium is not installed (apt-get install chromium)".to_owned());
    }
    let version = Command::new("node").arg("--version").output().ok();
    let version = version.map(|output| String::from_utf8_lossy(&output.stdout).trim().to_owned());
    let major = version.as_deref().and_then(|said| {
        let number = said.strip_prefix('v')?.split('.').next()?;
        number.parse::<u32>().ok()
    });
    match major {
        None => return Some("node is not installed (apt-get install nodejs npm)".to_owned()),
        Some(major) if major < OLDEST_NODE => {
            return Some(format!(
                "node {OLDEST_NODE} or later is needed, not {major}"
            ));
        }
        Some(_) => (),
    }
    if !scripts().join("node_modules/playwright-core").exists() {
        return Some(
            "the packages of crates/end-to-end/node are missing (run npm ci there)".into(),
        );
    }
    None
}

/// A running browser.
#[derive(Debug, Clone)]
pub struct Browser {
    driver: Arc<Mutex<Driver>>,
    screenshots: PathBuf,
}

impl Browser {
    /// Starts one. Its screenshots go to `screenshots/NAME` in Cargo's target folder, in the order
    /// they are taken; what an earlier run left there is removed.
    pub fn start(name: &str) -> Result<Self, StartError> {
        let screenshots = screenshots(name)?;
        let driver = Driver::start(&scripts(), Path::new(CHROMIUM), &screenshots)?;
        Ok(Self {
            driver: Arc::new(Mutex::new(driver)),
            screenshots,
        })
    }

    /// Where its screenshots go.
    pub fn screenshots(&self) -> &Path {
        &self.screenshots
    }

    /// Somebody who was never here.
    #[track_caller]
    pub fn visitor(&self, habits: &Habits) -> Visitor {
        let number = driver(&self.driver).next_number();
        let visitor = Visitor {
            driver: self.driver.clone(),
            number,
        };
        let step = json!({"do": "visitor", "visitor": number, "settings": habits});
        page::must(driver(&self.driver).take(step));
        visitor
    }

    /// The only tab of somebody who was never here and has ordinary habits.
    #[track_caller]
    pub fn page(&self) -> Page {
        self.visitor(&Habits::default()).tab()
    }
}

/// Somebody with cookies of their own. What they have open stays open when this is dropped, until
/// the browser ends.
#[derive(Debug)]
pub struct Visitor {
    driver: Arc<Mutex<Driver>>,
    number: u64,
}

/// A cookie as the browser keeps it.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Cookie {
    /// Its name.
    pub name: String,
    /// Its value.
    pub value: String,
    /// The host it goes back to.
    pub domain: String,
    /// The paths it goes back to.
    pub path: String,
    /// When it ends, in seconds since the epoch; -1 for the end of the session.
    pub expires: f64,
    /// Whether scripts cannot read it.
    pub http_only: bool,
    /// Whether it goes over TLS only.
    pub secure: bool,
    /// `Strict`, `Lax` or `None`.
    pub same_site: String,
}

impl Visitor {
    /// Opens a tab, empty as yet.
    #[track_caller]
    pub fn tab(&self) -> Page {
        let number = driver(&self.driver).next_number();
        let step = json!({"do": "tab", "visitor": self.number, "page": number});
        page::must(driver(&self.driver).take(step));
        Page::new(self.driver.clone(), number)
    }

    /// Their cookies.
    #[track_caller]
    pub fn cookies(&self) -> Vec<Cookie> {
        let step = json!({"do": "cookies", "visitor": self.number});
        page::read(page::must(driver(&self.driver).take(step)))
    }

    /// Forgets all cookies, as another browser would not have them.
    #[track_caller]
    pub fn forget_cookies(&self) {
        let step = json!({"do": "forget-cookies", "visitor": self.number});
        page::must(driver(&self.driver).take(step));
    }

    /// Closes all they have open.
    #[track_caller]
    pub fn leave(self) {
        let step = json!({"do": "leave", "visitor": self.number});
        page::must(driver(&self.driver).take(step));
    }
}

fn driver(shared: &Mutex<Driver>) -> MutexGuard<'_, Driver> {
    shared.lock().unwrap_or_else(PoisonError::into_inner)
}

fn scripts() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("node")
}

/// Cargo's target folder lies three above a test: `target/debug/deps/test`.
fn screenshots(name: &str) -> io::Result<PathBuf> {
    let test = std::env::current_exe()?;
    let target = test.ancestors().nth(3).unwrap_or(Path::new("target"));
    let folder = target.join("screenshots").join(name);
    match std::fs::remove_dir_all(&folder) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
        _ => std::fs::create_dir_all(&folder)?,
    }
    Ok(folder)
}
