//! Users kept in memory, for the tests of the server.

#![allow(clippy::unwrap_used)]

use std::sync::Mutex;

use jiff::Timestamp;

use crate::scim::error::ScimError;
use crate::scim::filter::Match;
use crate::scim::user::User;
use crate::scim::users::{Group, Kept, Page, Part, Users};

#[derive(Default)]
pub(super) struct Memory(Mutex<Vec<Kept>>);

impl Users for Memory {
    async fn list(&self, matching: Option<Match>, part: Part) -> Result<Page<Kept>, ScimError> {
        let all = self.0.lock().unwrap();
        let fits = |kept: &&Kept| match &matching {
            None => true,
            Some(Match::UserName(name)) => kept.user.user_name.eq_ignore_ascii_case(name),
            Some(Match::ExternalId(id)) => kept.user.external_id.as_ref() == Some(id),
            Some(Match::Id(id)) => kept.id == *id,
        };
        let found: Vec<_> = all.iter().filter(fits).cloned().collect();
        let total = found.len();
        Ok(Page {
            total,
            items: found.into_iter().skip(part.skip).take(part.count).collect(),
        })
    }

    async fn read(&self, id: &str) -> Result<Kept, ScimError> {
        let all = self.0.lock().unwrap();
        let kept = all.iter().find(|kept| kept.id == id).cloned();
        kept.ok_or_else(|| ScimError::NotFound(id.to_owned()))
    }

    async fn create(&self, user: User) -> Result<Kept, ScimError> {
        let mut all = self.0.lock().unwrap();
        if all
            .iter()
            .any(|kept| kept.user.user_name.eq_ignore_ascii_case(&user.user_name))
        {
            return Err(ScimError::Uniqueness("userName"));
        }
        let at = Timestamp::UNIX_EPOCH;
        let id = format!("p-{}", all.len() + 1);
        all.push(Kept {
            id,
            user,
            version: "1".to_owned(),
            created: at,
            changed: at,
        });
        Ok(all.last().unwrap().clone())
    }

    async fn replace(&self, id: &str, version: &str, user: User) -> Result<Kept, ScimError> {
        let mut all = self.0.lock().unwrap();
        let kept = all.iter_mut().find(|kept| kept.id == id).unwrap();
        if kept.version != version {
            return Err(ScimError::Stale);
        }
        kept.version = (kept.version.parse::<u32>().unwrap() + 1).to_string();
        kept.user = user;
        Ok(kept.clone())
    }

    async fn groups(&self, _part: Part) -> Result<Page<Group>, ScimError> {
        let group = self.group("parks").await?;
        Ok(Page {
            total: 1,
            items: vec![group],
        })
    }

    async fn group(&self, id: &str) -> Result<Group, ScimError> {
        match id {
            "parks" => Ok(Group {
                id: id.to_owned(),
                name: "Parks".to_owned(),
                members: vec![("p-1".to_owned(), "Babs".to_owned())],
            }),
            _ => Err(ScimError::NotFound(id.to_owned())),
        }
    }
}
