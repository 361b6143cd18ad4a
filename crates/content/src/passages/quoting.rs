//! Which lines of a text are quoted from an earlier message.

/// For each line whether it is quoted. Lines marked with `>` are quoted wherever they stand; after
/// a line that introduces an unmarked original, everything is.
pub(crate) fn quoted_lines(lines: &[&str]) -> Vec<bool> {
    let mut original = false;
    let mut skip_until = 0;
    let quoted = |index: usize| {
        let bare = lines[index].trim_start();
        original |= introduces_original(bare, &lines[index + 1..]);
        if bare.starts_with("On ")
            && let Some(end) = attribution(lines, index)
        {
            skip_until = skip_until.max(end);
        }
        original || index < skip_until || bare.starts_with('>')
    };
    (0..lines.len()).map(quoted).collect()
}

/// Splits text into the sender's own lines and quoted ones.
pub(crate) fn split_quoted(text: &str) -> (String, String) {
    let lines: Vec<&str> = text.lines().collect();
    let (mut own, mut quoted) = (String::new(), String::new());
    for (line, is_quoted) in lines.iter().zip(quoted_lines(&lines)) {
        let out = if is_quoted { &mut quoted } else { &mut own };
        out.push_str(line);
        out.push('\n');
    }
    (own, quoted)
}

/// Whether a line is one after which an earlier message follows without quotation marks, as
/// Outlook writes it. `bare` begins with its first sign.
fn introduces_original(bare: &str, below: &[&str]) -> bool {
    let bare = bare.trim_start_matches('*');
    if !bare.starts_with(['-', 'b', 'B', 'f', 'F']) {
        return false;
    }
    let starts = |word: &str| starts_with(bare, word);
    if starts("-----original message")
        || starts("----- original message")
        || starts("-------- original message")
        || starts("---------- forwarded message")
        || starts("----- forwarded by")
        || starts("---------------------- forwarded by")
        || starts("begin forwarded message")
    {
        return true;
    }
    // `From: … Sent: … To: …` on lines of their own.
    let follows = |word: &str| {
        below
            .iter()
            .take(5)
            .any(|line| starts_with(line.trim().trim_start_matches('*'), word))
    };
    starts("from:")
        && (follows("sent:") || follows("date:"))
        && (follows("to:") || follows("subject:"))
}

/// As [`str::starts_with`], letters compared without case; `word` is lower case.
fn starts_with(line: &str, word: &str) -> bool {
    line.as_bytes()
        .get(..word.len())
        .is_some_and(|start| start.eq_ignore_ascii_case(word.as_bytes()))
}

/// `On … wrote:`, begun here, over at most three lines, with quoted lines or the end below it: the line
/// number after it.
fn attribution(lines: &[&str], index: usize) -> Option<usize> {
    let length = lines[index..]
        .iter()
        .take(3)
        .position(|line| line.trim_end().ends_with(':'))?;
    let last = index + length;
    let says_wrote = lines[last]
        .trim_end()
        .trim_end_matches(':')
        .trim_end()
        .ends_with("wrote");
    let below = lines[last + 1..]
        .iter()
        .take(50)
        .map(|line| line.trim())
        .find(|l| !l.is_empty());
    (says_wrote && below.is_none_or(|line| line.starts_with('>'))).then_some(last + 1)
}
