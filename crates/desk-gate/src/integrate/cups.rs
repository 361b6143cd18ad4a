//! CUPS 2.4: a backend in front of a queue's own, that asks about every job.

use super::Gate;

/// The backend, as it lies in `integrations/cups`.
pub const BACKEND: &str = include_str!("../../../../integrations/cups/probity");

/// `probity.conf` in CUPS' own folder. Texts in it are quoted for a shell.
pub fn configuration(gate: &Gate<'_>) -> String {
    format!(
        "\
url=http://{address}
token_file={token}
# true where the queues let in only users who prove who they are.
signed_in=false
# Seconds until a job that could not be decided is asked about again.
again_after=10
",
        address = gate.address,
        token = quoted(&gate.token_file.to_string_lossy()),
    )
}

/// All of it, for an operator to read and to put where it belongs.
pub fn text(gate: &Gate<'_>) -> String {
    let configuration = configuration(gate);
    format!(
        "\
# CUPS 2.4 (Debian 12), with curl.

# 1. /etc/cups/probity.conf, owner root, group lp, mode 640; the token readable for the group lp too
{configuration}
# 2. /usr/lib/cups/backend/probity, owner root, mode 755
# 3. For each queue, its own device behind ours:
#    lpadmin -p QUEUE -v probity:/$(lpstat -v QUEUE | sed 's/^[^:]*: //')
# 4. In /etc/cups/cups-files.conf, for [desk] page_logs:  PageLog /var/log/cups/page_log

{BACKEND}"
    )
}

/// A text as a shell reads it.
fn quoted(text: &str) -> String {
    format!("'{}'", text.replace('\'', "'\\''"))
}
