//! Passwords are as old and as good as the pack wants, by the directory itself: what `probity integrate
//! openldap` prints, put into a real OpenLDAP.
#![allow(clippy::unwrap_used, clippy::panic)]

use std::net::SocketAddr;
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::Duration;

use end_to_end::numbered::is_possible;
use end_to_end::process::{Process, wait_for_port};
use end_to_end::temp::Folder;
use end_to_end::{ports, slapd, squid};

const BASE: &str = "dc=council,dc=test";
const CONFIG: &str = "cn=config";
const ROOT: &str = "cn=root,dc=council,dc=test";
const SECRET: &str = "secret-of-a-test";

/// Asks mail and web's sign-in as Squid does.
const HELPER: &str = "/usr/lib/squid/basic_ldap_auth";

struct Directory {
    address: SocketAddr,
    _process: Process,
    folder: Folder,
}

#[track_caller]
fn ran(command: &mut Command) -> String {
    let output = command.stdin(Stdio::null()).output().unwrap();
    let said = [output.stdout, output.stderr].concat();
    let said = String::from_utf8_lossy(&said).into_owned();
    assert!(output.status.success(), "{command:?}: {said}");
    said
}

/// Two people: `ann`, whose password is of 400 days ago, and `bob`, whose is new.
fn entries() -> String {
    let person = |name: &str, changed_at: &str| {
        format!(
            "dn: uid={name},ou=people,{BASE}\nobjectClass: inetOrgPerson\nuid: {name}\ncn: {name}\n\
             sn: {name}\nuserPassword: marmalade-of-{name}\npwdChangedTime: {changed_at}\n\n"
        )
    };
    let day = |days: i64| {
        let at = jiff::Timestamp::now() - jiff::SignedDuration::from_hours(24 * days);
        at.strftime("%Y%m%d%H%M%SZ").to_string()
    };
    format!(
        "dn: {BASE}\nobjectClass: organization\nobjectClass: dcObject\no: Council\ndc: council\n\n\
         dn: ou=people,{BASE}\nobjectClass: organizationalUnit\nou: people\n\n{}{}",
        person("ann", &day(400)),
        person("bob", &day(1)),
    )
}

impl Directory {
    fn start() -> Self {
        let folder = Folder::new("openldap").unwrap();
        let [data, config] = ["data", "slapd.d"].map(|name| folder.join(name));
        for path in [&data, &config] {
            std::fs::create_dir(path).unwrap();
        }
        let file = folder.join("slapd.conf");
        let schemas = ["core", "cosine", "inetorgperson"];
        let schemas = schemas.map(|name| format!("include /etc/ldap/schema/{name}.schema\n"));
        let text = format!(
            "{}pidfile {}\nmodulepath /usr/lib/ldap\nmoduleload back_mdb\nmoduleload ppolicy\n\
             database config\nrootdn {CONFIG}\nrootpw {SECRET}\n\
             database mdb\ndirectory {}\nsuffix {BASE}\nrootdn {ROOT}\nrootpw {SECRET}\n\
             access to attrs=userPassword by self write by anonymous auth by * none\n\
             access to * by * read\n",
            schemas.concat(),
            folder.join("slapd.pid").display(),
            data.display(),
        );
        std::fs::write(&file, text).unwrap();
        let ldif = folder.join("entries.ldif");
        std::fs::write(&ldif, entries()).unwrap();
        let mut add = Command::new("/usr/sbin/slapadd");
        add.arg("-f").arg(&file).args(["-b", BASE, "-l"]).arg(&ldif);
        ran(&mut add);
        // The configuration as Debian has it: entries that can be changed while it runs.
        let mut convert = Command::new("/usr/sbin/slaptest");
        convert.arg("-f").arg(&file).arg("-F").arg(&config);
        ran(&mut convert);
        let address = ports::free().unwrap();
        let mut server = Command::new("/usr/sbin/slapd");
        server.arg("-F").arg(&config);
        server.args(["-d", "0", "-h", &format!("ldap://{address}/")]);
        let process = Process::start(server.stdin(Stdio::null())).unwrap();
        wait_for_port("slapd", address, Duration::from_secs(30)).unwrap();
        Self {
            address,
            _process: process,
            folder,
        }
    }

