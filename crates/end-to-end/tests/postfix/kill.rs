pub fn recorded_once(_case: &crate::case::Case) {}
