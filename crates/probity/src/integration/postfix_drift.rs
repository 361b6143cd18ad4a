//! How the live files of Postfix differ from what belongs in them.
//!
//! Everything printed for `main.cf` must be there, and no service of `master.cf` may set it otherwise
//! for itself. Besides, nothing may take mail past the gate that Postfix would allow to.

use super::drift::{Compared, shown};
use super::main_cf::{MainCf, words};
use super::master_cf::{self, Service};
use super::printed;
use crate::config::MailConfig;

/// The live files, as text; either may be left out.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Live<'a> {
    /// `main.cf`, or what `postconf -n` prints.
    pub(crate) main: Option<&'a str>,
    /// `master.cf`.
    pub(crate) master: Option<&'a str>,
}

/// What the comparison of each file found: of `main.cf` first.
pub(crate) fn postfix(mail: &MailConfig, live: Live<'_>) -> (Compared, Compared) {
    let belongs = MainCf::parse(&printed::main_cf(mail));
    let main = MainCf::parse(live.main.unwrap_or_default());
    let (mut of_main, mut of_master) = <(Compared, Compared)>::default();
    if live.main.is_some() {
        compare_main(&belongs, &main, &mut of_main);
    }
    if let Some(text) = live.master {
        let (wanted, _) = master_cf::parse(&printed::master_cf(mail));
        let (services, odd) = master_cf::parse(text);
        for line in odd {
            of_master.drift(
                line,
                "this is no service; `postfix check` says more".to_owned(),
            );
        }
        compare_services(&wanted, &services, &mut of_master);
        let others = services.iter().filter(|service| {
            let mut wanted = wanted.iter();
            !wanted.any(|wanted| wanted.name == service.name)
        });
        others.for_each(|service| overrides(service, &belongs, &main, &mut of_master));
    }
    (of_main, of_master)
}

fn compare_main(belongs: &MainCf, live: &MainCf, found: &mut Compared) {
    for odd in &live.odd {
        let text = shown(&odd.text);
        found.drift(odd.line, format!("Postfix cannot read `{text}`"));
    }
    for (name, wanted) in belongs.parameters() {
        let belonging = shown(&line(name, &wanted.value));
        let Some(parameter) = live.parameter(name) else {
            found.missing(format!("`{belonging}` is missing"));
            continue;
        };
        let value = live.expanded(&parameter.value);
        if !is_as_wanted(name, &belongs.expanded(&wanted.value), &value) {
            let as_set = shown(&line(name, &parameter.value));
            let hint = if value.contains("${") {
                "; it rests on a condition that is not worked out here: give the output of `postconf -nx`"
            } else {
                ""
            };
            let what = format!("`{as_set}` stands where `{belonging}` belongs{hint}");
            found.drift(parameter.line, what);
        }
    }
    for (name, parameter) in live.parameters() {
        if goes_past(name, &live.expanded(&parameter.value)) {
            let set = shown(&line(name, &parameter.value));
            found.drift(parameter.line, past_the_gate(&set));
        }
    }
}

/// The services that belong in `master.cf`, with their parameters.
fn compare_services(wanted: &[Service], live: &[Service], found: &mut Compared) {
    for wanted in wanted {
        let (name, kind) = &wanted.name;
        let Some(service) = live.iter().find(|service| service.name == wanted.name) else {
            found.missing(format!("the service `{name} {kind}` is missing"));
            continue;
        };
        if service.command != wanted.command {
            let (is, should) = (shown(&service.command), &wanted.command);
            let what = format!("`{name} {kind}` runs `{is}` where `{should}` belongs");
            found.drift(service.line, what);
        }
        for (parameter, value) in &wanted.parameters {
            let set = service.parameters.get(parameter);
            if set.map(|set| words(set)) != Some(words(value)) {
                let what = match set {
                    Some(set) => format!("`-o {parameter}={}` stands", shown(set)),
                    None => "nothing stands".to_owned(),
                };
                let what =
                    format!("`{name} {kind}`: {what} where `-o {parameter}={value}` belongs");
                found.drift(service.line, what);
            }
        }
    }
}

/// What another service sets for itself and should not.
fn overrides(service: &Service, belongs: &MainCf, main: &MainCf, found: &mut Compared) {
    let (name, kind) = &service.name;
    for (parameter, value) in &service.parameters {
        let set = shown(&format!("{name} {kind}: -o {parameter}={value}"));
        let value = main.expanded(value);
        let wanted = belongs.parameter(parameter);
        let as_wanted = wanted
            .is_none_or(|wanted| is_as_wanted(parameter, &belongs.expanded(&wanted.value), &value));
        if goes_past(parameter, &value) || (parameter.ends_with("smtpd_milters") && !as_wanted) {
            found.drift(service.line, past_the_gate(&set));
        } else if let Some(wanted) = wanted.filter(|_| !as_wanted) {
            let wanted = shown(&line(parameter, &wanted.value));
            found.drift(
                service.line,
                format!("`{set}` stands where `{wanted}` belongs"),
            );
        }
    }
}

/// Whether a value does what the one that belongs there does.
fn is_as_wanted(name: &str, wanted: &str, value: &str) -> bool {
    match name {
        // Others may be asked too, such as one that signs.
        "smtpd_milters" | "non_smtpd_milters" => {
            elements(value).any(|milter| asks(&milter, wanted))
        }
        // `yes` is the older word for it, and `reject` is stricter.
        "smtpd_forbid_bare_newline" => [wanted, "yes", "reject"].contains(&value),
        // Other checks may stand beside it, and a relay host after the colon.
        "milter_header_checks" | "header_checks" => value.contains(wanted.trim_end_matches('}')),
        _ => wanted == value,
    }
}

/// Elements of a list, parted by commas and white space; what stands in braces is one.
fn elements(list: &str) -> impl Iterator<Item = String> {
    let mut elements = vec![String::new()];
    let mut open = 0_usize;
    for c in list.chars() {
        match c {
            '{' => open += 1,
            '}' => open = open.saturating_sub(1),
            _ => (),
        }
        match elements.last_mut() {
            Some(last) if open > 0 || !(c == ',' || c.is_ascii_whitespace()) => last.push(c),
            _ => elements.push(String::new()),
        }
    }
    elements.into_iter().filter(|element| !element.is_empty())
}

/// Whether one element of a list of milters asks the gate, and lets nothing by when it is away.
fn asks(milter: &str, gate: &str) -> bool {
    let inner = milter
        .strip_prefix('{')
        .and_then(|milter| milter.strip_suffix('}'));
    let Some(inner) = inner else {
        return milter == gate;
    };
    let mut own = elements(inner);
    let address = own.next();
    // `name = value` may be written apart.
    let settings: String = own.collect();
    let action = settings.split_once("default_action=");
    address.as_deref() == Some(gate)
        && action.is_none_or(|(_, action)| action.starts_with("tempfail"))
}

/// Parameters by which Postfix asks no milter though one is set.
fn goes_past(name: &str, value: &str) -> bool {
    match name {
        "receive_override_options" => elements(value).any(|option| option == "no_milters"),
        "smtpd_milter_maps" => !value.is_empty(),
        _ => false,
    }
}

/// A parameter as `main.cf` has it.
fn line(name: &str, value: &str) -> String {
    format!("{name} = {value}").trim_end().to_owned()
}

fn past_the_gate(set: &str) -> String {
    format!("`{set}` lets mail pass that the gate was not asked about")
}

#[cfg(test)]
mod tests;
