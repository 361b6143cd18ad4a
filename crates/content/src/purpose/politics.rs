//! Arguing for a party, a candidate or a campaign.
//!
//! Councils speak of parties, votes and elections all day: notices of poll, motions, registers.
//! Only words that urge count, and not where the election office speaks.

use super::phrases::Cues;
use super::reading::{Reading, rule};
use super::signs::Sign::{self, *};
use crate::finding::{Confidence, Hit, Label};

pub(super) const CUES: Cues = &[
    (
        VoteFor,
        &[
            "vote {for |}{labour|conservative|conservatives|tory|green|greens|lib dem|liberal democrat|liberal democrats|reform|reform uk|snp|plaid cymru|ukip|democrat|republican}",
            "vote for {me|us|our candidate|your local candidate|change}",
            "vote {them|him|her|this government} out",
            "{lend|give} {us|me} your vote",
            "{support|back} me with your vote",
            "we must vote",
            "vote {no|yes|leave|remain} {in the referendum|on}",
            "{re elect|reelect}",
            "{urge|ask|asking|encourage} you {all |}to vote {for|against}",
            "{count on|need|for} your vote",
        ],
    ),
    (
        PartyName,
        &[
            "{labour|conservative|green|tory|reform|republican|democratic|brexit} party",
            "{conservatives|tories|tory|lib dems|lib dem|liberal democrats|liberal democrat|reform uk|snp|plaid cymru|ukip|greens}",
            "the conservative",
            "beat labour",
            "vote labour",
            "labour {is|are|will|candidate|government}",
            "{rotten|tory|this} government",
        ],
    ),
    (
        Campaigns,
        &[
            "our candidate",
            "{join|back|support|fund} our campaign",
            "{donation|donate} to {our|my|the} campaign",
            "and a donation to",
            "help us {win|canvass|deliver|beat}",
            "{canvass|canvassing|on the doorstep|door knocking}",
            "deliver leaflets",
            "{are|is} campaigning {hard|for}",
            "standing for {election|parliament}",
            "i am standing {for|as|in}",
            "{can|to} {beat|win|defeat} {the|labour|this seat|the seat}",
            "{is|are} winning here",
            "two horse race",
            "join the {labour|conservative|green|liberal democrat|reform} party",
            "need your support to win",
            "{win|hold} this seat",
            "will fight for a",
            "in the marginal seats",
            "get out the vote",
            "candidate {in|for} {the |}ward",
            "your {labour|conservative|green|green party|liberal democrat|reform|local} candidate",
            "{get|kick|throw|vote} the {tories|conservatives|greens|snp} out",
            "{get|kick|vote} labour out",
            "out canvassing",
        ],
    ),
    (
        Petition,
        &[
            "{sign|sign and share|signing} {the|this|our} petition",
            "sign and share",
            "{write|email} to your mp",
            "{come to|join} the {rally|march|protest}",
            "stop the {cuts|closure|bill}",
            "spread the word",
            "vote against the",
            "take our sovereignty",
            "sign our petition",
        ],
    ),
    (
        ElectionTalk,
        &[
            "election",
            "elections",
            "on polling day",
            "referendum",
            "on # may",
            "on thursday",
            "ward",
        ],
    ),
    (
        ElectionOffice,
        &[
            "register to vote",
            "registered to vote",
            "electoral {services|registration}",
            "notice of poll",
            "{pre election|pre-election} period",
            "purdah",
            "polling {station|clerk|clerks}",
            "{agenda item|motion|motions|amendment} {#|from|by}",
            "the group leader",
            "must not {support|use}",
            "{returning officer|election count|count staff}",
            "the vote was",
            "to propose",
        ],
    ),
];

/// Judges what was met.
pub(super) fn judge(reading: &Reading<'_>) -> Option<Hit> {
    const URGES: [Sign; 3] = [VoteFor, Campaigns, Petition];
    const ABOUT: [Sign; 2] = [PartyName, ElectionTalk];
    let urges = reading.firsts(&URGES);
    if urges.is_empty() || reading.has(ElectionOffice) {
        return None;
    }
    let (vote, campaign) = (reading.times(VoteFor), reading.times(Campaigns));
    let petition = reading.times(Petition);
    let party = reading.has(PartyName);
    let election = reading.has(ElectionTalk);
    let confidence = if vote > 0 && (campaign > 0 || party || election)
        || campaign > 0 && party
        || campaign >= 2 && election
        || petition >= 2 && (campaign > 0 || vote > 0)
    {
        Confidence::High
    } else if vote > 0 || campaign >= 2 || petition >= 2 {
        Confidence::Low
    } else {
        return None;
    };
    let mut because = urges;
    because.extend(reading.firsts(&ABOUT));
    let rule = rule!("urges support for a party or campaign");
    reading.hit(Label::PoliticalAdvocacy, confidence, rule, &because)
}
