//! A made-up council, and a browser to visit its console with.
//!
//! Every post of the Walsall pack, or of the one that is named, is held by a person whose id is the post's label; beside them there
//! are `officer` (whose line manager is `manager`), `colleague`, `councillor` and `agent`. Posts of
//! units are held for `resources`, the unit all of them are in, except `other-head-of-service`.
//! [`Council::signed_in`] is by the council's own sign-in, which costs nothing; who signs in with
//! [`PASSWORD`] needs [`Council::add_account`] first.

#![allow(clippy::unwrap_used, clippy::panic, dead_code)]

use std::net::{IpAddr, Ipv4Addr};
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

use ::reports::entry::{Channel, Volume};
use ::reports::month::Month;
use axum::Router;
use axum::body::Body;
use axum::http::{HeaderMap, Request, StatusCode, header};
use end_to_end::numbered::is_possible;
use jiff::{SignedDuration, Timestamp};
use matters::authority::Holding;
use matters::event::{Act, Actor};
use matters::id::{PersonId, PostId, UnitId};
use matters::people::{Person, Unit};
use matters::signing_method::{self, SigningMethod};
use policy::pack::{Files, Pack};
use register_store::Store;
use register_store::own_use::{self, OwnAct, Used};
use register_store::seal::Key;
use register_store::sessions::Client;
use register_store::signing_in::SignIn;
use register_store::signing_in::account::Whose;
use sign_in::oidc::Provider;
use tower::ServiceExt as _;

use crate::sessions::cookie::Cookie;
use crate::settings::Settings;
use crate::{Console, Parts, app};

mod deciding;
mod figures;
mod held;
pub(crate) mod html;
mod running;

use html::{Element, Html};

/// A Wednesday morning, on which nothing is due yet.
pub(crate) const NOW: &str = "2027-03-10T09:30:00Z";

pub(crate) const PASSWORD: &str = "copper tiptoe marmalade";

/// A council with its console.
pub(crate) struct Council {
    pub(crate) console: Console,
    pub(crate) store: Store,
    pub(crate) sign_in: SignIn,
    pub(crate) running: Arc<running::MadeUp>,
    clock: Arc<AtomicI64>,
    url: String,
    _folder: tempfile::TempDir,
}

impl Council {
    pub(crate) async fn new() -> Self {
        Self::with(Settings::default()).await
    }

    pub(crate) async fn with(settings: Settings) -> Self {
        Self::and_provider(settings, None).await
    }

    /// One that goes by another of the packs we ship.
    pub(crate) async fn of(name: &str) -> Self {
        Self::made(pack(name), Settings::default(), None).await
    }

    pub(crate) async fn and_provider(settings: Settings, provider: Option<Provider>) -> Self {
        Self::made(pack("walsall"), settings, provider).await
    }

    /// One that goes by a pack we ship with more at the end of its `pack.toml`.
    pub(crate) async fn of_more(name: &str, more: &str) -> Self {
        let mut files = files(name);
        files.get_mut("pack.toml").unwrap().push_str(more);
        Self::made(Pack::load(&files).unwrap(), Settings::default(), None).await
    }

