//! The walk over all pages, and what is looked at on each.

use std::collections::{BTreeMap, BTreeSet, VecDeque};

use axum::body::Body;
use axum::http::{HeaderMap, Request, StatusCode, header};

use super::found::{Form, Page, is_name, normal};
use super::plausible::{SCAN, variants};
use crate::pages::PAGES;
use crate::testing::html::Html;
use crate::testing::{Browser, Council, escaped};

/// Pages of one shape gone on from, as long as no form or way on from them is new.
const OF_ONE_SHAPE: usize = 3;

pub(super) struct Sweep<'c> {
    council: &'c Council,
    browser: Browser,
    pub(super) role: &'static str,
    /// Forms that were attacked, by the folder of their page's templates.
    pub(super) forms: BTreeMap<String, BTreeSet<String>>,
    /// What was not as it should be.
    pub(super) problems: Vec<String>,
    attacked: BTreeSet<String>,
    narrowed: BTreeSet<String>,
    /// Addresses with a reference or a draft in them, and whose walk came to them.
    named: BTreeMap<String, &'static str>,
    /// Last parts of addresses of drafts, by what stands before the draft.
    steps: BTreeMap<String, BTreeSet<String>>,
}

impl<'c> Sweep<'c> {
    pub(super) async fn new(council: &'c Council) -> Self {
        Self {
            council,
            browser: council.browser(),
            role: "",
            forms: BTreeMap::new(),
            problems: Vec::new(),
            attacked: BTreeSet::new(),
            narrowed: BTreeSet::new(),
            named: BTreeMap::new(),
            steps: BTreeMap::new(),
        }
    }

    pub(super) fn problem(&mut self, place: &str, what: &str) {
        self.problems
            .push(format!("{} at {place}: {what}", self.role));
    }

    /// Events so far.
    pub(super) fn events(&self) -> u64 {
        self.council.store.image().seq()
    }

    pub(super) async fn no_event_since(&mut self, before: u64, place: &str, what: &str) {
        if self.events() != before {
            let event = self.council.store.events_after(before, 1).await.unwrap();
            let (kind, step) = (&event[0].event.kind, &event[0].event.step);
            self.problem(place, &format!("{what:?} left {kind} {step}"));
        }
    }

    /// Opens an address. None where a file comes instead of a page.
    pub(super) async fn open(&mut self, address: &str) -> Option<Page> {
        let request = Request::get(address).body(Body::empty());
        self.ask(request.unwrap(), address, false).await
    }

    async fn ask(&mut self, request: Request<Body>, address: &str, bad: bool) -> Option<Page> {
        let (mut answer, mut at) = (self.browser.raw(request).await, address.to_owned());
        for _ in 0..5 {
            let (status, headers, _) = &answer;
            if *status != StatusCode::SEE_OTHER {
                break;
            }
            at = headers[header::LOCATION].to_str().unwrap().to_owned();
            let next = Request::get(&at).body(Body::empty()).unwrap();
            answer = self.browser.raw(next).await;
        }
        let (status, headers, body) = answer;
        if status.is_server_error() {
            self.problem(&at, &format!("{status} (from {address}, bad input: {bad})"));
        }
        if !is_page(&headers) {
            return None;
        }
        let body = String::from_utf8(body).unwrap();
        if body.contains("<b id=\"probe\"") {
            self.problem(&at, "markup came back as markup");
        }
        if body.contains("[&#x27;") {
            self.problem(&at, "a list came as the program writes it");
        }
        let html = Html::read(&body);
        for problem in html.problems() {
            self.problem(&at, &problem);
        }
        let status = status.as_u16();
        let address = at;
        Some(Page {
            status,
            address,
            html,
        })
    }

    /// The form of this shape as its page shows it now; none once it is over.
    pub(super) async fn form_at(&mut self, address: &str, shape: &str) -> Option<Form> {
        let page = self.open(address).await?;
        let mut forms = page.forms("post").into_iter();
        forms.find(|form| form.shape() == shape)
    }

    pub(super) async fn post_body(&mut self, action: &str, body: String) -> Page {
        let request = Request::post(action)
            .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded")
            .header("sec-fetch-site", "same-origin")
            .body(Body::from(body))
            .unwrap();
        self.ask(request, action, true).await.unwrap()
    }

    /// Sends fields as a form without a file does.
    pub(super) async fn post(&mut self, form: &Form, fields: &[(String, String)]) -> Page {
        let pairs = fields
            .iter()
            .map(|(name, value)| format!("{}={}", escaped(name), escaped(value)));
        let body = pairs.collect::<Vec<_>>().join("&");
        self.post_body(&form.action, body).await
    }

    /// Sends fields as the form is meant to be sent.
    pub(super) async fn send(&mut self, form: &Form, fields: &[(String, String)]) -> Page {
        let file = form.fields.iter().find_map(|field| match field {
            super::found::Field::File { name } => Some(name.clone()),
            _ => None,
        });
        match file {
            Some(file) => self.upload(form, fields, &file, SCAN).await,
            None => self.post(form, fields).await,
        }
    }

