//! An authenticator app: setting one up, and doing without.

use minijinja::{Value, context};
use qrcodegen::{QrCode, QrCodeEcc};

use crate::failure::Failure;
use crate::form::Form;
use crate::pages::open::signing_in::{WRONG_CODE, code_text};
use crate::sessions::caller::Caller;
use crate::sessions::in_words;
use crate::visit::{Answer, Visit};

/// Light squares around a QR code, without which a telephone does not find it.
const MARGIN: i32 = 4;

pub(super) async fn ask(visit: Visit) -> Answer {
    let (sign_in, person) = (&visit.console.sessions.sign_in, &visit.viewer.person);
    let account = sign_in.account(person).await?.ok_or(Failure::NotFound)?;
    let values = context! {
        title => "Sign in with a code too",
        has_code => account.has_code,
    };
    visit.show("my-sign-ins/app.html", values)
}

/// Shows the new secret, once. It counts from the first code the app shows.
pub(super) async fn begin(visit: Visit, caller: Caller) -> Answer {
    let token = caller.token.as_ref().ok_or(Failure::OldForm)?;
    let (sign_in, person) = (&visit.console.sessions.sign_in, &visit.viewer.person);
    let account = sign_in.account(person).await?.ok_or(Failure::NotFound)?;
    let secret = sign_in.new_code(token, visit.at).await?;
    let issuer = visit.image().pack().settings().council.clone();
    let uri = secret.uri(&account.name, &issuer);
    let text = secret.to_text();
    let groups: Vec<&str> = text
        .as_bytes()
        .chunks(4)
        .filter_map(|four| std::str::from_utf8(four).ok())
        .collect();
    let values = context! {
        title => "Set up your app",
        key => groups.join(" "),
        account => account.name,
        issuer,
        qr => squares(&uri),
        uri,
    };
    visit.show("my-sign-ins/secret.html", values)
}

pub(super) async fn ask_code(visit: Visit) -> Answer {
    show_code(&visit, &Form::default())
}

fn show_code(visit: &Visit, form: &Form) -> Answer {
    let values = context! { title => "Enter the code your app shows" };
    visit.show_form("my-sign-ins/code.html", form, values)
}

pub(super) async fn confirm(visit: Visit, caller: Caller, mut form: Form) -> Answer {
    let code = form.text("code", &code_text());
    let token = caller.token.as_ref().ok_or(Failure::OldForm)?;
    if !form.is_good() {
        return show_code(&visit, &form);
    }
    let sign_in = &visit.console.sessions.sign_in;
    let confirmed = sign_in.confirm_code(token, &code, &caller.client, visit.at);
    match confirmed.await {
        Ok(()) => visit.to("?done=app"),
        Err(error) => {
            form.error("code", in_words(error, WRONG_CODE)?);
            show_code(&visit, &form)
        }
    }
}

pub(super) async fn ask_stop(visit: Visit) -> Answer {
    let (sign_in, person) = (&visit.console.sessions.sign_in, &visit.viewer.person);
    if !sign_in.has_code(person).await? {
        return Err(Failure::NotFound);
    }
    let values = context! { title => "Sign in without a code" };
    visit.show("my-sign-ins/stop.html", values)
}

pub(super) async fn stop(visit: Visit, caller: Caller) -> Answer {
    let token = caller.token.as_ref().ok_or(Failure::OldForm)?;
    let sign_in = &visit.console.sessions.sign_in;
    sign_in.drop_code(token, &caller.client, visit.at).await?;
    visit.to("?done=no-app")
}

/// A QR code as the dark squares of one SVG path, with the length of its side.
fn squares(text: &str) -> Option<Value> {
    let code = QrCode::encode_text(text, QrCodeEcc::Medium).ok()?;
    let dark = (0..code.size()).flat_map(|y| (0..code.size()).map(move |x| (x, y)));
    let dark = dark.filter(|&(x, y)| code.get_module(x, y));
    let path: String = dark
        .map(|(x, y)| format!("M{} {}h1v1h-1z", x + MARGIN, y + MARGIN))
        .collect();
    Some(context! { side => code.size() + 2 * MARGIN, path })
}