    async fn made(pack: Pack, settings: Settings, provider: Option<Provider>) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let url = format!(
            "sqlite://{}?mode=rwc",
            folder.path().join("register").display()
        );
        let store = Store::open(&url, Arc::new(pack)).await.unwrap();
        let begin: Timestamp = NOW.parse().unwrap();
        let clock = Arc::new(AtomicI64::new(begin.as_second()));
        populate(&store, begin).await;
        let seconds = Arc::clone(&clock);
        let sign_in = SignIn::new(store.clone(), Key::new([7; 32]).unwrap());
        let running: Arc<running::MadeUp> = Arc::default();
        let console = Console::new(Parts {
            settings,
            logo: None,
            store: store.clone(),
            sign_in: sign_in.clone(),
            provider,
            proxies: Vec::new(),
            decides: Some(Arc::new(deciding::MadeUp)),
            held_messages: Some(Arc::new(held::MadeUp)),
            figures: Some(Arc::new(figures::MadeUp)),
            running: Some(running.clone()),
            clock: Arc::new(move || {
                Timestamp::from_second(seconds.load(Ordering::Relaxed)).unwrap()
            }),
            form_key: [7; 32],
        });
        Self {
            running,
            console: console.unwrap(),
            store,
            sign_in,
            clock,
            url,
            _folder: folder,
        }
    }

    /// So many calls of somebody's, one an hour until now, as the record told of them from an entry on.
    pub(crate) async fn used(&self, person: &str, first: u64, calls: u64) {
        let now = self.console.now();
        let month = Month::of(now, &self.console.zone);
        let mut used = Used::default();
        for n in 0..calls {
            let volume = Volume {
                count: 1,
                seconds: 90,
                millionths: 170_000,
                ..Volume::default()
            };
            let kind = own_use::Kind {
                person: PersonId::from(person),
                month,
                channel: Channel::Call,
                action: "call-out".to_owned(),
            };
            *used.figures.entry(kind).or_default() += volume;
            used.acts.push(OwnAct {
                entry: first + n,
                person: PersonId::from(person),
                at: now - SignedDuration::from_hours(i64::try_from(calls - n).unwrap()),
                channel: Channel::Call,
                action: "call-out".to_owned(),
                other: "+441922654321".to_owned(),
                volume,
                is_colour: false,
                is_private: false,
                part_of: None,
            });
        }
        let next = first + calls;
        let told = self
            .store
            .follow_own_use("record", &used, next, (now, month));
        told.await.unwrap();
    }

    /// A print job of somebody's, as the record told of it in this entry.
    pub(crate) async fn printed(&self, person: &str, entry: u64, pages: u64, is_colour: bool) {
        let now = self.console.now();
        let act = OwnAct {
            entry,
            person: PersonId::from(person),
            at: now - SignedDuration::from_hours(1),
            channel: Channel::Print,
            action: "print".to_owned(),
            other: "hall".to_owned(),
            volume: Volume {
                count: 1,
                pages,
                ..Volume::default()
            },
            is_colour,
            is_private: false,
            part_of: None,
        };
        let used = Used {
            acts: vec![act],
            ..Used::default()
        };
        let month = Month::of(now, &self.console.zone);
        let told = self
            .store
            .follow_own_use("record", &used, entry + 1, (now, month));
        told.await.unwrap();
    }

    /// The browser as it goes on after the console was stopped and started: another process, the same
    /// database, nothing of what was in memory.
    pub(crate) async fn restarted(&self, browser: Browser) -> Browser {
        let name = self.store.image().pack().settings().name.clone();
        let store = Store::open(&self.url, Arc::new(pack(&name))).await.unwrap();
        let seconds = Arc::clone(&self.clock);
        let console = Console::new(Parts {
            settings: self.console.settings.clone(),
            logo: None,
            sign_in: SignIn::new(store.clone(), Key::new([7; 32]).unwrap()),
            store,
            provider: None,
            proxies: Vec::new(),
            decides: Some(Arc::new(deciding::MadeUp)),
            held_messages: Some(Arc::new(held::MadeUp)),
            figures: Some(Arc::new(figures::MadeUp)),
            running: Some(self.running.clone()),
            clock: Arc::new(move || {
                Timestamp::from_second(seconds.load(Ordering::Relaxed)).unwrap()
            }),
            form_key: [7; 32],
        });
        Browser {
            app: app(console.unwrap()),
            ..browser
        }
    }

    /// Lets time go by.
    pub(crate) fn wait_minutes(&self, minutes: i64) {
        self.clock.fetch_add(minutes * 60, Ordering::Relaxed);
    }

    /// A browser nobody is signed in with.
    pub(crate) fn browser(&self) -> Browser {
        Browser {
            app: app(self.console.clone()),
            cookie: None,
            last: None,
        }
    }

    /// A browser somebody is signed in with, by their id.
    pub(crate) async fn signed_in(&self, person: &str) -> Browser {
        let client = Client::new(IpAddr::V4(Ipv4Addr::LOCALHOST), "");
        let at = self.console.now();
        let opened = self.sign_in.with_provider(person, None, &client, at).await;
        let token = opened.unwrap().token;
        let mut browser = self.browser();
        let name = self.console.cookie_name(Cookie::SignIn);
        browser.cookie = Some(format!("{name}={}", token.as_str()));
        let shown = browser.get("/").await;
        assert_eq!(shown.status, StatusCode::OK, "{person} signs in");
        browser
    }

    /// Lets somebody sign in with their id and [`PASSWORD`].
    pub(crate) async fn add_account(&self, person: &str, whose: Whose) {
        let act = Act::of(Actor::Feed("hr".to_owned()), self.console.now());
        let id = PersonId::from(person);
        let added = self.sign_in.add_account(&id, person, PASSWORD, whose, &act);
        added.await.unwrap();
    }

    /// Another person, in `resources`.
    pub(crate) async fn add(&self, id: &str, change: impl FnOnce(&mut Person)) {
        let mut person = person(id, "officer");
        change(&mut person);
        let act = Act::of(Actor::Feed("hr".to_owned()), self.console.now());
        self.store.put_person(person, &act).await.unwrap();
    }
}

