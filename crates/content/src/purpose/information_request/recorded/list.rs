//! Whether a letter asks item by item.

/// Whether at least two lines are numbered, lettered or marked: `1.`, `(2)`, `b)`, `-`, `•`.
pub(super) fn is_one(text: &str) -> bool {
    text.lines().filter(|line| is_item(line)).nth(1).is_some()
}

fn is_item(line: &str) -> bool {
    let line = line.trim_start();
    if line.starts_with(['-', '\u{2022}', '*']) {
        return true;
    }
    let line = line.trim_start_matches('(');
    let digits = line.trim_start_matches(|letter: char| letter.is_ascii_digit());
    let after = if digits.len() < line.len() {
        digits
    } else {
        line.trim_start_matches(|letter: char| letter.is_ascii_lowercase())
    };
    (1..=2).contains(&(line.len() - after.len())) && after.starts_with(['.', ')'])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn items_are_told_by_their_marks() {
        assert!(is_one("Please say:\n1. how many\n2. how much"));
        assert!(is_one("(a) the cost\n\n(b) the date"));
        assert!(is_one("- trees\n- hedges"));
        assert!(!is_one("1. Only one item"));
        assert!(!is_one("in 2023\nand 2024. So\nso. it is"));
        assert!(!is_one(""));
    }
}
