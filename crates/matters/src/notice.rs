//! What notices say, by the name a process gives them: on the page that lists them, and wherever else
//! people read of them. The words name nobody, so they may stand where others see them.

/// What a notice says. A name that is not here is said as it is.
pub fn in_words(notice: &str) -> String {
    let words = match notice {
        "access-active" => "A service you asked for is ready to use",
        "access-confirmed" => "Your service goes on in your new work",
        "access-ended" => "A service has ended",
        "access-request-escalated" => "A request has waited for too long",
        "access-request-expired" => "A request was not finished in time",
        "access-request-mismatch" => "Human resources knows your identity or post otherwise",
        "access-request-refused" => "A request was refused",
        "access-request-reminder" => "A request still waits for your decision",
        "access-request-returned" => "A request was sent back to be put right",
        "access-request-to-authorise" => "A request waits for you to confirm the need",
        "access-request-to-certify" => "A request waits for your certificate",
        "access-request-to-permit" => "A request waits for your permission",
        "access-request-withdrawn" => "A request was taken back",
        "access-requested-for-you" => "Somebody asked for a service for you",
        "access-to-confirm" => "A service is to be confirmed after a move",
        "continuity-access-ordered" => "Your mailbox is to be opened, or was, while you are away",
        "continuity-owner-to-be-told" => "The owner of a mailbox has to be told of its opening",
        "delegation-agreed" => "Both of you agreed to share a mailbox",
        "delegation-approved" => "The sharing of a mailbox was approved",
        "delegation-begins" => "The sharing of a mailbox has begun",
        "delegation-declined" => "The sharing of a mailbox was not agreed to",
        "delegation-ended" | "delegation-expired" => "The sharing of a mailbox has ended",
        "delegation-lapsed" => "The sharing of a mailbox was not settled in time",
        "delegation-officer-and-councillor" => {
            "A mailbox is shared between an officer and a councillor: keep party matters out of it"
        }
        "delegation-proposed" | "delegation-waits" => "Somebody waits for you to agree to sharing",
        "delegation-refused" => "The sharing of a mailbox was not approved",
        "delegation-set-up" => "The sharing of a mailbox is set up for later",
        "delegation-takes-long" => "The sharing of a mailbox takes long to be agreed",
        "delegation-to-approve" => "The sharing of a mailbox waits for your approval",
        "enquiry-waits" => "An enquiry to a shared mailbox has waited for too long",
        "held-mail-asked-for" => "Somebody asks for a message that is held",
        "held-mail-expired" => "A message of yours was held and has expired",
        "held-mail-rejected" => "A message of yours was held and does not go on",
        "held-mail-released" => "A message of yours was held and goes on now",
        "held-mail-second" => "A held message waits for a second person to agree",
        "held-mail-still-waits" => "A held message still waits for your decision",
        "held-mail-undelivered" => "A released message could not be delivered to everybody",
        "held-mail-waits" => "A held message waits for your decision",
        "hold-kept" => "A hold stays in effect",
        "hold-placed" => "A hold was placed",
        "hold-release-proposed" => "A hold seems no longer to be needed and waits for you",
        "hold-released" => "A hold is over",
        "incident-advised" => "You are asked to do something about your report",
        "incident-closed" => "Your report has been answered",
        "incident-received" => "Your report has arrived",
        "incident-reported" => "A problem was reported",
        "incident-takes-long" => "A report has waited for too long",
        "incident-waits" => "A report still waits for you",
        "leaver-notified" => "Somebody leaves; what they use is to end",
        "mailbox-agree" => "You are asked to look after a shared mailbox",
        "mailbox-active" => "A shared mailbox is in use",
        "mailbox-at-risk" => "A shared mailbox is at risk: somebody who looks after it is missing",
        "mailbox-closed" => "A shared mailbox was closed",
        "mailbox-lapsed" => "A shared mailbox was not settled in time",
        "mailbox-managed" => "You are to manage a shared mailbox",
        "mailbox-refused" => "A shared mailbox was refused",
        "mailbox-relieved" => "You no longer look after a shared mailbox",
        "mailbox-requested" => "A shared mailbox was asked for",
        "mailbox-review" => "A shared mailbox is to be looked through",
        "mailbox-suspended" => "A shared mailbox was suspended",
        "mailbox-waits" => "A shared mailbox still waits for somebody",
        "member-misuse-answered" => "An answer has arrived in a matter about a councillor",
        "member-misuse-decided" => "A matter about a councillor was decided",
        "member-misuse-escalated" => "A matter about a councillor has waited for too long",
        "member-misuse-expired" => "A matter about a councillor was not decided in time",
        "member-misuse-lifted" => "A decision about a councillor was lifted",
        "member-misuse-raised" => "A matter about you was raised",
        "member-misuse-reminder" => "A matter about a councillor still waits for you",
        "member-misuse-settled" => "A matter about you was settled",
        "member-misuse-view-asked" => "Your view is asked for in a matter about a councillor",
        "member-misuse-view-reminder" => {
            "Your view is still waited for in a matter about a councillor"
        }
        "permission-approved" => "You have been given a permission",
        "permission-begins" => "A permission has begun",
        "permission-exhausted" => "A permission is used up",
        "permission-expired" => "A permission is out of time",
        "permission-lapsed" => "What you asked for was not decided in time",
        "permission-refused" => "What you asked for was refused",
        "permission-requested" => "A permission was asked for and waits for you",
        "permission-revoked" => "A permission was taken back",
        "permission-takes-long" => "The decision about what you asked for takes long",
        "permission-waits" => "A permission that was asked for still waits for you",
        "policy-to-sign" => "The policy waits to be read and signed",
        "policy-to-sign-reminder" => "The policy still waits to be read and signed",
        "report-issued" => "A month’s report of use is there for you to read",
        "report-recalled" => "A report of use that you read is not to be relied on",
        "restriction-proposed" => "Your services may be restricted until you sign the policy",
        "school-concern-answered" => "A school has answered a concern",
        "school-concern-dropped" => "A concern about your school was dropped",
        "school-concern-raised" => {
            "A concern about your school's use of central services was raised"
        }
        "school-services-restored" => "Your school has its central services again",
        "school-services-withdrawn" => "Central services were withdrawn from your school",
        "service-limited" => "A service is limited to protect the network; nobody is to blame",
        "services-restored" => "Services were given back to you",
        "services-restricted" => "Your services are restricted until you sign the policy",
        "services-restricted-team" => "Services of somebody in your team are restricted",
        "services-withdrawn" => "Services were withdrawn from you",
        "services-withdrawn-team" => "Services were withdrawn from somebody in your team",
        "sign-in-misuse-answered" => "Somebody says whether a use of their sign-in was their own",
        "sign-in-misuse-closed" => "The use of your sign-in was looked into",
        "sign-in-misuse-found" => "Somebody’s sign-in seems to be misused",
        "sign-in-misuse-waits" => "The misuse of a sign-in still waits to be looked into",
        "sign-in-misused" => {
            "Your sign-in was tried or used where it seems not to have been you; nobody holds it \
             against you"
        }
        "signature-decision-escalated" => "A missing signature has waited too long for a decision",
        "signature-decision-reminder" => "A missing signature still waits for your decision",
        "signature-kept" => "Your signature on the policy is on the record",
        "signature-overdue" => "Your signature on the policy is overdue",
        "signature-overdue-team" => "The signature of somebody in your team is overdue",
        "signature-rejected" => "A signature entered for you does not count",
        "signature-to-void" => "A signature is to be looked at by you",
        "signature-void" => "Your signature no longer counts; please sign again",
        "signing-method-agreed" => "Signing on a page has been agreed to",
        "signing-method-proposed" => "A way of signing on a page waits for your agreement",
        "signing-method-withdrawn" => {
            "Signing on a page is no longer agreed to; people sign on paper until it is again"
        }
        "telephone-unreached" => {
            "Calls do not reach your telephone; please see whether it is diverted or switched off"
        }
        "telephone-unreached-long" => {
            "Calls have not reached the telephone of somebody in your team for too long"
        }
        "voicemail-waits" => "Voicemail waits for you to be listened to",
        "voicemail-waits-long" => "Voicemail of somebody in your team has waited for too long",
        "withdrawal-escalated" => "A withdrawal of services has waited for too long",
        "withdrawal-ordered" => "A withdrawal of services was ordered",
        "withdrawal-rejected" => "A withdrawal turned out to be a mistake",
        "withdrawal-reminder" => "A withdrawal of services still waits for you",
        other => return capital(&other.replace('-', " ")),
    };
    words.to_owned()
}