/// What a browser was shown.
#[derive(Debug, Clone)]
pub(crate) struct Shown {
    pub(crate) status: StatusCode,
    /// Where it ended after being sent on.
    pub(crate) address: String,
    pub(crate) html: Html,
}

impl Shown {
    /// The page proper, without navigation and footer.
    pub(crate) fn text(&self) -> &str {
        &self.html.all("main").next().unwrap().text
    }

    #[track_caller]
    pub(crate) fn says(&self, words: &str) -> &Self {
        assert!(
            self.text().contains(words),
            "`{words}` is not in: {}",
            self.text()
        );
        self
    }

    #[track_caller]
    pub(crate) fn is(&self, status: u16) -> &Self {
        assert_eq!(
            self.status.as_u16(),
            status,
            "{}: {}",
            self.address,
            self.text()
        );
        self
    }

    /// Messages of the error summary.
    pub(crate) fn errors(&self) -> Vec<&str> {
        let lists = self.html.classed("govuk-error-summary__list");
        let links = lists.flat_map(|list| self.html.within(list, "a"));
        links.map(|link| link.text.as_str()).collect()
    }

    /// Addresses linked from navigation.
    pub(crate) fn navigation(&self) -> Vec<&str> {
        let navs = self.html.all("nav");
        let links = navs.flat_map(|nav| self.html.within(nav, "a"));
        links.map(|link| link.attribute("href")).collect()
    }
}

/// A file somebody was given, or was not.
pub(crate) struct File {
    pub(crate) status: StatusCode,
    bytes: Vec<u8>,
}

impl File {
    /// Whether a reader of PDF files finds these words in it, in this order, as they are read aloud.
    /// Without a reader, only that there is a file.
    pub(crate) fn says(&self, words: &[&str]) {
        assert_eq!(self.status, StatusCode::OK);
        let path = std::env::var_os("PATH").unwrap_or_default();
        let found = std::env::split_paths(&path).any(|folder| folder.join("pdfinfo").is_file());
        if !is_possible((!found).then(|| "pdfinfo of poppler-utils is missing".to_owned())) {
            return;
        }
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("file.pdf");
        std::fs::write(&file, &self.bytes).unwrap();
        let read = std::process::Command::new("pdfinfo")
            .args(["-struct-text".as_ref(), file.as_os_str()])
            .output()
            .unwrap();
        let text = String::from_utf8(read.stdout).unwrap();
        // A word that is broken at the end of a line is one word.
        let plain = |text: &str| text.split_whitespace().collect::<String>();
        let quoted = |line: &str| {
            let inside = line.trim().strip_prefix('"')?.strip_suffix('"')?;
            Some(plain(inside))
        };
        let text: String = text.lines().filter_map(quoted).collect();
        let mut from = 0;
        for words in words {
            let at = text.get(from..).and_then(|rest| rest.find(&plain(words)));
            from += at.unwrap_or_else(|| panic!("{words} in {text}"));
        }
    }
}

