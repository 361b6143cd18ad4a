//! The mail gate behind the real Postfix: one test for each folder of `integrations/postfix`.
//!
//! A folder holds `test.toml` and the messages it names. Most are a list of steps that
//! [`play::play`] goes through; the others name a function here that does what steps cannot, and
//! give it its numbers.
#![allow(clippy::unwrap_used, clippy::panic, unreachable_pub)]

mod case;
mod hostile;
mod idle;
mod kill;
mod local;
mod ordinary;
mod play;
mod setting;
mod smuggling;
mod starved;

end_to_end::numbered_tests! {
    case::Case::read, unless end_to_end::postfix::missing;

    permitted_mail_passes: "010-permitted" => play::play;
    disclaimers_are_added: "020-disclaimer" => play::play;
    signed_mail_is_left_alone_where_the_pack_says_so: "025-signed-left-alone" => play::play;
    refusals_name_the_clause: "030-refused" => play::play;
    large_files_wait: "040-large-file" => play::play;
    mail_to_all_staff_waits: "050-all-staff" => play::play;
    two_recipients_get_two_outcomes: "060-two-outcomes" => play::play;
    both_identities_are_shown: "070-on-behalf" => play::play;
    another_persons_name_is_refused: "075-name-of-another" => play::play;
    spam_goes_to_the_desk: "080-spam" => play::play;
    what_must_travel_encrypted_does_or_waits: "085-encrypted-route" => play::play;
    without_an_encrypted_route_mail_waits: "087-no-encrypted-route" => play::play;
    a_missing_signature_block_is_warned_of: "090-signature-block" => play::play;
    a_missing_signature_block_waits_where_the_pack_says_so: "095-signature-block-required" => play::play;
    what_cannot_be_recorded_is_put_off: "100-no-record" => starved::put_off;
    postfix_asks_over_tcp_too: "110-tcp" => play::play;
    local_mail_is_decided_too: "115-local" => local::decided_too;
    hostile_input_hurts_nobody_else: "120-hostile" => hostile::others_go_on;
    killed_under_load_nothing_is_lost: "130-killed" => kill::recorded_once;
    idle_connections_are_borne: "140-idle" => idle::borne;
    a_sloppy_postfix_is_found_out: "150-smuggling" => smuggling::found_out;
    what_mail_says_is_judged_as_its_writers: "160-what-mail-says" => play::play;
    earlier_mail_is_remembered: "170-earlier-mail" => play::play;
    scanners_send_to_one_colleague: "180-scanner" => play::play;
    nobody_relays_without_a_sign_in: "190-nobody-signed-in" => play::play;
}

#[test]
fn every_folder_is_driven() {
    assert_eq!(case::FOLDERS.names_but(&[]), DRIVEN);
}
