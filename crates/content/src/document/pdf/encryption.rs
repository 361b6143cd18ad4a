//! The standard security handler (ISO 32000-2, 7.6.4), for files that anybody may open.
//!
//! Many files only ask viewers not to print or copy. Their contents are encrypted all the same, under
//! a key that follows from the empty password, so every viewer shows them to everybody and so they are
//! read here. A file whose key follows from a password somebody has to know stays closed: no password is
//! guessed. Handlers other than the standard one (certificates) stay closed too.

mod ciphers;
mod key;

use std::borrow::Cow;

use super::object::{Dictionary, Value};
use ciphers::{aes_cbc, rc4};
use md5::{Digest, Md5};

/// How strings or streams are encrypted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Method {
    /// `Identity`: they are not.
    Plain,
    Rc4,
    /// AES with 128 bits, and a key of its own for each object.
    Aes128,
    /// AES with 256 bits, and one key for the whole file.
    Aes256,
}

/// What opens a file that the empty password opens.
pub(super) struct Encryption {
    key: Vec<u8>,
    strings: Method,
    streams: Method,
    attachments: Method,
    /// The dictionary, for the crypt filters that streams name themselves.
    stated: Dictionary,
}

/// What a stream says of its own encryption.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum OwnFilter {
    /// Nothing, so it is encrypted as streams are in this file.
    Unstated,
    /// Nothing, and it is an embedded file.
    Attachment,
    /// The crypt filter with this name.
    Named(String),
}

impl Encryption {
    /// `stated` is the encryption dictionary, its values resolved; `id` the first half of the
    /// file's identifier. `None` where the empty password does not open the file, and where it is
    /// encrypted in a way that is not known here.
    pub(super) fn of(stated: &Dictionary, id: &[u8]) -> Option<Encryption> {
        if !stated.is("Filter", "Standard") {
            return None;
        }
        let (strings, streams, attachments) = match number(stated, "V")? {
            1 | 2 => (Method::Rc4, Method::Rc4, Method::Rc4),
            4 | 5 => {
                let streams = method(stated, "StmF")?;
                let attachments = match stated.get("EFF") {
                    Some(_) => method(stated, "EFF")?,
                    None => streams,
                };
                (method(stated, "StrF")?, streams, attachments)
            }
            _ => return None,
        };
        let key = key::by_empty_password(stated, id)?;
        // RC4 takes any key; those of AES have one length.
        let fits = |method| match method {
            Method::Aes256 => key.len() == 32,
            Method::Aes128 => key.len() == 16,
            Method::Plain | Method::Rc4 => true,
        };
        let all = [strings, streams, attachments];
        all.into_iter().all(fits).then(|| Encryption {
            key,
            strings,
            streams,
            attachments,
            stated: stated.clone(),
        })
    }

    /// The content of a stream of this object, before its filters are undone.
    pub(super) fn stream<'b>(
        &self,
        object: ObjectId,
        own: &OwnFilter,
        raw: &'b [u8],
    ) -> Cow<'b, [u8]> {
        let method = match own {
            OwnFilter::Unstated => self.streams,
            OwnFilter::Attachment => self.attachments,
            OwnFilter::Named(name) => named(&self.stated, name).unwrap_or(self.streams),
        };
        match method {
            Method::Plain => Cow::Borrowed(raw),
            method => Cow::Owned(decrypted(method, &self.object_key(method, object), raw)),
        }
    }

    /// Decrypts every string in an object, and gives how many there were.
    pub(super) fn strings(&self, object: ObjectId, value: &mut Value) -> usize {
        if self.strings == Method::Plain {
            return 0;
        }
        let key = self.object_key(self.strings, object);
        let mut count = 0;
        value.each_string(&mut |string| {
            *string = decrypted(self.strings, &key, string);
            count += 1;
        });
        count
    }

    /// Algorithm 1 of the standard: what each object's strings and streams are encrypted under.
    fn object_key(&self, method: Method, object: ObjectId) -> Vec<u8> {
        if method == Method::Aes256 {
            return self.key.clone();
        }
        let mut hash = Md5::new();
        hash.update(&self.key);
        hash.update(object.number.to_le_bytes().get(..3).unwrap_or_default());
        hash.update(object.generation.to_le_bytes());
        if method == Method::Aes128 {
            hash.update(b"sAlT");
        }
        let mut key = hash.finalize().to_vec();
        key.truncate(self.key.len() + 5);
        key
    }
}

/// An object's number and generation.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct ObjectId {
    pub(super) number: u32,
    pub(super) generation: u16,
}

fn decrypted(method: Method, key: &[u8], input: &[u8]) -> Vec<u8> {
    match method {
        Method::Plain => input.to_vec(),
        Method::Rc4 => rc4(key, input),
        Method::Aes128 | Method::Aes256 => aes_cbc(key, input).unwrap_or_default(),
    }
}

/// The method of the crypt filter that an entry names; `None` where that is not known here.
fn method(stated: &Dictionary, entry: &str) -> Option<Method> {
    match stated.get(entry) {
        None => Some(Method::Plain),
        Some(Value::Name(name)) => named(stated, name),
        Some(_) => None,
    }
}

fn named(stated: &Dictionary, name: &str) -> Option<Method> {
    if name == "Identity" {
        return Some(Method::Plain);
    }
    let Some(Value::Dictionary(filters)) = stated.get("CF") else {
        return None;
    };
    let Some(Value::Dictionary(filter)) = filters.get(name) else {
        return None;
    };
    match filter.get("CFM") {
        Some(Value::Name(method)) => match method.as_str() {
            "None" => Some(Method::Plain),
            "V2" => Some(Method::Rc4),
            "AESV2" => Some(Method::Aes128),
            "AESV3" => Some(Method::Aes256),
            _ => None,
        },
        _ => None,
    }
}

fn number(of: &Dictionary, key: &str) -> Option<i64> {
    of.get(key).and_then(Value::number).map(|n| n as i64)
}

fn string<'d>(of: &'d Dictionary, key: &str) -> Option<&'d [u8]> {
    match of.get(key) {
        Some(Value::String(string)) => Some(string),
        _ => None,
    }
}
