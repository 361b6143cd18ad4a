//! What Kamailio needs to ask this gate.

use std::net::SocketAddr;

use crate::PATH;

/// Seconds Kamailio waits for an answer; a caller hears nothing meanwhile.
const WAIT_SECONDS: u32 = 2;

/// Lines for `kamailio.cfg` (5.6, with `http_client` of Debian's kamailio-utils-modules). `emergency` are
/// the council's own emergency numbers beside 999, 112 and 18000: digits, and X at the end for any.
pub fn kamailio(gate: SocketAddr, emergency: &[String]) -> String {
    let is_number = |number: &&String| {
        !number.is_empty() && number.bytes().all(|b| b.is_ascii_digit() || b == b'X')
    };
    let own: String = emergency
        .iter()
        .filter(is_number)
        .map(|number| format!("|{}", number.replace('X', "[0-9]")))
        .collect();
    format!(
        r#"# Probity: asked about every call before it is put through. With the other modules:
loadmodule "http_client.so"
modparam("http_client", "connection_timeout", {WAIT_SECONDS})

# In request_route, before the call is relayed:  route(PROBITY);
route[PROBITY] {{
    # Only what begins a call.
    if (!is_method("INVITE") || has_totag()) {{
        return;
    }}
    # Emergency numbers pass before anybody is asked, with or without an outside line and a code before
    # them. They pass as well while Probity is away: keep these lines first.
    if ($rU =~ "^(\*[0-9][0-9])?9?(999|112|18000{own})$") {{
        $rU = $(rU{{re.subst,/^\*[0-9][0-9]//}});
        return;
    }}
    $var(question) = "call=" + $(ci{{s.escape.param}}) + "&from=" + $(fU{{s.escape.param}})
        + "&to=" + $(rU{{s.escape.param}}) + "&user=" + $(au{{s.escape.param}});
    http_client_query("http://{gate}{PATH}", "$var(question)", "$var(answer)");
    $var(status) = $rc;
    if ($var(status) == 200) {{
        # The number without a code before it.
        $rU = $var(answer);
        return;
    }}
    if ($var(status) == 403) {{
        send_reply("603", "$var(answer)");
        exit;
    }}
    send_reply("503", "Calls cannot be authorised just now; emergency numbers can be called");
    exit;
}}
"#
    )
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn emergency_numbers_come_before_the_question() {
        let own = ["0192265099X".to_owned(), "0.*".to_owned()];
        let text = kamailio("127.0.0.1:5050".parse().unwrap(), &own);
        let (emergency, question) = (
            text.find("(999|112|18000|0192265099[0-9])$").unwrap(),
            text.find("http_client_query(").unwrap(),
        );
        assert!(emergency < question, "{text}");
        assert!(
            text.contains("http://127.0.0.1:5050/v1/call-set-up"),
            "{text}"
        );
        assert!(!text.contains("0.*"), "what is no number is no pattern");
    }
}
