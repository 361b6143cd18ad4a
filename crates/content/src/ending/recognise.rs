//! The shapes of the details in a signature block.

use super::{Field, Known, normalise};

/// Words that make a line a job title when they stand in it whole.
const JOB_WORDS: [&str; 52] = [
    "accountant",
    "administrator",
    "adviser",
    "advisor",
    "analyst",
    "apprentice",
    "architect",
    "archivist",
    "assistant",
    "auditor",
    "barrister",
    "caretaker",
    "chief",
    "clerk",
    "consultant",
    "controller",
    "co-ordinator",
    "coordinator",
    "councillor",
    "designer",
    "developer",
    "director",
    "driver",
    "engineer",
    "executive",
    "foreman",
    "head",
    "inspector",
    "lead",
    "leader",
    "librarian",
    "manager",
    "mayor",
    "nurse",
    "officer",
    "operative",
    "paralegal",
    "planner",
    "practitioner",
    "psychologist",
    "receptionist",
    "registrar",
    "secretary",
    "solicitor",
    "specialist",
    "supervisor",
    "surveyor",
    "teacher",
    "technician",
    "therapist",
    "trainee",
    "worker",
];

/// Words that make a line a department, unless it is a job title.
const DEPARTMENT_WORDS: [&str; 12] = [
    "department",
    "dept",
    "directorate",
    "division",
    "group",
    "office",
    "section",
    "service",
    "services",
    "team",
    "unit",
    "bureau",
];

/// Lines that close a letter and are shaped like names.
const CLOSINGS: [&str; 12] = [
    "regards",
    "kind regards",
    "best regards",
    "many thanks",
    "best wishes",
    "yours sincerely",
    "yours faithfully",
    "thanks",
    "thank you",
    "warm regards",
    "cheers",
    "with thanks",
];

/// Fields found in the last lines of a text, each once.
pub(super) fn fields(lines: &[&str], known: Known<'_>) -> Vec<Field> {
    let council = normalise(known.council_name);
    let mut found = Vec::new();
    let mut note = |field: Field| {
        if !found.contains(&field) {
            found.push(field);
        }
    };
    if !council.is_empty() && normalise(&lines.join("\n")).contains(&council) {
        note(Field::CouncilName);
    }
    let mut after_name = false;
    for line in lines {
        // Signature lines are short; what is longer is prose that mentions things.
        let line: String = line.chars().take(200).collect();
        if has_web_address(&line) {
            note(Field::WebAddress);
        }
        if has_telephone(&line) {
            note(Field::TelephoneNumber);
        }
        if has_extension(&line) {
            note(Field::Extension);
        }
        // `Smith, Jane` is a name only before it is cut at its comma.
        if known.person_name.is_some() && is_name(&line, &normalise(&line), known.person_name) {
            note(Field::EmployeeName);
        }
        // `Policy, Planning and Transport Directorate` is one department, not three lines.
        let line_role = role(&normalise(&line));
        for segment in line
            .split(['|', ',', '•', '\t'])
            .flat_map(|part| part.split(" - "))
        {
            let words = normalise(segment.trim_matches(['*', '_', ' ']));
            if words.is_empty() || (!council.is_empty() && words.contains(&council)) {
                after_name = false;
            } else if is_name(segment, &words, known.person_name) {
                note(Field::EmployeeName);
                after_name = true;
            } else {
                match role(&words) {
                    Some(field) => note(field),
                    // The line below the name is the job, whatever it is called.
                    None if after_name && line_role.is_none() && is_phrase(&words) => {
                        note(Field::JobTitle);
                    }
                    None => (),
                }
                after_name = false;
            }
        }
    }
    found
}

/// Job title or department by the words of a short line.
fn role(words: &str) -> Option<Field> {
    let list = word_list(words);
    if !is_phrase(words) {
        return None;
    }
    let any = |of: &[&str]| list.iter().any(|word| of.contains(word));
    // `Head of Legal Services` and `Service Manager` are jobs.
    if any(&JOB_WORDS) && list.first() != Some(&"department") {
        Some(Field::JobTitle)
    } else if any(&DEPARTMENT_WORDS) {
        Some(Field::Department)
    } else {
        None
    }
}

fn word_list(words: &str) -> Vec<&str> {
    words
        .split(|c: char| !c.is_alphanumeric() && c != '-' && c != '\'')
        .collect()
}