    pub(super) async fn upload(
        &mut self,
        form: &Form,
        fields: &[(String, String)],
        file: &str,
        bytes: &[u8],
    ) -> Page {
        let mut body = Vec::new();
        for (name, value) in fields {
            let head = format!("--x\r\nContent-Disposition: form-data; name=\"{name}\"\r\n\r\n");
            body.extend(head.bytes().chain(value.bytes()).chain(*b"\r\n"));
        }
        let head = format!(
            "--x\r\nContent-Disposition: form-data; name=\"{file}\"; filename=\"../<b>.pdf\"\r\n\r\n"
        );
        body.extend(head.bytes().chain(bytes.iter().copied()));
        body.extend(*b"\r\n--x--\r\n");
        let request = Request::post(&form.action)
            .header(header::CONTENT_TYPE, "multipart/form-data; boundary=x")
            .header("sec-fetch-site", "same-origin")
            .body(Body::from(body))
            .unwrap();
        self.ask(request, &form.action, true).await.unwrap()
    }

    /// Walks one page as somebody to whom it is open.
    pub(super) async fn walk_one_as(&mut self, role: &'static str, path: &'static str) {
        self.role = role;
        self.browser = self.council.signed_in(role).await;
        self.walk(path).await;
    }

    /// Walks every page that is open to somebody.
    pub(super) async fn walk_as(&mut self, role: &'static str) {
        self.role = role;
        self.browser = self.council.signed_in(role).await;
        for page in PAGES {
            let Some(first) = self.open(page.path).await else {
                continue;
            };
            if first.status == 200 {
                self.walk(page.path).await;
                if self.narrowed.insert(page.path.to_owned()) {
                    self.no_such_addresses(page.path).await;
                }
            }
        }
    }

    async fn walk(&mut self, path: &'static str) {
        let (mut queue, mut seen) = (VecDeque::from([path.to_owned()]), BTreeSet::new());
        let (mut gone_on, mut ways) = (BTreeMap::<String, usize>::new(), BTreeSet::new());
        let within = |address: &str| {
            let rest = address.strip_prefix(path);
            rest.is_some_and(|rest| rest.is_empty() || rest.starts_with(['/', '?']))
        };
        while let Some(address) = queue.pop_front() {
            if !within(&address) || !seen.insert(address.clone()) {
                continue;
            }
            let Some(page) = self.open(&address).await else {
                continue;
            };
            if page.status != 200 || !within(&page.address) {
                continue;
            }
            self.remember(&page.address);
            let address = page.address.clone();
            let forms = page.forms("post");
            let own: Vec<_> = forms.iter().filter(|form| within(&form.action)).collect();
            let links = page.links();
            // Which of several matters comes first is left to their references, and only some of them
            // may lead to a form.
            let known = ways.len();
            ways.extend(
                links
                    .iter()
                    .filter(|link| within(link))
                    .map(|link| normal(link)),
            );
            let has_new_way = ways.len() > known;
            let has_new_form = own
                .iter()
                .any(|form| !self.attacked.contains(&form.shape()));
            let is_new = has_new_form || has_new_way;
            let times = gone_on.entry(normal(&address)).or_default();
            *times += 1;
            if *times > OF_ONE_SHAPE && !is_new {
                continue;
            }
            queue.extend(links);
            for form in page.forms("get") {
                if self.narrowed.insert(form.shape()) {
                    self.narrow(&form).await;
                    // Where it leads when it is sent as it is meant to be.
                    let fields = super::plausible::filled(&form, self.role);
                    let query = fields
                        .iter()
                        .map(|(name, value)| format!("{}={}", escaped(name), escaped(value)));
                    let query = query.collect::<Vec<_>>().join("&");
                    queue.push_back(format!("{}?{query}", form.action));
                }
            }
            for form in own {
                let folder = folder(path);
                self.forms.entry(folder).or_default().insert(form.shape());
                if self.attacked.insert(form.shape()) {
                    self.attack(&address, form).await;
                }
                for fields in variants(form, self.role) {
                    let Some(form) = self.form_at(&address, &form.shape()).await else {
                        break;
                    };
                    let next = self.send(&form, &renewed(&form, fields)).await;
                    queue.push_back(next.address);
                }
            }
        }
    }

    fn remember(&mut self, address: &str) {
        let path = address.split('?').next().unwrap();
        let segments: Vec<_> = path.split('/').collect();
        let Some(place) = segments.iter().rposition(|segment| is_name(segment)) else {
            return;
        };
        self.named.entry(path.to_owned()).or_insert(self.role);
        if segments[place].len() == 16 && place + 2 == segments.len() {
            let before = segments[..place].join("/");
            let steps = self.steps.entry(before).or_default();
            steps.insert(segments[place + 1].to_owned());
        }
    }

