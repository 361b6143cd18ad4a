#![allow(clippy::unwrap_used)]
use content::media::PartKind;
use icap_proto::limits::Limits;

use super::*;

fn request(head: &str) -> HttpRequest<'_> {
    HttpRequest::parse(head.as_bytes(), &Limits::default()).unwrap()
}

fn navigation(line: &str, headers: &str) -> bool {
    let head = format!("{line} HTTP/1.1\r\nHost: a.test\r\n{headers}\r\n");
    is_navigation(&request(&head))
}

#[test]
fn a_page_is_a_visit_and_its_assets_are_not() {
    let get = "GET http://a.test/";
    let html = "Accept: text/html,application/xhtml+xml\r\n";
    assert!(navigation(get, html));
    assert!(navigation("GET http://a.test/news.php?id=3", html));
    assert!(!navigation("GET http://a.test/logo.PNG", html));
    assert!(!navigation(get, "Accept: */*\r\n"));
    assert!(!navigation("POST http://a.test/", html));
    assert!(navigation(
        "POST http://a.test/",
        "Sec-Fetch-Dest: document\r\n"
    ));
    assert!(!navigation(
        get,
        &format!("{html}Sec-Fetch-Dest: iframe\r\n")
    ));
    assert!(!navigation(get, &format!("{html}Sec-Fetch-Mode: cors\r\n")));
    assert!(navigation(get, "Sec-Fetch-Mode: navigate\r\n"));
}

#[track_caller]
fn download(path: &str, headers: &str, start: &[u8], expected: Option<PartKind>) {
    let head = format!("GET http://a.test{path} HTTP/1.1\r\n\r\n");
    let request = request(&head);
    let head = format!("HTTP/1.1 200 OK\r\n{headers}\r\n");
    let response = HttpResponse::parse(head.as_bytes(), &Limits::default()).unwrap();
    let found = media::of_download(Some(&request), &response, start);
    assert_eq!(found, expected, "{path} {headers}");
}

#[test]
fn a_download_is_known_by_its_bytes_whatever_it_is_called() {
    use PartKind::*;
    let program = b"MZ\x90\0\x03\0\0\0\x04\0\0\0\xff\xff\0\0";
    let octets = "Content-Type: application/octet-stream\r\n";
    download("/setup.exe", octets, program, Some(Executable));
    download(
        "/holiday.png",
        "Content-Type: image/png\r\n",
        program,
        Some(Executable),
    );
    download(
        "/",
        "Content-Type: text/html\r\n",
        program,
        Some(Executable),
    );
    download(
        "/tidy.ps1",
        "Content-Type: text/plain\r\n",
        b"Get-Item",
        Some(Script),
    );
    let saved = "Content-Type: text/html\r\nContent-Disposition: attachment; filename=a.hta\r\n";
    download("/get", saved, b"<html>", Some(Script));
}

#[test]
fn what_a_page_is_made_of_is_no_program() {
    use PartKind::*;
    let html = "Content-Type: text/html; charset=utf-8\r\n";
    download("/index.php", html, b"<!doctype html><p>", Some(Html));
    download(
        "/app.js",
        "Content-Type: text/javascript\r\n",
        b"let a=1",
        None,
    );
    download(
        "/",
        "Content-Type: application/javascript\r\n",
        b"let a=1",
        None,
    );
    let saved =
        "Content-Type: text/javascript\r\nContent-Disposition: attachment; filename=a.js\r\n";
    download("/app.js", saved, b"let a=1", Some(Script));
}