/// At most eight words, no digits, no address, not a sentence or a closing.
fn is_phrase(words: &str) -> bool {
    words.split(' ').count() <= 8
        && !words.contains(|c: char| c.is_ascii_digit() || c == '@' || c == ':' || c == '?')
        && !words.ends_with('.')
        && !CLOSINGS.contains(&words)
}

/// The known person's name (all of it, or initial and surname), or failing a known name a line
/// of two to four capitalised words.
fn is_name(segment: &str, words: &str, person: Option<&str>) -> bool {
    if let Some(person) = person.map(normalise).filter(|person| !person.is_empty()) {
        let parts: Vec<&str> = word_list(&person)
            .into_iter()
            .filter(|p| !p.is_empty())
            .collect();
        let list = word_list(words);
        let has = |part: &&str| list.contains(part);
        let initial = |part: &&str| {
            list.iter()
                .any(|word| word.chars().count() == 1 && part.starts_with(word))
        };
        // The surname must be there; the first name may be its initial.
        return list.len() <= 12
            && match parts.as_slice() {
                [] => false,
                [only] => has(only),
                [first, .., last] => {
                    (has(first) || initial(first)) && has(last) || parts.iter().all(has)
                }
            };
    }
    let capitalised: Vec<&str> = segment.split_whitespace().collect();
    (2..=4).contains(&capitalised.len())
        && capitalised.iter().all(|word| {
            word.starts_with(char::is_uppercase)
                && word
                    .chars()
                    .all(|c| c.is_alphabetic() || matches!(c, '-' | '\'' | '’' | '.'))
        })
        && !CLOSINGS.contains(&words.trim_end_matches('.'))
        && role(words).is_none()
}

/// `http(s)://…`, `www.…` or a bare `….gov.uk` that is not part of a mail address.
fn has_web_address(line: &str) -> bool {
    line.split(|c: char| c.is_whitespace() || matches!(c, '<' | '>' | '(' | ')' | '|' | ','))
        .map(|word| {
            word.trim_matches(|c: char| !c.is_alphanumeric() && c != '/')
                .to_lowercase()
        })
        .any(|word| {
            let host = ["https://", "http://", "www."]
                .iter()
                .find_map(|p| word.strip_prefix(p));
            let of_host = host.is_some_and(|host| host.contains('.'));
            let bare = word.split('/').next().unwrap_or_default();
            of_host || !bare.contains('@') && bare.ends_with(".gov.uk")
        })
}

/// A number of 10 to 13 digits from `0` or `+` on, with the marks people write between them.
fn has_telephone(line: &str) -> bool {
    let mut digits = 0;
    let mut started = false;
    for character in line.chars().chain(std::iter::once('|')) {
        match character {
            '0'..='9' if started => digits += 1,
            '0' | '+' => {
                started = true;
                digits = usize::from(character == '0');
            }
            ' ' | '-' | '.' | '(' | ')' | '\u{a0}' if started => (),
            _ => {
                if started && (10..=13).contains(&digits) {
                    return true;
                }
                (started, digits) = (false, 0);
            }
        }
    }
    false
}

/// `ext 1234`, `extension: 1234`, `x1234`, `internal 1234`, or a direct dial number.
fn has_extension(line: &str) -> bool {
    let lower = line.to_lowercase();
    if (lower.contains("direct") || lower.contains("ddi")) && has_telephone(line) {
        return true;
    }
    let mut rest = lower.as_str();
    while let Some(word_start) = rest.find(|c: char| c.is_ascii_alphabetic()) {
        rest = &rest[word_start..];
        let end = rest
            .find(|c: char| !c.is_ascii_alphabetic())
            .unwrap_or(rest.len());
        let (word, after) = rest.split_at(end);
        rest = after;
        if !["ext", "extn", "extension", "x", "internal", "int"].contains(&word) {
            continue;
        }
        let after = after.trim_start_matches(['.', ':', ' ', '-', '\u{a0}']);
        let after = after.strip_prefix("no").unwrap_or(after);
        let after = after.trim_start_matches(['.', ':', ' ']);
        let digits = after.chars().take_while(char::is_ascii_digit).count();
        if (2..=6).contains(&digits) {
            return true;
        }
    }
    false
}
