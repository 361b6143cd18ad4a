//! Hearing the councillor, and everybody whose view is asked.

use jiff::Timestamp;

use super::steps::rules;
use super::{Asked, MemberMisuse, Stage, View};
use crate::authority::Holding;
use crate::event::Act;
use crate::follows::Follows;
use crate::id::{PersonId, PostId};
use crate::machine::{Effect, Refused};
use crate::world::World;
use crate::{acting, field, guard};

impl MemberMisuse {
    pub(super) fn answer(
        &mut self,
        words: &str,
        act: &Act,
        world: &World<'_>,
    ) -> Result<Follows, Refused> {
        let follows = if act.actor.person() == Some(&self.councillor) {
            Follows::default()
        } else {
            self.record_letter(act, world)?
        };
        self.answer = Some(field::words("words", words)?);
        let raised_by = std::slice::from_ref(&rules(world).raised_by);
        Ok(follows.then(guard::tell(raised_by, "member-misuse-answered")))
    }

    pub(super) fn settle(&mut self, act: &Act, world: &World<'_>) -> Result<Follows, Refused> {
        guard::reason(act)?;
        let authority = self.raiser(act, world)?;
        self.stand(Stage::Settled, act.at);
        let told = guard::tell_person(&self.councillor, "member-misuse-settled");
        Ok(Follows::by(authority).then([told]))
    }

    pub(super) fn consult(
        &mut self,
        instead: Option<PersonId>,
        act: &Act,
        world: &World<'_>,
    ) -> Result<Follows, Refused> {
        let authority = self.raiser(act, world)?;
        self.asked = self.everybody_asked(instead.as_ref(), act.at, world)?;
        self.stand(Stage::Consulting, act.at);
        let effects = if self.asked.is_empty() {
            self.put_to_decider(act.at, world)
        } else {
            self.silent("member-misuse-view-asked").collect()
        };
        Ok(Follows::by(authority).then(effects))
    }

    /// A later view takes the place of an earlier one; the event of the earlier stays.
    pub(super) fn view(
        &mut self,
        of: &PersonId,
        words: &str,
        act: &Act,
        world: &World<'_>,
    ) -> Result<Follows, Refused> {
        let follows = if act.actor.person() == Some(of) {
            Follows::default()
        } else {
            self.record_letter(act, world)?
        };
        let Some(asked) = self.asked.iter_mut().find(|asked| asked.person == *of) else {
            let posts = rules(world).consulted.iter();
            let posts = posts.map(|post| PostId::from(post.as_str())).collect();
            return Err(Refused::Authority { posts });
        };
        asked.view = Some(View {
            words: field::words("words", words)?,
            at: act.at,
            recorded_by: acting::person(act)?.clone(),
        });
        let all = self.asked.iter().all(|asked| asked.view.is_some());
        if all && self.stage == Stage::Consulting {
            let effects = self.put_to_decider(act.at, world);
            return Ok(follows.then(effects));
        }
        Ok(follows)
    }

    pub(super) fn put_to_decider(&mut self, at: Timestamp, world: &World<'_>) -> Vec<Effect> {
        self.stand(Stage::AwaitingDecision, at);
        let decided_by = &rules(world).decided_by;
        vec![guard::task("decide-member-misuse", None, decided_by)]
    }

    /// Those who have not said anything yet are told.
    pub(super) fn silent(&self, notice: &'static str) -> impl Iterator<Item = Effect> {
        let silent = self.asked.iter().filter(|asked| asked.view.is_none());
        silent.map(move |asked| guard::tell_person(&asked.person, notice))
    }

    /// Whoever raised it records what came in writing; the letter goes with it.
    pub(super) fn record_letter(&self, act: &Act, world: &World<'_>) -> Result<Follows, Refused> {
        let authority = self.raiser(act, world)?;
        if act.evidence.is_empty() {
            let problem = "name the letter this was taken from";
            return Err(Refused::field("evidence", problem));
        }
        Ok(Follows::by(authority))
    }

    /// Every holder of the posts that are consulted, each once. In the councillor's own place their
    /// deputy is asked, or whoever is named for it.
    fn everybody_asked(
        &self,
        instead: Option<&PersonId>,
        at: Timestamp,
        world: &World<'_>,
    ) -> Result<Vec<Asked>, Refused> {
        let mut asked: Vec<Asked> = Vec::new();
        for post in &rules(world).consulted {
            for holding in held(post, at, world) {
                let person = if holding.person == self.councillor {
                    self.in_place_of(holding, instead, at, world)?
                } else {
                    &holding.person
                };
                if asked.iter().all(|asked| asked.person != *person) {
                    asked.push(Asked {
                        person: person.clone(),
                        post: holding.post.clone(),
                        view: None,
                    });
                }
            }
        }
        Ok(asked)
    }

    fn in_place_of<'a>(
        &self,
        holding: &Holding,
        instead: Option<&'a PersonId>,
        at: Timestamp,
        world: &World<'a>,
    ) -> Result<&'a PersonId, Refused> {
        let post = world.settings.posts.get(holding.post.as_str());
        let alternate = post.and_then(|post| post.alternate.as_deref());
        let mut deputies = alternate.into_iter().flat_map(|post| held(post, at, world));
        let deputy =
            deputies.find(|deputy| deputy.person != self.councillor && deputy.unit == holding.unit);
        if let Some(deputy) = deputy {
            return Ok(&deputy.person);
        }
        match instead {
            Some(person) if *person != self.councillor => {
                world.person(person)?;
                Ok(person)
            }
            _ => Err(Refused::field(
                "instead",
                "the councillor leads a group and nobody deputises; name who speaks for the group",
            )),
        }
    }
}

/// Who holds a post at a moment, wherever.
fn held<'a, 'p>(
    post: &'p str,
    at: Timestamp,
    world: &World<'a>,
) -> impl Iterator<Item = &'a Holding> + use<'a, 'p> {
    let current = move |held: &&Holding| held.from <= at && held.until.is_none_or(|end| at < end);
    let holdings = world.posts.holdings().iter();
    holdings.filter(move |held| held.post.as_str() == post && current(held))
}
