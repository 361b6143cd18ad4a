//! The web gate behind the real Squid: one test for each folder of `integrations/squid`.
//!
//! A folder holds `test.toml`. Most are a list of steps that [`play::play`] goes through; the
//! others name a function here that does what steps cannot, and give it its numbers.
#![allow(clippy::unwrap_used, clippy::panic, unreachable_pub)]

mod away;
mod case;
mod gate;
mod hostile;
mod load;
mod play;
mod proxy_client;
mod setting;
mod visits;

end_to_end::numbered_tests! {
    case::Case::read, unless end_to_end::squid::missing;

    permitted_pages_pass: "010-permitted" => play::play;
    refused_pages_name_the_clause: "020-refused" => play::play;
    refusals_inside_tls_can_be_read: "030-refused-in-tls" => play::play;
    banks_stay_closed: "040-bank" => play::play;
    coach_pages_ask_for_a_reason: "050-coach" => play::play;
    permissions_open_webmail: "060-permission" => play::play;
    withdrawn_people_get_no_page: "070-withdrawn" => play::play;
    streaming_is_slowed: "080-throttle" => play::play;
    heavy_downloads_are_slowed: "085-throttled-download" => play::play;
    programs_are_refused_by_what_they_are: "090-downloads" => play::play;
    uploads_arrive_as_they_were: "100-uploads" => play::play;
    slowed_uploads_arrive_as_they_were: "105-throttled-upload" => play::play;
    one_page_is_one_visit: "110-one-visit" => visits::counted;
    nothing_passes_without_the_gate: "120-gate-gone" => away::closed_and_open_again;
    reloading_disturbs_nobody: "130-reload" => load::reloaded;
    hostile_clients_disturb_nobody: "140-hostile" => hostile::others_go_on;
    what_cannot_be_recorded_is_stopped: "150-no-record" => play::play;
    what_is_posted_is_looked_through: "160-what-is-posted" => play::play;
    mobile_devices_are_known: "170-mobile" => play::play;
    nobody_gets_a_page_without_a_sign_in: "180-nobody-signed-in" => play::play;
}

#[test]
fn every_folder_is_driven() {
    assert_eq!(case::FOLDERS.names_but(&["lists"]), DRIVEN);
}
