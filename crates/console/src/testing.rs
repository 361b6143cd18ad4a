//! A made-up council, and a browser to visit its console with.
//!
//! Every post of the Walsall pack is held by a person whose id is the post's label; beside them there
//! are `officer` (whose line manager is `manager`), `colleague`, `councillor` and `agent`. Posts of
//! units are held for `resources`, the unit all of them are in, except `other-head-of-service`.
//! Passwords are `correct horse` for all; `with-code` needs the code `123456` too.

#![allow(clippy::unwrap_used, clippy::panic, dead_code)]

use std::collections::HashMap;
use std::path::Path;
use std::sync::atomic::{AtomicI64, AtomicU64, Ordering};
use std::sync::{Arc, Mutex};

use axum::Router;
use axum::body::Body;
use axum::http::{HeaderMap, Request, StatusCode, header};
use jiff::Timestamp;
use matters::authority::Holding;
use matters::event::{Act, Actor};
use matters::id::{PersonId, PostId, UnitId};
use matters::people::{Person, Unit};
use policy::pack::{Files, Pack};
use register_store::Store;
use tower::ServiceExt as _;

use crate::sessions::{Attempt, Pending, Sessions, SignedIn};
use crate::settings::Settings;
use crate::{Console, Parts, app};

pub(crate) mod html;

use html::{Element, Html};

/// A Wednesday morning, on which nothing is due yet.
pub(crate) const NOW: &str = "2027-03-10T09:30:00Z";

pub(crate) const PASSWORD: &str = "correct horse";

/// A council with its console.
pub(crate) struct Council {
    pub(crate) console: Console,
    pub(crate) store: Store,
    clock: Arc<AtomicI64>,
    _folder: tempfile::TempDir,
}

impl Council {
    pub(crate) async fn new() -> Self {
        Self::with(Settings::default()).await
    }

    pub(crate) async fn with(settings: Settings) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let url = format!(
            "sqlite://{}?mode=rwc",
            folder.path().join("register").display()
        );
        let store = Store::open(&url, Arc::new(walsall())).await.unwrap();
        let begin: Timestamp = NOW.parse().unwrap();
        let clock = Arc::new(AtomicI64::new(begin.as_second()));
        populate(&store, begin).await;
        let seconds = Arc::clone(&clock);
        let console = Console::new(Parts {
            settings,
            logo: None,
            store: store.clone(),
            sessions: Arc::new(Memory::default()),
            clock: Arc::new(move || {
                Timestamp::from_second(seconds.load(Ordering::Relaxed)).unwrap()
            }),
            form_key: [7; 32],
        });
        Self {
            console: console.unwrap(),
            store,
            clock,
            _folder: folder,
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
        let mut browser = self.browser();
        browser.get("/sign-in").await;
        let fields = [("name", person), ("password", PASSWORD)];
        let shown = browser.send(&fields).await;
        assert_eq!(shown.status, StatusCode::OK, "{person} signs in");
        browser
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

/// One browser, without script.
pub(crate) struct Browser {
    app: Router,
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

    async fn ask(&mut self, mut request: Request<Body>) -> (StatusCode, HeaderMap, String) {
        if let Some(cookie) = &self.cookie {
            request
                .headers_mut()
                .insert(header::COOKIE, cookie.parse().unwrap());
        }
        let response = self.app.clone().oneshot(request).await.unwrap();
        let (status, headers) = (response.status(), response.headers().clone());
        if let Some(cookie) = headers.get(header::SET_COOKIE) {
            let cookie = cookie.to_str().unwrap();
            for word in ["HttpOnly", "SameSite=Lax", "Path=/", "Secure"] {
                assert!(cookie.contains(word), "{cookie}");
            }
            self.cookie = cookie.split(';').next().map(str::to_owned);
        }
        assert_eq!(headers[header::X_CONTENT_TYPE_OPTIONS], "nosniff");
        assert_eq!(headers[header::CACHE_CONTROL], "no-store");
        let policy = headers[header::CONTENT_SECURITY_POLICY].to_str().unwrap();
        assert!(policy.contains("default-src 'none'") && !policy.contains("unsafe"));
        let body = axum::body::to_bytes(response.into_body(), 4 << 20)
            .await
            .unwrap();
        (status, headers, String::from_utf8(body.to_vec()).unwrap())
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
fn escaped(text: &str) -> String {
    let byte = |byte: u8| match byte {
        b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' => char::from(byte).to_string(),
        other => format!("%{other:02X}"),
    };
    text.bytes().map(byte).collect()
}

fn walsall() -> Pack {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../policies/walsall");
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
                files.insert(name, std::fs::read_to_string(&path).unwrap());
            }
        }
    }
    Pack::load(&files).unwrap()
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
    let mut agent = person("agent", "agent");
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

/// Sign-ins in memory.
#[derive(Default)]
pub(crate) struct Memory {
    live: Mutex<HashMap<String, SignedIn>>,
    half: Mutex<HashMap<String, PersonId>>,
    next: AtomicU64,
}

impl Memory {
    fn begin(&self, person: &PersonId, at: Timestamp) -> Attempt {
        let n = self.next.fetch_add(1, Ordering::Relaxed);
        let cookie = format!("cookie-{n}");
        let signed_in = SignedIn {
            person: person.clone(),
            session: format!("session-{n}"),
            authenticated_at: at,
        };
        self.live.lock().unwrap().insert(cookie.clone(), signed_in);
        Attempt::In(cookie)
    }
}

impl Sessions for Memory {
    fn find<'a>(&'a self, cookie: &'a str, _: Timestamp) -> Pending<'a, Option<SignedIn>> {
        Box::pin(async move { Ok(self.live.lock().unwrap().get(cookie).cloned()) })
    }

    fn password<'a>(
        &'a self,
        name: &'a str,
        password: &'a str,
        at: Timestamp,
    ) -> Pending<'a, Attempt> {
        let person = PersonId::from(name);
        Box::pin(async move {
            Ok(match (password == PASSWORD, name) {
                (false, _) => Attempt::Wrong,
                (true, "with-code") => {
                    self.half.lock().unwrap().insert("half".to_owned(), person);
                    Attempt::NeedsCode("half".to_owned())
                }
                (true, _) => self.begin(&person, at),
            })
        })
    }

    fn code<'a>(&'a self, cookie: &'a str, code: &'a str, at: Timestamp) -> Pending<'a, Attempt> {
        Box::pin(async move {
            let person = self.half.lock().unwrap().get(cookie).cloned();
            let right = person.filter(|_| code == "123456");
            Ok(right.map_or(Attempt::Wrong, |person| self.begin(&person, at)))
        })
    }

    fn provider(&self) -> Option<&str> {
        None
    }

    fn begin_with_provider<'a>(&'a self, _: Timestamp) -> Pending<'a, (String, String)> {
        Box::pin(async { Ok((String::new(), String::new())) })
    }

    fn finish_with_provider<'a>(
        &'a self,
        _: &'a str,
        _: &'a str,
        _: &'a str,
        _: Timestamp,
    ) -> Pending<'a, Attempt> {
        Box::pin(async { Ok(Attempt::Wrong) })
    }

    fn end<'a>(&'a self, cookie: &'a str) -> Pending<'a, ()> {
        Box::pin(async move {
            self.live.lock().unwrap().remove(cookie);
            Ok(())
        })
    }

    fn end_all<'a>(&'a self, person: &'a PersonId) -> Pending<'a, ()> {
        Box::pin(async move {
            self.live
                .lock()
                .unwrap()
                .retain(|_, live| live.person != *person);
            Ok(())
        })
    }
}