/// One browser, without script.
pub(crate) struct Browser {
    app: Router,
    /// All its cookies, as it sends them.
    pub(crate) cookie: Option<String>,
    pub(crate) last: Option<Shown>,
}

impl Browser {
    /// Opens an address, following where it leads, and checks the page.
    pub(crate) async fn get(&mut self, address: &str) -> Shown {
        let mut address = address.to_owned();
        for _ in 0..5 {
            let request = Request::get(&address).body(Body::empty()).unwrap();
            let (status, headers, body) = self.ask(request).await;
            if status != StatusCode::SEE_OTHER {
                return self.shown(status, address, &body);
            }
            address = headers[header::LOCATION].to_str().unwrap().to_owned();
        }
        panic!("{address} sends the browser round in circles");
    }

    /// Fills in the form in the page proper and sends it, following where it leads.
    pub(crate) async fn send(&mut self, fields: &[(&str, &str)]) -> Shown {
        let (action, fields) = self.filled(fields);
        self.post(&action, &fields).await
    }

    /// What [`Browser::send`] would send: to post it twice, or from another tab.
    pub(crate) fn filled(&self, fields: &[(&str, &str)]) -> (String, Vec<(String, String)>) {
        let last = self.last.as_ref().unwrap();
        let html = &last.html;
        let is_ours = |form: &&Element| html.around(form).iter().any(|one| one.name == "main");
        let form = html.all("form").filter(is_ours).last();
        let form = form.unwrap_or_else(|| panic!("no form at {}: {}", last.address, last.text()));
        let action = match form.attribute("action") {
            "" => last.address.clone(),
            action => action.to_owned(),
        };
        let hidden = html
            .within(form, "input")
            .filter(|input| input.attribute("type") == "hidden");
        let hidden = hidden.map(|input| (input.attribute("name"), input.attribute("value")));
        let all = hidden.chain(fields.iter().copied());
        (
            action,
            all.map(|(name, value)| (name.to_owned(), value.to_owned()))
                .collect(),
        )
    }

    /// Posts fields as they are.
    pub(crate) async fn post(&mut self, address: &str, fields: &[(String, String)]) -> Shown {
        let pairs = fields
            .iter()
            .map(|(name, value)| format!("{}={}", escaped(name), escaped(value)));
        let body = pairs.collect::<Vec<_>>().join("&");
        let request = Request::post(address)
            .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded")
            .header("sec-fetch-site", "same-origin")
            .body(Body::from(body))
            .unwrap();
        self.sent(request, address).await
    }

    /// Sends any request and follows where it leads.
    pub(crate) async fn sent(&mut self, request: Request<Body>, address: &str) -> Shown {
        let (status, headers, body) = self.ask(request).await;
        if status == StatusCode::SEE_OTHER {
            let location = headers[header::LOCATION].to_str().unwrap().to_owned();
            return self.get(&location).await;
        }
        self.shown(status, address.to_owned(), &body)
    }

    /// Follows the link with this text in the page proper.
    pub(crate) async fn follow(&mut self, text: &str) -> Shown {
        let last = self.last.clone().unwrap();
        let link = last.html.all("a").find(|link| link.text == text);
        let link = link.unwrap_or_else(|| panic!("no link `{text}` at {}", last.address));
        self.get(link.attribute("href")).await
    }

