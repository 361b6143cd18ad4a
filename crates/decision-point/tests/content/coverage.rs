//! Every rule that rests on findings has spoken for a text.

use std::collections::BTreeSet;

use crate::town::spoken;
use crate::{chorley, halton, registered, voices, walsall};

const RULES: [(&str, &[&str]); 3] = [
    (
        "walsall",
        &[
            include_str!("../../../../policies/walsall/rules/account.cedar"),
            include_str!("../../../../policies/walsall/rules/downloading.cedar"),
            include_str!("../../../../policies/walsall/rules/law.cedar"),
            include_str!("../../../../policies/walsall/rules/posting.cedar"),
            include_str!("../../../../policies/walsall/rules/receiving.cedar"),
            include_str!("../../../../policies/walsall/rules/sending.cedar"),
        ],
    ),
    (
        "halton",
        &[
            include_str!("../../../../policies/halton/rules/account.cedar"),
            include_str!("../../../../policies/halton/rules/mail-content.cedar"),
            include_str!("../../../../policies/halton/rules/mail-private.cedar"),
            include_str!("../../../../policies/halton/rules/mail-suspicious.cedar"),
            include_str!("../../../../policies/halton/rules/web-content.cedar"),
            include_str!("../../../../policies/halton/rules/web-private.cedar"),
            include_str!("../../../../policies/halton/rules/web-transfers.cedar"),
        ],
    ),
    (
        "chorley",
        &[
            include_str!("../../../../policies/chorley/rules/mail.cedar"),
            include_str!("../../../../policies/chorley/rules/web.cedar"),
            include_str!("../../../../policies/chorley/rules/members/mail.cedar"),
            include_str!("../../../../policies/chorley/rules/officers/mail.cedar"),
            include_str!("../../../../policies/chorley/rules/officers/web.cedar"),
        ],
    ),
];

/// Rules that read findings or suspicions, as `pack rule`.
fn reading_findings() -> BTreeSet<String> {
    let mut rules = BTreeSet::new();
    for (pack, files) in RULES {
        for rule in files.iter().flat_map(|file| file.split("@id(\"").skip(1)) {
            let (id, rest) = rule.split_once('"').unwrap();
            if rest.contains("context.findings") || rest.contains("context.suspicions") {
                rules.insert(format!("{pack} {id}"));
            }
        }
    }
    rules
}

#[test]
fn every_rule_that_rests_on_findings_has_spoken() {
    let rows: [fn(); 51] = [
        chorley::protected_and_personal,
        chorley::commitments_and_sign_ups,
        chorley::politics,
        chorley::council_addresses,
        halton::offending_mail,
        halton::remarks_and_insults,
        halton::marked_and_binding,
        halton::personal_data,
        halton::private_matters,
        halton::jokes,
        halton::passwords,
        halton::files_that_do_harm,
        halton::posts,
        halton::shops_and_files,
        registered::registered_documents,
        registered::registered_documents_on_the_web,
        registered::misdirected_documents,
        registered::protected_works,
        registered::games,
        voices::the_own_words_and_those_of_others,
        voices::a_legal_notice_says_nothing,
        voices::reports_are_not_what_they_report,
        voices::names_and_ordinary_words,
        voices::confidential_routes,
        walsall::sending::offence,
        walsall::sending::insults_and_swearing,
        walsall::sending::jokes_and_chain_letters,
        walsall::sending::personal_mail_that_hurts,
        walsall::sending::confidential_information,
        walsall::sending::many_records_are_more_than_one,
        walsall::sending::passwords,
        walsall::sending::orders,
        walsall::sending::legal_documents,
        walsall::sending::answers_to_requests_for_information,
        walsall::sending::advocacy,
        walsall::sending::private_business,
        walsall::sending::malicious_code_and_locked_archives,
        walsall::receiving::inappropriate_mail,
        walsall::receiving::offers_and_spam,
        walsall::receiving::requests_for_information,
        walsall::receiving::shops_and_private_matters,
        walsall::receiving::formal_documents_and_passwords,
        walsall::receiving::files_that_do_harm,
        walsall::web::offensive_posts,
        walsall::web::posts_that_annoy_or_discredit,
        walsall::web::posts_that_defame,
        walsall::web::posts_that_sell_and_argue,
        walsall::web::tills,
        walsall::web::malicious_code,
        walsall::web::what_cannot_be_checked,
        walsall::web::offensive_downloads,
    ];
    for row in rows {
        row();
    }
    let spoken = spoken().clone();
    let rules = reading_findings();
    let silent: Vec<_> = rules.difference(&spoken).map(String::as_str).collect();
    assert_eq!(silent, [""; 0]);
}
