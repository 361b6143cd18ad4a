//! One tab, as the person before it uses it.
#![allow(
    clippy::panic,
    reason = "only tests drive a browser, and what is not on a page is for their author: the panic \
              says where the test was, what the page offered, and names the screenshot"
)]

use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex};

use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::driver::{Driver, StepError, Whereabouts};
use super::findings::{TabOrder, Violation};

/// What is looked for by name.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Control {
    /// A button.
    Button,
    /// A link.
    Link,
    /// A heading of any level.
    Heading,
    /// A radio button.
    Radio,
    /// A box to tick.
    Checkbox,
    /// A field for text, but not for a password.
    Textbox,
}

/// A part of every page that screen readers jump to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Landmark {
    /// What the page is about.
    Main,
    /// Ways to other pages.
    Navigation,
}

/// A link as it stands on a page.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Deserialize)]
pub struct Link {
    /// What the landmark is called that it is in; empty if it has no name.
    pub landmark: String,
    /// Its text.
    pub name: String,
    /// Where it leads.
    pub url: String,
}

/// What a link led to.
#[derive(Debug, Clone, PartialEq)]
pub struct Downloaded {
    /// HTTP status.
    pub status: u16,
    /// What its `Content-Type` says.
    pub media_type: String,
    /// What came.
    pub bytes: Vec<u8>,
}

/// A tab, or a part of the page in it. Every method waits until the thing is there and fails the
/// test, at the line that asked, if it is not within ten seconds.
///
/// Names and labels are compared whole, spaces aside.
#[derive(Debug, Clone)]
pub struct Page {
    driver: Arc<Mutex<Driver>>,
    number: u64,
    within: Option<String>,
}

#[track_caller]
pub(super) fn must<T>(result: Result<T, StepError>) -> T {
    // Not in a closure, which would be the line that panics.
    match result {
        Ok(value) => value,
        Err(error) => panic!("{error}"),
    }
}

#[track_caller]
pub(super) fn read<T: DeserializeOwned>(value: Value) -> T {
    match serde_json::from_value(value) {
        Ok(value) => value,
        Err(error) => panic!("an answer of the browser: {error}"),
    }
}

impl Page {
    pub(super) fn new(driver: Arc<Mutex<Driver>>, number: u64) -> Self {
        Self {
            driver,
            number,
            within: None,
        }
    }

    /// Takes one step of `node/steps.js`, for a test that means it to fail.
    pub fn step(&self, name: &str, mut about: Value) -> Result<Value, StepError> {
        about["do"] = name.into();
        about["page"] = self.number.into();
        about["within"] = self.within.clone().into();
        super::driver(&self.driver).take(about)
    }

    #[track_caller]
    fn ask<T: DeserializeOwned>(&self, name: &str, about: Value) -> T {
        read(must(self.step(name, about)))
    }

    /// A part of the page: the fields under a legend, a region by its name, or else the first row
    /// of a table or list with this text in it.
    pub fn within(&self, part: &str) -> Self {
        Self {
            within: Some(part.to_owned()),
            ..self.clone()
        }
    }

    // What somebody does.

    /// Goes to an address and gives the HTTP status.
    #[track_caller]
    pub fn open(&self, url: &str) -> u16 {
        self.ask("open", json!({ "url": url }))
    }

    /// Goes back one page.
    #[track_caller]
    pub fn back(&self) {
        self.ask("back", json!({}))
    }

    /// Loads the page again and gives the HTTP status.
    #[track_caller]
    pub fn reload(&self) -> u16 {
        self.ask("reload", json!({}))
    }

    /// Writes into the field with this label, in place of what is there.
    #[track_caller]
    pub fn fill(&self, label: &str, text: &str) {
        self.ask("fill", json!({ "label": label, "text": text }))
    }

    /// Chooses the radio button, or ticks the box, with this label.
    #[track_caller]
    pub fn choose(&self, label: &str) {
        self.ask("choose", json!({ "label": label }))
    }

    /// Chooses from the list with this label.
    #[track_caller]
    pub fn select(&self, label: &str, option: &str) {
        self.ask("select", json!({ "label": label, "option": option }))
    }

    /// Puts a file into the field with this label.
    #[track_caller]
    pub fn attach(&self, label: &str, file: &Path) {
        self.ask("attach", json!({ "label": label, "file": file }))
    }

    /// Presses the first button of this name, and waits for the page that comes of it, if one does.
    #[track_caller]
    pub fn press(&self, button: &str) {
        self.ask("press", json!({ "name": button }))
    }

    /// Follows the first link of this name, and waits for the page it leads to.
    #[track_caller]
    pub fn follow(&self, link: &str) {
        self.ask("follow", json!({ "name": link }))
    }

    /// Presses a key, or several at once: `Enter`, `Escape`, `Shift+Tab`.
    #[track_caller]
    pub fn key(&self, key: &str) {
        self.ask("key", json!({ "key": key }))
    }