/// Whether somebody may do without being told of it by mail: no right or duty of theirs begins, ends
/// or waits for them. What is not known here is needed.
pub fn can_be_declined(notice: &str) -> bool {
    matches!(
        notice,
        "access-confirmed"
            | "delegation-agreed"
            | "delegation-approved"
            | "delegation-begins"
            | "delegation-declined"
            | "delegation-lapsed"
            | "delegation-set-up"
            | "delegation-takes-long"
            | "incident-closed"
            | "incident-received"
            | "mailbox-lapsed"
            | "mailbox-relieved"
            | "permission-begins"
            | "permission-takes-long"
            | "signature-kept"
    )
}

fn capital(words: &str) -> String {
    let mut letters = words.chars();
    let first = letters.next().map(char::to_uppercase);
    first.into_iter().flatten().chain(letters).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(notice: &str, words: &str, declined: bool) {
        assert_eq!(in_words(notice), words);
        assert_eq!(can_be_declined(notice), declined, "{notice}");
    }

    #[test]
    fn what_changes_a_right_or_a_duty_cannot_be_declined() {
        check("incident-received", "Your report has arrived", true);
        check("permission-revoked", "A permission was taken back", false);
        check(
            "policy-to-sign",
            "The policy waits to be read and signed",
            false,
        );
        check(
            "mailbox-agree",
            "You are asked to look after a shared mailbox",
            false,
        );
        check(
            "services-withdrawn",
            "Services were withdrawn from you",
            false,
        );
        check("not-known-here", "Not known here", false);
    }
}