    /// Addresses below a page that lead nowhere.
    async fn no_such_addresses(&mut self, path: &str) {
        let long = "x".repeat(4_000);
        for name in [
            "%00",
            "%FF",
            "%E2%80%AE",
            "%3Cb%20id%3D%22probe%22%3E",
            "..%2F..%2Fetc",
            "%7B%7B7%7D%7D",
            "'%20OR%201=1--",
            "AR-0000-0000",
            "WD-9999-9999",
            "99999999999999999999",
            &long,
        ] {
            for address in [
                format!("{path}/{name}"),
                format!("{path}/{name}/end"),
                format!("{path}/{name}/{name}/check"),
                format!("{path}/new/{name}/check"),
            ] {
                let page = self.open(&address).await;
                let status = page.map_or(0, |page| page.status);
                if ![200, 400, 403, 404].contains(&status) {
                    self.problem(&address, &format!("{status}"));
                }
            }
        }
    }

    /// Every step of every form of several pages, right after it was begun.
    pub(super) async fn out_of_order(&mut self) {
        let steps = std::mem::take(&mut self.steps);
        let named = self.named.clone();
        for (before, steps) in steps {
            let walked = named.iter().find(|(address, _)| {
                let rest = address.strip_prefix(before.as_str());
                rest.is_some_and(|rest| rest.split('/').nth(1).is_some_and(is_name))
            });
            let Some((_, role)) = walked else { continue };
            self.role = role;
            self.browser = self.council.signed_in(role).await;
            for step in &steps {
                self.too_soon(&before, step).await;
            }
        }
    }

    /// Begins a form of several pages, and sends one of its later pages at once.
    async fn too_soon(&mut self, before: &str, step: &str) {
        let Some(first) = self.open(before).await else {
            return;
        };
        let forms = first.forms("post");
        let Some(form) = forms.first() else { return };
        let fields = super::plausible::filled(form, self.role);
        let begun = self.send(form, &fields).await;
        let draft = begun.address.strip_prefix(before);
        let Some(draft) = draft
            .and_then(|rest| rest.split('/').nth(1))
            .filter(|one| is_name(one))
        else {
            return;
        };
        let address = format!("{before}/{draft}/{step}");
        let events = self.events();
        let token = begun
            .html
            .all("input")
            .find(|one| one.attribute("name") == "form_token");
        let token = token.map_or("", |one| one.attribute("value")).to_owned();
        let shown = self.open(&address).await;
        let status = shown.map_or(200, |shown| shown.status);
        let sent = self
            .post_body(&address, format!("form_token={token}"))
            .await;
        for status in [status, sent.status] {
            if ![200, 400, 404, 409, 422].contains(&status) {
                self.problem(&address, &format!("too soon: {status}"));
            }
        }
        self.no_event_since(events, &address, "a step too soon")
            .await;
    }

    /// Everything anybody came to that is about a matter or a draft, asked for by somebody it does not
    /// concern.
    pub(super) async fn as_somebody_else(&mut self, person: &'static str) {
        self.role = person;
        self.browser = self.council.signed_in(person).await;
        let own = self.open("/my-position").await.unwrap();
        let token = own
            .html
            .all("input")
            .find(|one| one.attribute("name") == "form_token");
        let token = token.unwrap().attribute("value").to_owned();
        for (address, whose) in self.named.clone() {
            // Whoever stepped down sees no more of a mailbox than anybody: that they did.
            if address.ends_with("/step-down/done") {
                continue;
            }
            let before = self.events();
            let shown = self.open(&address).await;
            let shown = shown.map_or(200, |page| page.status);
            let sent = self
                .post_body(&address, format!("form_token={token}&version=1"))
                .await;
            for status in [shown, sent.status] {
                if ![403, 404].contains(&status) {
                    self.problem(&address, &format!("{whose}’s: {status}"));
                }
            }
            self.no_event_since(before, &address, "somebody else’s")
                .await;
        }
    }
}

/// The folder of a page's templates. Some pages share one.
fn folder(path: &str) -> String {
    let page = PAGES.iter().find(|page| page.path == path).unwrap();
    match page.action {
        "to-decide" | "certify-councillors" | "verify-identity-and-post" => "deciding".to_owned(),
        "confidential-reports" => "reports".to_owned(),
        action => action.to_owned(),
    }
}

/// The same answers, under the token the page has now.
fn renewed(form: &Form, fields: Vec<(String, String)>) -> Vec<(String, String)> {
    let renewed = fields.into_iter().map(|(name, value)| {
        let now = form.hidden(&name).map(str::to_owned);
        (name, now.unwrap_or(value))
    });
    renewed.collect()
}

fn is_page(headers: &HeaderMap) -> bool {
    let kind = headers.get(header::CONTENT_TYPE);
    kind.is_some_and(|kind| kind.as_bytes().starts_with(b"text/html"))
}