    /// Magnifies a window of 1280 × 1024 pixels; `None` goes back to the visitor's habit.
    #[track_caller]
    pub fn zoom(&self, percent: Option<u32>) {
        self.ask("zoom", json!({ "percent": percent }))
    }

    /// Saves what the link of this name leads to, under this name among the screenshots.
    #[track_caller]
    pub fn download(&self, link: &str, file: &Path) -> Downloaded {
        #[derive(Deserialize)]
        struct Head {
            status: u16,
            media_type: String,
        }
        let head: Head = self.ask("download", json!({ "name": link, "file": file }));
        let bytes = std::fs::read(file).unwrap_or_else(|error| panic!("{file:?}: {error}"));
        Downloaded {
            status: head.status,
            media_type: head.media_type,
            bytes,
        }
    }

    /// Closes the tab.
    #[track_caller]
    pub fn close(self) {
        self.ask("close", json!({}))
    }

    // What somebody sees.

    /// The first heading of level one; empty without one.
    #[track_caller]
    pub fn heading(&self) -> String {
        self.ask("heading", json!({}))
    }

    /// The title.
    #[track_caller]
    pub fn title(&self) -> String {
        self.ask("title", json!({}))
    }

    /// The address.
    #[track_caller]
    pub fn url(&self) -> String {
        self.ask("url", json!({}))
    }

    /// The visible text of the page or part.
    #[track_caller]
    pub fn text(&self) -> String {
        self.ask("text", json!({}))
    }

    /// The page's markup as it is now.
    #[track_caller]
    pub fn html(&self) -> String {
        self.ask("html", json!({}))
    }

    /// Rows of tables and of lists of answers, and the cells of each.
    #[track_caller]
    pub fn rows(&self) -> Vec<Vec<String>> {
        self.ask("rows", json!({}))
    }

    /// The links in every landmark of this sort, in order.
    #[track_caller]
    pub fn links(&self, landmark: Landmark) -> Vec<Link> {
        self.ask("links", json!({ "role": landmark }))
    }

    /// What stands in the field with this label.
    #[track_caller]
    pub fn value(&self, label: &str) -> String {
        self.ask("value", json!({ "label": label }))
    }

    /// Whether the radio button or box with this label is chosen.
    #[track_caller]
    pub fn is_chosen(&self, label: &str) -> bool {
        self.ask("chosen", json!({ "label": label }))
    }

    /// Whether there is one at this moment; does not wait.
    #[track_caller]
    pub fn has(&self, control: Control, name: &str) -> bool {
        self.ask::<u64>("count", json!({ "role": control, "name": name })) > 0
    }

    /// Heading, complaints and offers, as a failure would tell them.
    #[track_caller]
    pub fn whereabouts(&self) -> Whereabouts {
        self.ask("where", json!({}))
    }

    /// What the error summary lists.
    #[track_caller]
    pub fn errors(&self) -> Vec<String> {
        self.whereabouts().errors
    }

    // Whether everybody can use it.

    /// Keeps how the page looks from top to bottom, and says where.
    #[track_caller]
    pub fn screenshot(&self, name: &str) -> PathBuf {
        self.ask("screenshot", json!({ "name": name }))
    }

    /// Errors of scripts and of the security policy, and files that were not there, since the last
    /// time.
    #[track_caller]
    pub fn problems(&self) -> Vec<String> {
        self.ask("problems", json!({}))
    }

    /// What axe-core finds against WCAG 2.2, levels A and AA.
    #[track_caller]
    pub fn violations(&self) -> Vec<Violation> {
        self.ask("axe", json!({}))
    }

    /// Goes through the page with the Tab key.
    #[track_caller]
    pub fn tab_through(&self) -> TabOrder {
        self.ask("tab_through", json!({}))
    }

    /// What reaches beyond the right edge of the window as it is, so that lines could be read only
    /// by scrolling to and fro.
    #[track_caller]
    pub fn overflowing(&self) -> Vec<String> {
        self.ask("overflowing", json!({}))
    }

    /// Everything wrong with the page: rules broken, problems so far, the way of the Tab key, what
    /// does not fit at 400 %. Keeps two screenshots under this name, as usual and magnified.
    #[track_caller]
    pub fn faults(&self, name: &str) -> Vec<String> {
        self.screenshot(name);
        let mut faults = self.problems();
        let broken = self.violations();
        faults.extend(broken.iter().map(Violation::to_string));
        faults.extend(self.tab_through().faults());
        self.zoom(Some(400));
        self.screenshot(&format!("{name} at 400 %"));
        let wide = self.overflowing().into_iter();
        faults.extend(wide.map(|what| format!("at 400 %, {what}")));
        self.zoom(None);
        faults
    }

    /// Fails the test unless [`Self::faults`] finds none.
    #[track_caller]
    pub fn suits_everybody(&self, name: &str) {
        let faults = self.faults(name);
        let (heading, url) = (self.heading(), self.url());
        assert!(
            faults.is_empty(),
            "`{heading}` ({url}):\n- {}",
            faults.join("\n- ")
        );
    }
}
