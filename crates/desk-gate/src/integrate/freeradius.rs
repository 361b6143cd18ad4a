//! FreeRADIUS 3.2: asks before a device is let in, and tells of sessions.
//!
//! The question comes after sign-in (`post-auth`), so it says who proved to be whom; a device without
//! sign-in, which gives its own address as its name, is let through to the question and no further.

use super::Gate;

/// The module and the policies.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FreeRadius {
    /// `mods-enabled/probity`.
    pub module: String,
    /// `policy.d/probity`.
    pub policy: String,
    /// What belongs into each section of the virtual server, with the section's name.
    pub sections: [(&'static str, &'static str); 3],
}

/// Hexadecimal digits of an address in lower case, with or without something between the pairs.
const ADDRESS: &str = "^([0-9a-f]{2})[-:.]?([0-9a-f]{2})[-:.]?([0-9a-f]{2})[-:.]?([0-9a-f]{2})[-:.]?\
                       ([0-9a-f]{2})[-:.]?([0-9a-f]{2})$";

const SECTIONS: [(&str, &str); 3] = [
    ("authorize", "probity_device"),
    ("post-auth", "probity_join"),
    ("accounting", "probity_session"),
];

/// What FreeRADIUS needs.
pub fn freeradius(gate: &Gate<'_>) -> FreeRadius {
    FreeRadius {
        module: module(gate),
        policy: POLICY.replace("ADDRESS", ADDRESS),
        sections: SECTIONS,
    }
}

impl FreeRadius {
    /// All of it, for an operator to read and to put where it belongs.
    pub fn text(&self) -> String {
        let Self {
            module,
            policy,
            sections,
        } = self;
        let lines = sections.iter().map(|(section, line)| {
            let place = match *section {
                "post-auth" => "as its first line",
                "authorize" => "before what finds passwords",
                _ => "after the others",
            };
            format!("#   {section} {{ … }}: {line}, {place}\n")
        });
        let lines: String = lines.collect();
        format!(
            "\
# FreeRADIUS 3.2 (Debian 12: freeradius, freeradius-rest). Below /etc/freeradius/3.0, then:
# freeradius -C && systemctl restart freeradius

# 1. mods-enabled/probity, owner root, group freerad, mode 640
{module}
# 2. policy.d/probity
{policy}
# 3. sites-enabled/default, not the inner tunnel:
{lines}"
        )
    }
}

fn module(gate: &Gate<'_>) -> String {
    format!(
        "\
rest probity {{
	connect_uri = \"http://{address}\"
	connect_timeout = 2.0
	# A file with one line: token = \"…\", the contents of {token}
	$INCLUDE ${{confdir}}/probity-token.conf

	post-auth {{
		uri = \"${{..connect_uri}}/v1/decide\"
		method = 'post'
		body = 'post'
		data = \"activity=join&hardware_address=%{{urlquote:%{{Calling-Station-Id}}}}\
&user=%{{urlquote:%{{control:Tmp-String-0}}}}&signed_in=%{{control:Tmp-String-1}}\
&network=%{{urlquote:%{{control:Tmp-String-2}}}}&medium=%{{control:Tmp-String-3}}\
&station=%{{urlquote:%{{%{{NAS-Identifier}}:-%{{NAS-IP-Address}}}} %{{NAS-Port-Id}}}}\"
		force_to = 'plain'
		timeout = 4.0
	}}
	accounting {{
		uri = \"${{..connect_uri}}/v1/report\"
		method = 'post'
		body = 'post'
		data = \"report=session&event=%{{control:Tmp-String-0}}\
&session=%{{urlquote:%{{control:Tmp-String-1}}}}&hardware_address=%{{urlquote:%{{Calling-Station-Id}}}}\
&address=%{{urlquote:%{{%{{Framed-IP-Address}}:-%{{Framed-IPv6-Address}}}}}}\
&user=%{{urlquote:%{{User-Name}}}}&binding=%{{urlquote:%{{control:Tmp-String-2}}}}\
&station=%{{urlquote:%{{%{{NAS-Identifier}}:-%{{NAS-IP-Address}}}} %{{NAS-Port-Id}}}}\
&seconds=%{{Acct-Session-Time}}&late_seconds=%{{Acct-Delay-Time}}\"
		force_to = 'plain'
		timeout = 4.0
	}}
	pool {{
		# FreeRADIUS starts without Probity, and finds it again within a second.
		start = 0
		min = 0
		max = ${{thread[pool].max_servers}}
		spare = ${{thread[pool].max_spare_servers}}
		uses = 0
		retry_delay = 1
		lifetime = 0
		idle_timeout = 20
	}}
}}
",
        address = gate.address,
        token = gate.token_file.display(),
    )
}

