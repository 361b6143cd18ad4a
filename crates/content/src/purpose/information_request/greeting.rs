//! Whether a letter opens as colleagues' do: with a first name.

/// Words that open a sentence and are no name, or address nobody in particular.
const NO_NAMES: &str = "afternoon also and best but cheers complaints council day dear democratic education environmental evening finally \
    finance firstly folks good governance hello hey hi highways housing however i in legal licensing madam morning no now \
    officer officers ok parking planning please re records recently regards sir sirs so sorry \
    subject thank thanks there this to today unfortunately we well yes you yours";

/// Lines looked at: what is quoted begins with the head of an earlier message.
const LINES: usize = 12;

/// Whether one of the first lines opens with a first name and a comma: `Sue, how much …`,
/// `Hi Raj and Jo - …`, or the name alone. A name in the last line signs the letter.
pub(super) fn is_to_a_colleague(text: &str) -> bool {
    let lines = text.lines().map(str::trim).filter(|line| !line.is_empty());
    let mut lines = lines.take(LINES).peekable();
    while let Some(line) = lines.next() {
        let opening = opening(line);
        let goes_on = opening.len() < line.len() || lines.peek().is_some();
        if goes_on && is_a_greeting(opening) {
            return true;
        }
    }
    false
}

/// A line up to the first mark that ends a greeting.
fn opening(line: &str) -> &str {
    let ends = |at: usize| {
        let rest = line.get(at..).unwrap_or_default();
        rest.starts_with([',', ':']) || rest.starts_with(" -")
    };
    let end = (0..line.len()).find(|at| ends(*at));
    end.and_then(|end| line.get(..end)).unwrap_or(line)
}

fn is_a_greeting(opening: &str) -> bool {
    let mut words: Vec<&str> = opening.split_whitespace().take(5).collect();
    let greets = |word: &&str| {
        ["hi", "hello", "hey", "morning", "dear"]
            .iter()
            .any(|greeting| greeting.eq_ignore_ascii_case(word))
    };
    if words.first().is_some_and(greets) {
        words.remove(0);
    }
    match words.as_slice() {
        [name] => is_a_name(name),
        [one, "and" | "&", other] => is_a_name(one) && is_a_name(other),
        _ => false,
    }
}

fn is_a_name(word: &str) -> bool {
    let mut letters = word.chars();
    let is_capitalised = letters.next().is_some_and(char::is_uppercase)
        && letters.all(|letter| letter.is_lowercase() || letter == '-');
    let is_another = || {
        let lower = word.to_lowercase();
        NO_NAMES.split_whitespace().any(|other| other == lower)
    };
    is_capitalised && !is_another()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(text: &str, expected: bool) {
        assert_eq!(is_to_a_colleague(text), expected, "{text}");
    }

    #[test]
    fn first_names_are_for_colleagues() {
        check("Sue, how much have we spent?", true);
        check("Hi Raj and Jo - do you have it?", true);
        check("Gerald,\n\nHave we sent these?", true);
        check("Hello Sam: the list please", true);
        check("From: A Person\nSent: Monday\n\nKim,\ncan you look?", true);
        check("Hello, how many trees are there?", false);
        check("Dear Sir, please send the list", false);
        check("Dear Adult Services, please send it", false);
        check("Hi there, doing my project", false);
        check("Please, can I see it?", false);
        check("How many people, and why?", false);
        check("Please send me the list.\n\nPat", false);
        check("Planning, how long does it take?", false);
        check("", false);
    }
}
