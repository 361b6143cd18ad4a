#![allow(clippy::unwrap_used)]

use minijinja::context;
use minijinja::value::Serde;

use crate::form::Form;
use crate::testing::Council;
use crate::testing::html::Html;

/// Every component on one page.
const GALLERY: &str = r##"{% extends "layout.html" %}{% import "govuk.html" as g %}
{% block before %}{{ g.breadcrumbs([{"text": "Home", "href": "/"}]) }}{{ g.back_link("/") }}{% endblock %}
{% block main %}<h1>Gallery</h1>
<form method="post">{{ g.hidden(form_token, 3) }}
{{ g.input(form, "name", "Name", hint="As on the payroll", autocomplete="name", width="20") }}
{{ g.textarea(form, "why", "Why?", longest=100) }}
{{ g.radios(form, "service", "Which service?", items, hint="One only") }}
{{ g.checkboxes(form, "formats", "Which formats?", items) }}
{{ g.tick(form, "agree", "I agree") }}
{{ g.select(form, "post", "Post", items, empty="Choose one") }}
{{ g.date(form, "day", "Which day?") }}
{{ g.file(form, "scan", "The scan", accept="application/pdf") }}
{{ g.button("Go on") }}{{ g.button("Refuse", kind="warning", name="decision", value="refuse") }}{{ g.link_button("Elsewhere", "/") }}</form>
{{ g.summary([{"key": "Name", "value": name, "href": "/name"}, {"key": "All", "values": ["a", "b"]}, {"key": "None"}]) }}
{{ g.table("People", ["Name", "State"], [[{"text": "Ann", "href": "/ann"}, {"tag": "Due", "colour": "yellow"}]]) }}
{{ g.table("Nobody", ["Name"], [], empty="Nobody is waiting.") }}
{{ g.pagination({"first": "/x", "next": "/x?after=1"}) }}
{{ g.task_list([{"text": "Read", "href": "/read", "hint": "Ten minutes", "status": "Done"}, {"text": "Sign", "status": "Cannot start yet", "colour": "grey"}]) }}
{{ g.warning("This cannot be undone") }}{{ g.banner("Saved", success=true) }}{{ g.tag("Active", "green") }}
{% call g.inset() %}Aside{% endcall %}{% call g.details("More") %}Much more{% endcall %}
{% call g.interruption("Are you sure?") %}<p>They are told.</p>{% endcall %}
{% endblock %}"##;

async fn gallery(form: &Form) -> Html {
    let council = Council::new().await;
    let items = [("email", "Email"), ("internet", "Internet")];
    let items: Vec<_> = items
        .iter()
        .map(|(value, text)| context! { value => *value, text => *text, hint => "So" })
        .collect();
    let values = context! {
        title => "Gallery",
        council => "Council",
        service => "Probity",
        form => minijinja::Value::from(Serde(form.shown())),
        form_token => "token",
        items,
        name => "O\u{202e}<b>",
    };
    let page = council
        .console
        .templates
        .render_named_str("gallery.html", GALLERY, values);
    let source = page.unwrap();
    // The interruption brings a heading of its own; on a page there is no other.
    let source = source.replace("<h1>Gallery</h1>", "");
    Html::read(&source)
}

#[tokio::test]
async fn every_component_is_whole_with_and_without_errors() {
    let clean = gallery(&Form::default()).await;
    assert_eq!(clean.problems(), Vec::<String>::new());
    let values = [
        ("name", "Ann"),
        ("service", "internet"),
        ("formats", "email"),
        ("agree", "yes"),
    ];
    let mut form = Form::with(values.map(|(field, value)| (field, value.to_owned())));
    for field in ["name", "why", "service", "formats", "agree", "post", "scan"] {
        form.error(field, format!("Wrong: {field}"));
    }
    form.date("day", &crate::form::Day::required("The day"));
    let wrong = gallery(&form).await;
    assert_eq!(wrong.problems(), Vec::<String>::new());
    assert_eq!(wrong.classed("govuk-error-message").count(), 8);
    let checked = wrong
        .all("input")
        .filter(|input| input.attributes.contains_key("checked"));
    let checked: Vec<_> = checked.map(|input| input.attribute("value")).collect();
    assert_eq!(checked, ["internet", "email", "yes"]);
}

#[tokio::test]
async fn values_are_escaped_and_invisible_marks_seen() {
    let page = gallery(&Form::default()).await;
    let value = page.classed("govuk-summary-list__value").next().unwrap();
    assert_eq!(value.text, "O[U+202E]<b>");
}