    /// The PDF file at an address, or only with what status it is refused.
    pub(crate) async fn file(&mut self, address: &str) -> File {
        let request = Request::get(address).body(Body::empty()).unwrap();
        let (status, headers, bytes) = self.raw(request).await;
        if status == StatusCode::OK {
            assert_eq!(headers[header::CONTENT_TYPE], "application/pdf");
            let how = headers[header::CONTENT_DISPOSITION].to_str().unwrap();
            assert!(how.starts_with("attachment; filename=\"") && how.ends_with(".pdf\""));
            assert!(bytes.starts_with(b"%PDF-1.7"));
        }
        File { status, bytes }
    }

    async fn ask(&mut self, request: Request<Body>) -> (StatusCode, HeaderMap, String) {
        let (status, headers, body) = self.raw(request).await;
        (status, headers, String::from_utf8(body).unwrap())
    }

    /// Any request, with the cookies this browser has, and its answer as it comes.
    pub(crate) async fn raw(
        &mut self,
        mut request: Request<Body>,
    ) -> (StatusCode, HeaderMap, Vec<u8>) {
        if let Some(cookie) = &self.cookie {
            request
                .headers_mut()
                .insert(header::COOKIE, cookie.parse().unwrap());
        }
        let response = self.app.clone().oneshot(request).await.unwrap();
        let (status, headers) = (response.status(), response.headers().clone());
        for cookie in headers.get_all(header::SET_COOKIE) {
            self.keep(cookie.to_str().unwrap());
        }
        assert_eq!(headers[header::X_CONTENT_TYPE_OPTIONS], "nosniff");
        assert_eq!(headers[header::CACHE_CONTROL], "no-store");
        let policy = headers[header::CONTENT_SECURITY_POLICY].to_str().unwrap();
        assert!(policy.contains("default-src 'none'") && !policy.contains("unsafe"));
        let body = axum::body::to_bytes(response.into_body(), 4 << 20)
            .await
            .unwrap();
        (status, headers, body.to_vec())
    }

    /// Does with a cookie what a browser does.
    fn keep(&mut self, cookie: &str) {
        for word in ["HttpOnly", "SameSite=Lax", "Path=/", "Secure"] {
            assert!(cookie.contains(word), "{cookie}");
        }
        let pair = cookie.split(';').next().unwrap();
        let (name, value) = pair.split_once('=').unwrap();
        assert!(name.starts_with("__Host-"), "{cookie}");
        let kept = self.cookie.take().unwrap_or_default();
        let others = kept.split("; ").filter(|one| !one.is_empty());
        let mut jar: Vec<_> = others
            .filter(|one| one.split('=').next() != Some(name))
            .map(str::to_owned)
            .collect();
        assert_eq!(value.is_empty(), cookie.contains("Max-Age=0"), "{cookie}");
        jar.extend((!value.is_empty()).then(|| pair.to_owned()));
        self.cookie = (!jar.is_empty()).then(|| jar.join("; "));
    }

    fn shown(&mut self, status: StatusCode, address: String, body: &str) -> Shown {
        let html = Html::read(body);
        assert_eq!(html.problems(), Vec::<String>::new(), "{address}\n{body}");
        let shown = Shown {
            status,
            address,
            html,
        };
        self.last = Some(shown.clone());
        shown
    }
}

/// Every character that is not a plain letter, as a form sends it.
pub(crate) fn escaped(text: &str) -> String {
    let byte = |byte: u8| match byte {
        b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' => char::from(byte).to_string(),
        other => format!("%{other:02X}"),
    };
    text.bytes().map(byte).collect()
}

fn pack(name: &str) -> Pack {
    Pack::load(&files(name)).unwrap()
}

