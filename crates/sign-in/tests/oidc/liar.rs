//! A provider that says whatever a test wants it to.

use std::io::{Read as _, Write as _};
use std::net::{TcpListener, TcpStream};
use std::sync::{Arc, Mutex};

use data_encoding::BASE64URL_NOPAD;
use ring::rand::SystemRandom;
use ring::signature::{ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair, KeyPair as _};
use serde_json::{Value, json};

/// What it answers when asked for a token: status, header lines, body.
type Answer = (&'static str, &'static str, String);

struct Says {
    key: EcdsaKeyPair,
    key_id: String,
    answer: Answer,
    asked: Vec<String>,
}

pub struct Liar {
    pub issuer: String,
    says: Arc<Mutex<Says>>,
}

impl Liar {
    pub fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let issuer = format!("http://{}", listener.local_addr().unwrap());
        let says = Arc::new(Mutex::new(Says {
            key: new_key(),
            key_id: "first".to_owned(),
            answer: ("500 No", "", String::new()),
            asked: Vec::new(),
        }));
        let (address, shared) = (issuer.clone(), says.clone());
        // The thread ends with the test's process.
        std::thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                let _gone = answer(stream, &address, &shared);
            }
        });
        Self { issuer, says }
    }

    /// From now on it signs with another key.
    pub fn rotate(&self, key_id: &str) {
        let mut says = self.says.lock().unwrap();
        says.key = new_key();
        key_id.clone_into(&mut says.key_id);
    }

    /// What it gives when asked for a token.
    pub fn gives(&self, status: &'static str, header: &'static str, body: String) {
        self.says.lock().unwrap().answer = (status, header, body);
    }

    pub fn gives_token(&self, token: &str) {
        let body = json!({ "access_token": "x", "token_type": "Bearer", "id_token": token });
        self.gives("200 OK", "", body.to_string());
    }

    /// A token with its present key.
    pub fn sign(&self, claims: &Value) -> String {
        let says = self.says.lock().unwrap();
        let header = json!({ "alg": "ES256", "kid": says.key_id });
        let text = unsigned(&header, claims);
        let signed = says
            .key
            .sign(&SystemRandom::new(), text.as_bytes())
            .unwrap();
        format!("{text}.{}", BASE64URL_NOPAD.encode(signed.as_ref()))
    }

    /// Every request so far: its first line and its body.
    pub fn asked(&self) -> Vec<String> {
        self.says.lock().unwrap().asked.clone()
    }
}

pub fn unsigned(header: &Value, claims: &Value) -> String {
    [header, claims]
        .map(|part| BASE64URL_NOPAD.encode(part.to_string().as_bytes()))
        .join(".")
}

fn new_key() -> EcdsaKeyPair {
    let random = SystemRandom::new();
    let form = &ECDSA_P256_SHA256_FIXED_SIGNING;
    let key = EcdsaKeyPair::generate_pkcs8(form, &random).unwrap();
    EcdsaKeyPair::from_pkcs8(form, key.as_ref(), &random).unwrap()
}

fn answer(mut stream: TcpStream, issuer: &str, says: &Mutex<Says>) -> std::io::Result<()> {
    let request = read(&mut stream)?;
    let mut says = says.lock().unwrap();
    let path = request.split(' ').nth(1).unwrap_or_default();
    let (status, header, body) = match path {
        "/.well-known/openid-configuration" => {
            let said = json!({
                "issuer": issuer,
                "authorization_endpoint": format!("{issuer}/auth"),
                "token_endpoint": format!("{issuer}/token"),
                "jwks_uri": format!("{issuer}/keys"),
                "response_types_supported": ["code"],
                "subject_types_supported": ["public"],
                // It would take anything.
                "id_token_signing_alg_values_supported": ["none", "HS256", "ES256", "RS256"],
            });
            ("200 OK", "", said.to_string())
        }
        "/keys" => {
            let [x, y] = [1..33, 33..65]
                .map(|at| BASE64URL_NOPAD.encode(&says.key.public_key().as_ref()[at]));
            let key = json!({
                "kty": "EC", "crv": "P-256", "use": "sig", "kid": says.key_id, "x": x, "y": y,
            });
            ("200 OK", "", json!({ "keys": [key] }).to_string())
        }
        _ => says.answer.clone(),
    };
    let body_of_request = request.split("\r\n\r\n").nth(1).unwrap_or_default();
    says.asked.push(format!("{path} {body_of_request}"));
    drop(says);
    write!(
        stream,
        "HTTP/1.1 {status}\r\ncontent-type: application/json\r\n{header}content-length: {}\r\n\
         connection: close\r\n\r\n{body}",
        body.len()
    )
}

/// One request, its body by the length it says.
fn read(stream: &mut TcpStream) -> std::io::Result<String> {
    let (mut text, mut chunk) = (String::new(), [0; 4_096]);
    loop {
        let n = stream.read(&mut chunk)?;
        text.push_str(&String::from_utf8_lossy(&chunk[..n]));
        let Some((head, body)) = text.split_once("\r\n\r\n") else {
            if n == 0 {
                return Ok(text);
            }
            continue;
        };
        let length = head
            .lines()
            .filter_map(|line| line.split_once(':'))
            .find(|(name, _)| name.eq_ignore_ascii_case("content-length"))
            .and_then(|(_, value)| value.trim().parse::<usize>().ok());
        if n == 0 || body.len() >= length.unwrap_or(0) {
            return Ok(text);
        }
    }
}
