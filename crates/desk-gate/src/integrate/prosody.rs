//! Prosody 0.12: a module that asks about every message, and closes all servers but listed ones.

use super::Gate;

/// The module, as it lies in `integrations/prosody`.
pub const MODULE: &str = include_str!("../../../../integrations/prosody/mod_probity.lua");

/// Lines for one `VirtualHost`.
pub fn host(gate: &Gate<'_>, partners: &[String]) -> String {
    let partners = partners.iter().map(|domain| lua(domain));
    let partners = partners.collect::<Vec<_>>().join(", ");
    format!(
        "    modules_enabled = {{ \"probity\" }}
    probity_url = \"http://{address}\"
    probity_token_file = {token}
    -- Domains that chat may go to and come from; all others are closed.
    probity_federation = {{ {partners} }}
",
        address = gate.address,
        token = lua(&gate.token_file.to_string_lossy()),
    )
}

/// All of it, for an operator to read and to put where it belongs.
pub fn text(gate: &Gate<'_>, partners: &[String]) -> String {
    let host = host(gate, partners);
    format!(
        "\
-- Prosody 0.12 (Debian 12). The token has to be readable for the user prosody.

-- 1. For each VirtualHost in /etc/prosody/prosody.cfg.lua; then: prosodyctl check config && prosodyctl restart
VirtualHost \"chat.council.example\"
{host}
-- 2. /usr/local/lib/prosody/modules/mod_probity.lua
{MODULE}"
    )
}

/// A text as Lua writes it.
fn lua(text: &str) -> String {
    let mut quoted = String::from("\"");
    for c in text.chars() {
        match c {
            '"' | '\\' => quoted.extend(['\\', c]),
            c if c.is_control() => (),
            c => quoted.push(c),
        }
    }
    quoted + "\""
}