fn files(name: &str) -> Files {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../policies");
    let root = root.join(name);
    let (mut files, mut folders) = (Files::new(), vec![root.clone()]);
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
            } else {
                let name = path
                    .strip_prefix(&root)
                    .unwrap()
                    .to_str()
                    .unwrap()
                    .to_owned();
                // No clause says what personal pages cost; a council does.
                let text = std::fs::read_to_string(&path).unwrap().replace(
                    "[people.personal_use]\n",
                    "[people.personal_use]\nmono_page_pence = 3\ncolour_page_pence = 15\n",
                );
                files.insert(name, text);
            }
        }
    }
    files
}

/// Somebody in `resources`, employed for a year.
pub(crate) fn person(id: &str, audience: &str) -> Person {
    let words: Vec<_> = id.split('-').map(capital).collect();
    let person = serde_json::json!({
        "id": id,
        "name": words.join(" "),
        "audience": audience,
        "unit": "resources",
        "employed": [{ "from": "2026-03-02" }],
        "accounts": [id],
        "addresses": [format!("{id}@council.example")],
    });
    serde_json::from_value(person).unwrap()
}

fn capital(word: &str) -> String {
    let (first, rest) = word.split_at(1);
    first.to_uppercase() + rest
}

async fn populate(store: &Store, at: Timestamp) {
    let act = Act::of(Actor::Feed("hr".to_owned()), at);
    let unit = |id: &str| Unit {
        id: UnitId::new(id),
        name: capital(id),
        parent: None,
    };
    let posts: Vec<String> = store
        .image()
        .pack()
        .people()
        .posts
        .keys()
        .cloned()
        .collect();
    let mut people: Vec<_> = posts.iter().map(|post| person(post, "officer")).collect();
    people.push(person("other-head-of-service", "officer"));
    people.push(person("manager", "officer"));
    people.push(person("colleague", "officer"));
    people.push(person("with-code", "officer"));
    people.push(person("councillor", "councillor"));
    let mut officer = person("officer", "officer");
    officer.manager = Some(PersonId::from("manager"));
    let audiences = store.image().pack().settings().audiences.clone();
    let agents = ["agent", "agency"].into_iter();
    let mut agents = agents.filter(|audience| audiences.contains_key(*audience));
    let mut agent = person("agent", agents.next().unwrap_or("officer"));
    agent.sponsor = Some(PersonId::from("manager"));
    people.extend([officer, agent]);
    let units = [unit("resources"), unit("housing")];
    store.put_people(people, units, &act).await.unwrap();
    for post in &posts {
        let of_unit = store.image().pack().people().posts[post].of_unit;
        let unit = of_unit.then_some("resources");
        hold(store, post, unit, post, at).await;
    }
    let (post, holder) = ("head-of-service", "other-head-of-service");
    hold(store, post, Some("housing"), holder, at).await;
    agree_to_signing(store, at).await;
}

/// Whoever the pack asks agrees to how people sign on a page.
async fn agree_to_signing(store: &Store, at: Timestamp) {
    let posts = store.image().pack().people().signing.agreed_by.clone();
    let mut proposed = None;
    for post in posts {
        let act = Act::by(&PersonId::new(post), at);
        proposed = Some(match proposed {
            None => {
                let opening = signing_method::Opening {
                    description: "The password again, then a button under the words.".to_owned(),
                };
                let opened = store.open_matter::<SigningMethod>(opening, &act);
                opened.await.unwrap().id
            }
            Some(id) => {
                let step = signing_method::Step::Agree;
                let agreed = store.take::<SigningMethod>(&id, None, step, &act);
                agreed.await.unwrap().id
            }
        });
    }
}

async fn hold(store: &Store, post: &str, unit: Option<&str>, person: &str, at: Timestamp) {
    let act = Act::of(Actor::Feed("hr".to_owned()), at);
    let holding = Holding {
        post: PostId::from(post),
        unit: unit.map(UnitId::from),
        person: PersonId::from(person),
        from: at,
        until: None,
    };
    store.appoint(holding, &act).await.unwrap();
}