    fn url(&self) -> String {
        format!("ldap://{}/", self.address)
    }

    fn command(&self, program: &str, who: &str, password: &str) -> Command {
        let mut command = Command::new(Path::new("/usr/bin").join(program));
        command.args(["-x", "-H", &self.url(), "-D", who, "-w", password]);
        command
    }

    /// Puts one part of what is printed in place.
    #[track_caller]
    fn take(&self, part: &str, who: &str) {
        let file = self.folder.join("part.ldif");
        std::fs::write(&file, part).unwrap();
        let mut command = self.command("ldapmodify", who, SECRET);
        let output = command.arg("-c").arg("-f").arg(&file).output().unwrap();
        let said = String::from_utf8_lossy(&output.stderr).into_owned();
        // The module is there already: entries with the day of a password need it.
        let is_known = output.status.code() == Some(20) && said.contains("olcModuleLoad");
        assert!(output.status.success() || is_known, "{said}");
    }

    /// Whether somebody binds, and what the directory says.
    fn binds(&self, name: &str, password: &str) -> (bool, String) {
        let who = format!("uid={name},ou=people,{BASE}");
        let mut command = self.command("ldapwhoami", &who, password);
        let output = command.args(["-e", "ppolicy"]).output().unwrap();
        let said = [output.stdout, output.stderr].concat();
        let said = String::from_utf8_lossy(&said).into_owned();
        (output.status.success(), said)
    }

    /// What comes of a new password.
    fn changes(&self, name: &str, old: &str, new: &str) -> Result<(), String> {
        let who = format!("uid={name},ou=people,{BASE}");
        let mut command = self.command("ldappasswd", &who, old);
        let output = command.args(["-a", old, "-s", new]).output().unwrap();
        let said = [output.stdout, output.stderr].concat();
        match output.status.success() {
            true => Ok(()),
            false => Err(String::from_utf8_lossy(&said).into_owned()),
        }
    }
}

/// What Squid's own helper for LDAP answers for a name and a password.
fn squid_lets_in(directory: &Directory, name: &str, password: &str) -> bool {
    use std::io::Write as _;
    let mut helper = Command::new(HELPER)
        .args(["-b", &format!("ou=people,{BASE}"), "-f", "uid=%s"])
        .args(["-H", &directory.url()])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    let mut input = helper.stdin.take().unwrap();
    writeln!(input, "{name} {password}").unwrap();
    drop(input);
    let output = helper.wait_with_output().unwrap();
    String::from_utf8_lossy(&output.stdout).starts_with("OK")
}

/// Walsall 5.3.3: a password that has run out is refused where it is given, for the directory and for
/// whatever asks it; one that is too short or was used before is not taken.
#[test]
fn a_password_past_its_time_is_refused_by_the_directory_itself() {
    if !is_possible(slapd::missing().or_else(squid::missing)) {
        return;
    }
    let directory = Directory::start();
    for name in ["ann", "bob"] {
        let (binds, said) = directory.binds(name, &format!("marmalade-of-{name}"));
        assert!(binds, "before: {said}");
    }
    let mut probity = Command::new(env!("CARGO_BIN_EXE_probity"));
    let printed = ran(probity.args(["integrate", "openldap", "--base", BASE]));
    let (overlay, rules) = printed.split_once("# 2.").unwrap();
    directory.take(overlay, CONFIG);
    directory.take(&format!("# 2.{rules}"), ROOT);

    let (binds, said) = directory.binds("ann", "marmalade-of-ann");
    assert!(!binds && said.contains("Password expired"), "{said}");
    let (binds, said) = directory.binds("bob", "marmalade-of-bob");
    assert!(binds, "{said}");
    assert!(!squid_lets_in(&directory, "ann", "marmalade-of-ann"));
    assert!(squid_lets_in(&directory, "bob", "marmalade-of-bob"));

    let short = directory.changes("bob", "marmalade-of-bob", "short");
    assert!(short.unwrap_err().contains("quality"));
    let (old, new) = ("marmalade-of-bob", "another marmalade");
    directory.changes("bob", old, new).unwrap();
    let again = directory.changes("bob", new, old);
    assert!(again.unwrap_err().contains("history"));
    assert!(directory.binds("bob", new).0);
}
