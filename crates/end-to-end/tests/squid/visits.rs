//! One visit, however many requests a page needs.

use crate::case::Case;
use crate::proxy_client::get;
use crate::setting::Setting;

pub fn counted(case: &Case) {
    let setting = Setting::of(case);
    let proxy = setting.squid.proxy();
    let page = "http://www.council.test/";
    let navigation =
        "Accept: text/html\r\nSec-Fetch-Dest: document\r\nSec-Fetch-Mode: navigate\r\n";
    let (status, _) = get(proxy, page, false, navigation).unwrap();
    assert_eq!(status, 407);
    assert_eq!(
        setting.gate.record().len(),
        1,
        "a login challenge is nothing to record"
    );
    assert_eq!(get(proxy, page, true, navigation).unwrap().0, 200);
    let assets = case.number("assets");
    for n in 0..assets {
        let (path, headers) = match n % 3 {
            0 => (format!("style-{n}.css"), "Sec-Fetch-Dest: style\r\n"),
            1 => (format!("app-{n}.js"), "Sec-Fetch-Dest: script\r\n"),
            // A browser too old to say.
            _ => (
                format!("picture-{n}.png"),
                "Accept: image/*, text/html;q=0.1\r\n",
            ),
        };
        let (status, _) = get(proxy, &format!("{page}{path}"), true, headers).unwrap();
        assert_eq!(status, 200);
    }
    let record = setting.gate.record();
    let requests: Vec<_> = record
        .iter()
        .map(|(_, entry)| entry)
        .filter(|entry| entry["request"]["action"] == "visit")
        .collect();
    assert_eq!(requests.len() as u64, assets + 1);
    let visits = requests.iter().filter(|entry| entry["visit"] == true);
    assert_eq!(visits.count(), 1);
}