/// `ADDRESS` stands for [`ADDRESS`].
const POLICY: &str = r#"# A device that does not sign in gives its own address as its name. It needs no password here: whether
# it may join is asked in probity_join, and without an answer it may not.
probity_device {
	if (&User-Name && &Calling-Station-Id) {
		update request {
			&Tmp-String-8 := "%{tolower:%{User-Name}}"
			&Tmp-String-9 := "%{tolower:%{Calling-Station-Id}}"
		}
		if (&Tmp-String-8 =~ /ADDRESS/) {
			update request {
				&Tmp-String-8 := "%{1}%{2}%{3}%{4}%{5}%{6}"
			}
			if (&Tmp-String-9 =~ /ADDRESS/) {
				if ("%{1}%{2}%{3}%{4}%{5}%{6}" == "%{Tmp-String-8}") {
					update control {
						&Auth-Type := Accept
					}
				}
			}
		}
	}
}

probity_token {
	update control {
		&REST-HTTP-Header := "Authorization: Bearer ${modules.rest[probity].token}"
		&REST-HTTP-Header += "Accept: text/plain"
	}
}

# Lets a device in if Probity says so, and in no other case.
probity_join {
	update control {
		&Tmp-String-0 := "%{%{reply:User-Name}:-%{User-Name}}"
		&Tmp-String-1 := "true"
		&Tmp-String-2 := ""
		&Tmp-String-3 := ""
	}
	if (&control:Auth-Type == Accept) {
		update control {
			&Tmp-String-0 := ""
			&Tmp-String-1 := "false"
		}
	}
	# The network's name stands after the access point's own address (RFC 3580, 3.20).
	if (&Called-Station-Id && (&Called-Station-Id =~ /^[0-9a-f]{2}(?:[-:.]?[0-9a-f]{2}){5}:(.+)$/i)) {
		update control {
			&Tmp-String-2 := "%{1}"
		}
	}
	if (&NAS-Port-Type && (&NAS-Port-Type == Ethernet)) {
		update control {
			&Tmp-String-3 := "wired"
		}
	}
	elsif (&NAS-Port-Type && (&NAS-Port-Type == Wireless-802.11)) {
		update control {
			&Tmp-String-3 := "wireless"
		}
	}
	probity_token
	probity {
		reject = 1
		fail = 1
		invalid = 1
		userlock = 1
		notfound = 1
	}
	if (&reply:REST-HTTP-Body && (&reply:REST-HTTP-Body =~ /^outcome: (permit|warn)\n/)) {
		# Handed back with the session, which so is known to be the one that was let in.
		if (&reply:REST-HTTP-Body =~ /\nbinding: ([^\n]+)/) {
			update reply {
				&Class := "%{1}"
			}
		}
	}
	else {
		if (&reply:REST-HTTP-Body && (&reply:REST-HTTP-Body =~ /\nsay: ([^\n]+)/)) {
			update reply {
				&Reply-Message := "%{1}"
			}
		}
		reject
	}
}

# Tells of a session. Unless Probity has it on the record the network gets no answer, and tells again.
probity_session {
	update control {
		&Tmp-String-0 := ""
		&Tmp-String-1 := "%{%{Acct-Unique-Session-Id}:-%{Acct-Session-Id}}"
		&Tmp-String-2 := "%{string:Class}"
	}
	switch &Acct-Status-Type {
		case Start {
			update control {
				&Tmp-String-0 := "start"
			}
		}
		case Interim-Update {
			update control {
				&Tmp-String-0 := "update"
			}
		}
		case Stop {
			update control {
				&Tmp-String-0 := "stop"
			}
		}
		case {
			noop
		}
	}
	if (&control:Tmp-String-0 != "") {
		probity_token
		probity
	}
	else {
		ok
	}
}
"#;
