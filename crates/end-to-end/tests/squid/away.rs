//! The gate goes away and comes back.

use std::time::Duration;

use end_to_end::process::wait_until;

use crate::case::Case;
use crate::proxy_client::get;
use crate::setting::Setting;

pub fn closed_and_open_again(case: &Case) {
    let mut setting = Setting::of(case);
    let proxy = setting.squid.proxy();
    let page = "http://www.council.test/";
    assert_eq!(get(proxy, page, true, "").unwrap().0, 200);
    setting.origin.take();
    setting.gate.stop();
    for _ in 0..20 {
        let (status, _) = get(proxy, page, true, "").unwrap();
        assert!(status >= 500, "{status}");
    }
    assert!(setting.origin.take().is_empty(), "nothing reaches a site");
    setting.gate.serve();
    let back = wait_until(
        "pages after the gate is back",
        Duration::from_secs(30),
        || get(proxy, page, true, "").is_ok_and(|(status, _)| status == 200),
    );
    assert!(back.is_ok(), "{}", setting.squid.log());
}
