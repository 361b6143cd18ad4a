//! The console's pages for fifty people at once, beside nginx sending the very same pages from files.
//!
//! 5,000 people with 100,000 permissions in SQLite. Nobody pauses to read: each of the fifty asks for
//! the next page as soon as the last has come, so what a page takes here is an upper bound.

use std::error::Error;
use std::fs;
use std::net::{IpAddr, Ipv4Addr};
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use benches::arguments::Arguments;
use benches::closed_loop::{self, Done};
use benches::gate::{self, Gate};
use benches::http_load::Pages;
use benches::usage::{Paused, resident};
use benches::{council, pack_files, web_peers};
use end_to_end::ports;
use end_to_end::temp::Folder;
use jiff::Timestamp;
use matters::event::{Act, Actor};
use matters::id::PersonId;
use policy::pack::Pack;
use register_store::Store;
use register_store::seal::Key;
use register_store::sessions::Client;
use register_store::signing_in::account::Whose;
use register_store::signing_in::{NextStep, SignIn};

/// People who are signed in, one of them at the service desk.
const USERS: usize = 50;

const WITHIN: Duration = Duration::from_millis(50);

/// What each of them looks at; the last are for the desk alone.
const PAGES: [&str; 7] = [
    "/my-position",
    "/read-and-sign",
    "/ask-for-something",
    "/policy",
    "/report-a-problem",
    "/people?search=person-4",
    "/work-list",
];
const FOR_ALL: usize = 5;

fn main() -> Result<(), Box<dyn Error>> {
    let arguments = Arguments::read()?;
    let (span, runs) = match arguments.quick {
        true => (Duration::from_secs(1), 1),
        false => (Duration::from_secs(5), 3),
    };
    let folder = Folder::new("bench-console")?;
    let database = format!("sqlite://{}?mode=rwc", folder.join("people.db").display());
    let data = folder.join("data");
    let cookies = tokio::runtime::Runtime::new()?.block_on(settle(&database, &data))?;
    let address = ports::free()?;
    let config = format!(
        "data_dir = \"{}\"\npack = \"walsall\"\n[people]\ndatabase = \"{database}\"\n\
         [people.council]\ndomains = [\"council.example\"]\n[console]\nlisten = \"{address}\"\n\
         [console.look]\nplain_http = true\n[record]\nname = \"bench.invalid/record\"\n",
        data.display()
    );
    let gate = Gate::serve(&gate::program(&arguments)?, folder.path(), &config)?;
    println!(
        "{} people, {} permissions: up after {:.2} s, {:.0} MB resident\n",
        council::PEOPLE,
        council::PEOPLE * council::PERMISSIONS,
        gate.ready_after.as_secs_f64(),
        resident(gate.id())
    );
    println!(
        "{:<26} {:>8} {:>9} {:>24} {:>9} {:>7}",
        "", "bytes", "pages/s", "ms 50/95/99", "nginx p95", "failed"
    );
    let mut met = true;
    for (n, path) in PAGES.iter().enumerate() {
        let cookies = if n < FOR_ALL {
            &cookies[..]
        } else {
            &cookies[..1]
        };
        let page = Pages::of(address, path, cookies).whole(address)?;
        let mut turns = Vec::new();
        for _ in 0..runs {
            let pages = Pages::of(address, path, cookies);
            turns.push(closed_loop::run(address, pages, USERS, span)?);
        }
        turns.sort_by_key(p95);
        let median = turns.swap_remove(turns.len() / 2);
        let beside = beside(&folder.join(format!("nginx-{n}")), path, &page, &gate, span)?;
        let millis = |share| median.latencies.quantile(share).as_secs_f64() * 1e3;
        println!(
            "{path:<26} {:>8} {:>9.0} {:>24} {:>9} {:>7}",
            page.len(),
            median.rate,
            format!(
                "{:.1} / {:.1} / {:.1}",
                millis(0.5),
                millis(0.95),
                millis(0.99)
            ),
            beside,
            median.failed,
        );
        met &= p95(&median) <= WITHIN && median.failed == 0;
    }
    println!(
        "\n{:.0} MB resident; goal p95 ≤ {WITHIN:?} at {USERS} people: {}",
        resident(gate.id()),
        if met { "met" } else { "missed" }
    );
    Ok(())
}

/// The 95th percentile of nginx sending this page, in milliseconds; a dash without it.
fn beside(
    folder: &Path,
    path: &str,
    page: &[u8],
    gate: &Gate,
    span: Duration,
) -> Result<String, Box<dyn Error>> {
    let peer = match web_peers::nginx_with(folder, page) {
        Ok(peer) => peer,
        Err(missing) => {
            println!("without nginx: {missing}");
            return Ok("-".to_owned());
        }
    };
    let _still = Paused::trees([gate.id()]);
    let done = closed_loop::run(
        peer.address,
        Pages::of(peer.address, path, &[]),
        USERS,
        span,
    )?;
    if done.failed > 0 {
        return Err(format!("nginx failed {} times on {path}", done.failed).into());
    }
    Ok(format!("{:.1}", p95(&done).as_secs_f64() * 1e3))
}

fn p95(done: &Done) -> Duration {
    done.latencies.quantile(0.95)
}

/// Fills the database, and signs people in: the desk first.
async fn settle(database: &str, data: &Path) -> Result<Vec<String>, Box<dyn Error>> {
    let pack = Arc::new(Pack::load(&pack_files("walsall"))?);
    council::fill(database, &pack).await?;
    fs::create_dir_all(data)?;
    let store = Store::open(database, pack).await?;
    let sign_in = SignIn::new(store.clone(), Key::at(&data.join("sign-in.key"))?);
    let at = Timestamp::now();
    let act = Act::of(Actor::Rule("benchmark".to_owned()), at);
    let client = Client::new(IpAddr::V4(Ipv4Addr::LOCALHOST), "benchmark");
    let passphrase = "copper-kettle-maple-yonder";
    let mut cookies = Vec::new();
    for n in 0..USERS {
        let id = match n {
            0 => "desk".to_owned(),
            n => format!("person-{n}"),
        };
        let person = PersonId::new(&*id);
        sign_in
            .add_account(&person, &id, passphrase, Whose::Own, &act)
            .await?;
        match sign_in.begin(&id, passphrase, &client, at).await? {
            NextStep::Done(opened) => cookies.push(format!("probity={}", opened.token.as_str())),
            _ => return Err("somebody is asked for more than a passphrase".into()),
        }
    }
    store.close().await;
    Ok(cookies)
}
