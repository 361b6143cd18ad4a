//! What notices say, by the name a process gives them: on the page that lists them, and wherever else
//! people read of them.

/// What a notice says. A name that is not here is said as it is.
pub fn in_words(notice: &str) -> String {
    let words = match notice {
        "access-active" => "A service you asked for is ready to use",
        "access-confirmed" => "Your service goes on in your new work",
        "access-ended" => "A service has ended",
        "access-request-expired" => "A request was not finished in time",
        "access-request-mismatch" => "Human resources knows your identity or post otherwise",
        "access-request-refused" => "A request was refused",
        "access-request-returned" => "A request was sent back to be put right",
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
        "delegation-to-approve" => "The sharing of a mailbox waits for your approval",
        "incident-closed" => "Your report has been answered",
        "incident-received" => "Your report has arrived",
        "permission-approved" => "You have been given a permission",
        "permission-begins" => "A permission has begun",
        "permission-exhausted" => "A permission is used up",
        "permission-expired" => "A permission is out of time",
        "permission-lapsed" => "What you asked for was not decided in time",
        "permission-refused" => "What you asked for was refused",
        "permission-revoked" => "A permission was taken back",
        "permission-takes-long" => "The decision about what you asked for takes long",
        "policy-to-sign" => "The policy waits to be read and signed",
        "policy-to-sign-reminder" => "The policy still waits to be read and signed",
        "restriction-proposed" => "Your services may be restricted until you sign the policy",
        "service-limited" => "A service is limited to protect the network; nobody is to blame",
        "services-restored" => "Services were given back to you",
        "services-restricted" => "Your services are restricted until you sign the policy",
        "services-withdrawn" => "Services were withdrawn from you",
        "signature-kept" => "Your signature on the policy is on the record",
        "signature-overdue" => "Your signature on the policy is overdue",
        "signature-rejected" => "A signature entered for you does not count",
        "signature-void" => "Your signature no longer counts; please sign again",
        "withdrawal-rejected" => "A withdrawal turned out to be a mistake",
        other => return capital(&other.replace('-', " ")),
    };
    words.to_owned()
}

fn capital(words: &str) -> String {
    let mut letters = words.chars();
    let first = letters.next().map(char::to_uppercase);
    first.into_iter().flatten().chain(letters).collect()
}
