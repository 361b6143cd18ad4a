//! Gates that are not there: whatever goes to a name that begins with `refused` does not go through.

use jiff::Timestamp;
use matters::id::PersonId;
use policy::clause::ClauseId;
use policy::decision::{Decision, Outcome, PackRef, Reason, Tier};
use policy::obligation::Obligation;
use policy::request::{Activity, Circumstances, Labels, Mail, Principal, Request, Web};

use crate::trying::{Decides, NotTried, Tried, TriedMessage, TriedPage};

pub(super) struct MadeUp;

impl Decides for MadeUp {
    fn web(&self, _: &PersonId, page: &TriedPage, _: Timestamp) -> Result<Vec<Tried>, NotTried> {
        let web = Web {
            categories: Labels::from(["shopping".to_owned()]),
            method: "GET".to_owned(),
            ..Web::default()
        };
        let is_refused = page.host.starts_with("refused");
        let what = Activity::Visit(web);
        Ok(vec![tried(Vec::new(), what, is_refused)])
    }

    fn mail(
        &self,
        _: &PersonId,
        message: &TriedMessage,
        _: Timestamp,
    ) -> Result<Vec<Tried>, NotTried> {
        let mail = Mail {
            size_bytes: message.size_bytes,
            attachments: message.attachments.clone(),
            ..Mail::default()
        };
        let each = message.to.iter().map(|to| {
            let is_refused = to.contains("@refused");
            let what = Activity::Send(mail.clone());
            tried(vec![to.clone()], what, is_refused)
        });
        Ok(each.collect())
    }
}

fn tried(recipients: Vec<String>, what: Activity, is_refused: bool) -> Tried {
    let reason = Reason {
        clause: ClauseId::new("walsall-7.2.16"),
        title: "Ask before using personal webmail".to_owned(),
        rule: "personal-webmail".to_owned(),
        outcome: Outcome::Refuse,
        tier: Tier::Clause,
        notice: Some("Ask first".to_owned()),
        released_by: None,
    };
    let outcome = match is_refused {
        true => Outcome::Refuse,
        false => Outcome::Permit,
    };
    Tried {
        recipients,
        facts: Request {
            who: Principal::default(),
            when: Circumstances::default(),
            what,
        },
        decision: Decision {
            outcome,
            reasons: Vec::from_iter(is_refused.then_some(reason)),
            obligations: vec![Obligation::Disclaimer],
            unevaluated: Vec::new(),
            pack: PackRef {
                name: "walsall".to_owned(),
                edition: "officers".to_owned(),
                version: "2007-03".to_owned(),
                hash: String::new(),
            },
        },
    }
}
