//! The answer to a coach page: the person gives a reason and goes on.

use icap_proto::http::{Form, HttpRequest};
use policy::clause::ClauseId;

use super::{Answer, about, to};
use crate::body::Start;
use crate::coach::CONTINUE_PATH;
use crate::event::Asker;
use crate::form::CoachForm;
use crate::pages::{Because, CoachForm as ShownForm, OwnPage};
use crate::serve::WebGate;

/// Whether a request is an answer to one of our pages. No site is asked for this path.
pub(crate) fn is_for_the_gate(http: &HttpRequest<'_>) -> bool {
    !http.is_connect() && http.target.path() == CONTINUE_PATH
}

/// Where a person goes on to from a coach page. What was posted is gone, so after a form it is
/// the page the form was on.
pub(super) fn return_to(http: &HttpRequest<'_>) -> String {
    let target = &http.target;
    let host = match target.host.contains(':') {
        true => format!("[{}]", target.host),
        false => target.host.to_string(),
    };
    let is_usual = matches!(
        (&*target.scheme, target.port),
        ("http", Some(80)) | ("https", Some(443)) | (_, None)
    );
    let origin = match target.port.filter(|_| !is_usual) {
        Some(port) => format!("{}://{host}:{port}", target.scheme),
        None => format!("{}://{host}", target.scheme),
    };
    if matches!(http.method, "GET" | "HEAD") && target.form != Form::Asterisk {
        return format!("{origin}{}", target.path_and_query);
    }
    let referrer = http.headers.find("Referer").and_then(|value| {
        let value = std::str::from_utf8(value).ok()?;
        let path = value.strip_prefix(&origin)?;
        (path.starts_with('/') && !path.contains(char::is_control)).then(|| value.to_owned())
    });
    referrer.unwrap_or_else(|| format!("{origin}/"))
}

impl WebGate {
    /// Records the reason and sends the person on.
    pub(super) async fn go_on(
        &self,
        http: &HttpRequest<'_>,
        host: &str,
        start: &Start<'_>,
        asker: Asker<'_>,
    ) -> Answer {
        let at = self.now();
        let adopted = self.point.information().adopted();
        let register = self.point.information().register();
        let person = asker.user.and_then(|user| register.person_by_account(user));
        let who = person.map_or(asker.client, |person| &person.id);
        let form = match http.method {
            "POST" => CoachForm::read(&start.bytes),
            _ => CoachForm::default(),
        };
        let Some(pending) = self.coach.find(&form.token, who, host, at) else {
            let page = self.pages.expired(about(adopted, host, None));
            return to(Some(http), page);
        };
        if form.reason.is_empty() {
            let reasons = explained(&pending.clauses, adopted);
            let shown = ShownForm {
                token: &form.token,
                missing: true,
            };
            let page = self
                .pages
                .coach(about(adopted, host, None), &reasons, shown);
            return to(Some(http), page);
        }
        if !self.coach.use_up(&form.token) {
            return to(Some(http), self.pages.expired(about(adopted, host, None)));
        }
        let recorded = self
            .point
            .acknowledge(who, &pending.clauses, host, &form.reason, at)
            .await;
        match recorded {
            Ok(()) => Answer::Page(OwnPage::see_other(pending.return_to)),
            Err(error) => {
                let error = &error as &dyn std::error::Error;
                tracing::error!(error, "a coach page's answer cannot be recorded");
                self.unable(Some(http), host, None)
            }
        }
    }
}

fn explained<'a>(
    clauses: &'a [ClauseId],
    adopted: &'a decision_point::adopted::Adopted,
) -> Vec<Because<'a>> {
    let of = |id: &'a ClauseId| {
        let clause = adopted.pack().clause(id.as_str());
        Because {
            number: id.number(),
            title: clause.map_or("", |clause| &clause.title),
            gist: clause.map_or("", |clause| &clause.gist),
            notice: None,
        }
    };
    clauses.iter().take(super::EXPLAINED).map(of).collect()
}
