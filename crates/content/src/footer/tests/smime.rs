//! Against the real `openssl cms`.

use std::path::Path;
use std::process::{Command, Output};

use super::{carried_out, words};
use crate::footer::{FooterEdit, OnSigned, add_disclaimer};
use crate::mail::{Limits, Protection, read};

fn openssl(folder: &Path, arguments: &[&str]) -> std::io::Result<Output> {
    Command::new("openssl")
        .current_dir(folder)
        .args(arguments)
        .output()
}

/// A real signature, wrapped, still verifies on the inner entity.
#[test]
fn an_smime_signature_survives_wrapping() {
    let folder = tempfile::tempdir().unwrap();
    let run = |arguments: &[&str]| {
        let output = openssl(folder.path(), arguments).unwrap();
        assert!(
            output.status.success(),
            "{}",
            String::from_utf8_lossy(&output.stderr)
        );
    };
    if openssl(folder.path(), &["version"]).is_err() {
        assert!(
            std::env::var("CI").as_deref() != Ok("true"),
            "openssl must be there in CI"
        );
        eprintln!("skipped: no openssl on this machine");
        return;
    }
    run(&[
        "req",
        "-x509",
        "-newkey",
        "rsa:2048",
        "-nodes",
        "-keyout",
        "key.pem",
        "-out",
        "cert.pem",
        "-days",
        "2",
        "-subj",
        "/CN=Test/emailAddress=test@example.org",
    ]);
    let content = "Content-Type: text/plain\r\n\r\nAgreed.\r\n";
    std::fs::write(folder.path().join("content.eml"), content).unwrap();
    for nodetach in [&[][..], &["-nodetach"]] {
        let mut sign = vec![
            "cms",
            "-sign",
            "-crlfeol",
            "-in",
            "content.eml",
            "-signer",
            "cert.pem",
            "-inkey",
            "key.pem",
            "-out",
            "signed.eml",
        ];
        sign.extend_from_slice(nodetach);
        run(&sign);
        let message = std::fs::read(folder.path().join("signed.eml")).unwrap();
        let reading = read(&message, None, &Limits::default());
        assert_eq!(reading.protection, Protection::SmimeSigned);
        let edit = add_disclaimer(&message, &reading, &words(), OnSigned::Wrap);
        assert!(matches!(edit, FooterEdit::Wrapped { .. }), "{edit:?}");
        let sent = carried_out(&message, &edit);
        let again = read(&sent, None, &Limits::default());
        let tree = again.tree();
        let inner = &tree.nodes[tree.children(0).next().unwrap()];
        let entity = &sent[inner.header.start..inner.body.end];
        std::fs::write(folder.path().join("inner.eml"), entity).unwrap();
        run(&[
            "cms",
            "-verify",
            "-in",
            "inner.eml",
            "-CAfile",
            "cert.pem",
            "-out",
            "verified.txt",
        ]);
    }
}
